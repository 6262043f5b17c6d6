namespace HandshakeNano.Net;

/// <summary>Is told the answer to a <see cref="DnsQuery"/>, on the thread of the endpoint and between two frames.</summary>
public abstract class DnsHandler
{
    /// <summary>The query has ended: its state is Found or Failed.</summary>
    /// <param name="query">The query, which may be asked again.</param>
    /// <param name="now">The time in microseconds.</param>
    public abstract void OnAnswered(DnsQuery query, ulong now);
}
