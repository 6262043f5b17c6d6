#nullable enable
using System;
using System.Collections.Generic;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// What a network does to frames, in parts of 1000, and how long they take in microseconds. Packets of more than PathMtu bytes do
/// not arrive, and a router says so; 0: all arrive.
/// </summary>
internal sealed record Faults(int Loss = 0, int Duplication = 0, int Corruption = 0, ulong Delay = 5000, ulong Jitter = 0, int PathMtu = 0);

/// <summary>Endpoints on one network, in virtual time: a simulation of discrete events with a fixed seed.</summary>
internal sealed class FaultyNetwork(int seed, Faults faults)
{
    private readonly Random _random = new(seed);
    private readonly List<Host> _hosts = [];
    private readonly PriorityQueue<(Host Receiver, byte[] Frame), (ulong Time, int Order)> _travelling = new();
    private int _order;

    public ulong Now { get; private set; } = 1_000_000;

    public int Frames { get; private set; }

    public Random Random => _random;

    public Faults Faults { get; set; } = faults;

    /// <summary>Sees every frame that a host sends, as it was sent.</summary>
    public Action<Host, byte[]>? Carrying { get; set; }

    /// <summary>Sees every frame that a host is about to receive, and null when it is done with the last one.</summary>
    public Action<Host, byte[]?>? Delivering { get; set; }

    public Host Add(uint address, Action<TcpSettings>? configure = null)
    {
        var settings = new TcpSettings { Address = address, PrefixLength = 24 };
        configure?.Invoke(settings);
        var host = new Host(this, settings, (byte)(_hosts.Count + _order));
        _hosts.Add(host);
        return host;
    }

    /// <summary>A host is switched off: it forgets everything, and frames for it are lost.</summary>
    public void Remove(Host host) => _hosts.Remove(host);

    /// <summary>Runs until the condition holds; false if the time ran out first or nothing can happen any more.</summary>
    public bool RunUntil(Func<bool> condition, ulong limit)
    {
        ulong end = Now + limit;
        while (true)
        {
            foreach (Host host in _hosts)
                host.Poll(Now);
            if (condition())
                return true;
            ulong next = ulong.MaxValue;
            foreach (Host host in _hosts)
                next = Math.Min(next, host.Deadline);
            if (_travelling.TryPeek(out _, out var first))
                next = Math.Min(next, first.Time);
            if (next > end)
            {
                Now = end;
                return false;
            }

            Now = Math.Max(Now, next);
            while (_travelling.TryPeek(out var arrival, out first) && first.Time <= Now)
            {
                _travelling.Dequeue();
                if (_hosts.Contains(arrival.Receiver))
                    arrival.Receiver.Arrived.Enqueue(arrival.Frame);
            }
        }
    }

    public void Run(ulong time) => RunUntil(() => false, time);

