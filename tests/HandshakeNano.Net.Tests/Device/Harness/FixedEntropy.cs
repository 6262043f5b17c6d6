namespace HandshakeNano.Net.Tests;

/// <summary>The same secret in every test: what depends on it can be computed again.</summary>
internal sealed class FixedEntropy : IEntropy
{
    private byte _next;

    public FixedEntropy()
        : this(0)
    {
    }

    public FixedEntropy(byte first)
    {
        _next = first;
    }

    public void Fill(byte[] buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
            buffer[i] = _next++;
    }
}
