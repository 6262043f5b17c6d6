using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// What is known of other IPv6 hosts. An entry is an address: of a neighbour (RFC 4861 section 5.1), of a peer of TCP, or of one that is
/// both. A peer has a number, and a way: the neighbour that leads to it. An entry that a connection needs keeps its place.
/// </summary>
internal sealed class NeighbourCache
{
    /// <summary>No entry.</summary>
    public const int None = -1;

    // Where things stand in an entry's record. Four arrays less are 130 bytes less.
    public const int Hardware = 16;
    public const int Source = 24;
    public const int RecordLength = 28;
    private const int State = 22;
    private const int Questions = 23;
    private const int Use = 25;
    private const int Way = 26;

    // What is known of a neighbour: the states of RFC 4861 section 7.3.2, and two before them.
    private const int Free = 0;

    /// <summary>Nothing is known, and nothing was asked.</summary>
    private const int Idle = 1;

    private const int Incomplete = 2;
    private const int Reachable = 3;
    private const int Stale = 4;
    private const int Delay = 5;
    private const int Probe = 6;

    /// <summary>How many neighbours are known that are no peers.</summary>
    private const int MostOthers = 8;

    // RFC 4861 section 10.
    private const int MostQuestions = 3;
    private const ulong DelayTime = 5_000_000;
    private const ulong UsualReachableTime = 30_000_000;
    private const ulong UsualAnswerTime = 1_000_000;

    // What a router may make of these, in milliseconds: none has us ask without end, or never.
    private const uint LeastReachable = 10_000;
    private const uint MostReachable = 3_600_000;
    private const uint LeastAnswer = 100;
    private const uint MostAnswer = 10_000;

    /// <summary>A search that has found no place for a handshake is not repeated for so long.</summary>
    private const ulong SearchInterval = 1_000_000;

    private const int Target = 8;
    private const int Destination = 24;
    private const int QuestionLength = 24 + OptionLength;
    private const int OptionLength = 8;
    private const int SourceOption = 1;
    private const int TargetOption = 2;
    private const int IsRouter = 0x80;
    private const int Solicited = 0x40;
    private const int Override = 0x20;

    /// <summary>Index of what names a packet that is sent again: the end of the destination, and the eight bytes after it.</summary>
    private const int PacketName = Ipv6Header.Destination + 12;

    private readonly Ipv6Layer _ipv6;
    private readonly RouterDiscovery _routers;
    private readonly InterfaceIdentifiers _identifiers;
    private readonly EthernetLayer _ethernet;
    private readonly IPeerUser _user;
    private readonly byte[] _hardware;
    private readonly byte[] _frame;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _due;
    private ulong _fullUntil;

    /// <summary>How long who has answered is reachable, in the upper half, and how long an answer may take; in microseconds.</summary>
    private ulong _times = (UsualReachableTime << 32) | UsualAnswerTime;

    /// <summary>The router that is asked first.</summary>
    private int _router;

