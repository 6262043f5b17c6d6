using System;

namespace HandshakeNano.Net;

/// <summary>
/// How many cookies go to peers without a connection: <see cref="TcpSettings.CookiesPerSecond"/>. A peer that has one is known to be
/// where it says to be, and Linux without cookies keeps room for such peers too. Who has one is noted ten times a second at the
/// most, and only while there are more SYNs than may be answered, so that nothing is kept beside the connections.
/// </summary>
internal sealed class CookieLimit
{
    /// <summary>The cookies of so many microseconds may be sent at once.</summary>
    private const ulong Burst = 100_000;

    /// <summary>For how long it is noted who has a connection, in microseconds.</summary>
    private const ulong Notes = 100_000;

    private const ulong Second = 1_000_000;
    private const ulong PeerOfKey = 0xFFFF_FFFF_0000_0000;

    private readonly TcbPool _pool;
    private readonly ulong _interval;
    private readonly ulong _multiplier;
    private readonly int _shift;

    /// <summary>By hash of a peer: whether one of this hash has a connection.</summary>
    private readonly bool[] _known;

    private ulong _knownUntil;

    /// <summary>When the next cookie may be sent, in microseconds.</summary>
    private ulong _next;

    /// <summary>Makes a limit.</summary>
    /// <param name="perSecond">How many cookies, 1 to 1,000,000.</param>
    /// <param name="pool">The connections.</param>
    /// <param name="multiplier">A secret odd number.</param>
    public CookieLimit(int perSecond, TcbPool pool, ulong multiplier)
    {
        // One stranger of eight at the most has the hash of a peer with a connection.
        int bits = ConnectionTable.BucketBits(pool.All.Length) + 3;
        _known = new bool[1 << bits];
        _shift = 64 - bits;
        _multiplier = multiplier;
        _pool = pool;
        _interval = Second / (ulong)perSecond;
    }

    /// <summary>Tells whether a SYN may be answered with a cookie, and counts it.</summary>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="now">The time in microseconds.</param>
    public bool Allows(ulong key, ulong now)
    {
        ulong next = _next;
        if (next + Burst < now)
            next = now - Burst;
        if (next <= now)
        {
            _next = next + _interval;
            return true;
        }

        if (now >= _knownUntil)
        {
            _knownUntil = now + Notes;
            NoteConnections();
        }

        return _known[(int)(((key & PeerOfKey) * _multiplier) >> _shift)];
    }

    private void NoteConnections()
    {
        bool[] known = _known;
        Tcb[] all = _pool.All;
        Array.Clear(known, 0, known.Length);
        for (int i = 1; i < all.Length; i++)
        {
            uint[] v = all[i].Numbers;
            if ((v[TcbNumbers.Flags] & TcbFlags.IsFree) == 0)
                known[(int)((((ulong)v[TcbNumbers.Peer] << 32) * _multiplier) >> _shift)] = true;
        }
    }
}
