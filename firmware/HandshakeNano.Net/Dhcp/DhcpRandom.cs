namespace HandshakeNano.Net;

/// <summary>What is random in a DHCP client: transactions, and how long it waits.</summary>
internal sealed class DhcpRandom
{
    private const ulong Second = 1_000_000;

    private readonly byte[] _key = new byte[SipHash.KeyLength];
    private readonly ulong[] _hash = new ulong[4];
    private ulong _drawn;

    public DhcpRandom(IEntropy entropy)
    {
        entropy.Fill(_key);
    }

    /// <summary>64 bits that no other host can guess: a keyed hash of a count.</summary>
    public ulong Next()
    {
        ulong[] hash = _hash;
        SipHash.Start(_key, hash);
        _drawn++;
        return SipHash.Finish(hash[0], hash[1], hash[2], hash[3], _drawn | (8UL << 56));
    }

    /// <summary>A number below another one; 0 below 0.</summary>
    public ulong Below(ulong end)
    {
        return end == 0 ? 0 : Next() % end;
    }

    /// <summary>How long to wait after so many messages (RFC 2131 section 4.1): 4, 8, 16, 32, 64 s, give or take one.</summary>
    public ulong BackOff(int sent)
    {
        ulong delay = 4 * Second;
        for (int i = 1; i < sent && delay < 64 * Second; i++)
            delay *= 2;
        return delay - Second + Below(2 * Second);
    }
}