    /// <summary>Makes a cache.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="routers">Who routes.</param>
    /// <param name="identifiers">Where random times come from.</param>
    /// <param name="ethernet">Where packets wait.</param>
    /// <param name="user">Whose peers keep their places.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="frame">A buffer for messages.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    public NeighbourCache(Ipv6Layer ipv6, RouterDiscovery routers, InterfaceIdentifiers identifiers, EthernetLayer ethernet, IPeerUser user,
        byte[] hardware, byte[] frame, Wakeup wakeup)
    {
        _ipv6 = ipv6;
        _routers = routers;
        _identifiers = identifiers;
        _ethernet = ethernet;
        _user = user;
        _hardware = hardware;
        _frame = frame;
        _wakeup = wakeup;

        // A way is an entry's index and one more, in 16 bits.
        int entries = user.NeighbourCount + MostOthers;
        if (entries > 0xFFFE)
            entries = 0xFFFE;
        Numbers = new uint[entries + 1];
        Records = new byte[Numbers.Length * RecordLength];
        _due = new ulong[entries];
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline = ulong.MaxValue;

    /// <summary>How long an answer may take, in microseconds.</summary>
    public ulong AnswerTime
    {
        get { return _times & uint.MaxValue; }
    }

    /// <summary>Takes the times that a router names (RFC 4861 section 6.3.4), in milliseconds; 0 names none.</summary>
    /// <param name="reachable">How long who has answered is reachable.</param>
    /// <param name="answer">How long an answer may take.</param>
    public void HearTimes(uint reachable, uint answer)
    {
        ulong times = _times;
        if (reachable != 0)
            times = (times & uint.MaxValue) | (Bounded(reachable, LeastReachable, MostReachable) << 32);
        if (answer != 0)
            times = ((times >> 32) << 32) | Bounded(answer, LeastAnswer, MostAnswer);
        _times = times;
    }

    /// <summary>The entries; each begins with its address. The last one is that of a stranger whose packet is at hand.</summary>
    public readonly byte[] Records;

    /// <summary>By entry: the number by which TCP knows it; 0 if it is no peer.</summary>
    public readonly uint[] Numbers;

    /// <summary>The entry of a stranger whose packet is at hand.</summary>
    public int Stranger
    {
        get { return _due.Length; }
    }

    /// <summary>Finds a peer.</summary>
    /// <param name="data">The array of its address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="source">The place of the address of ours that it knows.</param>
    /// <returns>The entry, <see cref="None"/> if there is none.</returns>
    public int FindPeer(byte[] data, int offset, int source)
    {
        uint[] numbers = Numbers;
        byte[] records = Records;
        ulong first = BitConverter.ToUInt64(data, offset), last = BitConverter.ToUInt64(data, offset + 8);
        int record = 0;
        for (int i = 0; i < _due.Length; i++)
        {
            if (numbers[i] != 0 && records[record + Source] == source && BitConverter.ToUInt64(records, record + 8) == last
                && BitConverter.ToUInt64(records, record) == first)
                return i;
            record += RecordLength;
        }

        return None;
    }

    /// <summary>Finds a peer by its number, a stranger whose packet is at hand too.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The entry, <see cref="None"/> if there is none.</returns>
    public int FindNumber(uint number)
    {
        uint[] numbers = Numbers;
        int entry = numbers.Length - 1;
        while (entry >= 0 && numbers[entry] != number)
            entry--;
        return entry;
    }

    /// <summary>Gives a peer a place.</summary>
    /// <param name="data">The array of its address.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="source">The place of the address of ours that it knows.</param>
    /// <param name="number">Its number.</param>
    /// <param name="lasts">Whether it has a connection, and not only a handshake that may come to nothing.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The entry, <see cref="None"/> if there is no place.</returns>
    public int Add(byte[] data, int offset, int source, uint number, bool lasts, ulong now)
    {
        int entry = FindFree();
        if (entry < 0 && (lasts || now >= _fullUntil))
        {
            MarkUsed(now);
            entry = FindUnused(false);
            if (entry < 0 && lasts)
                entry = FindOpening();
            if (entry < 0)
                _fullUntil = now + SearchInterval;
            else
                Remove(entry);
        }

        if (entry < 0)
            return None;
        Begin(entry, data, offset);
        Records[entry * RecordLength + Source] = (byte)source;
        Numbers[entry] = number;
        return entry;
    }

    /// <summary>A stranger got a place of its own: what it sent last has come from the Ethernet address in the stranger's entry.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="now">The time in microseconds.</param>
    public void LearnOrigin(int entry, ulong now)
    {
        int way = WayTo(entry, now);
        if (way >= 0 && (way != entry || StateOf(way) != Idle))
            return;

        // Without a router the way that it came is all that is known.
        Array.Copy(Records, Stranger * RecordLength + Hardware, Records, entry * RecordLength + Hardware, EthernetHeader.AddressLength);
        Set(entry, way < 0 ? Reachable : Stale, ulong.MaxValue);
        SetWay(entry, entry);
    }

    /// <summary>Forgets the peers that know an address of ours which is gone.</summary>
    /// <param name="source">The address's place.</param>
    public void LoseSource(int source)
    {
        for (int i = 0; i < _due.Length; i++)
        {
            uint number = Numbers[i];
            if (number == 0 || Records[i * RecordLength + Source] != source)
                continue;
            _user.LosePeerAddress(number);
            Remove(i);
        }
    }

    /// <summary>Whether there is a way to a peer.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if neither it nor a router is a neighbour.</returns>
    public bool HasWay(int entry, ulong now)
    {
        return entry == Stranger || WayTo(entry, now) >= 0;
    }

    /// <summary>Sends a packet to a peer, or keeps it while its neighbour is asked for.</summary>
    /// <param name="frame">The frame buffer with the whole packet.</param>
    /// <param name="entry">The peer's entry.</param>
    /// <param name="use">What it is sent for.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there is no way.</returns>
    public bool Send(byte[] frame, int entry, NeighbourUse use, ulong now)
    {
        int way = entry == Stranger ? entry : WayTo(entry, now);
        if (way < 0)
            return false;
        if (entry != Stranger)
        {
            int state = StateOf(way);
            if (state <= Incomplete)
            {
                _ethernet._waiting.Add(frame, FrameLayout.EthernetHeaderLength + Ipv6Header.Length
                    + BigEndian.Get16(frame, Ipv6Header.PayloadLength), IdOf(way), PacketName, use != NeighbourUse.Lasting);
                if (state == Idle)
                    Ask(way, Incomplete, 1, now);
                return true;
            }

            if (state == Stale || (state == Reachable && now >= _due[way]))
                Set(way, Delay, now + DelayTime);
        }

        Array.Copy(Records, way * RecordLength + Hardware, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        _ipv6.Send(frame);
        return true;
    }

    /// <summary>Sends what has waited for neighbours whose Ethernet addresses are known by now.</summary>
    /// <param name="frame">The frame buffer of the message that has told them, which is done with: what waits may be as long.</param>
    public void Release(byte[] frame)
    {
        WaitingFrames waiting = _ethernet._waiting;
        for (int i = 0; i < _due.Length && !waiting.IsEmpty; i++)
        {
            if (StateOf(i) > Incomplete)
                waiting.Release(IdOf(i), Records, i * RecordLength + Hardware, frame);
        }
    }

    /// <summary>Takes packets back that wait for the neighbour on the way to a peer.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="begin">The first four bytes after their header, as the processor loads them.</param>
    public void TakeBack(int entry, uint begin)
    {
        uint end = BitConverter.ToUInt32(Records, entry * RecordLength + 12);
        _ethernet._waiting.TakeBack(end | ((ulong)begin << 32), PacketName, EthernetHeader.Ipv6);
    }

    /// <summary>A peer does not seem to answer: asks the neighbour on the way to it whether it is there.</summary>
    /// <param name="entry">The peer's entry.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Doubt(int entry, ulong now)
    {
        int way = WayTo(entry, now);
        if (way >= 0 && StateOf(way) >= Reachable && StateOf(way) <= Delay && _due[way] != ulong.MaxValue)
            Ask(way, Probe, 1, now);
    }

    /// <summary>A neighbour has named its Ethernet address with something that is no answer (RFC 4861 sections 6.3.4 and 7.2.3).</summary>
    /// <param name="frame">The frame buffer with its message.</param>
    /// <param name="options">Index of the message's options.</param>
    /// <param name="end">Index behind them.</param>
    /// <param name="routes">Whether it is a router.</param>
    /// <param name="now">The time in microseconds.</param>
    public void HearSource(byte[] frame, int options, int end, bool routes, ulong now)
    {
        if (routes && FindNeighbour(frame, Ipv6Header.Source) < 0)
            AddNeighbour(frame, Ipv6Header.Source, now);
        int at = FindOption(frame, options, end, SourceOption);
        if (at < 0)
            return;
        for (int i = 0; i < _due.Length; i++)
        {
            if (IsKnownAs(i, frame, Ipv6Header.Source) && !IsAt(i, frame, at))
                Learn(i, frame, at, Stale, now);
        }
    }

    /// <summary>Takes a neighbour's advertisement (RFC 4861 section 7.2.5).</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="end">Index behind it.</param>
    /// <param name="now">The time in microseconds.</param>
    public void HearAdvertisement(byte[] frame, int at, int end, ulong now)
    {
        int flags = frame[at + 4];
        int option = FindOption(frame, at + 24, end, TargetOption);
        bool isKnown = false;
        for (int i = 0; i < _due.Length; i++)
        {
            int state = StateOf(i);
            if (state <= Idle || !IsKnownAs(i, frame, at + Target))
                continue;
            isKnown = true;
            bool same = state != Incomplete && (option < 0 || IsAt(i, frame, option));
            if (same)
            {
                if ((flags & Solicited) != 0)
                    Set(i, Reachable, now + UntilStale());
            }
            else if (option >= 0 && (state == Incomplete || (flags & Override) != 0))
                Learn(i, frame, option, (flags & Solicited) != 0 ? Reachable : Stale, now);
            else if (state == Reachable)
                Set(i, Stale, 0);
        }

        if (isKnown && (flags & IsRouter) == 0)
            _routers.Routers.Note(frame, at + Target, 0, now);
    }

    /// <summary>Takes a redirect that keeps to the rules (RFC 4861 section 8.3).</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="end">Index behind it.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if it is about no peer, or not from the router on the way to it.</returns>
    public bool Redirect(byte[] frame, int at, int end, ulong now)
    {
        bool taken = false;
        for (int i = 0; i < _due.Length; i++)
        {
            if (Numbers[i] == 0 || !Ipv6Address.AreEqual(Records, i * RecordLength, frame, at + Destination))
                continue;
            int way = WayTo(i, now);
            if (way < 0 || way == i || !Ipv6Address.AreEqual(Records, way * RecordLength, frame, Ipv6Header.Source))
                continue;
            int next = FindNeighbour(frame, at + Target);
            if (next < 0)
                next = AddNeighbour(frame, at + Target, now);
            if (next < 0)
                continue;
            int option = FindOption(frame, at + Destination + Ipv6Address.Length, end, TargetOption);
            if (option >= 0 && !IsAt(next, frame, option))
                Learn(next, frame, option, Stale, now);
            SetWay(i, next);
            taken = true;
        }

        return taken;
    }

    /// <summary>Does what is due by <see cref="Deadline"/>.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        for (int i = 0; i < _due.Length; i++)
        {
            if (!IsActive(i) || now < _due[i])
                continue;
            int state = StateOf(i);
            int questions = Records[i * RecordLength + Questions];
            if (state == Delay)
                Ask(i, Probe, 1, now);
            else if (questions < MostQuestions)
                Ask(i, state, questions + 1, now);
            else
                Lose(i, state == Incomplete, now);
        }

        ulong next = ulong.MaxValue;
        for (int i = 0; i < _due.Length; i++)
        {
            if (IsActive(i) && _due[i] < next)
                next = _due[i];
        }

        Deadline = next;
    }

    /// <summary>What stands for a neighbour where its packets wait: a number that no IPv4 neighbour has.</summary>
    private static uint IdOf(int entry)
    {
        return ((uint)entry << 8) | 0xF0;
    }

    /// <summary>A time of so many milliseconds, in microseconds, and within bounds.</summary>
    private static ulong Bounded(uint time, uint least, uint most)
    {
        return (time < least ? least : time > most ? most : time) * 1000UL;
    }

    /// <summary>The Ethernet address in an option.</summary>
    /// <returns>Its index, -1 if there is none.</returns>
    private static int FindOption(byte[] frame, int at, int end, int kind)
    {
        while (at < end)
        {
            // Nobody has the address of a group.
            if (frame[at] == kind && frame[at + 1] == 1 && (frame[at + 2] & 1) == 0)
                return at + 2;
            at += frame[at + 1] << 3;
        }

        return None;
    }

    private int StateOf(int entry)
    {
        return Records[entry * RecordLength + State];
    }

    private bool IsActive(int entry)
    {
        int state = StateOf(entry);
        return state == Incomplete || state >= Delay;
    }

    private bool IsKnownAs(int entry, byte[] data, int offset)
    {
        return StateOf(entry) != Free && Ipv6Address.AreEqual(Records, entry * RecordLength, data, offset);
    }

    /// <summary>Whether a neighbour is known to have an Ethernet address.</summary>
    private bool IsAt(int entry, byte[] data, int offset)
    {
        int at = entry * RecordLength + Hardware;
        return StateOf(entry) > Incomplete && BitConverter.ToUInt32(Records, at) == BitConverter.ToUInt32(data, offset)
            && BitConverter.ToUInt16(Records, at + 4) == BitConverter.ToUInt16(data, offset + 4);
    }

    private int FindNeighbour(byte[] data, int offset)
    {
        int entry = _due.Length - 1;
        while (entry >= 0 && !IsKnownAs(entry, data, offset))
            entry--;
        return entry;
    }

    private void Begin(int entry, byte[] data, int offset)
    {
        int record = entry * RecordLength;
        Array.Clear(Records, record, RecordLength);
        Array.Copy(data, offset, Records, record, Ipv6Address.Length);
        Records[record + State] = Idle;
    }

    private void Set(int entry, int state, ulong due)
    {
        Records[entry * RecordLength + State] = (byte)state;
        _due[entry] = due;
        if (!IsActive(entry))
            return;
        if (due < Deadline)
            Deadline = due;
        if (due < _wakeup.At)
            _wakeup.At = due;
    }

    private void SetWay(int entry, int way)
    {
        BigEndian.Put16(Records, entry * RecordLength + Way, way + 1);
    }

    /// <summary>The neighbour that leads to a peer.</summary>
    /// <returns>Its entry, <see cref="None"/> if there is none.</returns>
    private int WayTo(int entry, ulong now)
    {
        int record = entry * RecordLength;
        int way = BigEndian.Get16(Records, record + Way) - 1;
        if (way == entry)
            return way;
        if (way >= 0)
        {
            // A router that routes no more; one that we were redirected to need not have told us that it does.
            int place = _routers.Routers.Find(Records, way * RecordLength);
            if (place < 0 || _routers.Routers.IsThere(place, now))
                return way;
        }

        way = _ipv6.Addresses.IsOnLink(Records, record) ? FindNeighbour(Records, record) : FindRouter(now);
        SetWay(entry, way);
        return way;
    }

    /// <summary>The router that is asked first, or the other one.</summary>
    private int FindRouter(ulong now)
    {
        TimedAddresses routers = _routers.Routers;
        for (int i = 0; i < RouterDiscovery.MostRouters; i++)
        {
            int place = (_router + i) % RouterDiscovery.MostRouters;
            if (!routers.IsThere(place, now))
                continue;
            int entry = FindNeighbour(routers.Bytes, place * Ipv6Address.Length);
            return entry >= 0 ? entry : AddNeighbour(routers.Bytes, place * Ipv6Address.Length, now);
        }

        return None;
    }

    /// <summary>Gives a neighbour a place that is no peer. There are only a few of them, so that peers find theirs.</summary>
    private int AddNeighbour(byte[] data, int offset, ulong now)
    {
        int others = 0;
        for (int i = 0; i < _due.Length; i++)
        {
            if (Numbers[i] == 0 && StateOf(i) != Free)
                others++;
        }

        int entry = others < MostOthers ? FindFree() : None;
        if (entry < 0)
        {
            MarkUsed(now);
            entry = FindUnused(others >= MostOthers);
            if (entry < 0)
                return None;
            Remove(entry);
        }

        Begin(entry, data, offset);
        return entry;
    }

    private int FindFree()
    {
        int entry = _due.Length - 1;
        while (entry >= 0 && StateOf(entry) != Free)
            entry--;
        return entry;
    }

    private int FindUnused(bool noPeer)
    {
        int entry = _due.Length - 1;
        while (entry >= 0 && (Records[entry * RecordLength + Use] != (int)NeighbourUse.Passing || (noPeer && Numbers[entry] != 0)))
            entry--;
        return entry;
    }

    private int FindOpening()
    {
        int entry = _due.Length - 1;
        while (entry >= 0 && (Records[entry * RecordLength + Use] != (int)NeighbourUse.Opening || Numbers[entry] == 0))
            entry--;
        return entry;
    }

    /// <summary>Notes which entries are needed, and how much.</summary>
    private void MarkUsed(ulong now)
    {
        byte[] records = Records;
        for (int i = 0; i < _due.Length; i++)
            records[i * RecordLength + Use] = (int)NeighbourUse.Passing;
        for (int i = 0; i < RouterDiscovery.MostRouters; i++)
        {
            int router = _routers.Routers.IsThere(i, now) ? FindNeighbour(_routers.Routers.Bytes, i * Ipv6Address.Length) : None;
            if (router >= 0)
                records[router * RecordLength + Use] = (int)NeighbourUse.Lasting;
        }

        // Those of half-open connections stand behind the others.
        int connections = _user.NeighbourCount;
        for (int i = _user.PeerCount - 1; i >= 0; i--)
        {
            uint number = _user.PeerAt(i);
            int entry = number == 0 || Ipv4Layer.IsAddress(number) ? None : FindNumber(number);
            if (entry < 0 || entry == Stranger)
                continue;
            byte use = (byte)(i < connections ? NeighbourUse.Lasting : NeighbourUse.Opening);
            Mark(entry, use);
            int way = BigEndian.Get16(records, entry * RecordLength + Way) - 1;
            if (way >= 0)
                Mark(way, use);
        }
    }

    private void Mark(int entry, byte use)
    {
        int at = entry * RecordLength + Use;
        if (Records[at] < use)
            Records[at] = use;
    }

    private void Remove(int entry)
    {
        if (StateOf(entry) == Incomplete)
            _ethernet._waiting.Drop(IdOf(entry));
        Records[entry * RecordLength + State] = Free;
        Numbers[entry] = 0;
        for (int i = 0; i < _due.Length; i++)
        {
            if (BigEndian.Get16(Records, i * RecordLength + Way) == entry + 1)
                SetWay(i, None);
        }
    }

    /// <summary>Notes a neighbour's Ethernet address.</summary>
    private void Learn(int entry, byte[] frame, int at, int state, ulong now)
    {
        Array.Copy(frame, at, Records, entry * RecordLength + Hardware, EthernetHeader.AddressLength);
        Set(entry, state, state == Reachable ? now + UntilStale() : 0);
    }

    private ulong UntilStale()
    {
        ulong time = _times >> 32;
        return time / 2 + _identifiers.Delay(time);
    }

    /// <summary>A neighbour does not answer: its Ethernet address is forgotten, and another router may lead on.</summary>
    private void Lose(int entry, bool wasUnknown, ulong now)
    {
        int record = entry * RecordLength;
        if (wasUnknown)
            _ethernet._waiting.Drop(IdOf(entry));
        Set(entry, Idle, 0);
        int place = _routers.Routers.Find(Records, record);
        int other = (place + 1) % RouterDiscovery.MostRouters;
        bool hasOther = place >= 0 && _routers.Routers.IsThere(other, now);
        if (hasOther)
            _router = other;
        for (int i = 0; i < _due.Length; i++)
        {
            if (BigEndian.Get16(Records, i * RecordLength + Way) != entry + 1)
                continue;
            SetWay(i, None);
            if (wasUnknown && !hasOther && Numbers[i] != 0)
                _user.LoseNeighbour(Numbers[i]);
        }
    }

    /// <summary>Asks for a neighbour (RFC 4861 section 7.2.2), or a known one whether it is there (section 7.3.3).</summary>
    private void Ask(int entry, int state, int questions, ulong now)
    {
        byte[] frame = _frame;
        byte[] records = Records;
        int record = entry * RecordLength;
        records[record + Questions] = (byte)questions;
        Set(entry, state, now + AnswerTime);
        Ipv6Addresses addresses = _ipv6.Addresses;
        int source = Numbers[entry] != 0 ? records[record + Source] : addresses.SourceFor(records, record, now);
        if (source < 0 || addresses.States[source] != Ipv6Addresses.Assigned)
            return;
        _ipv6.WriteHeader(frame, QuestionLength, Ipv6Header.Icmpv6, NeighbourDiscovery.OnLink);
        Array.Copy(addresses.Bytes, source * Ipv6Address.Length, frame, Ipv6Header.Source, Ipv6Address.Length);
        BigEndian.Put32(frame, Ipv6Header.Payload, (uint)Icmpv6Header.NeighbourSolicitation << 24);
        BigEndian.Put32(frame, Ipv6Header.Payload + Icmpv6Header.Pointer, 0);
        Array.Copy(records, record, frame, Ipv6Header.Payload + Target, Ipv6Address.Length);
        BigEndian.Put16(frame, Ipv6Header.Payload + 24, (SourceOption << 8) | 1);
        Array.Copy(_hardware, 0, frame, Ipv6Header.Payload + 26, EthernetHeader.AddressLength);
        if (state == Incomplete)
            Ipv6Address.WriteSolicitedNode(records, record, frame, Ipv6Header.Destination);
        else
        {
            Array.Copy(records, record, frame, Ipv6Header.Destination, Ipv6Address.Length);
            Array.Copy(records, record + Hardware, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        }

        Ipv6Layer.WriteIcmpChecksum(frame, Ipv6Header.Payload, QuestionLength);
        if (state == Incomplete)
            _ipv6.SendToGroup(frame);
        else
            _ipv6.Send(frame);
    }
}
