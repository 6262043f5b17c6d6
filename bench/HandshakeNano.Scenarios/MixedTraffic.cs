using System;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>
/// Connections that live through everything that a network does to them, and what else comes along: ARP, ping, other
/// protocols, damaged frames. Nothing here allocates once it is made, but the endpoint an object for each connection that it accepts.
/// </summary>
public sealed class MixedTraffic
{
    private const ControlBits FinAck = ControlBits.Fin | ControlBits.Ack;
    private const ControlBits RstAck = ControlBits.Rst | ControlBits.Ack;
    private const int HeadersLength = 66;
    private const int ClosedPort = 9999;
    private const ulong SegmentLifetime = 1_000_000;

    private readonly EchoHandler _handler = new();
    private readonly Rig _rig;
    private readonly NumberedSegment _syn = NumberedSegment.LinuxSyn();
    private readonly NumberedSegment _ack = NumberedSegment.Stamped(ControlBits.Ack);
    private readonly NumberedSegment _closedWindow = NumberedSegment.Stamped(ControlBits.Ack, window: 0);
    private readonly NumberedSegment _dataAndClosedWindow = NumberedSegment.Stamped(ControlBits.Ack, dataLength: 100, window: 0);
    private readonly NumberedSegment _data = NumberedSegment.Stamped(ControlBits.Ack | ControlBits.Psh, dataLength: 100);
    private readonly NumberedSegment _dataWithoutAck = NumberedSegment.Stamped(ControlBits.Psh, dataLength: 100);
    private readonly NumberedSegment _fin = NumberedSegment.Stamped(FinAck);
    private readonly NumberedSegment _rst = NumberedSegment.Stamped(ControlBits.Rst, window: 0);
    private readonly NumberedSegment _rstAck = NumberedSegment.Stamped(RstAck, window: 0);
    private readonly NumberedSegment _damaged = NumberedSegment.Stamped(ControlBits.Ack | ControlBits.Psh, dataLength: 100);
    private readonly byte[] _arpRequest = Frames.ArpRequest();
    private readonly byte[] _echoRequest = Frames.EchoRequest();
    private readonly byte[] _datagram = Frames.Ipv4(132, new byte[12]);
    private readonly byte[] _fragment = Frames.Ipv4(6, new byte[24]);
    private readonly byte[] _badHeader = Frames.Ipv4(6, new byte[20]);
    private int _port;
    private int _round;
    private uint _next;
    private uint _expected;

    /// <summary>Makes the endpoint.</summary>
    public MixedTraffic()
    {
        _rig = new Rig(_handler, new TcpSettings { TimeWaits = 2, MaximumSegmentLifetime = SegmentLifetime });
        _fragment[Frames.Ethernet + 6] = 0x20; // more fragments
        Ipv4Packet.Seal(_fragment.AsSpan(Frames.Ethernet));
        _badHeader[Frames.Ethernet + 10] ^= 1;
    }

    /// <summary>Frames that came to the endpoint.</summary>
    public int Delivered { get; private set; }

    /// <summary>What the endpoint counted.</summary>
    public Counters Counters => _rig.Endpoint.Counters;

    /// <summary>Connections in use.</summary>
    public int ConnectionCount => _rig.Endpoint.ConnectionCount;

    /// <summary>One connection from its SYN to its end, by FIN from either side or by RST.</summary>
    public void RunRound()
    {
        _port = 20_000 + (_round % 5000);
        _next = 0xFFFF_FF00 + ((uint)_round * 99_991);
        Strays();
        Open();
        Data();
        Nonsense();
        switch (_round++ % 4)
        {
            case 0:
                PeerCloses();
                break;
            case 1:
                WeClose();
                break;
            case 2:
                PeerResets();
                break;
            default:
                Loss();
                PeerCloses();
                break;
        }

        Rig.Require(ConnectionCount == 0, "no connection to be left");

        // Now long enough for TIME-WAIT and the limit of challenge ACKs, now not.
        if (_round % 3 == 0)
            _rig.Pass(3 * SegmentLifetime);
    }

    private void Strays()
    {
        Deliver(_arpRequest);
        Deliver(_echoRequest);
        Deliver(_datagram);
        Deliver(_fragment);
        Deliver(_badHeader);
        Deliver(_syn.Number(_port, ClosedPort, _next, 0));
        Deliver(_ack.Number(_port, Rig.Port, _next, 77));
        Deliver(_rst.Number(_port, ClosedPort, _next, 0));
    }

