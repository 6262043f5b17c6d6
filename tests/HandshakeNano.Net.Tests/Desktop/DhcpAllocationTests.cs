#nullable enable
using System;
using System.Collections.Generic;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>An endpoint that gets its address from a server takes no more memory after its start than any other.</summary>
[TestClass]
public sealed class DhcpAllocationTests
{
    private const int Message = Packet.Transport + 8;

    [TestMethod]
    public void Nothing_is_allocated_from_the_first_question_to_the_release()
    {
        // The first life is the compiler's.
        Live(new World());
        World world = new();
        Live(world);
        Assert.AreEqual(0L, world.Allocated);
        foreach (Counter counter in (Counter[])[Counter.DhcpRefused, Counter.DhcpExpired, Counter.ArpConflicts, Counter.DhcpUnexpected])
            Assert.AreEqual(1UL, world.Endpoint.Counters.Get(counter), counter.ToString());
        HashSet<DhcpState> seen = [.. Enum.GetValues<DhcpState>()];
        seen.ExceptWith(world.Seen);
        Assert.AreEqual("", string.Join(' ', seen), "states that were not seen");
    }

    private static void Live(World world)
    {
        world.RunUntil(DhcpState.Requesting);
        world.Answer(6);
        world.RunUntil(DhcpState.Requesting);
        world.Answer(5);
        world.RunUntil(DhcpState.Probing);
        world.Deliver(Packet.Arp(DhcpServer.Everyone, 1, [2, 9, 9, 9, 9, 9], Wire.OurAddress, new byte[6], Wire.OurAddress));
        world.RunUntil(DhcpState.Requesting);
        world.Answer(5);
        world.RunUntil(DhcpState.Renewing);
        world.Answer(5);
        world.RunUntil(DhcpState.Rebinding);
        world.RunUntil(DhcpState.Requesting);
        world.Answer(5);
        world.RunUntil(DhcpState.Bound);
        world.Answer(5);
        world.IsUp = false;
        world.Pass(5);
        world.IsUp = true;
        world.RunUntil(DhcpState.Rebooting);
        world.Pass(2);
        world.Answer(5);
        world.RunUntil(DhcpState.Bound);
        world.Endpoint.Dhcp.Stop();
        world.RunUntil(DhcpState.Stopped);
    }

    /// <summary>A link with room for one frame each way, its time, and what Poll has allocated on it.</summary>
    private sealed class World : ILink
    {
        private readonly byte[] _sent = new byte[1514];
        private byte[] _received = [];
        private ulong _now = Wire.Second;

        public World()
        {
            PhysicalAddress = Packet.PhysicalAddressOf(Wire.OurAddress);
            Endpoint = new TcpEndpoint(this, new FixedEntropy(), new TcpSettings { Dhcp = true, HostName = "world" });
        }

        public TcpEndpoint Endpoint { get; }

        public long Allocated { get; private set; }

        public HashSet<DhcpState> Seen { get; } = [];

        public int Mtu => 1500;

        public bool HasEthernetHeader => true;

        public byte[] PhysicalAddress { get; }

        public bool IsUp { get; set; } = true;

        /// <summary>Runs until a state is reached; each question for an address gets an offer.</summary>
        public void RunUntil(DhcpState state)
        {
            for (int turn = 0; Endpoint.Dhcp.State != state; turn++)
            {
                Assert.IsTrue(turn < 10_000, $"{Endpoint.Dhcp.State}, not {state}");
                _now = Math.Max(_now, Poll());
                if (Endpoint.Dhcp.State == DhcpState.Selecting)
                    Answer(2);
            }
        }

        public void Pass(int seconds)
        {
            for (int i = 0; i < seconds; i++)
            {
                Poll();
                _now += Wire.Second;
            }
        }

        /// <summary>The server answers the last message of the endpoint.</summary>
        public void Answer(int type)
        {
            byte[] options = [53, 1, (byte)type, 54, 4, .. Bytes(DhcpServer.First), 51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0, 255];
            byte[] message = new byte[240 + options.Length];
            Array.Copy(_sent, Message, message, 0, 240);
            message[0] = 2;
            Packet.Put32(message, 16, Wire.OurAddress);
            options.CopyTo(message, 240);
            Deliver(Packet.Udp(DhcpServer.First, 67, Wire.OurAddress, 68, message));
        }

        public void Deliver(byte[] frame)
        {
            _received = frame;
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
            // Of what is no DHCP message nothing is answered.
            if (buffer[FrameLayout.Network + 9] == 17 && buffer[FrameLayout.Ethernet + 13] == 0)
                Array.Copy(buffer, FrameLayout.Ethernet, _sent, 0, length);
            return IsUp;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout) => throw new InvalidOperationException();

        private static byte[] Bytes(uint number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

        private ulong Poll()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ulong next = Endpoint.Poll(_now);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Seen.Add(Endpoint.Dhcp.State);
            return next;
        }
    }
}
