using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// The Address Resolution Protocol (RFC 826): answers for our address, learns the neighbours' and keeps the last packets for
/// those that are being asked (RFC 1122 section 2.3.2.2). Addresses are as the processor loads them from the wire.
/// </summary>
internal sealed class ArpCache
{
    private const ulong Lifetime = 300_000_000;
    private const ulong RequestInterval = 1_000_000;
    private const int MaximumRequests = 3;
    private const ulong DefendInterval = 10_000_000;

    /// <summary>In how many places an address may stand.</summary>
    private const int Ways = 4;

    /// <summary>Length of the frame that opens a connection.</summary>
    private const int SynFrameLength = TcpHeader.Options + TcpOptions.SynLength - FrameLayout.Ethernet;

    private readonly EthernetLayer _ethernet;
    private readonly Wakeup _wakeup;
    private readonly byte[] _hardware;
    private readonly ulong[] _counters;
    private readonly int _mask;

    // An entry is free (address 0), known, being asked for (requests > 0), or both: what is known serves until the neighbour
    // has failed to answer (RFC 1122 section 2.3.2.1).
    private readonly uint[] _address;
    private readonly byte[] _neighbours;
    private readonly ulong[] _expires;
    private readonly byte[] _requests;
    private readonly bool[] _known;

    // The frames that wait, the oldest first: one of full size, or the SYNs of all connections. The first stands as in any
    // buffer, each other one behind the one before. Where the neighbour's Ethernet address will be, its IPv4 address is.
    private readonly byte[] _waiting;
    private int _waitingLength;

    // What is sent from here: ARP packets, and frames that have waited.
    private readonly byte[] _packet;

    // Whose Ethernet address stands in which frame buffer already.
    private uint _writtenNeighbour;
    private byte[] _writtenFrame;
    private ulong _writtenExpires;

    private bool _announce;
    private ulong _defendedUntil;

    public ArpCache(EthernetLayer ethernet, byte[] hardware, int entries, int connections, int bufferSize, Wakeup wakeup,
        ulong[] counters)
    {
        _wakeup = wakeup;
        _ethernet = ethernet;
        _hardware = hardware;
        _counters = counters;
        _mask = entries - 1;
        _address = new uint[entries];
        _neighbours = new byte[entries * EthernetHeader.AddressLength];
        _expires = new ulong[entries];
        _requests = new byte[entries];
        _known = new bool[entries];
        int syns = FrameLayout.Ethernet + connections * SynFrameLength;
        _waiting = new byte[syns > bufferSize ? syns : bufferSize];
        _packet = new byte[bufferSize];
        Deadline = ulong.MaxValue;
    }

    /// <summary>Our address, 0 if none.</summary>
    public uint OwnAddress;

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    public ulong Deadline;

    /// <summary>An address that is to be ours unless another host uses it; 0 if none.</summary>
    public uint Probed;

    /// <summary>
    /// True: our address is given up if another host does not (RFC 5227 section 2.4 b). False: it is defended for ever (c).
    /// </summary>
    public bool Yields;

    /// <summary>Another host uses <see cref="Probed"/>, or has our address and does not give in.</summary>
    public bool Conflict;

    /// <summary>Whether a packet waits for its neighbour's answer.</summary>
    public bool IsWaiting
    {
        get { return _waitingLength != 0; }
    }

    public void SetAddress(uint address)
    {
        OwnAddress = address;
        _announce = address != 0;
        if (_announce)
            Schedule(0);
        for (int i = 0; i <= _mask; i++)
            Free(i);
    }

