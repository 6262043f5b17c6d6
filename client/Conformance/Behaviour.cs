using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace HandshakeNano.Client.Conformance;

/// <summary>What a peer has to offer for a behaviour to be driven.</summary>
[Flags]
public enum Services
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The echo service (RFC 862).</summary>
    Echo = 1,

    /// <summary>The responder (docs/conformance.md).</summary>
    Responder = 2,
}

/// <summary>Something that every good endpoint does, as others see it.</summary>
public sealed class Behaviour
{
    internal Behaviour(int number, string stimulus, string expected, string section, Services needs, Func<Attempt, Task> drive)
    {
        Number = number;
        Stimulus = stimulus;
        Expected = expected;
        Section = section;
        Needs = needs;
        Drive = drive;
    }

    /// <summary>Its number, from 1 on.</summary>
    public int Number { get; }

    /// <summary>The state, and what happens in it.</summary>
    public string Stimulus { get; }

    /// <summary>What has to come of it.</summary>
    public string Expected { get; }

    /// <summary>Where that is said: a section of RFC 9293 unless another RFC is named.</summary>
    public string Section { get; }

    /// <summary>What the peer has to offer.</summary>
    public Services Needs { get; }

    /// <summary>What takes minutes, and is waited for only on request; null: nothing.</summary>
    public string? Lasting { get; init; }

    /// <summary>True if it uses up something that connections may share, so that nothing else is driven meanwhile.</summary>
    internal bool Alone { get; init; }

    internal Func<Attempt, Task> Drive { get; }
}

/// <summary>What came of driving a behaviour.</summary>
public enum Verdict
{
    /// <summary>The peer does as it should.</summary>
    Pass,

    /// <summary>The peer does something else.</summary>
    Fail,

    /// <summary>The peer lacks what it takes to find out.</summary>
    NotDriven,
}

/// <summary>A behaviour, and what came of driving it.</summary>
/// <param name="Behaviour">The behaviour.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Seen">What was seen, in short.</param>
/// <param name="NotWaitedFor">What took too long to be waited for; null: nothing.</param>
/// <param name="Deviation">What was expected and what was seen instead; null if the peer did as it should.</param>
/// <param name="Transcript">Every segment of the conversation.</param>
public sealed record BehaviourResult(
    Behaviour Behaviour, Verdict Verdict, string Seen, string? NotWaitedFor, string? Deviation, IReadOnlyList<TranscriptLine> Transcript)
{
    internal static BehaviourResult Passed(Behaviour behaviour, Attempt attempt) =>
        new(behaviour, Verdict.Pass, string.Join("; ", attempt.Seen), attempt.IsPatient ? null : behaviour.Lasting, null, attempt.Transcript);

    internal static BehaviourResult Failed(Behaviour behaviour, Attempt attempt, Deviation deviation) => new(
        behaviour, Verdict.Fail, deviation.Seen, null, attempt.Step.Length > 0 ? attempt.Step + ": " + deviation.Message : deviation.Message,
        attempt.Transcript);

    internal static BehaviourResult NotDriven(Behaviour behaviour, string reason) => new(behaviour, Verdict.NotDriven, reason, null, null, []);
}
