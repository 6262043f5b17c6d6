namespace HandshakeNano.Net;

/// <summary>
/// Connections in SYN-RECEIVED that came by a listener. All that has to be known of one until its ACK comes is a slot in arrays
/// of numbers, so that a SYN takes nothing from the pool of connections.
/// </summary>
/// <remarks>
/// A key has eight slots that it may take, beginning with the one that its hash says: a miss is known after eight, and what
/// leaves a slot moves nothing.
/// </remarks>
internal sealed class HalfOpenTable
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    private const int Ways = 8;

    /// <summary>How many slots are in use.</summary>
    public int Count;

    /// <summary>When something may be due, in microseconds; <see cref="ulong.MaxValue"/> for never. Maybe too early, never too late.</summary>
    public ulong Deadline = ulong.MaxValue;

    /// <summary>The keys of the connections to be, by slot; 0 for a free slot.</summary>
    public readonly ulong[] Keys;

    /// <summary>The listeners, by slot; null if it was closed, and the peer is to be reset.</summary>
    public readonly TcpListener[] Listeners;

    /// <summary>Our initial sequence numbers, by slot.</summary>
    public readonly uint[] Iss;

    /// <summary>The peers' initial sequence numbers, by slot.</summary>
    public readonly uint[] Irs;

    /// <summary>
    /// By slot: the peer's <see cref="Wire.TcpOptions.Offer"/> (18 bits); how often the SYN,ACK was sent again
    /// (6 bits, from <see cref="Retry"/> on); how many challenge ACKs were sent (7 bits, from <see cref="Challenge"/> on);
    /// <see cref="Acknowledged"/>.
    /// </summary>
    public readonly uint[] Notes;

    /// <summary>How far our timestamps are ahead of the clock, by slot.</summary>
    public readonly uint[] TsOffset;

    /// <summary>The peers' timestamps, by slot.</summary>
    public readonly uint[] TsRecent;

    /// <summary>When the SYN,ACK is due again, by slot, in microseconds.</summary>
    public readonly ulong[] Deadlines;

    /// <summary>One retransmission in <see cref="Notes"/>.</summary>
    public const uint Retry = 1 << 18;

    /// <summary>The retransmissions in <see cref="Notes"/>.</summary>
    public const uint Retries = 63 * Retry;

    /// <summary>One challenge ACK in <see cref="Notes"/>.</summary>
    public const uint Challenge = 1 << 24;

    /// <summary>In <see cref="Notes"/>: the handshake is complete, and waits for a connection.</summary>
    public const uint Acknowledged = 1U << 31;

    /// <summary>How long a SYN,ACK waits for its ACK, in microseconds, by the number of retransmissions.</summary>
    public readonly ulong[] Waits;

    private readonly ulong _multiplier;
    private readonly int _shift;
    private readonly int _ways;
    private readonly ulong _firstWait;
    private readonly Wakeup _wakeup;

    /// <summary>Makes a table.</summary>
    /// <param name="settings">How many slots, how long they wait and how often.</param>
    /// <param name="multiplier">A secret odd number.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    public HalfOpenTable(TcpSettings settings, ulong multiplier, Wakeup wakeup)
    {
        int capacity = settings.HalfOpenConnections;
        Keys = new ulong[capacity];
        Listeners = new TcpListener[capacity];
        Iss = new uint[capacity];
        Irs = new uint[capacity];
        Notes = new uint[capacity];
        TsOffset = new uint[capacity];
        TsRecent = new uint[capacity];
        Deadlines = new ulong[capacity];
        _multiplier = multiplier;
        _shift = 64 - ConnectionTable.BucketBits(capacity);
        _ways = capacity < Ways ? capacity : Ways;
        _wakeup = wakeup;
        Waits = new ulong[settings.SynAckRetransmissions + 1];
        ulong wait = settings.InitialRetransmissionTimeout;
        _firstWait = wait;
        for (int i = 0; i < Waits.Length; i++)
        {
            Waits[i] = wait;
            wait += wait;
            if (wait > settings.MaximumRetransmissionTimeout)
                wait = settings.MaximumRetransmissionTimeout;
        }
    }

    /// <summary>Finds a slot.</summary>
    /// <param name="key">The key of its connection; 0 for a free slot that the key may take.</param>
    /// <param name="hashed">The key whose slots are looked at.</param>
    /// <returns>The slot, <see cref="None"/> if there is none.</returns>
    public int Find(ulong key, ulong hashed)
    {
        ulong[] keys = Keys;
        int slot = (int)((hashed * _multiplier) >> _shift);
        if (keys[slot] == key)
            return slot;
        int left = _ways;
        while (--left != 0)
        {
            slot = (slot + 1) & (keys.Length - 1);
            if (keys[slot] == key)
                return slot;
        }

        return None;
    }

    /// <summary>
    /// Finds a slot to take from a peer that may not even be there: the one whose SYN,ACK has waited longest, and long enough for the
    /// ACK of any peer not to be on its way.
    /// </summary>
    /// <param name="hashed">The key whose slots are looked at, all of them in use.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The slot, <see cref="None"/> if each of these handshakes is complete or may just be completed.</returns>
    public int FindOverdue(ulong hashed, ulong now)
    {
        int found = None;
        ulong oldest = ulong.MaxValue;
        int slot = (int)((hashed * _multiplier) >> _shift);
        for (int left = _ways; left != 0; left--)
        {
            ulong sentAt = SentAt(slot);
            if (Notes[slot] < Acknowledged && sentAt < oldest && sentAt + _firstWait / 2 <= now)
            {
                found = slot;
                oldest = sentAt;
            }

            slot = (slot + 1) & (Keys.Length - 1);
        }

        return found;
    }

    /// <summary>Takes a slot that is free.</summary>
    public void Add(int slot, TcpListener listener, ulong key, uint irs, uint iss, int offer, uint tsOffset, uint tsRecent, ulong now)
    {
        Keys[slot] = key;
        Listeners[slot] = listener;
        Irs[slot] = irs;
        Iss[slot] = iss;
        Notes[slot] = (uint)offer;
        TsOffset[slot] = tsOffset;
        TsRecent[slot] = tsRecent;
        now += _firstWait;
        Deadlines[slot] = now;
        listener._halfOpen++;
        Count++;
        if (now < Deadline)
        {
            Deadline = now;
            if (now < _wakeup.At)
                _wakeup.At = now;
        }
    }

    /// <summary>Gives a slot back.</summary>
    /// <param name="slot">The slot.</param>
    public void Remove(int slot)
    {
        TcpListener listener = Listeners[slot];
        if (listener != null)
            listener._halfOpen--;
        Keys[slot] = 0;
        if (--Count == 0)
            Deadline = ulong.MaxValue;
    }

    /// <summary>When the SYN,ACK of a slot was last sent, in microseconds.</summary>
    public ulong SentAt(int slot)
    {
        return Deadlines[slot] - Waits[(int)((Notes[slot] & Retries) / Retry)];
    }

    /// <summary>The listener of a slot is closed: the slot is due at once.</summary>
    public void Doom(int slot)
    {
        Listeners[slot] = null;
        Deadlines[slot] = 0;
        Deadline = 0;
        _wakeup.At = 0;
    }
}