    /// <summary>Writes a neighbour's Ethernet address into a frame.</summary>
    /// <returns>False if it is not known.</returns>
    public bool WriteDestination(byte[] frame, uint neighbour, ulong now)
    {
        // Most segments go where the last one went.
        if (neighbour == _writtenNeighbour && frame == _writtenFrame && now < _writtenExpires)
            return true;
        int entry = Find(neighbour);
        if (entry < 0 || !_known[entry])
            return false;
        if (_expires[entry] <= now && _requests[entry] == 0)
            Ask(entry, now);
        Array.Copy(_neighbours, entry * EthernetHeader.AddressLength, frame, EthernetHeader.Destination,
            EthernetHeader.AddressLength);
        _writtenNeighbour = neighbour;
        _writtenFrame = frame;
        _writtenExpires = _expires[entry];
        return true;
    }

    /// <summary>No buffer holds the Ethernet address of its destination any more.</summary>
    public void ForgetWritten()
    {
        _writtenNeighbour = 0;
    }

    /// <summary>Keeps a frame until its neighbour has answered, and asks. The oldest frames make room for it.</summary>
    public void Queue(byte[] frame, int length, uint neighbour, ulong now)
    {
        int at = 0;
        while (at < _waitingLength)
        {
            if (IsSentAgain(frame, at))
                Drop(at);
            else
                at += LengthAt(at);
        }

        while (FrameLayout.Ethernet + _waitingLength + length > _waiting.Length)
            Drop(0);
        Array.Copy(frame, FrameLayout.Ethernet, _waiting, FrameLayout.Ethernet + _waitingLength, length);
        BigEndian.Put32(_waiting, EthernetHeader.Destination + _waitingLength, BigEndian.Reverse(neighbour));
        _waitingLength += length;

        int entry = Find(neighbour);
        if (entry < 0)
        {
            entry = Take(neighbour);
            Ask(entry, now);
        }
    }

    /// <summary>Asks a neighbour whether it is still there.</summary>
    public void Doubt(uint neighbour, ulong now)
    {
        int entry = Find(neighbour);
        if (entry >= 0 && _known[entry] && _requests[entry] == 0)
            Ask(entry, now);
    }

    public void Receive(byte[] frame, int length, ulong now)
    {
        int operation;
        if (length < ArpPacket.Length
            || BigEndian.Get32(frame, ArpPacket.Types) != 0x00010800
            || BigEndian.Get16(frame, ArpPacket.Types + 4) != 0x0604
            || ((operation = BigEndian.Get16(frame, ArpPacket.Operation)) != ArpPacket.Request && operation != ArpPacket.Reply)
            || (frame[ArpPacket.SenderHardware] & 1) != 0
            || frame[ArpPacket.SenderProtocol] == 127 || frame[ArpPacket.SenderProtocol] >= 224
            || BitConverter.ToUInt32(frame, ArpPacket.SenderHardware) != BitConverter.ToUInt32(frame, EthernetHeader.Source)
            || BitConverter.ToUInt16(frame, ArpPacket.SenderHardware + 4)
            != BitConverter.ToUInt16(frame, EthernetHeader.Source + 4))
        {
            _counters[(int)Counter.ArpMalformed]++;
            return;
        }

        if (OwnAddress == 0)
        {
            if (Probed != 0)
                Watch(frame, operation);
            return;
        }

        uint sender = BitConverter.ToUInt32(frame, ArpPacket.SenderProtocol);
        uint target = BitConverter.ToUInt32(frame, ArpPacket.TargetProtocol);
        if (sender == OwnAddress)
        {
            Defend(frame, now);
            return;
        }

        bool forUs = target == OwnAddress;
        int entry = sender == 0 ? -1 : Find(sender);
        if (entry < 0 && forUs && sender != 0 && operation == ArpPacket.Request)
            entry = Take(sender);
        if (entry >= 0)
            Learn(entry, frame, now);

        if (forUs && operation == ArpPacket.Request)
        {
            _counters[(int)Counter.ArpRequestsReceived]++;
            Array.Copy(frame, ArpPacket.SenderHardware, _packet, EthernetHeader.Destination, EthernetHeader.AddressLength);
            Array.Copy(frame, ArpPacket.SenderHardware, _packet, ArpPacket.TargetHardware, EthernetHeader.AddressLength);
            Send(ArpPacket.Reply, OwnAddress, sender);
        }
    }

