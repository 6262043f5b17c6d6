using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What is known of the neighbours, and who is being asked for (RFC 1122 section 2.3.2). Only an answer to a request of ours
/// makes an entry known or changes it. IPv4 addresses are as the processor loads them from the wire.
/// </summary>
internal sealed class ArpCache
{
    private const ulong Lifetime = 300_000_000;

    /// <summary>No neighbour is asked for more often (RFC 1122 section 2.3.2.1).</summary>
    private const ulong RequestInterval = 1_000_000;

    private const int MaximumRequests = 3;

    /// <summary>So many neighbours at the most are asked for at a time for handshakes that may come to nothing.</summary>
    private const int MostOpening = 8;

    private readonly ArpSender _arp;
    private readonly WaitingFrames _waiting;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;

    // The first entry of each bucket, and the next one in the same bucket; -1 for none.
    private readonly int[] _buckets;
    private readonly int[] _next;
    private readonly int _shift;

    // An entry is free (address 0), known, being asked for (requests > 0), or both: what is known serves until the neighbour
    // has failed to answer (RFC 1122 section 2.3.2.1). It is certain until it expires; what is asked for has.
    private readonly uint[] _address;
    private readonly byte[] _neighbours;
    private readonly bool[] _known;
    private readonly ulong[] _expires;
    private readonly byte[] _requests;

    /// <summary>When a neighbour may be asked for again. Until then its entry is kept, as it would forget that.</summary>
    private readonly ulong[] _askAt;

    /// <summary>Whether a neighbour is asked for only for the sake of handshakes that may come to nothing.</summary>
    private readonly bool[] _opening;

    private readonly int _mostOpening;
    private readonly bool[] _inUse;
    private int _openingCount;

    /// <summary>Until then no place is looked for on behalf of a handshake.</summary>
    private ulong _fullUntil;

    /// <summary>Makes a cache.</summary>
    /// <param name="arp">Who asks.</param>
    /// <param name="waiting">The frames that wait for an answer.</param>
    /// <param name="entries">How many neighbours it holds.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public ArpCache(ArpSender arp, WaitingFrames waiting, int entries, Wakeup wakeup, ulong[] counters)
    {
        _arp = arp;
        _waiting = waiting;
        _wakeup = wakeup;
        _counters = counters;
        int bits = 1;
        while (1 << bits < entries)
            bits++;
        _shift = 64 - bits;
        _buckets = new int[1 << bits];
        for (int i = 0; i < _buckets.Length; i++)
            _buckets[i] = -1;
        _next = new int[entries];
        _address = new uint[entries];
        _neighbours = new byte[entries * EthernetHeader.AddressLength];
        _known = new bool[entries];
        _expires = new ulong[entries];
        _requests = new byte[entries];
        _askAt = new ulong[entries];
        _opening = new bool[entries];
        _mostOpening = entries / 4 < MostOpening ? entries / 4 : MostOpening;
        _inUse = new bool[entries];
        Deadline = ulong.MaxValue;
    }

    /// <summary>Our address, 0 if none.</summary>
    public uint OwnAddress;

    /// <summary>
    /// A secret odd number that spreads the addresses, so that no host can aim at one bucket; to be set before there is an entry.
    /// </summary>
    public ulong Multiplier;

    /// <summary>Whose neighbours are forgotten last.</summary>
    public INeighbourUser User;

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    public ulong Deadline;

    // Whose Ethernet address stands in which frame buffer already, and until when it is right. Most segments go where the last
    // one went.
    public uint WrittenNeighbour;
    public byte[] WrittenFrame;
    public ulong WrittenExpires;

