using System.Collections.Generic;
using HandshakeNano.Meter;

namespace HandshakeNano.Scenarios;

/// <summary>The scenarios whose cost is printed.</summary>
public static class ScenarioCatalog
{
    /// <summary>Makes all scenarios, the passive handshake first.</summary>
    public static IReadOnlyList<Scenario> Create()
    {
        return
        [
            new PassiveHandshake(),
            new PassiveHandshake(afterPause: true),
            new PassiveHandshake(plain: true),
            new HandshakeAlone(),
            new HandshakeAlone(plain: true),
            new HandshakeAlone(cookie: true),
            new ActiveOpen(),
            new DataSegment(),
            new DataSegment(plain: true),
            new EchoSegment(),
            new PureAcknowledgment(),
            new ChallengeAcknowledgment(),
            new Retransmission(),
        ];
    }
}
