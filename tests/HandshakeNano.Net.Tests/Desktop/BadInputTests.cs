#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Bad frames change nothing but counters.</summary>
[TestClass]
public sealed class BadInputTests
{
    /// <summary>A TcpConnection: its header, three references and a number.</summary>
    private const int HandleSize = 48;

    private const int Frames = 250_000;

    [TestMethod]
    public void A_quarter_of_a_million_bad_frames_change_nothing_but_counters_and_allocate_nothing()
    {
        var link = new FuzzLink(20261122);
        var settings = Wire.Settings();
        var endpoint = new TcpEndpoint(link, new FixedEntropy(), settings);
        TcpListener listener = endpoint.Listen(7, 4);
        ulong now = 1_000_000;
        now = Settle(endpoint, now);

        uint isn = 0;
        link.OnSend = frame =>
        {
            if (Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && (frame[Packet.Transport + 13] & Segment.Syn) != 0)
                isn = Packet.Get32(frame, Packet.Transport + 4);
        };
        link.Single = Frame(Segment.Syn, 5000, 0, 40000, 7, 0);
        now = Settle(endpoint, now);
        // It may have asked for the peer's address first.
        link.Single = Packet.Arp(link.PhysicalAddress, 2, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress,
            link.PhysicalAddress, Wire.OurAddress);
        now = Settle(endpoint, now);
        link.Single = Frame(Segment.Ack, 5001, isn + 1, 40000, 7, 0);
        now = Settle(endpoint, now);
        TcpConnection connection = listener.Accept();
        Assert.IsNotNull(connection);
        link.OnSend = null;
        link.Bases =
        [
            Frame(Segment.Ack, 5001, isn + 1, 40000, 7, 0),
            Frame(Segment.Syn, 9, 0, 40001, 8, 0),
            Frame(Segment.Ack | Segment.Psh, 77, 99, 40002, 81, 1000),
            Packet.Icmp(Wire.PeerAddress, Wire.OurAddress, 8, 0, new byte[56]),
            Packet.Arp([255, 255, 255, 255, 255, 255], 1, Packet.PhysicalAddressOf(0x0A4D00AA), 0x0A4D00AA, new byte[6], 0x0A4D0055),
        ];
        string before = Snapshot(connection, endpoint, listener);

        link.Remaining = 2000;
        while (link.Remaining > 0)
            endpoint.Poll(now++);
        ulong counted = Total(endpoint);
        ulong framesBefore = endpoint.Counters.Get(Counter.FramesReceived);
        link.Remaining = Frames;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        while (link.Remaining > 0)
            endpoint.Poll(now++);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        Assert.AreEqual(0L, allocated, "bytes allocated");
        Assert.AreEqual(before, Snapshot(connection, endpoint, listener));
        Assert.AreEqual((ulong)Frames, endpoint.Counters.Get(Counter.FramesReceived) - framesBefore, "every frame was taken");
        Assert.IsTrue(Total(endpoint) - counted >= 2 * Frames, "and every frame was counted by what became of it");

        // The connection still carries data.
        link.Single = Frame(Segment.Ack | Segment.Psh, 5001, isn + 1, 40000, 7, 1000);
        now = Settle(endpoint, now);
        byte[] buffer = new byte[1000];
        Assert.AreEqual(1000, connection.Read(buffer, 0, 1000));
        for (int i = 0; i < 1000; i++)
            Assert.AreEqual(Segment.Pattern((uint)i), buffer[i]);
        connection.Write(buffer, 0, 1000);
        uint sent = 0;
        link.OnSend = frame => sent = Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 ? (uint)frame.Length : sent;
        now = Settle(endpoint, now);
        Assert.AreEqual(1054u, sent);
        link.Single = Frame(Segment.Ack, 6001, isn + 1001, 40000, 7, 0);
        Settle(endpoint, now);
        Assert.AreEqual(0, connection.Unacknowledged);
    }

