namespace HandshakeNano.Net;

/// <summary>
/// Connections by key: remote address, remote port, local port, as they stand on the wire. A secret odd multiplier
/// spreads the keys, so that no peer can aim at one bucket.
/// </summary>
internal sealed class ConnectionTable
{
    public readonly Tcb[] Buckets;
    public readonly ulong Multiplier;
    public readonly int Shift;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">How many connections there can be.</param>
    /// <param name="multiplier">A secret odd number.</param>
    public ConnectionTable(int capacity, ulong multiplier)
    {
        int bits = BucketBits(capacity);
        Buckets = new Tcb[1 << bits];
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
    /// <returns>The connection, null if there is none.</returns>
    public Tcb Find(ulong key)
    {
        Tcb connection = Buckets[(int)((key * Multiplier) >> Shift)];
        while (connection != null && connection.Key != key)
            connection = connection.HashNext;
        return connection;
    }

    /// <summary>Takes a connection in.</summary>
    /// <param name="connection">The connection, its key set.</param>
    public void Add(Tcb connection)
    {
        int bucket = (int)((connection.Key * Multiplier) >> Shift);
        connection.HashNext = Buckets[bucket];
        Buckets[bucket] = connection;
        connection.InTable = true;
    }

    /// <summary>Takes a connection out.</summary>
    /// <param name="connection">A connection that is in the table.</param>
    public void Remove(Tcb connection)
    {
        int bucket = (int)((connection.Key * Multiplier) >> Shift);
        Tcb other = Buckets[bucket];
        if (other == connection)
            Buckets[bucket] = connection.HashNext;
        else
        {
            while (other.HashNext != connection)
                other = other.HashNext;
            other.HashNext = connection.HashNext;
        }

        connection.HashNext = null;
        connection.InTable = false;
    }
}
