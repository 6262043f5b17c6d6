using System;
using System.Collections.Generic;
using System.Globalization;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>What is odd in an exchange: gathered segment by segment, said in sentences at its end.</summary>
internal sealed class ExchangeNotes(Exchange exchange)
{
    private readonly Side _client = new(), _server = new();
    private readonly Dictionary<MarkKind, int> _counts = [];
    private Segment? _before;
    private string? _reset;
    private string _resetKind = "reset";
    private string? _stray;
    private int _damaged;

    /// <summary>True if a reset ended it.</summary>
    public bool WasReset => _reset != null;

    /// <summary>True if the last segment had the same window as its sender's one before.</summary>
    public bool IsSameWindow { get; private set; }

    /// <summary>True if the last segment was the first SYN,ACK of its sender, which may have sent a SYN before.</summary>
    public bool IsFirstSynAck { get; private set; }

    /// <summary>How it ends, in a few words.</summary>
    public string Ending =>
        _resetKind == "refused" ? "refused"
        : WasReset ? $"reset by {(_server.Reset ? exchange.Server : exchange.Client).Name}"
        : exchange.IsClosed ? "closed by both"
        : !exchange.ServerAnswered ? "no answer"
        : exchange.Client.FinAcknowledged ? $"half closed by {exchange.Client.Name}"
        : exchange.Server.FinAcknowledged ? $"half closed by {exchange.Server.Name}"
        : (exchange.IsEstablished || exchange.Opening == Opening.Missing ? "open" : "half open") + (exchange.IsLive ? "" : " when the capture ends");

    /// <summary>Looks at a segment before the ends do.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="fromClient">Whose it is.</param>
    /// <param name="time">When, from the first segment on.</param>
    /// <param name="window">Its window in bytes.</param>
    /// <returns>What is to be remarked; the list is the caller's.</returns>
    public List<Mark> Note(Segment segment, bool fromClient, ulong time, long window)
    {
        Side side = fromClient ? _client : _server;
        var marks = new List<Mark>();
        IsSameWindow = side.Window == segment.Window;
        side.Window = segment.Window;
        IsFirstSynAck = false;
        if (segment.Has(ControlBits.Syn))
        {
            SynTimes all = segment.Has(ControlBits.Ack) ? side.SynAcks : side.Syns;
            all.Add(time);
            IsFirstSynAck = all == side.SynAcks && all.Count == 1;
        }

        if (segment.IsDamaged)
        {
            _damaged++;
            marks.Add(new Mark(MarkKind.Dropped, "dropped by its receiver: the checksum is wrong"));
        }

        if (segment.Has(ControlBits.Rst))
            marks.Add(NoteReset(segment, fromClient));
        else if (!segment.Has(ControlBits.Syn))
            NoteWindow(side, marks, window, time);
        _before = segment;
        return marks;
    }

    /// <summary>Counts what was remarked.</summary>
    /// <param name="marks">The remarks, but those at a SYN: each SYN has a place of its own.</param>
    public void Count(List<Mark> marks)
    {
        foreach (Mark mark in marks)
            _counts[mark.Kind] = Of(mark.Kind) + 1;
    }

    /// <summary>What is odd.</summary>
    /// <returns>The findings, in the order in which things happen.</returns>
    public IReadOnlyList<Finding> GetFindings()
    {
        var all = new List<Finding>();
        EndTrace client = exchange.Client, server = exchange.Server;
        if (exchange.Opening == Opening.Missing)
        {
            all.Add(new Finding("beginning-missing", "The beginning is missing: no SYN was captured. Relative numbers count from the first ones that were, "
                + $"and {client.EndPoint} is called the {client.Name} because of the ports."));
        }

        if (exchange.Opening == Opening.SynAck)
            all.Add(new Finding("beginning-missing", "The beginning is missing: the SYN was not captured, its answer was."));
        AddSyns(all, _client.Syns, "SYN", client);
        AddSyns(all, _server.Syns, "SYN", server);
        AddSyns(all, _client.SynAcks, "SYN,ACK", client);
        AddSyns(all, _server.SynAcks, "SYN,ACK", server);
        if (!exchange.ServerAnswered)
            all.Add(new Finding("no-answer", $"{server.EndPoint} never answered: nobody is there, or what was sent or its answer was dropped."));
        if (exchange.Opening == Opening.Simultaneous)
            all.Add(new Finding("simultaneous-open", "Simultaneous open: each end sent a SYN before it had that of the other (RFC 9293 section 3.5)."));
        if (exchange.Opening == Opening.Split)
        {
            all.Add(new Finding("split-handshake", $"Split handshake: the {server.Name} answers the SYN by a SYN without ACK, so that the {client.Name} "
                + "sends the SYN,ACK. Some firewalls then take the one end for the other."));
        }

        AddWindow(all, _client, client);
        AddWindow(all, _server, server);
        AddCount(all, "retransmission", Of(MarkKind.Retransmission), "segment", "sent again; the reason stands at each.");
        AddCount(all, "out-of-order", Of(MarkKind.OutOfOrder), "segment", "out of order.");
        AddCount(all, "not-captured", Of(MarkKind.UnseenAck), "acknowledgment", "of data that the capture does not have: it lost frames itself.");
        AddCount(all, "checksum", _damaged, "segment", "with a wrong checksum, which the receiver drops.");
        if (_stray != null)
            all.Add(new Finding("stray-reset", _stray));
        if (_reset != null)
            all.Add(new Finding(_resetKind, _reset));
        return all;
    }

