using HandshakeNano.Meter;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>Connect, SYN out, SYN,ACK in, ACK out.</summary>
public sealed class ActiveOpen : Scenario
{
    private const int RemotePort = 80;

    private readonly ClosingHandler _handler = new();
    private readonly Rig _rig;
    private readonly NumberedSegment _synAck = NumberedSegment.LinuxSynAck();
    private readonly NumberedSegment _rst = NumberedSegment.Stamped(ControlBits.Rst | ControlBits.Ack, window: 0);
    private TcpConnection? _connection;
    private uint _sequence = 0xFFFF_0000;
    private int _localPort;
    private uint _acknowledgment;

    /// <summary>Makes the endpoint.</summary>
    public ActiveOpen()
    {
        _rig = new Rig(_handler);
    }

    /// <inheritdoc/>
    public override string Name => "active open";

    /// <inheritdoc/>
    public override int ConnectionsGiven => 1;

    /// <inheritdoc/>
    public override void Run()
    {
        _sequence += 64_021;
        _connection = _rig.Endpoint.Connect(Frames.PeerAddress, RemotePort);
        _connection.Handler = _handler;
        _rig.Poll();
        Rig.Require(_rig.Link.SentFlags == ControlBits.Syn, "a SYN");
        _localPort = _rig.Link.SentSourcePort;
        _acknowledgment = _rig.Link.SentSequence + 1;
        _rig.Exchange(_synAck.Number(RemotePort, _localPort, _sequence, _acknowledgment));
        Rig.Require(_rig.Link.SentFlags == ControlBits.Ack, "an ACK");
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        Rig.Require(_connection!.State == TcpState.Established, "an established connection");
        _rig.Exchange(_rst.Number(RemotePort, _localPort, _sequence + 1, _acknowledgment));
        Rig.Require(_rig.Endpoint.ConnectionCount == 0, "no connection any more");
    }
}
