using HandshakeNano.Meter;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>SYN in, SYN,ACK out, ACK in, accepted; then the peer's RST ends the connection.</summary>
public sealed class PassiveHandshake : Scenario
{
    // The peer's ports come round in turn, as a real peer's do, so that no run finds what the run before left in a cache.
    private const int FirstPort = 40_000;
    private const int Ports = 4096;

    private readonly ClosingHandler _handler = new();
    private readonly Rig _rig;
    private readonly bool _afterPause;
    private readonly bool _plain;
    private readonly NumberedSegment _syn;
    private readonly NumberedSegment _ack;
    private readonly NumberedSegment _rst;
    private readonly byte[] _echoRequest = Frames.EchoRequest();
    private int _run;
    private uint _sequence = 0xFFFF_0000;

    /// <summary>Makes the endpoint.</summary>
    /// <param name="others">Connections that are established besides the one of the handshake.</param>
    /// <param name="afterPause">
    /// Whether so much time passes before it that no timer of the handshake before is left, which this one would otherwise
    /// have taken over.
    /// </param>
    /// <param name="plain">Whether the peer's SYN offers an MSS alone, and not all that Linux offers.</param>
    public PassiveHandshake(int others = 0, bool afterPause = false, bool plain = false)
    {
        const ControlBits RstAck = ControlBits.Rst | ControlBits.Ack;
        _afterPause = afterPause;
        _plain = plain;
        _syn = plain ? NumberedSegment.PlainSyn() : NumberedSegment.LinuxSyn();
        _ack = plain ? new NumberedSegment(ControlBits.Ack) : NumberedSegment.Stamped(ControlBits.Ack);
        _rst = plain ? new NumberedSegment(RstAck, window: 0) : NumberedSegment.Stamped(RstAck, window: 0);
        _rig = others == 0
            ? new Rig(_handler)
            : new Rig(_handler, new TcpSettings { Connections = others + 8, ReceiveBufferSize = 256, SendBufferSize = 256 });
        for (var i = 0; i < others; i++)
            _rig.Open(1024 + i, (uint)i * 77_777);
        Rig.Require(_rig.Endpoint.ConnectionCount == others, "all other connections");
    }

    /// <inheritdoc/>
    public override string Name => "passive handshake + RST" + (_afterPause ? ", after a pause" : _plain ? ", MSS alone" : "");

    /// <inheritdoc/>
    public override void Prepare()
    {
        if (!_afterPause)
            return;
        _rig.Pass(10_000_000);
        _rig.MeetPeer();

        // After the answer to a ping the peer's Ethernet address is to be looked up.
        _rig.Exchange(_echoRequest);
    }

    /// <inheritdoc/>
    public override int ConnectionsGiven => 1;

    /// <inheritdoc/>
    public override void Run()
    {
        var port = FirstPort + (_run++ % Ports);
        _sequence += 64_021;
        var accepted = _rig.Accepted;
        var ended = _handler.Ended;

        _rig.Exchange(_syn.Number(port, Rig.Port, _sequence, 0));
        Rig.Require(_rig.Link.SentFlags == (ControlBits.Syn | ControlBits.Ack), "a SYN,ACK");
        var acknowledgment = _rig.Link.SentSequence + 1;
        _rig.Exchange(_ack.Number(port, Rig.Port, _sequence + 1, acknowledgment));
        Rig.Require(_rig.Accepted == accepted + 1, "a connection to accept");
        _rig.Exchange(_rst.Number(port, Rig.Port, _sequence + 1, acknowledgment));
        Rig.Require(_handler.Ended == ended + 1, "the end of the connection");
    }
}
