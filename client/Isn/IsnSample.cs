namespace HandshakeNano.Client.Isn;

/// <summary>The ISN that a SYN got.</summary>
/// <param name="Sent">When the SYN left, in microseconds.</param>
/// <param name="Received">When the SYN,ACK came, in microseconds.</param>
/// <param name="Isn">Its sequence number.</param>
public readonly record struct IsnSample(ulong Sent, ulong Received, uint Isn)
{
    /// <summary>When the ISN was chosen, as well as it can be told from here: halfway, in microseconds.</summary>
    public double Time => (Sent + Received) / 2.0;

    /// <summary>How long the answer took, in microseconds.</summary>
    public ulong RoundTrip => Received - Sent;
}