    public void OnTimer(ulong now)
    {
        if (_announce)
        {
            _announce = false;
            Announce();
        }

        ulong next = ulong.MaxValue;
        for (int i = 0; i <= _mask; i++)
        {
            if (_requests[i] == 0)
                continue;
            if (_expires[i] <= now)
            {
                if (_requests[i] >= MaximumRequests)
                {
                    Free(i);
                    continue;
                }

                Ask(i, now);
            }

            if (_expires[i] < next)
                next = _expires[i];
        }

        Deadline = next;
    }

    /// <summary>Asks whether another host uses <see cref="Probed"/>, and leaves no trace in anybody's cache (RFC 5227 section 2.1).</summary>
    public void Probe()
    {
        Broadcast();
        Send(ArpPacket.Request, 0, Probed);
        _counters[(int)Counter.ArpRequestsSent]++;
    }

    /// <summary>Tells everybody that our address is ours (RFC 5227 section 2.3).</summary>
    public void Announce()
    {
        Broadcast();
        Send(ArpPacket.Request, OwnAddress, OwnAddress);
        _counters[(int)Counter.ArpRequestsSent]++;
    }

    private int Find(uint address)
    {
        uint[] addresses = _address;
        int mask = _mask;
        int i = (int)((address >> 24) ^ (address >> 16));
        if (addresses[i & mask] == address)
            return i & mask;
        for (int way = 1; way < Ways; way++)
        {
            if (addresses[(i + way) & mask] == address)
                return (i + way) & mask;
        }

        return -1;
    }

    /// <summary>Takes a place for an address: the one that expires first, at 0 if it is free.</summary>
    private int Take(uint address)
    {
        int first = (int)((address >> 24) ^ (address >> 16));
        int best = first & _mask;
        for (int way = 0; way < Ways; way++)
        {
            int i = (first + way) & _mask;
            if (_expires[i] < _expires[best])
                best = i;
        }

        Free(best);
        _address[best] = address;
        return best;
    }

    private void Free(int entry)
    {
        if (_requests[entry] != 0)
            Release(entry);

        _writtenNeighbour = 0;
        _address[entry] = 0;
        _requests[entry] = 0;
        _known[entry] = false;
        _expires[entry] = 0;
    }

    /// <summary>Sends what waits for a neighbour if it is known now, else drops it.</summary>
    private void Release(int entry)
    {
        uint neighbour = _address[entry];
        int kept = 0;
        int length;
        for (int at = 0; at < _waitingLength; at += length)
        {
            length = LengthAt(at);
            if (BitConverter.ToUInt32(_waiting, at + EthernetHeader.Destination) != neighbour)
            {
                Array.Copy(_waiting, FrameLayout.Ethernet + at, _waiting, FrameLayout.Ethernet + kept, length);
                kept += length;
            }
            else if (_known[entry])
            {
                Array.Copy(_waiting, FrameLayout.Ethernet + at, _packet, FrameLayout.Ethernet, length);
                Array.Copy(_neighbours, entry * EthernetHeader.AddressLength, _packet, EthernetHeader.Destination,
                    EthernetHeader.AddressLength);
                _ethernet.SendFrame(_packet, length);
            }
            else
                _counters[(int)Counter.ArpUnresolved]++;
        }

        _waitingLength = kept;
    }

    private void Drop(int at)
    {
        _counters[(int)Counter.ArpUnresolved]++;
        int length = LengthAt(at);
        _waitingLength -= length;
        at += FrameLayout.Ethernet;
        Array.Copy(_waiting, at + length, _waiting, at, FrameLayout.Ethernet + _waitingLength - at);
    }

    private int LengthAt(int at)
    {
        return FrameLayout.EthernetHeaderLength + BigEndian.Get16(_waiting, at + Ipv4Header.TotalLength);
    }

