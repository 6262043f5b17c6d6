using HandshakeNano.Meter;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>SYN in, SYN,ACK out, ACK in: the connection is ESTABLISHED and waits to be accepted.</summary>
public sealed class HandshakeAlone : Scenario
{
    private const int Port = 9;
    private const int FirstPeerPort = 40_000;
    private const int PeerPorts = 4096;

    private readonly Rig _rig;
    private readonly TcpListener _listener;
    private readonly bool _cookie;
    private readonly bool _plain;
    private readonly NumberedSegment _syn;
    private readonly NumberedSegment _ack;
    private int _run;
    private int _peerPort;
    private uint _sequence = 0xFFFF_0000;
    private uint _acknowledgment;

    /// <summary>Makes the endpoint, and a listener without a handler.</summary>
    /// <param name="cookie">Whether a SYN cookie answers, so that nothing is kept until the ACK comes.</param>
    /// <param name="plain">Whether the peer's SYN offers an MSS alone, and not all that Linux offers.</param>
    public HandshakeAlone(bool cookie = false, bool plain = false)
    {
        _cookie = cookie;
        _plain = plain;
        _syn = plain ? NumberedSegment.PlainSyn() : NumberedSegment.LinuxSyn();
        _ack = plain ? new NumberedSegment(ControlBits.Ack) : NumberedSegment.Stamped(ControlBits.Ack);
        var settings = new TcpSettings { ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        if (cookie)
            settings.SynPolicy = SynPolicy.CookiesAlways;
        _rig = new Rig(new ClosingHandler(), settings);
        _listener = _rig.Endpoint.Listen(Port, 2);
    }

    /// <inheritdoc/>
    public override string Name => "passive handshake alone" + (_cookie ? ", by a SYN cookie" : _plain ? ", MSS alone" : "");

    /// <inheritdoc/>
    public override void Run()
    {
        _peerPort = FirstPeerPort + (_run++ % PeerPorts);
        _sequence += 64_021;

        _rig.Exchange(_syn.Number(_peerPort, Port, _sequence, 0));
        Rig.Require(_rig.Link.SentFlags == (ControlBits.Syn | ControlBits.Ack), "a SYN,ACK");
        _acknowledgment = _rig.Link.SentSequence + 1;
        _rig.Exchange(_ack.Number(_peerPort, Port, _sequence + 1, _acknowledgment));
        Rig.Require(_listener.Pending == 1, "a connection to accept");
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        _listener.Accept().Abort();
        _rig.Poll();
    }
}
