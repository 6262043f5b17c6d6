using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// TCP: finds out which connection or listener a segment is for, and owns what connections share. It knows a peer by a
/// number and by the sum of both addresses, and no address by its length.
/// </summary>
internal sealed partial class TcpLayer : INeighbourUser, IPeerUser
{
    private const int FirstEphemeralPort = 49152;
    private const int EphemeralPorts = 16384;
    private const ulong SearchInterval = 1_000_000;

    /// <summary>A range that a peer has acknowledged selectively is noted for so many bytes of the send buffer.</summary>
    private const int SackedUnit = 8192;

    private const int LeastSacked = 8;
    private const int GreatestSacked = 256;

    public readonly ulong[] Counters;
    public readonly TcpSettings Settings;
    public readonly TimerHeap Timers;
    public readonly TimeWaitTable TimeWaits;

    /// <summary>What sends segments.</summary>
    public readonly SegmentWriter Writer;

    /// <summary>
    /// The window of a SYN, and the largest where none is scaled, in bytes: a header has 16 bits for it. A multiple of the unit in which
    /// windows are scaled, so that the ACK of a SYN announces no less.
    /// </summary>
    public readonly uint ReceiveWindow;

    /// <summary>The largest window that is scaled, in bytes.</summary>
    public readonly uint ScaledReceiveWindow;

    /// <summary>
    /// The largest segment that we send, in bytes of data. Two fit a send buffer: with one and a bit in it, every segment
    /// would wait for a delayed acknowledgment, as Nagle holds the bit back. While a segment over IPv6 is looked at it is that of IPv6.
    /// </summary>
    public int LargestSegment;

    /// <summary>The largest segment that fits a packet, in bytes of data. While a segment over IPv6 is looked at it is that of IPv6.</summary>
    public int LinkSegment;

    /// <summary>Where in a connection's ranges those begin that its peer has acknowledged selectively.</summary>
    public readonly int SackedAt;

    /// <summary>How many of these are noted. A peer names the lowest again as long as they matter.</summary>
    public readonly int MostSacked;

    /// <summary>Where behind them CUBIC's numbers begin; 0 without CUBIC.</summary>
    public readonly int CubicAt;

    /// <summary>How many segments of more than 1095 bytes a connection begins with.</summary>
    public readonly int FirstSegments = 3;

    /// <summary>How many smaller ones.</summary>
    public readonly int FirstSmallSegments = 4;

    /// <summary>What is taken of a peer's <see cref="TcpOptions.Offer"/>, and offered in a SYN that calls a peer.</summary>
    public readonly int OfferMask;

    /// <summary>What listeners have in SYN-RECEIVED.</summary>
    public readonly HalfOpenTable HalfOpen;

    /// <summary>All control blocks.</summary>
    public readonly TcbPool Pool;

    /// <summary>The slot of the first connection that waits for <see cref="Flush"/>, <see cref="TcbPool.None"/> if there is none.</summary>
    public int DirtyFirst;

    /// <summary>True if something has happened that no handler was told, until <see cref="TcpEndpoint.TakeNews"/>.</summary>
    public bool HasNews;

    private readonly Ipv4Layer _ipv4;
    private readonly IsnGenerator _isn;
    private readonly SynCookies _cookies;

    /// <summary>How many of them are sent; null without a limit.</summary>
    private readonly CookieLimit _cookieLimit;

    private readonly ConnectionTable _table;

    /// <summary>
    /// By slot: the next connection that waits for <see cref="Flush"/>, the last one itself; <see cref="TcbPool.None"/> if it does not wait.
    /// </summary>
    private readonly ushort[] _dirtyNext;

    private readonly TcpListener[] _ports;
    private readonly TcpOptions _options = new TcpOptions();
    private readonly ulong[] _isnState = new ulong[4];
    private readonly bool _cookiesAlways;
    private TcpListener _freeListener;
    private int _dirtyLast;

    /// <summary>Until when no connection is searched for that could give way, in microseconds.</summary>
    private ulong _noRoomUntil;

    /// <summary>Until when a connection is known that would give way, in microseconds.</summary>
    private ulong _roomUntil;

    /// <summary>How many local ports were chosen, from a random beginning on.</summary>
    private uint _portsChosen;

