using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What is known of the neighbours, and who is being asked for (RFC 1122 section 2.3.2). IPv4 addresses are as the processor
/// loads them from the wire.
/// </summary>
internal sealed class ArpCache
{
    private const ulong Lifetime = 300_000_000;
    private const ulong RequestInterval = 1_000_000;
    private const int MaximumRequests = 3;

    private readonly ArpSender _arp;
    private readonly WaitingFrames _waiting;
    private readonly Wakeup _wakeup;

    // The first entry of each bucket, and the next one in the same bucket; -1 for none.
    private readonly int[] _buckets;
    private readonly int[] _next;
    private readonly int _mask;

    // An entry is free (address 0), known, being asked for (requests > 0), or both: what is known serves until the neighbour
    // has failed to answer (RFC 1122 section 2.3.2.1).
    private readonly uint[] _address;
    private readonly byte[] _neighbours;
    private readonly ulong[] _expires;
    private readonly byte[] _requests;
    private readonly bool[] _known;
    private readonly bool[] _inUse;

    // Whose Ethernet address stands in which frame buffer already.
    private uint _writtenNeighbour;
    private byte[] _writtenFrame;
    private ulong _writtenExpires;

    /// <summary>Makes a cache.</summary>
    /// <param name="arp">Who asks.</param>
    /// <param name="waiting">The frames that wait for an answer.</param>
    /// <param name="entries">How many neighbours it holds.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    public ArpCache(ArpSender arp, WaitingFrames waiting, int entries, Wakeup wakeup)
    {
        _arp = arp;
        _waiting = waiting;
        _wakeup = wakeup;
        int buckets = 1;
        while (buckets < entries)
            buckets *= 2;
        _mask = buckets - 1;
        _buckets = new int[buckets];
        for (int i = 0; i < buckets; i++)
            _buckets[i] = -1;
        _next = new int[entries];
        _address = new uint[entries];
        _neighbours = new byte[entries * EthernetHeader.AddressLength];
        _expires = new ulong[entries];
        _requests = new byte[entries];
        _known = new bool[entries];
        _inUse = new bool[entries];
        Deadline = ulong.MaxValue;
    }

    /// <summary>Our address, 0 if none.</summary>
    public uint OwnAddress;

    /// <summary>Whose neighbours are forgotten last; null for no one's.</summary>
    public INeighbourUser User;

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    public ulong Deadline;

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

    /// <summary>Asks for a neighbour's Ethernet address, unless it is being asked for.</summary>
    public void Resolve(uint neighbour, ulong now)
    {
        if (Find(neighbour) < 0)
            Ask(Take(neighbour), now);
    }

    /// <summary>Asks a neighbour whether it is still there.</summary>
    public void Doubt(uint neighbour, ulong now)
    {
        int entry = Find(neighbour);
        if (entry >= 0 && _known[entry] && _requests[entry] == 0)
            Ask(entry, now);
    }

    /// <summary>A neighbour has told its Ethernet address; what waits for it is sent.</summary>
    /// <param name="neighbour">Its IPv4 address.</param>
    /// <param name="frame">The frame buffer that holds its ARP packet.</param>
    /// <param name="isNew">Whether to learn it though it has not been asked for.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Learn(uint neighbour, byte[] frame, bool isNew, ulong now)
    {
        int entry = Find(neighbour);
        if (entry < 0)
        {
            if (!isNew)
                return;
            entry = Take(neighbour);
        }

        _writtenNeighbour = 0;
        Array.Copy(frame, ArpPacket.SenderHardware, _neighbours, entry * EthernetHeader.AddressLength,
            EthernetHeader.AddressLength);
        _known[entry] = true;
        _expires[entry] = now + Lifetime;
        if (_requests[entry] == 0)
            return;
        _requests[entry] = 0;
        _waiting.Release(neighbour, _neighbours, entry * EthernetHeader.AddressLength);
    }

    /// <summary>Forgets every neighbour.</summary>
    public void Clear()
    {
        for (int i = 0; i < _address.Length; i++)
        {
            if (_address[i] != 0)
                Free(i);
        }
    }

