using System;
using System.Globalization;
using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace HandshakeNano.Bench;

/// <summary>Runs the benchmarks and says how the passive handshake stands to its limits.</summary>
internal static class BenchCommand
{
    private const double LimitNanoseconds = 400;
    private const double LimitRatio = 1.25;

    public static int Run()
    {
        // In process: the version of BenchmarkDotNet is older than the runtime and cannot make projects for it.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(10).WithWarmupCount(5);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default);

        var handshake = BenchmarkRunner.Run<PassiveHandshakeBenchmark>(config);
        _ = BenchmarkRunner.Run<SegmentBenchmark>(config);
        _ = BenchmarkRunner.Run<PrimitivesBenchmark>(config);

        var alone = Median(handshake, others: 0);
        var among = Median(handshake, others: 10_000);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"passive handshake + RST, alone:          {alone,7:0} ns  (limit {LimitNanoseconds:0} ns)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"passive handshake + RST, 10,000 others:  {among,7:0} ns  ({among / alone:0.00} x, limit {LimitRatio:0.00} x)"));
        return alone < LimitNanoseconds && among <= alone * LimitRatio ? 0 : 1;
    }

    private static double Median(Summary summary, int others)
    {
        return summary.Reports
            .Single(r => Equals(r.BenchmarkCase.Parameters[nameof(PassiveHandshakeBenchmark.Others)], others))
            .ResultStatistics!.Median;
    }
}