    /// <summary>How often a user has done something after which a SYN may be for somebody else.</summary>
    private int _changes;

    public TcpLayer(Ipv4Layer ipv4, IEntropy entropy, TcpSettings settings, Wakeup wakeup, ulong[] counters)
    {
        _ipv4 = ipv4;
        Settings = settings;
        Counters = counters;
        byte[] secret = new byte[SipHash.KeyLength];
        entropy.Fill(secret);
        _isn = new IsnGenerator(secret);

        // The tables' multiplier tells a peer nothing about the secret.
        byte[] other = new byte[10];
        entropy.Fill(other);
        ulong multiplier = BitConverter.ToUInt64(other, 0) | 1;
        _portsChosen = BitConverter.ToUInt16(other, 8);
        entropy.Fill(secret);
        _cookies = new SynCookies(secret);
        _cookiesAlways = settings.SynPolicy == SynPolicy.CookiesAlways;
        HalfOpen = new HalfOpenTable(settings, multiplier, wakeup);
        _table = new ConnectionTable(settings.Connections, multiplier);
        Timers = new TimerHeap(settings.Connections, wakeup);
        TimeWaits = new TimeWaitTable(settings.TimeWaits, multiplier, 2 * settings.MaximumSegmentLifetime, wakeup, counters);
        int scale = 0;
        if (settings.WindowScale)
        {
            while ((settings.ReceiveBufferSize - 1) >> scale > 0xFFFF)
                scale++;
        }

        Writer = new SegmentWriter(ipv4, scale, counters);
        LinkSegment = Writer.MaximumSegmentSize;
        LargestSegment = settings.SendBufferSize / 2 < LinkSegment ? settings.SendBufferSize / 2 : LinkSegment;
        uint size = (uint)settings.ReceiveBufferSize;
        uint most = (0xFFFFU >> scale) << scale;
        ReceiveWindow = size < most ? size : most;
        most = 0xFFFFU << scale;
        ScaledReceiveWindow = size < most ? size : most;
        OfferMask = TcpOptions.OfferedSize;
        if (settings.SelectiveAcknowledgments)
            OfferMask |= TcpOptions.OfferedSacks;
        if (settings.WindowScale)
            OfferMask |= TcpOptions.OfferedScales;
        if (settings.Ecn)
            OfferMask |= TcpOptions.OfferedEcn;
        if (settings.Timestamps)
            OfferMask |= TcpOptions.OfferedTimestamps;

        _dirtyNext = new ushort[settings.Connections + 1];
        SackedAt = 2 * settings.OutOfOrderRanges;
        if (settings.SelectiveAcknowledgments)
        {
            int ranges = settings.SendBufferSize / SackedUnit;
            MostSacked = ranges < LeastSacked ? LeastSacked : ranges > GreatestSacked ? GreatestSacked : ranges;
        }

        if (settings.CongestionControl == CongestionControl.Cubic)
        {
            CubicAt = SackedAt + 2 * MostSacked;
            FirstSegments = 10;
            FirstSmallSegments = 10;
        }

        Pool = new TcbPool(this, settings);
        if (settings.CookiesPerSecond != 0)
            _cookieLimit = new CookieLimit(settings.CookiesPerSecond, Pool, multiplier);
        int buckets = 1;
        while (buckets < settings.Listeners)
            buckets *= 2;
        _ports = new TcpListener[buckets];
        for (int i = 0; i < settings.Listeners; i++)
        {
            TcpListener listener = new TcpListener(this);
            listener.Next = _freeListener;
            _freeListener = listener;
        }
    }

    /// <summary>A secret odd number that spreads the keys of tables.</summary>
    public ulong Multiplier
    {
        get { return _table.Multiplier; }
    }

    /// <summary>Our address, most significant byte first.</summary>
    public uint LocalAddress
    {
        get { return Ipv4Layer.AddressOf(_ipv4.Address); }
    }

    /// <summary>How many connections there are, with half-open ones, but without those in TIME-WAIT or closed.</summary>
    public int ConnectionCount
    {
        get
        {
            int count = HalfOpen.Count;
            Tcb[] all = Pool.All;
            for (int i = 1; i < all.Length; i++)
            {
                if ((all[i].Numbers[TcbNumbers.Flags] & TcbFlags.InTable) != 0)
                    count++;
            }

            return count;
        }
    }

