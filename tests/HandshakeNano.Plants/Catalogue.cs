using System.Collections.Generic;

namespace HandshakeNano.Plants;

/// <summary>The faults that the tests have to find, one for a rule.</summary>
public static class Catalogue
{
    private const string Arrives = "TcpConnection.Arrives.cs";

    /// <summary>RFC 5961 section 3.2: a reset in the window, but not at its edge, is answered and not believed.</summary>
    public static Plant AnyResetInWindow { get; } = new("any-reset-in-window-ends-the-connection", "RFC 5961 section 3.2", Arrives,
        """
                        if (seq == rcvNxt)
                            ArrivesReset(counters, now);
        """,
        """
                        if (true)
                            ArrivesReset(counters, now);
        """);

    /// <summary>RFC 5961: the ACK that asks the peer what is true.</summary>
    public static Plant NoChallenge { get; } = new("no-challenge-ack", "RFC 5961 sections 3.2, 4.2 and 5.2", Arrives,
        """
                _challenges++;
                _layer.Counters[(int)reason]++;
                SendAck(now);
        """,
        """
                _challenges++;
                _layer.Counters[(int)reason]++;
        """);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Plant> All { get; } =
    [
        AnyResetInWindow,
        NoChallenge,
    ];
}
