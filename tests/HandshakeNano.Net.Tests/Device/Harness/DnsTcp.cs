using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A connection of an endpoint to a DNS server's TCP port, segment by segment.</summary>
internal sealed class DnsTcp
{
    private const uint Irs = 7000;

    private readonly Wire _wire;
    private readonly DnsServer _server;
    private int _port;
    private uint _next;
    private uint _sent;

    public DnsTcp(Wire wire, DnsServer server)
    {
        _wire = wire;
        _server = server;
    }

    /// <summary>Demands a SYN, and nothing else.</summary>
    public void IsCalled()
    {
        Segment syn = Take();
        Assert.AreEqual(Segment.Syn, syn.Flags);
        _port = syn.SourcePort;
        _next = syn.SequenceNumber + 1;
        _sent = Irs + 1;
        _wire.ExpectsSilence("after the SYN");
    }

    /// <summary>Completes the handshake, and demands the question in its two bytes of length.</summary>
    public void IsAsked(string name, int type)
    {
        Sends(Segment.Syn | Segment.Ack, Irs, new byte[0]);
        byte[] data = new byte[0];
        while (_wire.SentCount > 0)
        {
            Segment segment = Take();
            Assert.AreEqual(_next, segment.SequenceNumber);
            data = DhcpServer.Join(data, segment.Data);
            _next += (uint)segment.Data.Length;
            if (segment.Data.Length != 0)
                Sends(Segment.Ack, _sent, new byte[0]);
        }

        Assert.IsTrue(data.Length > 14, "no question");
        byte[] before = _server.Question(0x0100);
        _server.Identifier = Packet.Get16(data, 2);
        _server.Expect(name, type);
        byte[] question = _server.Question(0x0100);
        Assert.AreEqual(question.Length + 2, data.Length);
        Assert.AreEqual(question.Length, Packet.Get16(data, 0));
        Assert.IsTrue(Packet.SameBytes(question, 0, data, 2, question.Length), "the question is another one");
        Assert.IsFalse(Packet.SameBytes(before, 0, question, 0, 2), "the same identifier again");
    }

    /// <summary>Sends a message after its length.</summary>
    public void Answers(byte[] message)
    {
        Sends(WithLength(message));
    }

    public static byte[] WithLength(byte[] message)
    {
        return DhcpServer.Join(new byte[] { (byte)(message.Length >> 8), (byte)message.Length }, message);
    }

    /// <summary>Sends bytes, in segments of a kilobyte at the most.</summary>
    public void Sends(byte[] data)
    {
        for (int at = 0; at < data.Length; at += 1000)
        {
            byte[] part = new byte[data.Length - at < 1000 ? data.Length - at : 1000];
            Array.Copy(data, at, part, 0, part.Length);
            Sends(Segment.Ack | Segment.Psh, _sent, part);
            _sent += (uint)part.Length;
        }
    }

    public void Resets()
    {
        Sends(Segment.Rst | Segment.Ack, _sent, new byte[0]);
    }

    /// <summary>Answers the SYN with a reset.</summary>
    public void Refuses()
    {
        Sends(Segment.Rst | Segment.Ack, 0, new byte[0]);
    }

    public void Closes()
    {
        Sends(Segment.Fin | Segment.Ack, _sent, new byte[0]);
    }

    /// <summary>Demands that the endpoint closes (FIN) or ends (RST) the connection, after acknowledgments.</summary>
    public void IsEnded(int flag)
    {
        Segment segment;
        do
        {
            segment = Take();
            Assert.AreEqual(0, segment.Data.Length);
        }
        while (segment.Flags == Segment.Ack);
        Assert.AreEqual(flag, segment.Flags & (Segment.Fin | Segment.Rst));
    }

    private void Sends(int flags, uint sequenceNumber, byte[] data)
    {
        Segment segment = new Segment
        {
            SourcePort = 53,
            DestinationPort = _port,
            SequenceNumber = sequenceNumber,
            AcknowledgmentNumber = _next,
            Flags = flags,
            Window = 10000,
            Data = data,
        };
        _wire.Inject(segment.ToFrame(_server.Address, Wire.OurAddress));
    }

    private Segment Take()
    {
        byte[] frame = _wire.Take();
        Assert.IsNotNull(frame, "expected a segment, got nothing");
        Assert.IsTrue(frame[Packet.Ip + 9] == 6 && Packet.Get32(frame, Packet.Ip + 16) == _server.Address, "expected a segment, got " + Wire.Describe(frame));
        Segment segment = Segment.Of(frame);
        Assert.AreEqual(53, segment.DestinationPort);
        return segment;
    }
}
