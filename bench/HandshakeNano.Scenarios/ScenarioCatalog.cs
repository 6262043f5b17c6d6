using System.Collections.Generic;
using HandshakeNano.Meter;

namespace HandshakeNano.Scenarios;

/// <summary>The scenarios whose cost is printed.</summary>
public static class ScenarioCatalog
{
    /// <summary>The assemblies of the firmware, of which the scenarios run some. To meter one takes all, since they refer to each other.</summary>
    public static IReadOnlyList<string> Assemblies { get; } =
        ["HandshakeNano.Net", "HandshakeNano.Http", "HandshakeNano.Firmware", "HandshakeNano.Page"];

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
            new KeptFrame(),
            new KeptFrame(isSyn: true),
        ];
    }
}
