#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// A peer that sends at a gigabit a second comes round the sequence numbers in less than a minute, and then its old segments fit the window
/// again: what PAWS is for (RFC 7323 section 5).
/// </summary>
[TestClass]
public sealed class GigabitTests
{
    /// <summary>What a segment holds. A lap is a whole number of them.</summary>
    private const int Size = 1024;

    /// <summary>What such a segment takes at a gigabit a second, in nanoseconds, with all headers, preamble and gap.</summary>
    private const ulong Duration = (Size + 90) * 8;

    private const uint Irs = 5000;

    /// <summary>Where the segment begins that comes once more a lap later, in bytes of the stream.</summary>
    private const uint Old = 100 * Size;

    [TestMethod]
    [Microsoft.VisualStudio.TestTools.UnitTesting.TestCategory("Long")]
    [DataRow(true)]
    [DataRow(false)]
    public void A_segment_of_the_lap_before_is_dropped_where_there_are_timestamps_and_would_be_taken_without_them(bool stamped)
    {
        TcpSettings settings = Wire.Settings();
        settings.ReceiveBufferSize = 1 << 20;
        settings.WindowScale = true;
        settings.Timestamps = stamped;
        Peer peer = new Peer(stamped);
        TcpEndpoint endpoint = new TcpEndpoint(peer, new FixedEntropy(), settings);
        TcpListener listener = endpoint.Listen(7, 1);
        ulong now = Wire.Second;
        peer.Opens(Segment.Syn, 0, now);
        endpoint.Poll(now);
        peer.Opens(Segment.Ack, 1, now);
        endpoint.Poll(now);
        TcpConnection connection = listener.Accept();
        peer.Prepares();
        byte[] buffer = new byte[1 << 16];

        // A whole lap, and on to where the old segment fits.
        ulong read = 0;
        byte[] old = new byte[0];
        while (read != (1UL << 32) + Old)
        {
            ulong time = now + read / Size * Duration / 1000;
            peer.Sends((uint)read, time);
            if (read == Old)
                old = (byte[])peer.Next!.Clone();
            endpoint.Poll(time);
            read += (ulong)connection.Read(buffer, 0, buffer.Length);
        }

        now += read / Size * Duration / 1000;
        Assert.AreEqual(0UL, endpoint.Counters.Get(Counter.TimestampOld));
        Assert.AreEqual(Irs + 1 + Old, connection.RcvNxt);
        peer.Next = old;
        endpoint.Poll(now);
        Assert.AreEqual(stamped ? 1UL : 0UL, endpoint.Counters.Get(Counter.TimestampOld));
        Assert.AreEqual(stamped ? 0 : Size, connection.Read(buffer, 0, buffer.Length));
        Assert.AreEqual(stamped ? Irs + 1 + Old : Irs + 1 + Old + Size, connection.RcvNxt);
    }

    /// <summary>The peer, and the link to it. All it sends is zeros, so that the sum of a segment is soon made.</summary>
    private sealed class Peer : ILink
    {
        private const int Sequence = Packet.Transport + 4;
        private const int Checksum = Packet.Transport + 16;
        private const int Timestamp = Packet.Transport + 24;

        private readonly bool _stamped;
        private byte[] _segment = new byte[0];
        private uint _sum;
        private uint _iss;

        public Peer(bool stamped)
        {
            _stamped = stamped;
        }

        /// <summary>What comes next.</summary>
        public byte[]? Next { get; set; }

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

        /// <summary>A segment of the handshake.</summary>
        public void Opens(int flags, uint sequence, ulong now)
        {
            Next = Frame(flags, sequence, (uint)(now / Wire.Millisecond), 0);
        }

        /// <summary>The handshake is over.</summary>
        public void Prepares()
        {
            _segment = Frame(Segment.Ack, ~Irs + 1, 0, Size);
            _sum = (uint)Packet.Get16(_segment, Checksum) ^ 0xFFFF;
        }

        /// <summary>The segment at a place of the stream.</summary>
        public void Sends(uint offset, ulong now)
        {
            byte[] segment = _segment;
            uint sequence = Irs + 1 + offset;
            Packet.Put32(segment, Sequence, sequence);
            uint sum = _sum + (sequence >> 16) + (sequence & 0xFFFF);
            if (_stamped)
            {
                uint time = (uint)(now / Wire.Millisecond);
                Packet.Put32(segment, Timestamp, time);
                sum += (time >> 16) + (time & 0xFFFF);
            }

            sum = (sum >> 16) + (sum & 0xFFFF);
            sum = (sum >> 16) + (sum & 0xFFFF);
            Packet.Put16(segment, Checksum, (int)(sum ^ 0xFFFF));
            Next = segment;
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
            if ((buffer[FrameLayout.Transport + 13] & Segment.Syn) != 0)
                _iss = Packet.Get32(buffer, FrameLayout.Transport + 4);
            return true;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout)
        {
        }

        private byte[] Frame(int flags, uint sequence, uint time, int length)
        {
            byte[] stamps = new byte[] { 1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0 };
            Packet.Put32(stamps, 4, time);
            if (!_stamped)
                stamps = new byte[0];
            byte[] options = stamps;
            if (flags == Segment.Syn)
            {
                options = new byte[8 + stamps.Length];
                Array.Copy(new byte[] { 2, 4, 0x05, 0xB4, 1, 3, 3, 0 }, options, 8);
                Array.Copy(stamps, 0, options, 8, stamps.Length);
            }

            Segment segment = new Segment
            {
                SourcePort = 40000,
                DestinationPort = 7,
                Flags = flags,
                SequenceNumber = Irs + sequence,
                AcknowledgmentNumber = flags == Segment.Syn ? 0 : _iss + 1,
                Window = 65535,
                Options = options,
                Data = new byte[length],
            };
            return segment.ToFrame(Wire.PeerAddress, Wire.OurAddress);
        }
    }
}
