#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A connection that has sent more than half of the sequence space: what it noted at its beginning lies ahead of it.</summary>
[TestClass]
public sealed class LongStreamTests
{
    [TestMethod]
    public void After_2_GB_without_a_loss_three_duplicate_ACKs_still_send_the_lost_segment_again()
    {
        Sink sink = new Sink();
        TcpSettings settings = Wire.Settings();
        settings.SendBufferSize = 65536;
        TcpEndpoint endpoint = new TcpEndpoint(sink, new FixedEntropy(), settings);
        TcpListener listener = endpoint.Listen(7, 1);
        ulong now = Wire.Second;
        sink.Next = Frame(Segment.Syn, 5000, 0);
        endpoint.Poll(now);
        uint iss = sink.LastSequence;
        sink.Next = Frame(Segment.Ack, 5001, iss + 1);
        endpoint.Poll(now);
        TcpConnection connection = listener.Accept();
        byte[] buffer = new byte[65536];
        uint sent = 0;
        while (sent < 0x80010000)
        {
            connection.Write(buffer, 0, buffer.Length);
            endpoint.Poll(now);
            sent = connection.SndNxt - iss - 1;
            sink.Next = Frame(Segment.Ack, 5001, connection.SndNxt);
            now += 10;
            endpoint.Poll(now);
        }

        Assert.AreEqual(0UL, endpoint.Counters.Get(Counter.Retransmissions));
        connection.Write(buffer, 0, 10000);
        endpoint.Poll(now);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(0UL, endpoint.Counters.Get(Counter.FastRetransmissions));
            sink.Next = Frame(Segment.Ack, 5001, connection.SndUna);
            endpoint.Poll(now);
        }

        Assert.AreEqual(1UL, endpoint.Counters.Get(Counter.FastRetransmissions));
    }

    private static byte[] Frame(int flags, uint sequence, uint acknowledgment)
    {
        Segment segment = new Segment
        {
            SourcePort = 40000,
            DestinationPort = 7,
            Flags = flags,
            SequenceNumber = sequence,
            AcknowledgmentNumber = acknowledgment,
            Window = 65535,
        };
        if (flags == Segment.Syn)
            segment.Options = new byte[] { 2, 4, 0x05, 0xB4 };
        return segment.ToFrame(Wire.PeerAddress, Wire.OurAddress);
    }

    /// <summary>Takes everything and looks at nothing, as 2 GB are a lot.</summary>
    private sealed class Sink : ILink
    {
        public byte[]? Next;
        public uint LastSequence;

        public int Mtu
        {
            get { return 1500; }
        }

        public bool HasEthernetHeader
        {
            get { return false; }
        }

        public byte[] PhysicalAddress
        {
            get { return Packet.PhysicalAddressOf(Wire.OurAddress); }
        }

        public bool IsUp
        {
            get { return true; }
        }

        public int Receive(byte[] buffer)
        {
            if (Next == null)
                return 0;
            int length = Packet.Get16(Next, Packet.Ip + 2);
            Array.Copy(Next, Packet.Ip, buffer, FrameLayout.Network, length);
            Next = null;
            return length;
        }

        public bool Send(byte[] buffer, int length)
        {
            LastSequence = Packet.Get32(buffer, FrameLayout.Transport + 4);
            return true;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout)
        {
        }
    }
}