    [TestMethod]
    public void Ten_thousand_good_segments_of_all_kinds_allocate_nothing_but_a_handle_for_each_connection()
    {
        var link = new FuzzLink(7);
        TcpSettings settings = Wire.Settings();
        var endpoint = new TcpEndpoint(link, new FixedEntropy(), settings);
        TcpListener listener = endpoint.Listen(7, 4);
        var sent = new byte[1600];
        link.Sent = sent;
        byte[] syn = Frame(Segment.Syn, 0, 0, 0, 7, 0);
        byte[] ack = Frame(Segment.Ack, 0, 0, 0, 7, 0);
        byte[] data = Frame(Segment.Ack | Segment.Psh, 0, 0, 0, 7, 500);
        byte[] fin = Frame(Segment.Ack | Segment.Fin, 0, 0, 0, 7, 0);
        byte[] last = Frame(Segment.Ack, 0, 0, 0, 7, 0);
        byte[] buffer = new byte[2048];
        link.Single = Packet.Arp(link.PhysicalAddress, 1, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress,
            new byte[6], Wire.OurAddress);
        ulong now = Settle(endpoint, 1_000_000);

        long allocated = 0;
        long handles = 0;
        for (int i = 0; i < 2100; i++)
        {
            if (i == 100)
                allocated = GC.GetAllocatedBytesForCurrentThread();
            int port = 1024 + i;
            uint irs = (uint)i * 7919;
            now = Exchange(endpoint, link, Number(syn, port, irs, 0), now);
            uint iss = Packet.Get32(sent, Packet.Transport + 4);
            now = Exchange(endpoint, link, Number(ack, port, irs + 1, iss + 1), now);
            long before = GC.GetAllocatedBytesForCurrentThread();
            TcpConnection connection = listener.Accept();
            if (i >= 100)
                handles += GC.GetAllocatedBytesForCurrentThread() - before;
            now = Exchange(endpoint, link, Number(data, port, irs + 1, iss + 1), now);
            int read = connection.Read(buffer, 0, buffer.Length);
            connection.Write(buffer, 0, read);
            now = Exchange(endpoint, link, Number(fin, port, irs + 501, iss + 1), now);
            connection.Close();
            now = Exchange(endpoint, link, Number(last, port, irs + 502, iss + 502), now);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.AreEqual(2000L * HandleSize, handles, "bytes of a handle for each connection that is accepted");
        Assert.AreEqual(0L, allocated - handles, "bytes allocated by 10,000 segments in and as many out");
        Assert.AreEqual(0, endpoint.ConnectionCount);
        Assert.AreEqual(2100UL, endpoint.Counters.Get(Counter.Established));
    }

    private static ulong Exchange(TcpEndpoint endpoint, FuzzLink link, byte[] frame, ulong now)
    {
        link.Single = frame;
        return Settle(endpoint, now);
    }

    private static byte[] Number(byte[] frame, int port, uint sequence, uint acknowledgment)
    {
        Packet.Put16(frame, Packet.Transport, port);
        Packet.Put32(frame, Packet.Transport + 4, sequence);
        Packet.Put32(frame, Packet.Transport + 8, acknowledgment);
        Packet.FixTcp(frame);
        return frame;
    }

    private static ulong Settle(TcpEndpoint endpoint, ulong now)
    {
        for (int i = 0; i < 50; i++)
            endpoint.Poll(now);
        return now + 10;
    }

    private static ulong Total(TcpEndpoint endpoint)
    {
        ulong sum = 0;
        for (int i = 0; i < Counters.Count; i++)
            sum += endpoint.Counters.Get((Counter)i);
        return sum;
    }

    private static string Snapshot(TcpConnection c, TcpEndpoint endpoint, TcpListener listener) =>
        $"{c.State} una {c.SndUna} nxt {c.SndNxt} wnd {c.SndWnd} rcv {c.RcvNxt} {c.RcvWnd} available {c.Available} "
        + $"space {c.SendSpace} rto {c.RetransmissionTimeout} connections {endpoint.ConnectionCount} {endpoint.TimeWaitCount} "
        + $"queues {listener.HalfOpen} {listener.Pending}";

    private static byte[] Frame(int flags, uint sequence, uint acknowledgment, int port, int ourPort, int length)
    {
        var segment = new Segment
        {
            SourcePort = port,
            DestinationPort = ourPort,
            SequenceNumber = sequence,
            AcknowledgmentNumber = acknowledgment,
            Flags = flags,
            Window = 20000,
            Options = (flags & Segment.Syn) != 0 ? [2, 4, 5, 0xB4] : [],
            Data = new byte[length],
        };
        for (int i = 0; i < length; i++)
            segment.Data[i] = Segment.Pattern((uint)i);
        return segment.ToFrame(Wire.PeerAddress, Wire.OurAddress);
    }

    /// <summary>Makes bad frames in place, out of good ones and out of nothing, by a xorshift generator.</summary>
    private sealed class FuzzLink(ulong seed) : ILink
    {
        private ulong _state = seed;

        public int Remaining { get; set; }

        public byte[]? Single { get; set; }

        public byte[][] Bases { get; set; } = [];

        public Action<byte[]>? OnSend { get; set; }

        /// <summary>Where the last frame that was sent is put.</summary>
        public byte[]? Sent { get; set; }

        public int Mtu => 1500;

        public bool HasEthernetHeader => true;

        public byte[] PhysicalAddress { get; } = Packet.PhysicalAddressOf(Wire.OurAddress);

        public bool IsUp => true;

        public int Receive(byte[] buffer)
        {
            if (Single is { } single)
            {
                Single = null;
                single.CopyTo(buffer, FrameLayout.Ethernet);
                return single.Length;
            }

            if (Remaining == 0)
                return 0;
            Remaining--;
            return Fuzz(buffer);
        }

        public bool Send(byte[] buffer, int length)
        {
            OnSend?.Invoke(buffer.AsSpan(FrameLayout.Ethernet, length).ToArray());
            if (Sent is not null)
                Array.Copy(buffer, FrameLayout.Ethernet, Sent, 0, length);
            return true;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout)
        {
        }

        private int Next(int limit)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)((_state >> 16) % (ulong)limit);
        }

