using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace HandshakeNano.Fuzz.Programs;

/// <summary>The command <c>programs</c>.</summary>
internal static class ProgramsCommand
{
    /// <summary>The step of FsCheck's SplitMix generator: with 1, seeds that are neighbours would go the same way a step apart.</summary>
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Runs random programs, and prints what came of it.</summary>
    public static int Run(int count, int seed)
    {
        long begin = Stopwatch.GetTimestamp();
        int done = 0;
        long told = begin;
        try
        {
            Check(count, seed, () =>
            {
                done++;
                if (Stopwatch.GetElapsedTime(told).TotalSeconds > 5)
                {
                    told = Stopwatch.GetTimestamp();
                    Tell(done, begin);
                }
            });
        }
        catch (Exception e)
        {
            Console.WriteLine($"FAILED; keep the shrunk program in corpus/programs: {e.Message}\n{e.InnerException}");
            return 1;
        }

        Tell(done, begin);
        Console.WriteLine($"seed {seed}: no exception, no broken invariant");
        return 0;
    }

    /// <summary>Runs random programs.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">What they follow from.</param>
    /// <param name="each">Told after each.</param>
    /// <exception cref="Exception">One fails; the message holds it, as small as it could be made.</exception>
    public static void Check(int count, int seed, Action each)
    {
        Prop.ForAll(Arbitraries.Programs(), program =>
        {
            ProgramRun.Of(program);
            each();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay((ulong)seed, Gamma).WithQuietOnSuccess(true));
    }

    /// <summary>Programs as they are run.</summary>
    public static IEnumerable<NetworkProgram> Sample(int count, int seed) =>
        Arbitraries.Programs().Generator.Sample(50, new Rnd((ulong)seed, Gamma), count);

    private static void Tell(int done, long begin)
    {
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{done:N0} programs, {ProgramRun.Frames:N0} frames, {done / seconds:N0} programs a second; "
            + $"{ProgramRun.LostHandshakes} connections were not opened for want of an ACK that was still good"));
    }
}