    /// <summary>Asks again, and gives up neighbours that have not answered.</summary>
    /// <returns>
    /// A neighbour that nothing is known of and that was given up: there may be more to do then. 0 if there is nothing more.
    /// </returns>
    public uint OnTimer(ulong now)
    {
        ulong next = ulong.MaxValue;
        for (int i = 0; i < _address.Length; i++)
        {
            if (_requests[i] == 0)
                continue;
            if (_expires[i] <= now)
            {
                if (_requests[i] >= MaximumRequests)
                {
                    // A neighbour that was known a moment ago is asked again if there is something to send.
                    uint lost = _known[i] ? 0 : _address[i];
                    Free(i);
                    if (lost != 0)
                        return lost;
                    continue;
                }

                Ask(i, now);
            }

            if (_expires[i] < next)
                next = _expires[i];
        }

        Deadline = next;
        return 0;
    }

    /// <summary>Has <see cref="OnTimer"/> called at a time or before.</summary>
    /// <param name="deadline">The time in microseconds.</param>
    public void Schedule(ulong deadline)
    {
        if (deadline < Deadline)
            Deadline = deadline;
        if (deadline < _wakeup.At)
            _wakeup.At = deadline;
    }

    private int Find(uint address)
    {
        // BucketOf, in line.
        int entry = _buckets[(int)((address >> 24) ^ (address >> 16)) & _mask];
        if (entry < 0 || _address[entry] == address)
            return entry;
        do
            entry = _next[entry];
        while (entry >= 0 && _address[entry] != address);
        return entry;
    }

    /// <summary>The neighbours of a network differ in the last bytes of their addresses, which are the upper ones here.</summary>
    private int BucketOf(uint address)
    {
        return (int)((address >> 24) ^ (address >> 16)) & _mask;
    }

    /// <summary>Takes a place for an address: a free one, or that of the entry that would expire first.</summary>
    private int Take(uint address)
    {
        int entry = FindOldest();
        if (_address[entry] != 0)
        {
            MarkUsed();
            entry = FindOldest();
            Free(entry);
        }

        int bucket = BucketOf(address);
        _address[entry] = address;
        _next[entry] = _buckets[bucket];
        _buckets[bucket] = entry;
        return entry;
    }

    /// <summary>Finds the entry that would expire first, one that is not in use before those that are. A free one did at 0.</summary>
    private int FindOldest()
    {
        int best = 0;
        for (int i = 1; i < _address.Length; i++)
        {
            if (_inUse[i] == _inUse[best] ? _expires[i] < _expires[best] : _inUse[best])
                best = i;
        }

        return best;
    }

    private void MarkUsed()
    {
        Array.Clear(_inUse, 0, _inUse.Length);
        INeighbourUser user = User;
        int count = user == null ? 0 : user.NeighbourCount;
        for (int i = 0; i < count; i++)
        {
            uint neighbour = user.NeighbourAt(i);
            int entry = neighbour == 0 ? -1 : Find(neighbour);
            if (entry >= 0)
                _inUse[entry] = true;
        }
    }

    private void Free(int entry)
    {
        uint address = _address[entry];
        if (_requests[entry] != 0)
            _waiting.Drop(address);
        int bucket = BucketOf(address);
        if (_buckets[bucket] == entry)
            _buckets[bucket] = _next[entry];
        else
        {
            int before = _buckets[bucket];
            while (_next[before] != entry)
                before = _next[before];
            _next[before] = _next[entry];
        }

        _writtenNeighbour = 0;
        _address[entry] = 0;
        _requests[entry] = 0;
        _known[entry] = false;
        _inUse[entry] = false;
        _expires[entry] = 0;
    }

    private void Ask(int entry, ulong now)
    {
        _requests[entry]++;
        ulong next = now + RequestInterval;
        _expires[entry] = next;
        Schedule(next);
        _arp.Request(OwnAddress, _address[entry]);
    }
}