    /// <summary>Writes a neighbour's Ethernet address into a frame.</summary>
    /// <returns>False if it is not known, or in doubt.</returns>
    public bool WriteDestination(byte[] frame, uint neighbour, ulong now)
    {
        // Find, in line.
        int entry = _buckets[(int)((neighbour * Multiplier) >> _shift)];
        while (entry >= 0 && _address[entry] != neighbour)
            entry = _next[entry];
        if (entry < 0 || _expires[entry] <= now)
            return false;
        Array.Copy(_neighbours, entry * EthernetHeader.AddressLength, frame, EthernetHeader.Destination,
            EthernetHeader.AddressLength);
        WrittenNeighbour = neighbour;
        WrittenFrame = frame;
        WrittenExpires = _expires[entry];
        return true;
    }

    /// <summary>Writes a neighbour's Ethernet address into a frame, though it may be in doubt.</summary>
    /// <returns>False if it is not known.</returns>
    public bool WriteDoubtful(byte[] frame, uint neighbour)
    {
        int entry = Find(neighbour);
        if (entry < 0 || !_known[entry])
            return false;
        Array.Copy(_neighbours, entry * EthernetHeader.AddressLength, frame, EthernetHeader.Destination,
            EthernetHeader.AddressLength);
        return true;
    }

    /// <summary>Asks for a neighbour's Ethernet address, unless it is being asked for.</summary>
    /// <param name="neighbour">Its IPv4 address.</param>
    /// <param name="use">What for.</param>
    /// <param name="hint">A frame buffer whose destination it may be, which is asked first; null for none.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is no place for the neighbour, and it is not asked for.</returns>
    public bool Resolve(uint neighbour, NeighbourUse use, byte[] hint, ulong now)
    {
        int entry = Find(neighbour);
        if (entry >= 0)
        {
            if (use == NeighbourUse.Lasting)
                EndOpening(entry);
            if (_known[entry])
                Poll(entry, now);
            return true;
        }

        entry = Take(neighbour, use, now);
        if (entry < 0)
            return false;
        Ask(entry, hint, EthernetHeader.Destination, now);
        return true;
    }

    /// <summary>Asks a neighbour whether it is still there.</summary>
    public void Doubt(uint neighbour, ulong now)
    {
        int entry = Find(neighbour);
        if (entry >= 0 && _known[entry])
            Poll(entry, now);
    }

    /// <summary>
    /// A neighbour has named its Ethernet address. If that was asked for, what waits for it is sent, from the buffer of the packet
    /// that has said all.
    /// </summary>
    /// <param name="neighbour">Its IPv4 address.</param>
    /// <param name="frame">The frame buffer that holds its ARP packet.</param>
    /// <param name="isReply">Whether the packet is a reply to us.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Hear(uint neighbour, byte[] frame, bool isReply, ulong now)
    {
        int entry = Find(neighbour);
        if (entry < 0)
            return;
        bool known = _known[entry];
        int requests = _requests[entry];
        int at = entry * EthernetHeader.AddressLength;
        bool same = known
            && BitConverter.ToUInt32(frame, ArpPacket.SenderHardware) == BitConverter.ToUInt32(_neighbours, at)
            && BitConverter.ToUInt16(frame, ArpPacket.SenderHardware + 4) == BitConverter.ToUInt16(_neighbours, at + 4);

        // Of a known neighbour only the card that is known was asked with the first request.
        if (isReply && requests != 0 && (same || !known || requests > 1))
        {
            EndOpening(entry);
            Array.Copy(frame, ArpPacket.SenderHardware, _neighbours, at, EthernetHeader.AddressLength);
            _known[entry] = true;
            _expires[entry] = now + Lifetime;
            _requests[entry] = 0;
            WrittenNeighbour = 0;
            _waiting.Release(neighbour, _neighbours, at, frame);
            return;
        }

        if (same)
        {
            if (now < _expires[entry])
                _expires[entry] = now + Lifetime;
        }
        else if (known)
        {
            // Another card, or another host that says so: who is known is asked, and serves on as long as it answers.
            _counters[(int)Counter.ArpNeighbourConflicts]++;
            _expires[entry] = 0;
            WrittenNeighbour = 0;
            Poll(entry, now);
        }
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
            if (_askAt[i] <= now)
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

                Ask(i, null, 0, now);
            }

