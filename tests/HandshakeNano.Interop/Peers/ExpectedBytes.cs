using System;

namespace HandshakeNano.Interop.Peers;

/// <summary>Holds what comes against the bytes of a seed.</summary>
internal sealed class ExpectedBytes
{
    private byte[] _expected = [];

    /// <summary>How many bytes have come.</summary>
    public int Received { get; private set; }

    /// <summary>All of them were those of the seed.</summary>
    public bool IsRight { get; private set; } = true;

    public void Expect(int seed)
    {
        _expected = Traffic.Bytes(seed, 8 << 20);
    }

    public void Check(ReadOnlySpan<byte> data)
    {
        IsRight &= Received <= _expected.Length && _expected.AsSpan(Received).StartsWith(data);
        Received += data.Length;
    }
}
