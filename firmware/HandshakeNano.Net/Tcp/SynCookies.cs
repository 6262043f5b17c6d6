using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// SYN cookies (RFC 4987 section 3.6): an ISN that says all that a listener has to know when the ACK comes, so that nothing is
/// kept. It is F + (time &lt;&lt; 24) + (MAC &lt;&lt; 3) + size: F is that of RFC 6528, the time counts steps of 2^26 us (67 s), so a cookie
/// is near the clock of the other ISNs; size is the index of the peer's MSS in a table; MAC is 21 bits of SipHash-2-4 under a
/// secret of its own over the key, the peer's ISN, the time and size. One in a million guesses is right. With timestamps, the one that
/// goes with a cookie says in its lowest five bits what else the peer offers.
/// </summary>
internal sealed class SynCookies
{
    /// <summary>The time counts steps of so many bits of the clock in microseconds: 2^24 ticks of 4 us.</summary>
    private const int StepBits = 26;

    /// <summary>How many steps a cookie is good for: the one in which it was made, and the next one.</summary>
    private const int Steps = 2;

    /// <summary>How many ticks of timestamps these are.</summary>
    private const uint LifeInTicks = Steps << (StepBits - Tcb.TimestampBits);

    /// <summary>What is offered beside the MSS stands in so many values of the lowest bits of a timestamp.</summary>
    private const uint Offers = (TcpOptions.OfferedScales + TcpOptions.OfferedSacks) / TcpOptions.OfferedScale + 1;

    private const int SizeBits = 3;
    private const uint Sizes = 7;
    private const uint Low24 = 0xFFFFFF;
    private const ulong Low21 = 0x1FFFFF;
    private const ulong MessageLength = 15UL << 56;

    /// <summary>What a peer may offer as its MSS is rounded down to one of these, in bytes.</summary>
    private static readonly int[] s_sizes = { 28, 216, 536, 984, 1220, 1360, 1440, 1460 };

    private readonly ulong[] _start = new ulong[4];
    private readonly ulong[] _state = new ulong[4];
    private ulong _goodUntil;

    /// <summary>Makes cookies.</summary>
    /// <param name="secret">The secret, 16 bytes; another one than the ISN generator's.</param>
    public SynCookies(byte[] secret)
    {
        SipHash.Start(secret, _start);
    }

    /// <summary>Makes the cookie that answers a SYN.</summary>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="f">F of the connection, <see cref="IsnGenerator"/>.</param>
    /// <param name="irs">The peer's ISN.</param>
    /// <param name="peerMss">The largest segment that the peer takes, in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The ISN.</returns>
    public uint Make(ulong key, uint f, uint irs, int peerMss, ulong now)
    {
        ulong step = now >> StepBits;
        _goodUntil = (step + Steps) << StepBits;
        int size = s_sizes.Length - 1;
        while (size != 0 && s_sizes[size] > peerMss)
            size--;
        return f + ((uint)step << 24) + Sign(key, irs, step, (uint)size);
    }

    /// <summary>True if a cookie was made that may still be good.</summary>
    /// <param name="now">The time in microseconds.</param>
    public bool IsAwaited(ulong now)
    {
        return now < _goodUntil;
    }

    /// <summary>Reads a cookie.</summary>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="f">F of the connection.</param>
    /// <param name="irs">The peer's ISN.</param>
    /// <param name="iss">What may be a cookie.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The largest segment that the peer takes, in bytes; 0 if it is no cookie, or too old.</returns>
    public int Check(ulong key, uint f, uint irs, uint iss, ulong now)
    {
        uint cookie = iss - f;
        ulong step = now >> StepBits;
        uint age = ((uint)step - (cookie >> 24)) & 0xFF;
        if (age >= Steps || age > step)
            return 0;
        cookie &= Low24;
        uint size = cookie & Sizes;
        return cookie == Sign(key, irs, step - age, size) ? s_sizes[(int)size] : 0;
    }

    /// <summary>The clock of the timestamp that goes with a cookie: a little behind, so that it says what the peer has offered.</summary>
    /// <param name="offer">A <see cref="TcpOptions.Offer"/>.</param>
    /// <param name="clock">The clock, in ticks.</param>
    /// <returns>The clock that is sent.</returns>
    public static uint WriteOffer(int offer, uint clock)
    {
        uint value = (clock & ~(Offers - 1)) | (uint)((offer & (TcpOptions.OfferedScales | TcpOptions.OfferedSacks)) / TcpOptions.OfferedScale);
        return (int)(value - clock) > 0 ? value - Offers : value;
    }

    /// <summary>What the peer has offered beside its MSS.</summary>
    /// <param name="value">The clock that was sent, as the peer echoes it.</param>
    /// <param name="clock">The clock, in ticks.</param>
    /// <returns>A <see cref="TcpOptions.Offer"/> without a size; 0 if the peer echoes no timestamp that went with a cookie.</returns>
    public static int ReadOffer(uint value, uint clock)
    {
        // What was sent is up to Offers - 1 ticks behind the clock of then.
        if (clock - value > LifeInTicks + Offers - 1)
            return 0;
        return TcpOptions.OfferedTimestamps | ((int)(value & (Offers - 1)) * TcpOptions.OfferedScale);
    }

    /// <summary>The low 24 bits of a cookie: MAC and size.</summary>
    private uint Sign(ulong key, uint irs, ulong step, uint size)
    {
        ulong[] start = _start;
        ulong[] state = _state;
        state[0] = start[0];
        state[1] = start[1];
        state[2] = start[2];
        state[3] = start[3];
        SipHash.Absorb(state, key);
        ulong block = irs | ((step & Low21) << 32) | ((ulong)size << 53) | MessageLength;
        ulong mac = SipHash.Finish(state[0], state[1], state[2], state[3], block) & Low21;
        return ((uint)mac << SizeBits) | size;
    }
}
