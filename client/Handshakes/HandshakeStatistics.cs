using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Client.Handshakes;

/// <summary>What came of many handshakes. It takes the same memory however many there are.</summary>
public sealed class HandshakeStatistics
{
    private readonly SortedDictionary<string, long> _failures = new(System.StringComparer.Ordinal);

    /// <summary>How long those took that connected.</summary>
    public TimeHistogram Times { get; } = new();

    /// <summary>How many are over.</summary>
    public long Done => Connected + Refused + TimedOut + Failed;

    /// <summary>How many connected.</summary>
    public long Connected => Times.Count;

    /// <summary>How many were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>How many were not answered in time.</summary>
    public long TimedOut { get; private set; }

    /// <summary>How many failed otherwise.</summary>
    public long Failed => _failures.Values.Sum();

    /// <summary>Why those failed, and how many each.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    /// <summary>How often a SYN was sent again; null: the system does not say.</summary>
    public long? SynsAgain { get; private set; }

    /// <summary>In how many handshakes one was.</summary>
    public long HandshakesWithSynsAgain { get; private set; }

    /// <summary>How long all took together, in microseconds.</summary>
    public ulong Elapsed { get; set; }

    /// <summary>Adds a handshake that is over.</summary>
    /// <param name="result">How it went.</param>
    public void Add(in HandshakeResult result)
    {
        switch (result.Outcome)
        {
            case Outcome.Connected:
                Times.Record(result.Microseconds);
                break;
            case Outcome.Refused:
                Refused++;
                break;
            case Outcome.TimedOut:
                TimedOut++;
                break;
            default:
                string reason = result.Reason ?? "it failed";
                _failures[reason] = _failures.GetValueOrDefault(reason) + 1;
                break;
        }

        if (result.SynsAgain is not int again)
            return;
        SynsAgain = (SynsAgain ?? 0) + again;
        if (again > 0)
            HandshakesWithSynsAgain++;
    }
}
