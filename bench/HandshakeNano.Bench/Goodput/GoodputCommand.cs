using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>Sends data over a wire that loses, from one TCP to another, and says how much got through in a second.</summary>
internal static class GoodputCommand
{
    private const int Amount = 8 << 20;
    private const double LimitRatio = 0.9;

    /// <summary>A transfer that takes longer is ended; what came until then counts.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(4);

    /// <summary>The chances of a loss, in per cent, and how many transfers are done at the same time: those that wait much cost little.</summary>
    private static readonly (double Loss, int AtOnce)[] s_losses = [(0.1, 3), (1, 12), (3, 20)];

    private static readonly Transfer[] s_transfers =
    [
        new("Linux to Linux (CUBIC)", a => new KernelEnd(a, "cubic"), b => new KernelEnd(b, "cubic"), Role.Measure),
        new("Linux to Linux (Reno)", a => new KernelEnd(a, "reno"), b => new KernelEnd(b, "reno"), Role.Beside),
        new("ours to Linux", a => new OurEnd(a), b => new KernelEnd(b, "cubic"), Role.Ours),
        new("Linux (CUBIC) to ours", a => new KernelEnd(a, "cubic"), b => new OurEnd(b), Role.Ours),
        new("lwIP to Linux", a => new LwipEnd(a), b => new KernelEnd(b, "cubic"), Role.Lwip),
        new("Linux (CUBIC) to lwIP", a => new KernelEnd(a, "cubic"), b => new LwipEnd(b), Role.Lwip),
    ];

    private enum Role
    {
        /// <summary>What the others are compared with.</summary>
        Measure,

        /// <summary>What is held to the limit.</summary>
        Ours,

        Lwip,
        Beside,
    }

    public static int Run(int seeds, string only, double loss)
    {
        if (!NetworkNamespace.TryCreate(out NetworkNamespace? network, out string reason))
        {
            Console.WriteLine("goodput needs Linux, root and TAP: " + reason);
            return 1;
        }

        network.Dispose();
        (double Loss, int AtOnce)[] losses = [.. s_losses.Where(at => loss == 0 || at.Loss == loss)];
        bool hasLwip = LwipEnd.IsAvailable(out reason);
        if (!hasLwip)
            Console.WriteLine(reason);
        Transfer[] transfers = [.. s_transfers.Where(transfer =>
            transfer.Name.Contains(only, StringComparison.Ordinal) && (hasLwip || transfer.Role != Role.Lwip))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Amount >> 20} MB, {End.BufferSize / 1024} KB buffers (lwIP: 64 KB), {LossyWire.Delay / 1000} ms each way, each way some frames lost;"));
        Console.WriteLine($"KB a second, median of {seeds}, and how much that is of the first line.");
        Console.WriteLine();
        Console.WriteLine(string.Concat("frames lost".PadRight(26), string.Concat(
            losses.Select(at => string.Create(CultureInfo.InvariantCulture, $"{at.Loss} %").PadLeft(16)))));
        double[][] medians = [.. losses.Select(at => Measure(transfers, seeds, at.Loss, at.AtOnce))];

        bool isBelow = false;
        for (int i = 0; i < transfers.Length; i++)
        {
            string line = transfers[i].Name.PadRight(26);
            foreach (double[] median in medians)
            {
                bool compares = transfers[0].Role == Role.Measure && i != 0;
                double ratio = median[i] / median[0];
                isBelow |= compares && transfers[i].Role == Role.Ours && ratio < LimitRatio;
                line += string.Create(CultureInfo.InvariantCulture, $"{median[i] / 1000,9:0}") + (compares
                    ? string.Create(CultureInfo.InvariantCulture, $"  x{ratio,4:0.00}")
                    : new string(' ', 7));
            }

            Console.WriteLine(line.TrimEnd());
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limit for ours: x{LimitRatio:0.00}"));
        return isBelow ? 1 : 0;
    }

    /// <summary>The median of each transfer, in bytes a second.</summary>
    private static double[] Measure(Transfer[] transfers, int seeds, double loss, int atOnce)
    {
        var results = new double[transfers.Length, seeds];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce };
        ThreadPool.GetMinThreads(out _, out int ports);
        ThreadPool.SetMinThreads(atOnce + 1, ports);
        Parallel.For(0, transfers.Length * seeds, options, i =>
        {
            results[i % transfers.Length, i / transfers.Length] = Measure(transfers[i % transfers.Length], i / transfers.Length + 1, loss);
        });
        return [.. Enumerable.Range(0, transfers.Length).Select(i =>
            Enumerable.Range(0, seeds).Select(seed => results[i, seed]).Order().ElementAt(seeds / 2))];
    }

    /// <summary>One transfer, in bytes a second.</summary>
    private static double Measure(Transfer transfer, int seed, double loss)
    {
        using End sender = transfer.Sender(Ipv4Address.From(10, 77, 0, 1));
        using End receiver = transfer.Receiver(Ipv4Address.From(10, 77, 0, 2));
        using var wire = new LossyWire(sender.Wire, receiver.Wire, (int)(loss * 65536 / 100), seed);
        receiver.Listen();
        sender.Connect(receiver.Address);
        Stopwatch time = Stopwatch.StartNew();
        sender.Send(Amount);
        long received = 0;
        while (received < Amount && time.Elapsed < s_longest)
        {
            Thread.Sleep(2);
            received = receiver.Received;
        }

        return received / time.Elapsed.TotalSeconds;
    }

    /// <summary>Who sends, who receives, and what the result is for.</summary>
    private sealed record Transfer(string Name, Func<uint, End> Sender, Func<uint, End> Receiver, Role Role);
}
