namespace HandshakeNano.Net;

/// <summary>
/// Connections by key: remote address, remote port, local port, as they stand on the wire. A secret odd multiplier
/// spreads the keys, so that no peer can aim at one bucket. A connection is known by its slot in the <see cref="TcbPool"/>.
/// </summary>
internal sealed class ConnectionTable
{
    /// <summary>The first slot of each bucket, <see cref="TcbPool.None"/> for an empty one.</summary>
    public readonly ushort[] Buckets;

    /// <summary>By slot: the next one of its bucket, <see cref="TcbPool.None"/> behind the last.</summary>
    public readonly ushort[] Next;

    /// <summary>By slot: the key.</summary>
    public readonly ulong[] Keys;

    public readonly ulong Multiplier;
    public readonly int Shift;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">How many connections there can be.</param>
    /// <param name="multiplier">A secret odd number.</param>
    public ConnectionTable(int capacity, ulong multiplier)
    {
        int bits = BucketBits(capacity);
        Buckets = new ushort[1 << bits];
        Next = new ushort[capacity + 1];
        Keys = new ulong[capacity + 1];
        Multiplier = multiplier;
        Shift = 64 - bits;
    }

    /// <summary>How many bits number the buckets of a table, so that there are at least as many as entries.</summary>
    /// <param name="capacity">How many entries there can be.</param>
    /// <returns>1 to 16.</returns>
    public static int BucketBits(int capacity)
    {
        int bits = 1;
        while (1 << bits < capacity)
            bits++;
        return bits;
    }

    /// <summary>Finds a connection.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The connection's slot, <see cref="TcbPool.None"/> if there is none.</returns>
    public int Find(ulong key)
    {
        int slot = Buckets[(int)((key * Multiplier) >> Shift)];
        while (slot != TcbPool.None && Keys[slot] != key)
            slot = Next[slot];
        return slot;
    }

    /// <summary>Takes a connection in.</summary>
    /// <param name="slot">The connection's slot.</param>
    /// <param name="key">Its key.</param>
    public void Add(int slot, ulong key)
    {
        ushort[] buckets = Buckets;
        int bucket = (int)((key * Multiplier) >> Shift);
        Keys[slot] = key;
        Next[slot] = buckets[bucket];
        buckets[bucket] = (ushort)slot;
    }

    /// <summary>Takes a connection out.</summary>
    /// <param name="slot">The slot of a connection that is in the table.</param>
    public void Remove(int slot)
    {
        ushort[] next = Next;
        int bucket = (int)((Keys[slot] * Multiplier) >> Shift);
        int other = Buckets[bucket];
        if (other == slot)
        {
            Buckets[bucket] = next[slot];
            return;
        }

        while (next[other] != slot)
            other = next[other];
        next[other] = next[slot];
    }
}
