namespace HandshakeNano.Net;

/// <summary>How many errors ICMP or ICMPv6 sends (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f): ten a second.</summary>
internal sealed class IcmpErrorLimit
{
    private const int ErrorsPerInterval = 10;
    private const ulong ErrorInterval = 1_000_000;

    private readonly ulong[] _counters;
    private ulong _intervalEnd;
    private int _errors;

    /// <summary>Makes it.</summary>
    /// <param name="counters">What to count in.</param>
    public IcmpErrorLimit(ulong[] counters)
    {
        _counters = counters;
    }

    /// <summary>Counts an error that is to be sent.</summary>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if there were too many.</returns>
    public bool Admits(ulong now)
    {
        if (now >= _intervalEnd)
        {
            _intervalEnd = now + ErrorInterval;
            _errors = 0;
        }

        if (++_errors > ErrorsPerInterval)
        {
            _counters[(int)Counter.IcmpUnreachableLimited]++;
            return false;
        }

        _counters[(int)Counter.IcmpUnreachableSent]++;
        return true;
    }
}