    /// <summary>Whether a frame has the destination, the ports and the sequence number of one that waits.</summary>
    private bool IsSentAgain(byte[] frame, int at)
    {
        at += Ipv4Header.Destination;
        return BitConverter.ToUInt64(frame, Ipv4Header.Destination) == BitConverter.ToUInt64(_waiting, at)
            && BitConverter.ToUInt32(frame, Ipv4Header.Destination + 8) == BitConverter.ToUInt32(_waiting, at + 8);
    }

    private void Learn(int entry, byte[] frame, ulong now)
    {
        _writtenNeighbour = 0;
        Array.Copy(frame, ArpPacket.SenderHardware, _neighbours, entry * EthernetHeader.AddressLength,
            EthernetHeader.AddressLength);
        _known[entry] = true;
        _expires[entry] = now + Lifetime;
        if (_requests[entry] == 0)
            return;
        _requests[entry] = 0;
        Release(entry);
    }

    private void Ask(int entry, ulong now)
    {
        _requests[entry]++;
        ulong next = now + RequestInterval;
        _expires[entry] = next;
        Schedule(next);
        Broadcast();
        Send(ArpPacket.Request, OwnAddress, _address[entry]);
        _counters[(int)Counter.ArpRequestsSent]++;
    }

    /// <summary>Somebody else uses our address: says once in a while that it is ours (RFC 5227 section 2.4).</summary>
    private void Defend(byte[] frame, ulong now)
    {
        if (IsOwnHardware(frame))
            return;
        _counters[(int)Counter.ArpConflicts]++;
        if (now < _defendedUntil)
        {
            if (Yields)
                TellConflict();
            return;
        }

        _defendedUntil = now + DefendInterval;
        Announce();
    }

    /// <summary>Looks out for another host that uses the address that is probed, or probes it too (RFC 5227 section 2.1.1).</summary>
    private void Watch(byte[] frame, int operation)
    {
        uint sender = BitConverter.ToUInt32(frame, ArpPacket.SenderProtocol);
        bool probesToo = operation == ArpPacket.Request && sender == 0
            && BitConverter.ToUInt32(frame, ArpPacket.TargetProtocol) == Probed;
        if ((sender != Probed && !probesToo) || IsOwnHardware(frame))
            return;
        _counters[(int)Counter.ArpConflicts]++;
        TellConflict();
    }

    private void TellConflict()
    {
        Conflict = true;
        _wakeup.At = 0;
    }

    private bool IsOwnHardware(byte[] frame)
    {
        return BitConverter.ToUInt32(frame, ArpPacket.SenderHardware) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, ArpPacket.SenderHardware + 4) == BitConverter.ToUInt16(_hardware, 4);
    }

    private void Schedule(ulong deadline)
    {
        if (deadline < Deadline)
            Deadline = deadline;
        if (deadline < _wakeup.At)
            _wakeup.At = deadline;
    }

    private void Broadcast()
    {
        for (int i = 0; i < EthernetHeader.AddressLength; i++)
        {
            _packet[EthernetHeader.Destination + i] = 0xFF;
            _packet[ArpPacket.TargetHardware + i] = 0;
        }
    }

    private void Send(int operation, uint sender, uint target)
    {
        byte[] packet = _packet;
        _ethernet.Prepare(packet, EthernetHeader.Arp);
        BigEndian.Put32(packet, ArpPacket.Types, 0x00010800);
        BigEndian.Put16(packet, ArpPacket.Types + 4, 0x0604);
        BigEndian.Put16(packet, ArpPacket.Operation, operation);
        Array.Copy(_hardware, 0, packet, ArpPacket.SenderHardware, EthernetHeader.AddressLength);
        BigEndian.Put32(packet, ArpPacket.SenderProtocol, BigEndian.Reverse(sender));
        BigEndian.Put32(packet, ArpPacket.TargetProtocol, BigEndian.Reverse(target));
        _ethernet.SendFrame(packet, FrameLayout.EthernetHeaderLength + ArpPacket.Length);
    }
}
