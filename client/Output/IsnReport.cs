using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Isn;
using HandshakeNano.Client.Isn.Statistics;

namespace HandshakeNano.Client.Output;

/// <summary>Says what a measurement of ISNs shows, for people and for machines.</summary>
public sealed class IsnReport
{
    // An old segment must be gone before its number comes round: the maximum segment lifetime (RFC 9293 section 3.4.1).
    private const double LeastCycle = 120;

    private readonly IsnMeasurement _measurement;
    private readonly string _target;
    private readonly string _way;
    private readonly Check _clock;
    private readonly Check _forward;
    private readonly List<Check> _hiddenPart;

    /// <summary>Makes a report.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <param name="target">Whose ISNs they are, such as 10.77.0.2:7.</param>
    /// <param name="way">How the frames went there.</param>
    public IsnReport(IsnMeasurement measurement, string target, string way)
    {
        _measurement = measurement;
        _target = target;
        _way = way;
        _clock = OfClock(measurement.Motion);
        _forward = OfSteps(measurement.Motion);
        _hiddenPart = measurement.Hidden == null ? [] : [.. OfManyTuples(measurement.Hidden, measurement.Nmap)];
        Checks = [_clock, _forward, .. _hiddenPart];
    }

    /// <summary>Everything that was looked at.</summary>
    public IReadOnlyList<Check> Checks { get; }

    /// <summary>What is wrong, one line; null if nothing is.</summary>
    public string? Failure => Checks.Any(check => !check.Ok)
        ? $"isn {_target}: failed {string.Join(", ", Checks.Where(check => !check.Ok).Select(check => check.Name))}"
        : null;

    /// <summary>A title for a picture of the samples.</summary>
    public string Title
    {
        get
        {
            string count = Number(_measurement.Samples.Count);
            return $"ISNs of {_target}: " + (_measurement.Plan.SameTuple ? $"one tuple, {count} connections" : $"{count} tuples, one connection each");
        }
    }

    /// <summary>Writes for people.</summary>
    /// <param name="screen">Where it goes.</param>
    public void Write(Screen screen)
    {
        screen.WriteLine(new StyledLine(("  " + Title, Tone.Strong)).Add(", " + _way));
        if (_measurement.Lost > 0)
            screen.WriteLine($"  {Number(_measurement.Lost)} SYNs got no answer.");
        TextReport.WriteChecks(Checks, screen);
        screen.WriteLine();
        TextReport.WriteWrapped(screen, new StyledLine(("  ", Tone.Plain)), Verdict, 2);
    }

    /// <summary>Writes for machines.</summary>
    /// <param name="writer">Where it goes.</param>
    public void WriteJson(TextWriter writer)
    {
        TupleMotion motion = _measurement.Motion;
        HiddenPart? hidden = _measurement.Hidden;
        JsonReport.Write(
            new
            {
                Command = "isn",
                Ok = Failure == null,
                Failure,
                Target = _target,
                Way = _way,
                Samples = _measurement.Samples.Count,
                _measurement.Lost,
                _measurement.Plan.SameTuple,
                Verdict,
                Checks,
                Tuple = new
                {
                    motion.Steps,
                    motion.Zero,
                    motion.Backward,
                    motion.LeastStep,
                    motion.MostStep,
                    motion.Repeated,
                    Moved = motion.Mover switch
                    {
                        Mover.Nothing => "not at all",
                        Mover.Clock => "by a clock",
                        Mover.Connections => "by each connection",
                        _ => "irregularly",
                    },
                    ClockKilohertz = motion.Mover == Mover.Clock ? motion.Kilohertz : (double?)null,
                    CycleSeconds = motion.Mover == Mover.Clock ? motion.Cycle : (double?)null,
                    PerConnection = motion.Mover == Mover.Connections ? motion.PerConnection : (double?)null,
                    motion.Scatter,
                },
                Level = hidden == null ? (double?)null : Chance.Level,
                hidden?.MinEntropy,
                hidden?.Collisions,
                hidden?.ChiSquared,
                SerialCorrelation = hidden?.Correlation,
                hidden?.Spectral,
                hidden?.Guesses,
                _measurement.Nmap,
            },
            writer);
    }

    private string Verdict
    {
        get
        {
            var faults = new List<string>();
            if (_hiddenPart.Any(check => !check.Ok))
                faults.Add("whoever sees the ISNs of his own connections learns something about those of others (RFC 6528)");
            if (!_forward.Ok)
                faults.Add("connections of one tuple do not all begin above the ones before them (RFC 9293 section 3.4.1)");
            else if (!_clock.Ok)
                faults.Add("no clock that is fit for it moves the ISNs of one tuple on (RFC 9293 section 3.4.1)");
            if (faults.Count > 0)
                return $"FAILED: {string.Join("; ", faults)}.";
            return _hiddenPart.Count > 0
                ? "PASSED: no test finds a way from the ISNs of some connections to those of others, and those of one tuple move on with a clock."
                : "PASSED: with the clock each connection of this tuple begins above the one before it, so its segments are not taken for older ones.";
        }
    }

