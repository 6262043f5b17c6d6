using System;
using System.Collections.Generic;
using System.IO;
using HandshakeNano.Client.Isn.Statistics;

namespace HandshakeNano.Client.Isn;

/// <summary>What is to be sampled.</summary>
/// <param name="Samples">How many ISNs; 100 or more.</param>
/// <param name="SameTuple">True: all of one tuple. False: of as many tuples.</param>
/// <param name="Together">How many SYNs leave together.</param>
public sealed record IsnPlan(int Samples, bool SameTuple, int Together);

/// <summary>ISNs of a target, and what they show.</summary>
/// <param name="Plan">What was to be sampled.</param>
/// <param name="Samples">The ISNs that were asked for, in order.</param>
/// <param name="Motion">How the ISN of one tuple moves.</param>
/// <param name="Hidden">What keeps the ISNs of different tuples apart; null if only one was sampled.</param>
/// <param name="Nmap">What nmap says of six of them; null if only one tuple was sampled.</param>
/// <param name="Lost">How many SYNs got no answer.</param>
public sealed record IsnMeasurement(
    IsnPlan Plan, IReadOnlyList<IsnSample> Samples, TupleMotion Motion, HiddenPart? Hidden, NmapIndex? Nmap, int Lost)
{
    /// <summary>The fewest samples that a test can judge.</summary>
    public const int LeastSamples = 100;

    /// <summary>How many ISNs of one tuple show its clock, if they are not all that is asked for.</summary>
    public const int ClockSamples = 200;

    // For how long one tuple is looked at, at least: an answer is some 0.1 ms early or late, and that has to be little.
    private const double ClockTime = 1_000_000;

    // In virtual time one tuple is looked at for nearly a whole cycle of the clock of RFC 9293, in which no ISN may come twice.
    private const double VirtualTime = 0.9 * (1L << 32) * 4;

    // In virtual time an opening of another tuple follows after that, on average.
    private const double VirtualGap = 100;

    /// <summary>Samples a target and examines what it gave.</summary>
    /// <param name="target">The target.</param>
    /// <param name="plan">What is to be sampled.</param>
    /// <param name="random">Chooses our own ISNs and the first tuple; in virtual time the moments too.</param>
    /// <returns>The measurement.</returns>
    /// <exception cref="IOException">The target does not answer as it has to; the message says how.</exception>
    public static IsnMeasurement Run(IsnTarget target, IsnPlan plan, Random random)
    {
        bool isVirtual = target.World.IsVirtual;
        var sampler = new IsnSampler(target, random);
        sampler.FindTarget();
        if (plan.SameTuple)
        {
            double time = isVirtual ? VirtualTime : ClockTime;
            IReadOnlyList<IsnSample> one = Enough(sampler.Sample(plan.Samples, true, Pace.Uneven(plan.Together, time / plan.Samples, random)));
            return new IsnMeasurement(plan, one, TupleMotion.Of(one), null, null, sampler.Lost);
        }

        IReadOnlyList<IsnSample> probes = sampler.Sample(NmapIndex.Probes, false, Pace.Even(NmapIndex.Interval));
        TupleMotion motion = TupleMotion.Of(Enough(sampler.Sample(ClockSamples, true, Pace.Uneven(1, ClockTime / ClockSamples, random))));
        IReadOnlyList<IsnSample> samples = Enough(sampler.Sample(
            plan.Samples, false, isVirtual ? Pace.Uneven(plan.Together, VirtualGap, random) : Pace.Fast(plan.Together)));
        return new IsnMeasurement(
            plan, samples, motion, HiddenPart.Of(samples, motion.Kilohertz), probes.Count < 4 ? null : NmapIndex.Of(probes), sampler.Lost);
    }

    private static IReadOnlyList<IsnSample> Enough(IReadOnlyList<IsnSample> samples) => samples.Count >= LeastSamples
        ? samples
        : throw new IOException($"too few SYNs were answered, {samples.Count}; {LeastSamples} answers are needed");
}