    /// <summary>True while a connection is free.</summary>
    public bool CanConnect
    {
        get { return Pool.Free != TcbPool.None; }
    }

    /// <summary>The key of a connection.</summary>
    /// <param name="peer">The peer's number.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <returns>The key.</returns>
    public static ulong KeyOf(uint peer, uint ports)
    {
        return ((ulong)peer << 32) | PortsOf(ports);
    }

    /// <summary>The segment size that a peer takes if it names none (RFC 9293 section 3.7.1).</summary>
    /// <param name="peer">The peer's number.</param>
    /// <returns>Bytes of data.</returns>
    public static int DefaultSegmentTo(uint peer)
    {
        return Ipv4Layer.IsAddress(peer) ? TcpOptions.DefaultMaximumSegmentSize : TcpOptions.DefaultMaximumSegmentSizeIpv6;
    }

    /// <summary>Resets all connections over IPv4 at once, while our address still works (RFC 5227 section 2.4).</summary>
    /// <param name="now">The time in microseconds; 0 if it is not known, for what is known of a neighbour serves for a last word.</param>
    public void ResetConnections(ulong now)
    {
        for (int i = 1; i < Pool.All.Length; i++)
        {
            if (Pool.All[i].IsOverIpv4())
                Pool.All[i].ResetNow(now);
        }

        ForgetHalfOpen(true, now);
    }

    /// <summary>Our IPv4 address has changed: no host answers for the old one any more.</summary>
    public void AddressChanged()
    {
        _changes++;
        for (int i = 1; i < Pool.All.Length; i++)
        {
            if (Pool.All[i].IsOverIpv4())
                Pool.All[i].LoseAddress();
        }

        ForgetHalfOpen(false, 0);
        TimeWaits.ForgetIpv4();
        Writer.Prepare();
        for (int i = 0; i < _ports.Length; i++)
        {
            for (TcpListener listener = _ports[i]; listener != null; listener = listener.Next)
                _isn.Begin(_ipv4.Address, listener.Port, listener.IsnState);
        }
    }

    /// <summary>The address of ours is gone that a peer over IPv6 knew.</summary>
    /// <param name="peer">The peer's number.</param>
    public void LosePeerAddress(uint peer)
    {
        _changes++;
        for (int i = 1; i < Pool.All.Length; i++)
        {
            uint[] v = Pool.All[i].Numbers;
            if ((v[TcbNumbers.Flags] & TcbFlags.IsFree) == 0 && v[TcbNumbers.Peer] == peer)
                Pool.All[i].LoseAddress();
        }

        HalfOpenTable halfOpen = HalfOpen;
        for (int slot = 0; slot < halfOpen.Keys.Length && halfOpen.Count != 0; slot++)
        {
            if (halfOpen.Keys[slot] >> 32 == peer)
                halfOpen.Remove(slot);
        }
    }

    /// <summary>Opens a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="backlog">How many connections may be half-open, and how many may wait to be accepted.</param>
    /// <param name="inUse">True if the listener is null because the port is taken, not for want of one.</param>
    /// <returns>The listener, null if there is none to be had.</returns>
    public TcpListener Listen(int port, int backlog, out bool inUse)
    {
        TcpListener listener = _freeListener;
        inUse = FindListener(port) != null;
        if (listener == null || inUse)
            return null;
        _freeListener = listener.Next;
        listener.Open(port, backlog);
        _isn.Begin(_ipv4.Address, port, listener.IsnState);
        int bucket = port & (_ports.Length - 1);
        listener.Next = _ports[bucket];
        _ports[bucket] = listener;
        return listener;
    }

    /// <summary>Takes a listener back.</summary>
    public void CloseListener(TcpListener listener)
    {
        _changes++;
        for (int i = 1; i < Pool.All.Length; i++)
        {
            Tcb connection = Pool.All[i];
            if (connection.IsWaiting() && connection.Numbers[TcbNumbers.Ports] >> 16 == (uint)listener.Port)
                connection.LoseListener();
        }

        DoomHalfOpen(listener);
        int bucket = listener.Port & (_ports.Length - 1);
        if (_ports[bucket] == listener)
            _ports[bucket] = listener.Next;
        else
        {
            TcpListener other = _ports[bucket];
            while (other.Next != listener)
                other = other.Next;
            other.Next = listener.Next;
        }

        listener.Next = _freeListener;
        _freeListener = listener;
    }

