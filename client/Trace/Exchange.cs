using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>One segment of an exchange, with what both ends make of it.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="FromClient">True if the end that sent the first SYN sent this one.</param>
/// <param name="Microseconds">Time since the first SYN.</param>
/// <param name="RelativeSequence">Sequence number counted from the sender's initial one.</param>
/// <param name="RelativeAcknowledgment">Acknowledgment number counted from the receiver's initial one; null if there is none.</param>
/// <param name="Window">The window in bytes, scaled where both ends agreed on that.</param>
/// <param name="IsRetransmission">True if its sequence numbers had been sent before.</param>
/// <param name="ClientState">State of the end that sent the first SYN, after this segment.</param>
/// <param name="ServerState">State of the other end, after this segment; null if it never said anything.</param>
public sealed record ExchangeRow(
    Segment Segment,
    bool FromClient,
    ulong Microseconds,
    uint RelativeSequence,
    uint? RelativeAcknowledgment,
    long Window,
    bool IsRetransmission,
    TcpState ClientState,
    TcpState? ServerState);

/// <summary>All segments of one connection, and what they say about both ends.</summary>
public sealed class Exchange
{
    private readonly List<ExchangeRow> _rows = [];

    private Exchange(EndTrace client, EndTrace server, bool serverAnswered)
    {
        Client = client;
        Server = server;
        ServerAnswered = serverAnswered;
    }

    /// <summary>The end that sent the first SYN.</summary>
    public EndTrace Client { get; }

    /// <summary>The other end.</summary>
    public EndTrace Server { get; }

    /// <summary>True if the other end said anything at all; its state is unknown otherwise.</summary>
    public bool ServerAnswered { get; }

    /// <summary>The segments in the order in which they were seen.</summary>
    public IReadOnlyList<ExchangeRow> Rows => _rows;

    /// <summary>Microseconds from the first SYN to the segment that completed the handshake; null if it was not completed.</summary>
    public ulong? HandshakeMicroseconds { get; private set; }

    /// <summary>Microseconds from the client's SYN to the answer; null if there was none, or the SYN was sent twice.</summary>
    public ulong? ClientRoundTrip { get; private set; }

    /// <summary>Microseconds from the server's SYN to the answer; null if there was none, or the SYN was sent twice.</summary>
    public ulong? ServerRoundTrip { get; private set; }

    /// <summary>True if the handshake was completed at both ends.</summary>
    public bool IsEstablished => Client.WasEstablished && Server.WasEstablished;

    /// <summary>True if each end knows the other's numbers: SND.UNA = SND.NXT here, RCV.NXT = SND.NXT there.</summary>
    public bool Agrees => IsEstablished
        && Client.SndUna == Client.SndNxt && Server.RcvNxt == Client.SndNxt
        && Server.SndUna == Server.SndNxt && Client.RcvNxt == Server.SndNxt;

    /// <summary>True if both ends closed and each acknowledged the other's FIN.</summary>
    public bool IsClosed => Client.FinAcknowledged && Server.FinAcknowledged;

    /// <summary>Reads an exchange out of what a link carried.</summary>
    /// <param name="segments">Segments in the order in which they were seen; those of other connections are left out.</param>
    /// <param name="clientName">What the client is called in the ladder.</param>
    /// <param name="client">The client's address and port.</param>
    /// <param name="serverName">What the server is called in the ladder.</param>
    /// <param name="server">The server's address and port.</param>
    /// <returns>The exchange; without rows if no SYN was seen.</returns>
    public static Exchange Read(
        IEnumerable<Segment> segments, string clientName, IPEndPoint client, string serverName, IPEndPoint server)
    {
        List<Segment> own = segments
            .Where(segment => (segment.Source.Equals(client) && segment.Destination.Equals(server))
                || (segment.Source.Equals(server) && segment.Destination.Equals(client)))
            .SkipWhile(segment => !segment.Has(ControlBits.Syn))
            .ToList();
        List<Segment> answers = own.FindAll(segment => segment.Source.Equals(server));

        // Whether a program listened shows in the answers only: a SYN, a reset, or none.
        TcpState serverState = answers.Exists(segment => segment.Has(ControlBits.Syn)) ? TcpState.Listen : TcpState.Closed;
        var exchange = new Exchange(
            new EndTrace(clientName, client, TcpState.Closed), new EndTrace(serverName, server, serverState), answers.Count > 0);
        own.ForEach(exchange.Add);
        return exchange;
    }

    private void Add(Segment segment)
    {
        bool fromClient = segment.Source.Equals(Client.EndPoint);
        EndTrace sender = fromClient ? Client : Server;
        EndTrace receiver = fromClient ? Server : Client;
        bool again = sender.IsRetransmission(segment);
        bool synUnanswered = receiver.Iss is uint iss && receiver.SndUna == iss;
        sender.OnSent(segment);
        receiver.OnReceived(segment);

        bool scaled = !segment.Has(ControlBits.Syn) && sender.WindowScale >= 0 && receiver.WindowScale >= 0;
        ulong time = _rows.Count == 0 ? 0 : segment.Time - _rows[0].Segment.Time;
        _rows.Add(new ExchangeRow(
            segment,
            fromClient,
            time,
            segment.Sequence - (sender.Iss ?? segment.Sequence),
            segment.Has(ControlBits.Ack) ? segment.Acknowledgment - (receiver.Iss ?? segment.Acknowledgment) : null,
            scaled ? (long)segment.Window << sender.WindowScale : segment.Window,
            again,
            Client.State,
            ServerAnswered ? Server.State : null));
        if (IsEstablished)
            HandshakeMicroseconds ??= time;
        if (synUnanswered && receiver.SndUna != receiver.Iss)
            NoteRoundTrip(!fromClient, segment.Time);
    }
    // An answer to a SYN that was sent twice may be one to either (Karn, RFC 6298 section 3).
    private void NoteRoundTrip(bool ofClient, ulong answered)
    {
        List<ExchangeRow> syns = _rows.FindAll(row => row.FromClient == ofClient && row.Segment.Has(ControlBits.Syn));
        if (syns.Count != 1)
            return;
        ulong time = answered - syns[0].Segment.Time;
        if (ofClient)
            ClientRoundTrip = time;
        else
            ServerRoundTrip = time;
    }
}
