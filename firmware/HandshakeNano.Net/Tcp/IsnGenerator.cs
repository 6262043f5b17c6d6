namespace HandshakeNano.Net;

/// <summary>
/// Initial sequence numbers by RFC 6528: ISN = M + F(local address, local port, remote address, remote port, secret).
/// M counts 4 us ticks and wraps at 32 bits (RFC 9293 section 3.4.1); F is the low half of SipHash-2-4 over 14 bytes in
/// network order: local address, local port, two zero bytes, remote address, remote port. The upper half is what a connection's
/// timestamps have ahead of the clock (RFC 7323 section 5.4), so that they say nothing of how long we have been up.
/// </summary>
/// <remarks>
/// The first block holds only what is ours, so a listener keeps the state behind it and a SYN costs one block.
/// </remarks>
internal sealed class IsnGenerator
{
    private const ulong MessageLength = 14UL << 56;
    private const ulong DrawLength = 15UL << 56;

    private readonly ulong[] _start = new ulong[4];

    /// <summary>How far the timestamps are ahead of the clock of the connection whose ISN was given last: the upper half of its hash.</summary>
    public uint TimestampOffset;

    /// <summary>The least M that may be given next, in ticks of 4 us; it does not wrap.</summary>
    private ulong _next;

    /// <summary>Makes a generator.</summary>
    /// <param name="secret">The secret, 16 bytes.</param>
    public IsnGenerator(byte[] secret)
    {
        SipHash.Start(secret, _start);
    }

    /// <summary>The state behind the first block.</summary>
    /// <param name="localAddress">Our address as the processor loads it from the wire.</param>
    /// <param name="localPort">Our port.</param>
    /// <param name="state">Where the four words go.</param>
    public void Begin(uint localAddress, int localPort, ulong[] state)
    {
        state[0] = _start[0];
        state[1] = _start[1];
        state[2] = _start[2];
        state[3] = _start[3];
        SipHash.Absorb(state, localAddress | ((ulong)SwapPort(localPort) << 32));
    }

    /// <summary>
    /// The ISN of a connection. M is that of the clock, but always more than the last one that was given: two connections of one
    /// tuple differ, however fast they follow each other.
    /// </summary>
    /// <param name="state">What <see cref="Begin"/> gave.</param>
    /// <param name="key">The connection's key: remote address and remote port as the processor loads them.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The ISN.</returns>
    public uint Next(ulong[] state, ulong key, ulong now)
    {
        ulong m = now >> 2;
        if (m < _next)
            m = _next;
        _next = m + 1;
        ulong block = (key >> 32) | ((key & 0xFFFF) << 32) | MessageLength;
        block = SipHash.Finish(state[0], state[1], state[2], state[3], block);
        TimestampOffset = (uint)(block >> 32);
        return (uint)m + (uint)block;
    }

    /// <summary>The last ISN was given so much higher, so the next M is above that one too.</summary>
    /// <param name="ticks">By how much.</param>
    public void Skip(uint ticks)
    {
        _next += ticks;
    }

    /// <summary>What differs between connections, and not in time.</summary>
    /// <param name="state">What <see cref="Begin"/> gave.</param>
    /// <param name="key">The connection's key.</param>
    /// <returns>F in the lower half, in the upper one how far the connection's timestamps are ahead of the clock.</returns>
    public static ulong Hash(ulong[] state, ulong key)
    {
        ulong block = (key >> 32) | ((key & 0xFFFF) << 32) | MessageLength;
        return SipHash.Finish(state[0], state[1], state[2], state[3], block);
    }

    /// <summary>
    /// A number that nobody can guess: a hash over one byte more than those of ISNs, with a count where they have the local port.
    /// </summary>
    /// <param name="state">What <see cref="Begin"/> gave for the lower 16 bits of the count.</param>
    /// <param name="key">The connection's key, without our port.</param>
    /// <param name="count">The count's other bits, of which eight matter.</param>
    /// <returns>The number.</returns>
    public static uint Draw(ulong[] state, ulong key, uint count)
    {
        ulong block = (key >> 32) | ((key & 0xFFFF) << 32) | ((ulong)(count & 0xFF) << 48) | DrawLength;
        return (uint)SipHash.Finish(state[0], state[1], state[2], state[3], block);
    }

    private static uint SwapPort(int port)
    {
        return (uint)(((port & 0xFF) << 8) | ((port >> 8) & 0xFF));
    }
}