    /// <summary>The listener of a port, null if there is none. One whose connections wait to be accepted is there.</summary>
    public TcpListener FindListener(int port)
    {
        TcpListener listener = _ports[port & (_ports.Length - 1)];
        while (listener != null && listener._port != port)
            listener = listener.Next;
        return listener;
    }

    /// <summary>Opens a connection; there must be a free one.</summary>
    /// <param name="peer">The peer's number.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="remotePort">The peer's port.</param>
    /// <param name="localPort">Our port, 0 for any.</param>
    /// <returns>The connection, null if the ports are in use.</returns>
    public TcpConnection Connect(uint peer, uint addressSum, int remotePort, int localPort)
    {
        ulong key;
        bool inUse;
        if (localPort != 0)
        {
            key = MakeKey(peer, remotePort, localPort);
            inUse = IsInUse(key);
        }
        else
        {
            // RFC 6056 section 3.3.1: a random one, or the next that is free.
            _portsChosen++;
            _isn.Begin(_ipv4.Address, (int)(_portsChosen & 0xFFFF), _isnState);
            int port = (int)(IsnGenerator.Draw(_isnState, MakeKey(peer, remotePort, 0), _portsChosen >> 16) & (EphemeralPorts - 1));
            int tries = EphemeralPorts;
            do
            {
                localPort = FirstEphemeralPort + port;
                key = MakeKey(peer, remotePort, localPort);
                inUse = IsInUse(key);
                port = (port + 1) & (EphemeralPorts - 1);
            }
            while (inUse && --tries != 0);
        }

        if (inUse)
            return null;
        _changes++;
        Tcb connection = Pool.Take();
        Counters[(int)Counter.ActiveOpens]++;
        connection.OpenActive(key, ((uint)localPort << 16) | (uint)remotePort, addressSum);
        _table.Add((int)connection.Numbers[TcbNumbers.Slot], key);
        return connection.GiveOut();
    }

    /// <summary>How far the timestamps of the connection are ahead of the clock whose ISN was given last.</summary>
    public uint TimestampOffset
    {
        get { return _isn.TimestampOffset; }
    }

    /// <summary>The ISN of a connection that we open.</summary>
    public uint NextIss(uint peer, uint ports, ulong now)
    {
        _isn.Begin(_ipv4.Address, (int)(ports >> 16), _isnState);
        return _isn.Next(_isnState, KeyOf(peer, ports), now);
    }

    /// <summary>Puts a connection on the list of those to look at.</summary>
    public void MarkDirty(Tcb connection)
    {
        ushort[] next = _dirtyNext;
        int slot = (int)connection.Numbers[TcbNumbers.Slot];
        if (next[slot] != TcbPool.None)
            return;
        next[slot] = (ushort)slot;
        if (DirtyFirst == TcbPool.None)
            DirtyFirst = slot;
        else
            next[_dirtyLast] = (ushort)slot;
        _dirtyLast = slot;
    }

    /// <summary>Looks at the connections on the list: tells their handlers, sends what is due.</summary>
    public void Flush(ulong now)
    {
        // What handlers put on the list meanwhile is left for the next time, so that none can hold up the rest.
        int last = _dirtyLast;
        int slot = TcbPool.None;
        while (slot != last && DirtyFirst != TcbPool.None)
        {
            slot = DirtyFirst;
            int next = _dirtyNext[slot];
            DirtyFirst = next == slot ? TcbPool.None : next;
            _dirtyNext[slot] = TcbPool.None;
            Tcb connection = Pool.All[slot];
            if (connection.Numbers[TcbNumbers.Events] != TcbEvents.None)
                connection.Dispatch();
            connection.Output(now);
        }
    }

