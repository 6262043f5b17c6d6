namespace HandshakeNano.Net;

/// <summary>Numbers that no other host can guess: a keyed hash of a count.</summary>
internal class KeyedRandom
{
    private readonly byte[] _key = new byte[SipHash.KeyLength];
    private readonly ulong[] _hash = new ulong[4];
    private ulong _drawn;

    /// <summary>Draws the key.</summary>
    /// <param name="entropy">Where it comes from.</param>
    public KeyedRandom(IEntropy entropy)
    {
        entropy.Fill(_key);
    }

    /// <summary>64 bits.</summary>
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
}