    private void Carry(Host? sender, byte[] frame)
    {
        Frames++;
        sender!.Sent++;
        Carrying?.Invoke(sender, frame);
        if (Faults.PathMtu != 0 && frame.Length > Packet.Ip + Faults.PathMtu && Packet.Get16(frame, 12) == Packet.EtherTypeIpv4)
        {
            byte[] refusal = Packet.Icmp(Packet.RouterAddress, Packet.Get32(frame, Packet.Ip + 12), 3, 4, frame[Packet.Ip..(Packet.Ip + 28)]);
            Packet.Put16(refusal, Packet.Transport + 6, Faults.PathMtu);
            Packet.FixIcmp(refusal);
            frame = refusal;
            sender = null;
        }

        bool group = (frame[0] & 1) != 0;
        foreach (Host host in _hosts)
        {
            if (host == sender || (!group && !frame.AsSpan(0, 6).SequenceEqual(host.PhysicalAddress)))
                continue;
            int copies = _random.Next(1000) < Faults.Loss ? 0 : _random.Next(1000) < Faults.Duplication ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                byte[] copy = (byte[])frame.Clone();
                // Ethernet has a checksum of its own and ARP has none: damage shows up only inside of IPv4.
                if (Packet.Get16(copy, 12) == Packet.EtherTypeIpv4 && _random.Next(1000) < Faults.Corruption)
                    copy[_random.Next(14, copy.Length)] ^= (byte)(1 << _random.Next(8));
                ulong time = Now + Faults.Delay + (ulong)_random.NextInt64((long)Faults.Jitter + 1);
                _travelling.Enqueue((host, copy), (time, _order++));
            }
        }
    }

    internal sealed class Host : ILink
    {
        private readonly FaultyNetwork _network;

        public Host(FaultyNetwork network, TcpSettings settings, byte salt)
        {
            _network = network;
            PhysicalAddress = Packet.PhysicalAddressOf(settings.Address);
            Endpoint = new TcpEndpoint(this, new SaltedEntropy(salt), settings);
        }

        public TcpEndpoint Endpoint { get; }

        public Queue<byte[]> Arrived { get; } = new();

        public ulong Deadline { get; private set; }

        /// <summary>How many frames the host has sent.</summary>
        public int Sent { get; set; }

        /// <summary>How many frames the host has received.</summary>
        public int Received { get; private set; }

        public int Mtu => 1500;

        public bool HasEthernetHeader => true;

        public byte[] PhysicalAddress { get; }

        public bool IsUp => true;

        public void Poll(ulong now)
        {
            int turns = 0;
            do
            {
                Deadline = Endpoint.Poll(now);
                if (++turns > 10000)
                    throw new InvalidOperationException("Poll never comes to rest");
            }
            while (Deadline <= now || Arrived.Count > 0);
        }

        public int Receive(byte[] buffer)
        {
            Arrived.TryDequeue(out byte[]? frame);
            _network.Delivering?.Invoke(this, frame);
            if (frame == null)
                return 0;
            Received++;
            frame.CopyTo(buffer, FrameLayout.Ethernet);
            return frame.Length;
        }

        public bool Send(byte[] buffer, int length)
        {
            _network.Carry(this, buffer.AsSpan(FrameLayout.Ethernet, length).ToArray());
            return true;
        }

        public void Wake()
        {
        }

        public void Wait(int millisecondsTimeout) => throw new InvalidOperationException("the protocol must not wait");
    }

    private sealed class SaltedEntropy(byte salt) : IEntropy
    {
        public void Fill(byte[] buffer)
        {
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = (byte)(i * 7 + salt * 31);
        }
    }
}

/// <summary>An application that sends a stream of the pattern, checks the one it gets, and closes.</summary>
internal sealed class StreamUser(TcpConnection connection, int toSend, Random random)
{
    private readonly byte[] _buffer = new byte[4096];

    public TcpConnection Connection => connection;

    public int Sent { get; private set; }

    public int Received { get; private set; }

    public bool PeerFinished { get; private set; }

    /// <summary>True once the object has been given back; it is not touched any more.</summary>
    public bool Closed { get; private set; }

    public void Work()
    {
        if (Closed)
            return;
        if (connection.State == TcpState.Closed && connection.CloseReason != TcpCloseReason.Finished)
            throw new InvalidOperationException($"connection ended: {connection.CloseReason}, {Sent} sent, {Received} received");
        while (Sent < toSend)
        {
            int count = Math.Min(toSend - Sent, random.Next(1, 3000));
            for (int i = 0; i < count; i++)
                _buffer[i] = Segment.Pattern((uint)(Sent + i));
            int taken = connection.Write(_buffer, 0, count);
            Sent += taken;
            if (taken == 0)
                break;
            if (Sent == toSend)
                connection.Shutdown();
        }

        // A reader that is sometimes slow closes the window now and then.
        if (random.Next(4) == 0 && !connection.PeerClosed)
            return;
        int read;
        while ((read = connection.Read(_buffer, 0, random.Next(1, _buffer.Length))) > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (_buffer[i] != Segment.Pattern((uint)(Received + i)))
                    throw new InvalidOperationException($"byte {Received + i} is wrong");
            }

            Received += read;
        }

        PeerFinished = connection.PeerClosed && connection.Available == 0;
        if (PeerFinished && Sent == toSend)
        {
            connection.Close();
            Closed = true;
        }
    }
}
