namespace HandshakeNano.Net;

/// <summary>What is remembered of a connection in TIME-WAIT.</summary>
internal sealed class TimeWaitEntry
{
    public ulong Key;
    public uint SndNxt;
    public uint RcvNxt;
    public ulong Deadline;

    /// <summary>TS.Recent, with a bit above it; 0 if there were no timestamps.</summary>
    public ulong TsRecent;

    /// <summary>When the last answer that is not owed to a FIN was sent.</summary>
    public ulong AnsweredUntil;

    /// <summary>What the application has of the connection.</summary>
    public TcpConnection Handle;

    public TimeWaitEntry HashNext;
    public TimeWaitEntry Next;
    public TimeWaitEntry Previous;
}

/// <summary>
/// Connections in TIME-WAIT (RFC 9293 section 3.6). They wait here and not in a connection with its buffers: on a device
/// those are few. Full, the table forgets the oldest.
/// </summary>
internal sealed class TimeWaitTable
{
    /// <summary>The bit above <see cref="TimeWaitEntry.TsRecent"/>.</summary>
    public const ulong Stamped = 1UL << 32;

    private readonly TimeWaitEntry[] _buckets;
    private readonly ulong _multiplier;
    private readonly int _shift;
    private readonly ulong _duration;
    private readonly ulong[] _counters;
    private readonly Wakeup _wakeup;
    private TimeWaitEntry _free;

    // In the order of their deadlines, as all wait equally long.
    private TimeWaitEntry _first;
    private TimeWaitEntry _last;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">How many entries it has.</param>
    /// <param name="multiplier">A secret odd number.</param>
    /// <param name="duration">2 MSL in microseconds.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public TimeWaitTable(int capacity, ulong multiplier, ulong duration, Wakeup wakeup, ulong[] counters)
    {
        _wakeup = wakeup;
        int bits = ConnectionTable.BucketBits(capacity);
        _buckets = new TimeWaitEntry[1 << bits];
        _shift = 64 - bits;
        _multiplier = multiplier;
        _duration = duration;
        _counters = counters;
        for (int i = 0; i < capacity; i++)
        {
            TimeWaitEntry entry = new TimeWaitEntry();
            entry.Next = _free;
            _free = entry;
        }

        Deadline = ulong.MaxValue;
    }

    /// <summary>How many connections are in TIME-WAIT.</summary>
    public int Count;

    /// <summary>When the first entry is over, in microseconds; <see cref="ulong.MaxValue"/> if there is none.</summary>
    public ulong Deadline;

    /// <summary>Finds an entry.</summary>
    /// <param name="key">The connection's key.</param>
    /// <returns>The entry, null if there is none.</returns>
    public TimeWaitEntry Find(ulong key)
    {
        TimeWaitEntry entry = _buckets[(int)((key * _multiplier) >> _shift)];
        while (entry != null && entry.Key != key)
            entry = entry.HashNext;
        return entry;
    }

    /// <summary>Takes a connection in.</summary>
    /// <param name="connection">The connection, both FINs acknowledged.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>Its entry.</returns>
    public TimeWaitEntry Add(Tcb connection, ulong now)
    {
        if (_free == null)
        {
            _counters[(int)Counter.TimeWaitRecycled]++;
            Remove(_first);
        }

        TimeWaitEntry entry = _free;
        _free = entry.Next;
        uint[] v = connection.Numbers;
        entry.Key = TcpLayer.KeyOf(v[TcbNumbers.Peer], v[TcbNumbers.Ports]);
        entry.SndNxt = v[TcbNumbers.SndNxt];
        entry.RcvNxt = v[TcbNumbers.RcvNxt];
        entry.AnsweredUntil = 0;
        entry.TsRecent = (v[TcbNumbers.Flags] & TcbFlags.Timestamped) == 0 ? 0 : Stamped | v[TcbNumbers.TsRecent];
        entry.Handle = connection.Handle;
        int bucket = (int)((entry.Key * _multiplier) >> _shift);
        entry.HashNext = _buckets[bucket];
        _buckets[bucket] = entry;
        Count++;
        Append(entry, now);
        return entry;
    }

    /// <summary>Begins the wait of 2 MSL anew.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Restart(TimeWaitEntry entry, ulong now)
    {
        Unlink(entry);
        Append(entry, now);
    }

    /// <summary>Forgets a connection.</summary>
    /// <param name="entry">The entry.</param>
    public void Remove(TimeWaitEntry entry)
    {
        Unlink(entry);
        int bucket = (int)((entry.Key * _multiplier) >> _shift);
        TimeWaitEntry other = _buckets[bucket];
        if (other == entry)
            _buckets[bucket] = entry.HashNext;
        else
        {
            while (other.HashNext != entry)
                other = other.HashNext;
            other.HashNext = entry.HashNext;
        }

        Count--;
        entry.Handle.LeaveTimeWait();
        entry.Handle = null;
        entry.Previous = null;
        entry.Next = _free;
        _free = entry;
    }

    /// <summary>Forgets all whose time is over.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        while (Deadline <= now)
            Remove(_first);
    }

    /// <summary>Forgets the connections over IPv4.</summary>
    public void ForgetIpv4()
    {
        TimeWaitEntry entry = _first;
        while (entry != null)
        {
            TimeWaitEntry next = entry.Next;
            if (Ipv4Layer.IsAddress((uint)(entry.Key >> 32)))
                Remove(entry);
            entry = next;
        }
    }

    private void Append(TimeWaitEntry entry, ulong now)
    {
        entry.Deadline = now + _duration;
        entry.Next = null;
        entry.Previous = _last;
        if (_last == null)
        {
            _first = entry;
            Deadline = entry.Deadline;
            if (Deadline < _wakeup.At)
                _wakeup.At = Deadline;
        }
        else
            _last.Next = entry;
        _last = entry;
    }

    private void Unlink(TimeWaitEntry entry)
    {
        if (entry.Previous == null)
        {
            _first = entry.Next;
            Deadline = _first == null ? ulong.MaxValue : _first.Deadline;
        }
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next == null)
            _last = entry.Previous;
        else
            entry.Next.Previous = entry.Previous;
    }
}