    /// <summary>A connection is over for the protocol; it goes back to the pool unless somebody holds it.</summary>
    public void Detach(Tcb connection)
    {
        uint[] v = connection.Numbers;
        uint flags = v[TcbNumbers.Flags];
        if ((flags & TcbFlags.InTable) != 0)
        {
            _table.Remove((int)v[TcbNumbers.Slot]);
            v[TcbNumbers.Flags] = flags & ~TcbFlags.InTable;
            connection.StopTimers();
        }

        if ((flags & (TcbFlags.Owned | TcbFlags.IsFree)) == 0)
            Free(connection);
    }

    /// <summary>Gives a connection back to the pool, out of the table and without an owner. What its application has of it says so from here on.</summary>
    public void Free(Tcb connection)
    {
        TcpConnection handle = connection.Handle;
        if (handle != null)
        {
            connection.Handle = null;
            handle.Detach((TcpCloseReason)(connection.Numbers[TcbNumbers.Flags] >> TcbFlags.Reason));
        }

        Pool.Give(connection);
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(ulong now)
    {
        while (Timers.Deadline <= now)
        {
            Tcb connection = Pool.All[Timers.Take()];
            if ((connection.Numbers[TcbNumbers.Flags] & TcbFlags.IsFree) != 0)
                continue;
            connection.OnTimer(now);
            Settle(connection, now);
        }

        if (HalfOpen.Deadline <= now)
            HalfOpenOnTimer(now);
        TimeWaits.OnTimer(now);
    }

    /// <summary>A peer does not seem to answer.</summary>
    public void Doubt(uint peer, ulong now)
    {
        _ipv4.Doubt(peer, now);
    }

    /// <summary>What waits to be sent to a peer is not to be sent any more.</summary>
    public void TakeBack(uint peer, uint ports)
    {
        _ipv4.TakeBack(peer, ports);
    }

    /// <inheritdoc/>
    public int NeighbourCount
    {
        get { return Pool.All.Length - 1; }
    }

    /// <inheritdoc/>
    public uint NeighbourAt(int index)
    {
        Tcb connection = Pool.All[index + 1];
        return (connection.Numbers[TcbNumbers.Flags] & TcbFlags.InTable) != 0 ? _ipv4.NextHop(connection.Numbers[TcbNumbers.Peer]) : 0;
    }

    /// <summary>How many peers <see cref="PeerAt"/> tells of at the most.</summary>
    public int PeerCount
    {
        get { return Pool.All.Length - 1 + HalfOpen.Keys.Length; }
    }

    /// <summary>One of the peers of our connections, and behind these of the half-open ones.</summary>
    /// <param name="index">0 to <see cref="PeerCount"/> - 1.</param>
    /// <returns>The peer's number; 0 for none.</returns>
    public uint PeerAt(int index)
    {
        int connections = Pool.All.Length - 1;
        if (index >= connections)
            return (uint)(HalfOpen.Keys[index - connections] >> 32);
        uint[] v = Pool.All[index + 1].Numbers;
        return (v[TcbNumbers.Flags] & TcbFlags.IsFree) != 0 ? 0 : v[TcbNumbers.Peer];
    }

    /// <summary>Copies the address of a peer over IPv6.</summary>
    /// <returns>False if it is none, or not known any more.</returns>
    public bool CopyPeer(uint peer, bool ours, byte[] into, int offset)
    {
        return _ipv4.CopyPeer(peer, ours, into, offset);
    }

    /// <summary>What a segment belongs to.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>How much its peer is needed.</returns>
    public NeighbourUse UseOf(ulong key)
    {
        if (_table.Find(key) != TcbPool.None)
            return NeighbourUse.Lasting;
        return HalfOpen.Count != 0 && HalfOpen.Find(key, key) >= 0 ? NeighbourUse.Opening : NeighbourUse.Passing;
    }

    /// <inheritdoc/>
    public NeighbourUse UseOf(byte[] frame)
    {
        if (frame[Ipv4Header.Protocol] != Ipv4Header.Tcp)
            return frame[Ipv4Header.Protocol] == Ipv4Header.Udp ? NeighbourUse.Lasting : NeighbourUse.Passing;

        // Source and destination change places in the key.
        uint ports = BitConverter.ToUInt32(frame, TcpHeader.SourcePort);
        if (_table.Find(
            ((ulong)Ipv4Layer.ReceiverOf(frame) << 32) | (ports << 16) | (ports >> 16)) != TcbPool.None)
            return NeighbourUse.Lasting;
        return (frame[TcpHeader.Flags] & TcpHeader.Syn) != 0 ? NeighbourUse.Opening : NeighbourUse.Passing;
    }

    /// <summary>A neighbour does not answer, or there is none on the way: nothing reaches the peers that it leads to.</summary>
    /// <param name="neighbour">The neighbour's address; 0: those to which there is no route.</param>
    public void LoseNeighbour(uint neighbour)
    {
        for (int i = 1; i < Pool.All.Length; i++)
        {
            Tcb connection = Pool.All[i];
            if ((connection.Numbers[TcbNumbers.Flags] & TcbFlags.InTable) != 0 && _ipv4.NextHop(connection.Numbers[TcbNumbers.Peer]) == neighbour)
                connection.LosePeer();
        }

        if (neighbour == 0)
            HalfOpenLoseRoute();
    }

    /// <summary>A router or host says what became of a segment of ours.</summary>
    /// <param name="frame">The frame buffer that holds the quote.</param>
    /// <param name="error">What it says.</param>
    /// <param name="now">The time in microseconds.</param>
    public void ReceiveError(byte[] frame, DeliveryError error, ulong now)
    {
        // The quoted segment is one of ours: source and destination change places.
        int segment = error.Data;
        uint ports = BitConverter.ToUInt32(frame, segment);
        uint seq = BigEndian.Get32(frame, segment + 4);
        ulong key = ((ulong)error.Peer << 32) | (ports << 16) | (ports >> 16);
        int found = _table.Find(key);
        if (found == TcbPool.None && HalfOpen.Count != 0)
        {
            int slot = HalfOpen.Find(key, key);
            if (slot >= 0 && HalfOpen.Iss[slot] == seq)
            {
                // About our SYN,ACK. Its peer tries again, or the slot ends by itself.
                Counters[(int)Counter.IcmpErrorsReceived]++;
                return;
            }
        }

        if (found == TcbPool.None || !Pool.All[found].IsNotDelivered(seq, error, now))
        {
            Counters[(int)Counter.IcmpErrorUnmatched]++;
            return;
        }

        Counters[(int)Counter.IcmpErrorsReceived]++;
        Settle(Pool.All[found], now);
    }

    /// <summary>A segment has come.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The segment's length in bytes.</param>
    /// <param name="peer">Who sent it.</param>
    /// <param name="addressSum">The sum of both addresses modulo 65535, in the processor's order.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] frame, int length, uint peer, ulong addressSum, ulong now)
    {
        ulong[] counters = Counters;
        int header = (frame[TcpHeader.DataOffset] & 0xF0) >> 2;
        if (header < TcpHeader.Length || header > length)
        {
            counters[(int)Counter.TcpHeaderBad]++;
            return;
        }

        // The pseudo-header (section 3.1): addresses, protocol and length; a shift by 8 swaps bytes modulo 65535.
        uint ports = BitConverter.ToUInt32(frame, TcpHeader.SourcePort);
        ulong numbers = BitConverter.ToUInt64(frame, TcpHeader.SequenceNumber);
        ulong sum = addressSum + (ulong)((length + Ipv4Header.Tcp) << 8) + ports + numbers % InternetChecksum.Modulus
            + BitConverter.ToUInt64(frame, TcpHeader.DataOffset) % InternetChecksum.Modulus;
        if (length != TcpHeader.Length)
        {
            if (length != header)
                sum += InternetChecksum.SumLittleEndian(frame, TcpHeader.Options, length - TcpHeader.Length);
            else
            {
                // Options alone, as in a SYN: a multiple of four bytes.
                int i = FrameLayout.Transport + header;
                if ((header & 4) == 0)
                {
                    i -= 4;
                    sum += BitConverter.ToUInt32(frame, i);
                }

                while (i != TcpHeader.Options)
                {
                    i -= 8;
                    sum += BitConverter.ToUInt64(frame, i) % InternetChecksum.Modulus;
                }
            }
        }

        if (sum % InternetChecksum.Modulus != 0)
        {
            counters[(int)Counter.TcpChecksumBad]++;
            return;
        }

        TcpOptions options = null;
        if (header != TcpHeader.Length)
        {
            options = _options;
            if (!options.Parse(frame, FrameLayout.Transport + header))
            {
                counters[(int)Counter.TcpOptionBad]++;
                return;
            }
        }

        counters[(int)Counter.SegmentsReceived]++;

        // Sequence and acknowledgment number, four bytes each, turned round together.
        numbers = ((numbers & 0x00FF00FF00FF00FF) << 8) | ((numbers >> 8) & 0x00FF00FF00FF00FF);
        numbers = ((numbers & 0x0000FFFF0000FFFF) << 16) | ((numbers >> 16) & 0x0000FFFF0000FFFF);
        uint seq = (uint)numbers;
        uint ack = (uint)(numbers >> 32);
        int flags = frame[TcpHeader.Flags];
        uint window = ((uint)frame[TcpHeader.Window] << 8) | frame[TcpHeader.Window + 1];
        ulong key = ((ulong)peer << 32) | ports;
        length -= header;

        // ConnectionTable.Find, in line.
        ConnectionTable table = _table;
        int found = table.Buckets[(int)((key * table.Multiplier) >> table.Shift)];
        while (found != TcbPool.None && table.Keys[found] != key)
            found = table.Next[found];
        if (found != TcbPool.None)
        {
            Tcb connection = Pool.All[found];
            connection.Arrives(frame, seq, ack, flags, window, options, FrameLayout.Transport + header, length, now);
            uint[] v = connection.Numbers;
            if ((v[TcbNumbers.Events] | v[TcbNumbers.OutputDue]) != 0 || DirtyFirst != TcbPool.None)
                Settle(connection, now);
            return;
        }

        // PortsOf, in line.
        ports = ((ports & 0x00FF00FF) << 8) | ((ports >> 8) & 0x00FF00FF);
        if (HalfOpen.Count != 0)
        {
            int slot = HalfOpen.Find(key, key);
            if (slot >= 0)
            {
                ArrivesInSynReceived(slot, frame, ports, (uint)addressSum << 8, seq, ack, flags, window, options,
                    FrameLayout.Transport + header, length, now);
                return;
            }
        }

        if (!_ipv4.CanBeHost(peer))
        {
            counters[(int)Counter.Ipv4SourceBad]++;
            return;
        }

        if (TimeWaits.Count != 0)
        {
            TimeWaitEntry entry = TimeWaits.Find(key);
            if (entry != null)
            {
                ArrivesInTimeWait(entry, seq, ack, flags, options, length, now);
                return;
            }
        }

        TcpListener listener = FindListener((int)(ports >> 16));
        if (listener == null || (flags & (TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Rst)) != TcpHeader.Syn)
        {
            if (listener != null && (flags & (TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Rst)) == TcpHeader.Ack && _cookies.IsAwaited(now)
                && ArrivesWithCookie(listener, frame, key, ports, (uint)addressSum << 8, seq, ack, flags, window,
                    options, FrameLayout.Transport + header, length, now))
                return;
            ArrivesUnexpected(listener, key, ports, seq, ack, flags, length, now);
            return;
        }

        ArrivesInListen(listener, key, ports, (uint)addressSum << 8, seq, flags, options, 0, now);
    }

    private static ulong MakeKey(uint peer, int remotePort, int localPort)
    {
        return KeyOf(peer, ((uint)localPort << 16) | (uint)remotePort);
    }

    /// <summary>Turns the ports of a key round: then ours stands in the upper half, the peer's in the lower.</summary>
    private static uint PortsOf(uint raw)
    {
        return ((raw & 0x00FF00FF) << 8) | ((raw >> 8) & 0x00FF00FF);
    }

    /// <summary>After a step: tell the handlers, then send.</summary>
    private void Settle(Tcb connection, ulong now)
    {
        uint[] v = connection.Numbers;
        if (v[TcbNumbers.Events] != TcbEvents.None)
            connection.Dispatch();
        if (v[TcbNumbers.OutputDue] != 0)
            connection.Output(now);
        if (DirtyFirst != TcbPool.None)
            Flush(now);
    }

    private bool IsInUse(ulong key)
    {
        return _table.Find(key) != TcbPool.None || TimeWaits.Find(key) != null || (HalfOpen.Count != 0 && HalfOpen.Find(key, key) >= 0);
    }
}