    private static Check OfClock(TupleMotion motion) => motion.Mover switch
    {
        Mover.Nothing => new Check("clock", false, "none: the ISN of one tuple is always the same"),
        Mover.Connections => new Check(
            "clock", false, $"none: each connection moves the ISN of its tuple on by {Decimal(motion.PerConnection)}, however much time passes"),
        Mover.Irregular => new Check(
            "clock", false, $"none: time does not explain the steps of one tuple's ISN, {Number(motion.LeastStep)} to {Number(motion.MostStep)}"),
        _ when motion.Cycle < LeastCycle => new Check(
            "clock", false, $"{Rate(motion)}; it comes round after {Duration(motion.Cycle)}, while old segments may still be on the way (2 min)"),
        _ => new Check("clock", true, $"{Rate(motion)}; it comes round after {Duration(motion.Cycle)}"),
    };

    private static Check OfSteps(TupleMotion motion)
    {
        bool forward = motion.Zero == 0 && motion.Backward == 0 && motion.Repeated == 0;
        return new Check("forward", forward, $"one tuple, {Number(motion.Steps + 1)} connections: " + (forward
            ? "each ISN is above the one before it, and none comes twice within a cycle"
            : $"{Number(motion.Zero)} steps are zero, {Number(motion.Backward)} go back, {Number(motion.Repeated)} ISNs were there before"));
    }

    private static IEnumerable<Check> OfManyTuples(HiddenPart hidden, NmapIndex? nmap)
    {
        static Check Judge(string name, double chance, string text) =>
            new(name, chance >= Chance.Level, text + (chance < Chance.Level ? $"; by chance once in {OneIn(chance)} runs" : ""));
        MinEntropy entropy = hidden.MinEntropy;
        yield return Judge(
            "min-entropy", entropy.Chance,
            $"of the 32 bits of F, the ISN without its clock, {Decimal(entropy.Bits)} have to be guessed, as far as {Number(hidden.Tuples)} tuples show");
        Collisions collisions = hidden.Collisions;
        yield return Judge(
            "collisions", collisions.Chance,
            $"pairs of tuples with the same F: {Number(collisions.Pairs)}; random numbers: {Decimal(collisions.Expected)} on average");
        ChiSquaredTest chiSquared = hidden.ChiSquared;
        yield return Judge(
            "chi-squared", chiSquared.Chance,
            $"how unevenly the values of F occur, in the oddest of its {chiSquared.Parts} parts: {Decimal(chiSquared.Statistic)}; "
            + $"random numbers: {Number(chiSquared.Freedom)}, give or take {Decimal(Math.Sqrt(2.0 * chiSquared.Freedom))}");
        SerialCorrelation correlation = hidden.Correlation;
        yield return Judge(
            "correlation", correlation.Chance,
            $"F against the F of the next port: {Small(correlation.Coefficient)}; random numbers: 0, give or take {Small(1 / Math.Sqrt(hidden.Tuples))}");
        SpectralTest spectral = hidden.Spectral;
        yield return Judge(
            "spectral", spectral.Chance,
            $"three F in a row as points in space: {Percent(spectral.Strength)} in step with planes; random numbers: some {Percent(spectral.Usual)}");
        Guesses guesses = hidden.Guesses;
        yield return Judge(
            "guess", guesses.Chance,
            $"the last F again, or the last step again, is right to within {Number(Guesses.Near)} for {Number(guesses.Hits)} of {Number(guesses.Tried)} tuples; "
            + $"random numbers: {Decimal(guesses.Expected)} on average");
        if (nmap != null)
        {
            yield return new Check(
                "nmap", nmap.Difficulty >= NmapIndex.Good,
                string.Create(CultureInfo.InvariantCulture,
                    $"difficulty {nmap.Difficulty} ({nmap.Word}), as nmap -O has it: SP={nmap.Difficulty:X}%GCD={nmap.Gcd:X}%ISR={nmap.Rate:X}"));
        }
    }

    private static string Rate(TupleMotion motion) => Math.Abs(motion.Kilohertz - TupleMotion.RateOfTheRfc) <= TupleMotion.RateOfTheRfc / 100
        ? $"{Decimal(motion.Kilohertz)} kHz, the clock of RFC 9293 (4 us a tick)"
        : $"{Decimal(motion.Kilohertz)} kHz (that of RFC 9293 has {TupleMotion.RateOfTheRfc})";

    private static string Duration(double seconds) => seconds < 7200 ? Decimal(seconds) + " s" : Decimal(seconds / 3600) + " h";

    private static string OneIn(double chance) => chance < 1e-300 ? "10^300" : "10^" + ((int)-Math.Log10(chance)).ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Decimal(double number) => number.ToString(Math.Abs(number) < 10 ? "0.00" : Math.Abs(number) < 1000 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string Small(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
