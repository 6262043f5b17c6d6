using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using HandshakeNano.Meter;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>The command <c>frames</c>.</summary>
internal static class FramesCommand
{
    private const long FramesPerLife = 100_000;

    /// <summary>Runs a campaign on an instrumented copy of the endpoint, and prints what came of it.</summary>
    /// <param name="count">How many frames.</param>
    /// <param name="seed">What they follow from.</param>
    /// <param name="showsUnreached">Whether the lines of the endpoint's source that no frame reached are printed.</param>
    /// <returns>The exit code.</returns>
    public static int Run(long count, int seed, bool showsUnreached)
    {
        var meter = new MeteredContext(Path.Combine(AppContext.BaseDirectory, "HandshakeNano.Net.dll"));
        var run = meter.Load(typeof(FramesCommand).Assembly.Location).GetType(typeof(FramesCommand).FullName!)!
            .GetMethod(nameof(RunMetered), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .CreateDelegate<Func<long, int, Func<long>, int>>();
        int code = run(count, seed, () => Probe.Reached);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"reached {Probe.Reached} of {meter.BlockCount} basic blocks of HandshakeNano.Net"));
        if (showsUnreached)
            Console.WriteLine("not reached: " + string.Join(' ', meter.UnreachedLines()));
        return code;
    }

    private static int RunMetered(long count, int seed, Func<long> reached)
    {
        var campaign = new FrameCampaign(seed, Corpus.Lives(), reached);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            campaign.Run(count, FramesPerLife, c => Tell(c, begin, reached));
        }
        catch (Exception e)
        {
            Console.WriteLine($"FAILED: {e.Message}");
            byte[] life = campaign.Life.ToArray();
            byte[] small = Shrinker.Shrink(life, e, TimeSpan.FromSeconds(60));
            Console.WriteLine(e);
            Console.WriteLine($"{life.Length / Step.Size} steps, of which these do the same; keep them in corpus/frames:");
            Console.WriteLine(Step.Print(small));
            return 1;
        }

        Tell(campaign, begin, reached);
        Console.WriteLine("no exception, no broken invariant, 0 bytes allocated");
        return 0;
    }

    private static void Tell(FrameCampaign campaign, long begin, Func<long> reached)
    {
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{campaign.Frames:N0} frames, {campaign.Good:N0} of them good segments, {campaign.OfIpv6:N0} of IPv6, {campaign.Frames / seconds:N0} a second; "
            + $"{campaign.Features} different things happened, {campaign.Kept} exchanges kept, {reached()} blocks reached"));
    }
}
