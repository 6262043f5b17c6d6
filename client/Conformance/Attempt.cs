using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>One behaviour being driven: the connections that it opens, and what was seen.</summary>
internal sealed class Attempt
{
    /// <summary>How long an answer that is due may take, in microseconds.</summary>
    internal const ulong Answer = 2_000_000;

    /// <summary>How long nothing has to come: longer than an acknowledgment may be delayed (RFC 9293 section 3.8.6.3).</summary>
    internal const ulong Silence = 700_000;

    private readonly Probe _probe;
    private readonly List<RawConnection> _connections = [];
    private readonly List<string> _seen = [];
    private readonly List<TranscriptLine> _transcript = [];
    private readonly ulong _start;

    internal Attempt(Probe probe)
    {
        _probe = probe;
        _start = probe.Loop.Now;
    }

    /// <summary>The echo service's port.</summary>
    internal int EchoPort => _probe.Request.EchoPort;

    /// <summary>The responder's port.</summary>
    internal int ResponderPort => _probe.Request.ResponderPort;

    /// <summary>A port on which no program listens.</summary>
    internal int ClosedPort => _probe.Request.ClosedPort;

    /// <summary>True if what takes minutes is waited for.</summary>
    internal bool IsPatient => _probe.Request.Patient || _probe.Loop.IsVirtual;

    /// <summary>The time in microseconds.</summary>
    internal ulong Now => _probe.Loop.Now;

    /// <summary>What was seen, in short.</summary>
    internal IReadOnlyList<string> Seen => _seen;

    /// <summary>Every segment.</summary>
    internal IReadOnlyList<TranscriptLine> Transcript => _transcript;

    /// <summary>What is being done, for the report if it goes wrong.</summary>
    internal string Step { get; set; } = "";

    /// <summary>A new connection to a port of the peer's, with nothing sent yet.</summary>
    internal RawConnection To(int port)
    {
        // Close to the end of the sequence space: every conversation walks across it.
        uint iss = 0xFFFF_FF00 | (uint)_probe.Random.Next(0x100);
        var connection = new RawConnection(this, _probe.NextPort(), port, iss);
        _connections.Add(connection);
        _probe.Register(connection);
        return connection;
    }

    /// <summary>A connection to a port of the peer's, established.</summary>
    internal async Task<RawConnection> Open(int port, int window = 8192)
    {
        RawConnection connection = To(port);
        connection.RcvWnd = window;
        await connection.Open();
        return connection;
    }

    /// <summary>Has the peer open a connection to us; its SYN has come.</summary>
    internal async Task<(RawConnection Connection, Segment Syn)> BeConnectedTo()
    {
        RawConnection control = await Open(ResponderPort);
        RawConnection connection = To(0);
        control.SendData($"connect {_probe.Request.OwnAddress} {connection.LocalPort}\n");
        Segment syn = await connection.Next(Answer)
            ?? throw new Deviation("SYN to our port " + connection.LocalPort, "nothing; does a responder listen on port " + ResponderPort + "?");
        if ((syn.Flags & (ControlBits.Syn | ControlBits.Ack | ControlBits.Rst | ControlBits.Fin)) != ControlBits.Syn)
            throw new Deviation("SYN", connection.Text(syn));
        return (connection, syn);
    }

    /// <summary>Notes something for the table.</summary>
    internal void Saw(string what)
    {
        if (_seen.Count == 0 || _seen[^1] != what)
            _seen.Add(what);
    }

    /// <summary>Forgets what was noted, where the whole is said better.</summary>
    internal void SawInstead(string what)
    {
        _seen.Clear();
        _seen.Add(what);
    }

    /// <summary>Is done once a time has passed.</summary>
    internal Task Delay(ulong microseconds) => _probe.Loop.Delay(microseconds);

    /// <summary>Is done once a moment is there.</summary>
    internal Task Until(ulong moment) => _probe.Loop.Until(moment);

    /// <summary>Completes something at a moment, unless it is completed before.</summary>
    internal void WakeAt(TaskCompletionSource source, ulong moment) => _probe.Loop.WakeAt(source, moment);

    /// <summary>The probe as a host, with what depends on the version of IP.</summary>
    internal ProbeHost Host => _probe.Host;

    internal void Send(RawSegment segment) => Host.Send(segment);

    /// <summary>Says by ICMP that the port that the peer's segment was for is not reachable.</summary>
    /// <param name="connection">Whose segment it was.</param>
    /// <param name="seq">Its sequence number.</param>
    internal void SendPortUnreachable(RawConnection connection, uint seq)
    {
        Log(true, connection, Now, "ICMP port unreachable", 0);
        Host.SendPortUnreachable(SegmentOf(connection, seq));
    }

    /// <summary>Says by ICMP that the peer's segment was too long, and how long a packet may be.</summary>
    /// <param name="connection">Whose segment it was.</param>
    /// <param name="seq">Its sequence number.</param>
    internal void SendTooBig(RawConnection connection, uint seq)
    {
        Log(true, connection, Now, "ICMP too big, MTU " + Host.SmallMtu, 0);
        Host.SendTooBig(SegmentOf(connection, seq));
    }

    private static RawSegment SegmentOf(RawConnection connection, uint seq) =>
        new() { SourcePort = connection.RemotePort, DestinationPort = connection.LocalPort, Sequence = seq, Flags = ControlBits.Ack };

    internal void Log(bool sent, RawConnection connection, ulong time, string text, int window)
    {
        if (_transcript.Count < 2000)
            _transcript.Add(new TranscriptLine(time > _start ? time - _start : 0, sent, connection.LocalPort, connection.RemotePort, text, window));
    }

    /// <summary>Leaves no connection open at the peer.</summary>
    internal void End()
    {
        foreach (RawConnection connection in _connections)
        {
            connection.Reset();
            _probe.Unregister(connection);
        }
    }
}

/// <summary>One segment of a behaviour's conversation.</summary>
/// <param name="Microseconds">Time since the behaviour began.</param>
/// <param name="Sent">True if the probe sent it.</param>
/// <param name="ProbePort">The probe's port.</param>
/// <param name="PeerPort">The peer's port.</param>
/// <param name="Text">The segment in short form, numbers counted from the initial ones.</param>
/// <param name="Window">The window field.</param>
public sealed record TranscriptLine(ulong Microseconds, bool Sent, int ProbePort, int PeerPort, string Text, int Window);