        private int Fuzz(byte[] buffer)
        {
            const int Start = FrameLayout.Ethernet;
            int kind = Next(8);
            int length = 1 + (Next(2) == 0 ? Next(120) : Next(1514));
            byte[] good = Bases[Next(Bases.Length)];
            switch (kind)
            {
                case 0: // Rubbish.
                    Fill(buffer, 0, length);
                    return length;
                case 1: // All ones.
                    buffer.AsSpan(Start, length).Fill(0xFF);
                    return length;
                case 2: // Cut.
                    length = Next(good.Length) + 1;
                    good.AsSpan(0, length).CopyTo(buffer.AsSpan(Start));
                    return length;
                case 3: // A word damaged after the Ethernet header: the checksum tells, always (two words might cancel out).
                case 4:
                    good.CopyTo(buffer, Start);
                    int word = Start + 14 + 2 * Next((good.Length - 14) / 2);
                    int damage = Next(2) == 0 ? 1 << Next(16) : 1 + Next(0xFFFE);
                    buffer[word] ^= (byte)(damage >> 8);
                    buffer[word + 1] ^= (byte)damage;
                    return good.Length;
                case 5: // Longer than its packet.
                    good.CopyTo(buffer, Start);
                    Fill(buffer, good.Length, 1514 - good.Length);
                    return 1514;
                case 6: // Rubbish that says it is ARP or IPv4 for us.
                    Fill(buffer, 0, length);
                    PhysicalAddress.CopyTo(buffer, Start);
                    buffer[Start + 12] = 8;
                    buffer[Start + 13] = (byte)(Next(2) * 6);
                    buffer[Start + 14] = (byte)(0x45 + Next(3));
                    return length;
                default: // A sound IPv4 header and rubbish in it.
                    good = Bases[Next(3)];
                    good.CopyTo(buffer, Start);
                    length = good.Length;
                    buffer[Start + 23] = (byte)(Next(3) switch { 0 => 6, 1 => 1, _ => 17 });
                    Fill(buffer, 34, length - 34);
                    buffer[Start + 24] = 0;
                    buffer[Start + 25] = 0;
                    int sum = 0;
                    for (int i = 14; i < 34; i += 2)
                        sum += (buffer[Start + i] << 8) | buffer[Start + i + 1];
                    sum = (sum & 0xFFFF) + (sum >> 16);
                    sum = ~((sum & 0xFFFF) + (sum >> 16));
                    buffer[Start + 24] = (byte)(sum >> 8);
                    buffer[Start + 25] = (byte)sum;
                    return length;
            }
        }

        private void Fill(byte[] buffer, int from, int length)
        {
            for (int i = 0; i < length; i++)
                buffer[FrameLayout.Ethernet + from + i] = (byte)Next(256);
        }
    }
}