    private int Of(MarkKind kind) => _counts.GetValueOrDefault(kind);

    private static void AddCount(List<Finding> all, string kind, int count, string thing, string text)
    {
        if (count > 0)
            all.Add(new Finding(kind, $"{Quantity.Count(count, thing)} {text}"));
    }

    private static void AddSyns(List<Finding> all, SynTimes times, string what, EndTrace end)
    {
        if (times.Count < 2)
            return;
        string often = times.Count == 2 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{times.Count - 1} times");
        all.Add(new Finding(what == "SYN" ? "syn-again" : "syn-ack-again",
            $"The {end.Name} sent its {what} again {often}, the first time after {Quantity.Time(times.Second - Math.Min(times.Second, times.First))}: it had no answer."));
    }

    private static void AddWindow(List<Finding> all, Side side, EndTrace end)
    {
        if (side.ZeroWindows == 0)
            return;
        string longest = side.ClosedAt != null ? "It did not open any more." : $"It took up to {Quantity.Time(side.LongestClosed)} until it opened.";
        all.Add(new Finding("zero-window", $"The {end.Name} closed its window {(side.ZeroWindows == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{side.ZeroWindows} times"))}: "
            + $"its program did not read as fast as data came. {longest}"));
    }

    private static void NoteWindow(Side side, List<Mark> marks, long window, ulong time)
    {
        if (window == 0)
        {
            marks.Add(new Mark(MarkKind.ZeroWindow, "window 0: it takes no data"));
            if (side.ClosedAt == null)
                side.ZeroWindows++;
            side.ClosedAt ??= time;
        }
        else if (side.ClosedAt is ulong since)
        {
            side.LongestClosed = Math.Max(side.LongestClosed, time - Math.Min(time, since));
            side.ClosedAt = null;
        }
    }

    private Mark NoteReset(Segment segment, bool fromClient)
    {
        EndTrace sender = fromClient ? exchange.Client : exchange.Server, receiver = fromClient ? exchange.Server : exchange.Client;
        bool answersSyn = receiver.State == TcpState.SynSent && segment.Has(ControlBits.Ack) && segment.Acknowledgment == receiver.SndNxt;
        if (answersSyn && sender.Iss == null)
        {
            _resetKind = "refused";
            _reset ??= $"Refused: nothing listens on {sender.EndPoint}, whose RST answers the SYN.";
            return new Mark(MarkKind.Reset, "refuses the connection");
        }

        bool isExact = answersSyn || segment.Sequence == sender.SndNxt || segment.Sequence == receiver.RcvNxt;
        if (!isExact || receiver.State == TcpState.TimeWait)
        {
            _stray ??= $"A reset by the {sender.Name} changed nothing: "
                + (isExact ? "the connection was over." : "its number is not the next one that the receiver expects (RFC 5961 section 3).");
            return new Mark(MarkKind.Reset, isExact ? "comes after the end" : "not the next number: no reset for its receiver");
        }

        string why = WhyReset(segment, sender, receiver, fromClient);
        if (_reset == null)
        {
            (fromClient ? _client : _server).Reset = true;
            _reset = $"Reset by the {sender.Name} in {TcpStateText.ToText(sender.State)}: {why}.";
        }

        return new Mark(MarkKind.Reset, why);
    }

    private string WhyReset(Segment segment, EndTrace sender, EndTrace receiver, bool fromClient)
    {
        bool isAnswer = _before != null && _before.Source.Equals(receiver.EndPoint) && !segment.Has(ControlBits.Ack) && segment.Sequence == _before.Acknowledgment;
        if (sender.Iss != null && receiver.State == TcpState.SynReceived && isAnswer && _before!.Has(ControlBits.Syn))
            return "it answers the SYN,ACK by a reset, as a port scan does, or a host that sent no SYN";
        if (sender.State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.Closed or TcpState.TimeWait && _before is { Length: > 0 })
            return "data came after it had closed";
        if (exchange.Opening == Opening.Missing && isAnswer)
            return "it knows no such connection, as after a restart (half-open)";
        if ((fromClient ? exchange.ClientInVain : exchange.ServerInVain) >= 3)
            return "it gave up, as what it sent again and again was not acknowledged";
        if (receiver.State == TcpState.SynReceived)
            return "it no longer wants the connection";
        return sender.RcvNxt - (receiver.Base ?? 0) > 1
            ? "its program ended the connection at once (SO_LINGER 0, killed), or closed it with data unread"
            : "its program ended the connection at once (SO_LINGER 0, killed)";
    }

    private sealed class Side
    {
        public SynTimes Syns { get; } = new();

        public SynTimes SynAcks { get; } = new();

        public int Window { get; set; } = -1;

        public int ZeroWindows { get; set; }

        public ulong? ClosedAt { get; set; }

        public ulong LongestClosed { get; set; }

        public bool Reset { get; set; }
    }

    private sealed class SynTimes
    {
        public int Count { get; private set; }

        public ulong First { get; private set; }

        public ulong Second { get; private set; }

        public void Add(ulong time)
        {
            Count++;
            if (Count == 1)
                First = time;
            else if (Count == 2)
                Second = time;
        }
    }
}
