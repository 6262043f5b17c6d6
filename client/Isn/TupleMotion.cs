using System;
using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Client.Isn;

/// <summary>What moves the ISN of one tuple on.</summary>
public enum Mover
{
    /// <summary>Nothing: it stands still.</summary>
    Nothing,

    /// <summary>A clock.</summary>
    Clock,

    /// <summary>Each connection, by about as much as the one before it.</summary>
    Connections,

    /// <summary>No rule that a line would show.</summary>
    Irregular,
}

/// <summary>How the ISN of one tuple (both addresses, both ports) moves from connection to connection.</summary>
/// <param name="Steps">How many steps were seen.</param>
/// <param name="Zero">How many of them are zero: two connections in a row share an ISN.</param>
/// <param name="Backward">How many of them go back.</param>
/// <param name="LeastStep">The least step.</param>
/// <param name="MostStep">The greatest step.</param>
/// <param name="Repeated">How many ISNs were there before, within one cycle of the 32 bits.</param>
/// <param name="Mover">What moves it.</param>
/// <param name="Kilohertz">A clock's rate in ticks a millisecond; 0 if it is no clock.</param>
/// <param name="PerConnection">How far a connection moves it; 0 if it is not that.</param>
/// <param name="Scatter">How far the ISNs are from the straight line, as a share of the whole way (root mean square).</param>
public sealed record TupleMotion(
    int Steps, int Zero, int Backward, int LeastStep, int MostStep, int Repeated, Mover Mover, double Kilohertz, double PerConnection, double Scatter)
{
    /// <summary>The rate of RFC 9293 section 3.4.1: a tick in 4 microseconds.</summary>
    public const double RateOfTheRfc = 250;

    // A line that leaves more than this of the way unexplained is none. A parabola, as a counter whose steps grow, leaves 7 %.
    private const double MostScatter = 0.01;

    // The count of connections explains it if it leaves that much less than time does. In regular samples both leave the same.
    private const double ClearlyBetter = 0.25;

    /// <summary>How long the clock takes to come round, in seconds; 0 if there is none.</summary>
    public double Cycle => Mover == Mover.Clock ? (1L << 32) / (Kilohertz * 1000) : 0;

    /// <summary>Finds out.</summary>
    /// <param name="samples">ISNs of one tuple, in order; the ISN must not go on by half its range from one to the next.</param>
    /// <returns>What was found.</returns>
    public static TupleMotion Of(IReadOnlyList<IsnSample> samples)
    {
        // Where the ISN is once it does not wrap.
        long[] positions = new long[samples.Count];
        int zero = 0, backward = 0, least = int.MaxValue, most = int.MinValue;
        for (int i = 1; i < positions.Length; i++)
        {
            int step = (int)(samples[i].Isn - samples[i - 1].Isn);
            positions[i] = positions[i - 1] + step;
            least = Math.Min(least, step);
            most = Math.Max(most, step);
            if (step == 0)
                zero++;
            else if (step < 0)
                backward++;
        }

        long[] sorted = [.. positions];
        Array.Sort(sorted);
        int repeated = sorted.Skip(1).Where((position, i) => position == sorted[i]).Count();
        var motion = new TupleMotion(positions.Length - 1, zero, backward, least, most, repeated, Mover.Nothing, 0, 0, 0);
        double way = sorted[^1] - sorted[0];
        if (way == 0)
            return motion;

        // An answer that took long says little about when the ISN was chosen.
        ulong[] roundTrips = [.. samples.Select(sample => sample.RoundTrip)];
        Array.Sort(roundTrips);
        ulong median = roundTrips[roundTrips.Length / 2];
        Line time = Fit(positions, i => samples[i].Time - samples[0].Time, i => samples[i].RoundTrip <= median);
        Line count = Fit(positions, i => i, _ => true);
        if (count.Deviation <= MostScatter * way && count.Deviation < time.Deviation * ClearlyBetter)
            return motion with { Mover = Mover.Connections, PerConnection = count.Slope, Scatter = count.Deviation / way };
        if (time.Deviation <= MostScatter * way && time.Slope > 0)
            return motion with { Mover = Mover.Clock, Kilohertz = time.Slope * 1000, Scatter = time.Deviation / way };
        return motion with { Mover = Mover.Irregular, Scatter = time.Deviation / way };
    }

    // Least squares.
    private static Line Fit(long[] positions, Func<int, double> place, Func<int, bool> counts)
    {
        double n = 0, meanX = 0, meanY = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            if (!counts(i))
                continue;
            n++;
            meanX += (place(i) - meanX) / n;
            meanY += (positions[i] - meanY) / n;
        }

        double xx = 0, xy = 0, yy = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            if (!counts(i))
                continue;
            double x = place(i) - meanX, y = positions[i] - meanY;
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }

        double slope = xx == 0 ? 0 : xy / xx;
        return new Line(slope, Math.Sqrt(Math.Max(0, yy - (slope * xy)) / n));
    }

    private readonly record struct Line(double Slope, double Deviation);
}