            if (_askAt[i] < next)
                next = _askAt[i];
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
        int entry = _buckets[BucketOf(address)];
        while (entry >= 0 && _address[entry] != address)
            entry = _next[entry];
        return entry;
    }

    private int BucketOf(uint address)
    {
        return (int)((address * Multiplier) >> _shift);
    }

    /// <summary>Takes a place for an address.</summary>
    /// <returns>The entry, -1 if there is none to be had.</returns>
    private int Take(uint address, NeighbourUse use, ulong now)
    {
        bool lasts = use == NeighbourUse.Lasting;
        if (!lasts && (_openingCount >= _mostOpening || now < _fullUntil))
            return -1;
        int entry = FindPlace(lasts, now);
        if (entry < 0 || _address[entry] != 0)
        {
            MarkUsed();
            entry = FindPlace(lasts, now);
            if (entry < 0)
            {
                // A flood must not have the places looked through for each frame.
                if (!lasts)
                    _fullUntil = now + RequestInterval;
                return -1;
            }

            if (_address[entry] != 0)
                Free(entry);
        }

        if (!lasts)
        {
            _opening[entry] = true;
            _openingCount++;
        }

        int bucket = BucketOf(address);
        _address[entry] = address;
        _next[entry] = _buckets[bucket];
        _buckets[bucket] = entry;
        return entry;
    }

    /// <summary>
    /// Finds a place: a free one, which expired at 0, or that of the entry that expires first, one that is not in use before
    /// those that are. Who was asked for less than a second ago keeps its place. A handshake pushes out only what is neither in
    /// use nor known for certain.
    /// </summary>
    /// <returns>The entry, -1 if there is none.</returns>
    private int FindPlace(bool lasts, ulong now)
    {
        int best = -1;
        for (int i = 0; i < _address.Length; i++)
        {
            if (now < _askAt[i] || (!lasts && (_inUse[i] || now < _expires[i])))
                continue;
            if (best < 0 || (_inUse[i] == _inUse[best] ? _expires[i] < _expires[best] : _inUse[best]))
                best = i;
        }

        return best;
    }

    private void MarkUsed()
    {
        Array.Clear(_inUse, 0, _inUse.Length);
        INeighbourUser user = User;
        int count = user.NeighbourCount;
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

        EndOpening(entry);
        WrittenNeighbour = 0;
        _address[entry] = 0;
        _requests[entry] = 0;
        _known[entry] = false;
        _inUse[entry] = false;
        _expires[entry] = 0;
        _askAt[entry] = 0;
    }

    /// <summary>A neighbour is no longer asked for on behalf of handshakes alone.</summary>
    private void EndOpening(int entry)
    {
        if (!_opening[entry])
            return;
        _opening[entry] = false;
        _openingCount--;
    }

    /// <summary>Asks the card of a known neighbour whether it is still there (RFC 1122 section 2.3.2.1).</summary>
    private void Poll(int entry, ulong now)
    {
        if (_requests[entry] == 0 && now >= _askAt[entry])
            Ask(entry, _neighbours, entry * EthernetHeader.AddressLength, now);
    }

    /// <summary>Asks for a neighbour.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="hardware">Where the Ethernet address is that alone is asked; null to ask all hosts.</param>
    /// <param name="index">Index of its first byte.</param>
    /// <param name="now">The time in microseconds.</param>
    private void Ask(int entry, byte[] hardware, int index, ulong now)
    {
        _requests[entry]++;
        _expires[entry] = 0;
        ulong next = now + RequestInterval;
        _askAt[entry] = next;
        Schedule(next);
        if (hardware == null)
            _arp.Request(OwnAddress, _address[entry]);
        else
            _arp.Poll(OwnAddress, _address[entry], hardware, index);
    }
}
