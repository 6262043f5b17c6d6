#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Looking names up again and again takes no memory, whatever the answers are.</summary>
[TestClass]
public sealed class DnsAllocationTests
{
    [TestMethod]
    public void A_query_that_is_asked_again_allocates_nothing()
    {
        // The first life is the compiler's.
        Live(new World());
        World world = new();
        Live(world);
        Assert.AreEqual(0L, world.Allocated);
        Assert.AreEqual(7UL, world.Endpoint.Counters.Get(Counter.DnsSent));
        Assert.AreEqual(1UL, world.Endpoint.Counters.Get(Counter.DnsCached));
    }

    private static void Live(World world)
    {
        world.Ask("www.example.test");
        world.Answer(0x8180, 1);
        world.Ask("www.example.test");
        Assert.IsTrue(world.Query.State == DnsQueryState.Found);
        world.Ask("a.test");
        world.Answer(0x8183, 0);
        Assert.IsTrue(world.Query.Error == DnsError.NoSuchName);
        world.Ask("b.test");
        world.Answer(0x8182, 0);
        Assert.IsTrue(world.Query.Error == DnsError.ServerFailed);
        world.Ask("c.test");
        for (int i = 0; i < 12; i++)
            world.Pass();
        Assert.IsTrue(world.Query.Error == DnsError.TimedOut);
        world.Query.Close();
    }

    /// <summary>A link with room for one frame each way, its time, and what Resolve and Poll have allocated on it.</summary>
    private sealed class World : ILink
    {
        private const int Message = Packet.Transport + 8;
        private readonly byte[] _sent = new byte[1514];
        private byte[] _received = [];
        private ulong _now = Wire.Second;
        private int _sentLength;

        public World()
        {
            PhysicalAddress = Packet.PhysicalAddressOf(Wire.OurAddress);
            Endpoint = new TcpEndpoint(this, new FixedEntropy(), DnsServer.Settings(1));
            Query.Handler = new Listener();
            Poll();
        }

        public TcpEndpoint Endpoint { get; }

        public DnsQuery Query { get; } = new();

        public long Allocated { get; private set; }

        public int Mtu => 1500;

        public bool HasEthernetHeader => true;

        public byte[] PhysicalAddress { get; }

        public bool IsUp => true;

        public void Ask(string name)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Endpoint.Resolve(name, DnsAddresses.Ipv4First, Query);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Poll();
            if (Query.State == DnsQueryState.Asking && Packet.Get16(_sent, 12) == Packet.EtherTypeArp)
                Deliver(Packet.Arp(PhysicalAddress, 2, Packet.PhysicalAddressOf(Wire.PeerAddress), Wire.PeerAddress, PhysicalAddress, Wire.OurAddress));
        }

        /// <summary>The server answers the last question, with up to one address.</summary>
        public void Answer(int flags, int records)
        {
            byte[] message = new byte[_sentLength - Message];
            Array.Copy(_sent, Message, message, 0, message.Length);
            Packet.Put16(message, 2, flags);
            Packet.Put16(message, 6, records);
            if (records != 0)
                message = DhcpServer.Join(message, DhcpServer.Bytes("C00C000100010000003C00040A010203"));
            Deliver(Packet.Udp(Wire.PeerAddress, 53, Wire.OurAddress, Packet.Get16(_sent, Packet.Transport), message));
        }

        public void Pass()
        {
            _now += Wire.Second;
            Poll();
        }

        public int Receive(byte[] buffer)
        {
            int length = _received.Length;
            Array.Copy(_received, 0, buffer, FrameLayout.Ethernet, length);
            _received = [];
            return length;
        }

        public bool Send(byte[] buffer, int length)
        {
            Array.Copy(buffer, FrameLayout.Ethernet, _sent, 0, length);
            _sentLength = length;
            return true;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout) => throw new InvalidOperationException();

        private void Deliver(byte[] frame)
        {
            _received = frame;
            Poll();
        }

        private void Poll()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Endpoint.Poll(_now);
            Endpoint.Poll(_now);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private sealed class Listener : DnsHandler
    {
        public override void OnAnswered(DnsQuery query, ulong now)
        {
        }
    }
}
