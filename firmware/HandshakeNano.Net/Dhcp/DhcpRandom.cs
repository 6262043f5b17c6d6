namespace HandshakeNano.Net;

/// <summary>What is random in a DHCP client: transactions, and how long it waits.</summary>
internal sealed class DhcpRandom : KeyedRandom
{
    private const ulong Second = 1_000_000;

    public DhcpRandom(IEntropy entropy)
        : base(entropy)
    {
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