    private void Open()
    {
        var accepted = _rig.Accepted;
        Deliver(_syn.Number(_port, Rig.Port, _next, 0));
        Rig.Require(_rig.Link.SentFlags == (ControlBits.Syn | ControlBits.Ack), "a SYN,ACK");
        Deliver(_syn.Number(_port, Rig.Port, _next, 0));
        Rig.Require(_rig.Link.SentFlags == (ControlBits.Syn | ControlBits.Ack), "the SYN,ACK again");
        _next++;
        _expected = _rig.Link.SentSequence + 1;
        Deliver(_ack, ahead: 0);
        Rig.Require(_rig.Accepted == accepted + 1, "a connection to accept");
    }

    private void Data()
    {
        var received = _handler.Received;
        Deliver(_data, ahead: 0);
        _next += 100;
        AcknowledgeAll();
        Deliver(_data, ahead: 100);
        Deliver(_data, ahead: 300);
        Deliver(_data, ahead: 100);
        Deliver(_data, ahead: 0);
        Rig.Require(_handler.Received == received + 300, "300 bytes to read");
        Deliver(_data, ahead: 200);
        _next += 400;
        Rig.Require(_handler.Received == received + 500, "500 bytes to read");
        Deliver(_data, unchecked((uint)-100));
        AcknowledgeAll();

        // The window closes, the echo has to wait until it opens.
        Deliver(_closedWindow, ahead: 0);
        Deliver(_dataAndClosedWindow, ahead: 0);
        _next += 100;
        Rig.Require(_handler.Received == received + 600, "600 bytes to read");
        Rig.Require(_rig.LastAccepted.Unacknowledged == 100, "100 bytes to wait");
        Deliver(_ack, ahead: 0);
        AcknowledgeAll();
    }

    /// <summary>The peer acknowledges what was sent last, and what is sent for that, until there is no more.</summary>
    private void AcknowledgeAll()
    {
        for (var i = 0; i < 8 && _rig.LastAccepted.Unacknowledged != 0; i++)
        {
            _expected = _rig.Link.SentSequence + (uint)(_rig.Link.SentLength - HeadersLength);
            Deliver(_ack, ahead: 0);
        }

        Rig.Require(_rig.LastAccepted.Unacknowledged == 0, "everything acknowledged");
    }

    private void Nonsense()
    {
        var received = _handler.Received;
        var damaged = _damaged.Number(_port, Rig.Port, _next, _expected);
        damaged[^1] ^= 0x40;
        Deliver(damaged);
        damaged[^1] ^= 0x40;
        Deliver(_dataWithoutAck, ahead: 0);
        Deliver(_data, ahead: 100_000);
        Deliver(_rst, ahead: 100_000);
        Deliver(_rst, ahead: 1);
        Deliver(_syn, ahead: 0);
        Deliver(_data.Number(_port, Rig.Port, _next, _expected + 1000));
        Deliver(_ack.Number(_port, Rig.Port, _next, _expected - 10_000_000));
        Rig.Require(_handler.Received == received, "nothing to read");
        Rig.Require(_rig.LastAccepted.State == TcpState.Established, "the connection to live");
    }

    private void Loss()
    {
        // The echo gets lost and comes again after the timeout.
        Deliver(_data, ahead: 0);
        _next += 100;
        var sent = _rig.Link.SentCount;
        _rig.Pass(_rig.LastAccepted.RetransmissionTimeout);
        Rig.Require(_rig.Link.SentCount > sent, "a retransmission");
        AcknowledgeAll();
    }

    private void PeerCloses()
    {
        Deliver(_fin, ahead: 0);
        Deliver(_fin, ahead: 0);
        _next++;
        _expected++;
        Deliver(_ack, ahead: 0);
    }

    private void WeClose()
    {
        _rig.LastAccepted.Shutdown();
        _rig.Poll();
        Rig.Require((_rig.Link.SentFlags & ControlBits.Fin) != 0, "a FIN");
        _expected++;
        Deliver(_ack, ahead: 0);
        Deliver(_fin, ahead: 0);
        var timeWaits = _rig.Endpoint.TimeWaitCount;
        Rig.Require(timeWaits > 0, "TIME-WAIT");
        Deliver(_fin, ahead: 0);
        Deliver(_rst, ahead: 1);
        Rig.Require(_rig.Endpoint.TimeWaitCount == timeWaits, "TIME-WAIT to go on");
    }

    private void PeerResets()
    {
        Deliver(_rstAck, ahead: 0);
    }

    private void Deliver(NumberedSegment segment, uint ahead)
    {
        Deliver(segment.Number(_port, Rig.Port, _next + ahead, _expected));
    }

    private void Deliver(byte[] frame)
    {
        Delivered++;
        _rig.Exchange(frame);
    }
}
