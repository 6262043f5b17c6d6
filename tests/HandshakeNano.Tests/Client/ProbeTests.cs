using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Xml.Linq;
using HandshakeNano.Client.Handshakes;
using HandshakeNano.Client.Output;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Many handshakes: when they begin, what is counted, and what is said of it.</summary>
[TestClass]
public sealed class ProbeTests
{
    private static readonly HandshakeReport s_report = new(new HandshakePlan(1000, 1, null, TimeSpan.FromSeconds(5)), "192.0.2.1:80", "by magic");

    [TestMethod]
    public void A_quantile_is_wrong_by_1_in_128_at_most_and_the_ends_by_nothing()
    {
        var histogram = new TimeHistogram();
        var random = new Random(1);
        ulong[] times = [.. Enumerable.Range(0, 10_000).Select(_ => (ulong)Math.Exp(random.NextDouble() * 22)).Order()];
        foreach (ulong time in times)
            histogram.Record(time);
        Assert.AreEqual(times[0], histogram.Least);
        Assert.AreEqual(times[^1], histogram.Most);
        foreach (double share in new[] { 0.001, 0.1, 0.5, 0.9, 0.99, 0.9999 })
        {
            ulong exact = times[(int)Math.Ceiling(share * times.Length) - 1];
            Assert.AreEqual(exact, histogram.Quantile(share), exact / 128.0, $"{share}");
        }

        Assert.AreEqual(times.Length, histogram.Buckets.Sum(bucket => bucket.Count));
        foreach (TimeRange bucket in histogram.Buckets)
            Assert.AreEqual(times.Count(time => time >= bucket.From && time <= bucket.To), bucket.Count, $"{bucket}");
    }

    [TestMethod]
    [DataRow(0.5, 20UL)]
    [DataRow(0.51, 30UL)]
    [DataRow(0.25, 10UL)]
    [DataRow(1.0, 40UL)]
    public void A_quantile_is_the_time_of_the_nearest_rank(double share, ulong time)
    {
        var histogram = new TimeHistogram();
        foreach (ulong one in new ulong[] { 40, 10, 30, 20 })
            histogram.Record(one);
        Assert.AreEqual(time, histogram.Quantile(share));
    }

    [TestMethod]
    [DataRow(0UL)]
    [DataRow(1UL)]
    [DataRow(127UL)]
    [DataRow(128UL)]
    [DataRow(TimeHistogram.Longest)]
    [DataRow(ulong.MaxValue)]
    public void A_single_time_is_every_quantile_of_itself(ulong time)
    {
        var histogram = new TimeHistogram();
        histogram.Record(time);
        time = Math.Min(time, TimeHistogram.Longest);
        Assert.AreEqual(time, histogram.Quantile(0.5));
        Assert.AreEqual(time, histogram.Quantile(0.99));
        TimeRange bucket = histogram.Buckets.Single();
        Assert.IsTrue(bucket.From <= time && time <= bucket.To, $"{bucket}");
    }

    [TestMethod]
    public void The_rows_of_a_picture_lie_side_by_side_and_hold_every_time()
    {
        var histogram = new TimeHistogram();
        Assert.IsEmpty(histogram.Rows(12));
        foreach (ulong time in new ulong[] { 90, 91, 200, 1500, 1_000_000 })
            histogram.Record(time);
        IReadOnlyList<TimeRange> rows = histogram.Rows(12);
        Assert.HasCount(12, rows);
        Assert.AreEqual(5, rows.Sum(row => row.Count));
        for (int i = 1; i < rows.Count; i++)
            Assert.AreEqual(rows[i - 1].To + 1, rows[i].From);
    }

    [TestMethod]
    public void No_more_are_under_way_at_once_than_were_asked_for()
    {
        using var handshaker = new VirtualHandshaker(takes: 1000);
        HandshakeStatistics statistics = HandshakeRun.Run(handshaker, Plan(100, parallel: 7), _ => { }, CancellationToken.None);
        Assert.AreEqual(100, statistics.Connected);
        Assert.AreEqual(7, handshaker.MostOpen);
        Assert.AreEqual(15_000ul, statistics.Elapsed);
    }

    [TestMethod]
    public void A_rate_is_kept_and_a_long_delay_is_no_reason_for_a_burst()
    {
        using var handshaker = new VirtualHandshaker(takes: 100);
        HandshakeStatistics statistics = HandshakeRun.Run(handshaker, Plan(101, parallel: 64, rate: 100), _ => { }, CancellationToken.None);
        Assert.AreEqual(1_000_100ul, statistics.Elapsed);
        Assert.AreEqual(1, handshaker.MostOpen);

        // Nothing for a second: of the hundred that were due, the one that waits begins, those of a hundredth of a second, and the next.
        using var slow = new VirtualHandshaker(takes: 100) { Stall = 1_000_000 };
        HandshakeRun.Run(slow, Plan(50, parallel: 64, rate: 100), _ => { }, CancellationToken.None);
        Assert.AreEqual(3, slow.MostOpen);
    }

    [TestMethod]
    public void It_waits_for_a_port_that_is_free()
    {
        using var handshaker = new VirtualHandshaker(takes: 100) { NoPortUntil = 500_000 };
        HandshakeStatistics statistics = HandshakeRun.Run(handshaker, Plan(3), _ => { }, CancellationToken.None);
        Assert.AreEqual(3, statistics.Connected);
        Assert.AreEqual(500_300ul, statistics.Elapsed);
    }

    [TestMethod]
    public void What_is_stopped_gives_what_was_done_so_far()
    {
        using var stop = new CancellationTokenSource();
        using var handshaker = new VirtualHandshaker(takes: 50_000);
        HandshakeStatistics statistics = HandshakeRun.Run(handshaker, Plan(1000), sofar =>
        {
            if (sofar.Done == 20)
                stop.Cancel();
        }, stop.Token);
        Assert.AreEqual(20, statistics.Done);
        using var output = new StringWriter { NewLine = "\n" };
        s_report.Write(statistics, new Screen(output));
        StringAssert.StartsWith(output.ToString(), "  192.0.2.1:80: 20 of 1,000 handshakes in 1.000 s (20 a second), by magic\n");
        Assert.IsNull(s_report.Failure(statistics));
    }

    [TestMethod]
    public void Each_way_to_fail_is_counted_and_named()
    {
        var statistics = new HandshakeStatistics { Elapsed = 1_000_000 };
        statistics.Add(new HandshakeResult(Outcome.Connected, 1_000_200, 1));
        statistics.Add(new HandshakeResult(Outcome.Connected, 200, 0));
        statistics.Add(new HandshakeResult(Outcome.Refused, 200, 0));
        statistics.Add(new HandshakeResult(Outcome.TimedOut, 5_000_000, 2));
        statistics.Add(new HandshakeResult(Outcome.Failed, 5, 0, "No route to host"));
        Assert.AreEqual(
            "probe 192.0.2.1:80: 3 of 5 handshakes failed, 1 refused: no program listens there, 1 timed out: no answer within 5.000 s, 1 No route to host",
            s_report.Failure(statistics));
        using var output = new StringWriter { NewLine = "\n" };
        s_report.Write(statistics, new Screen(output));
        StringAssert.Contains(output.ToString(), "\n  connected       2  min 200 us, median 200 us, p90 1.000 s, p99 1.000 s, max 1.000 s\n");
        StringAssert.Contains(output.ToString(), "\n  refused         1\n  timed out       1  no answer within 5.000 s\n  failed          1  No route to host\n");
        StringAssert.Contains(output.ToString(), "\n  SYN sent again  3  in 2 handshakes\n");
        foreach (string line in Shell.Lines(output.ToString()))
            Assert.IsLessThanOrEqualTo(100, line.Length, line);
    }

    [TestMethod]
    [DataRow(72, true)]
    [DataRow(72, false)]
    [DataRow(200, true)]
    public void The_live_view_says_how_long_it_will_take_and_keeps_to_its_width(int width, bool unicode)
    {
        var statistics = new HandshakeStatistics();
        for (ulong time = 1; time <= 250; time++)
            statistics.Add(new HandshakeResult(Outcome.Connected, time * time, null));
        statistics.Elapsed = 10_000_000;
        string[] lines = [.. s_report.Progress(statistics, width, unicode).Select(line => line.ToString())];
        Assert.AreEqual("  192.0.2.1:80: 250 of 1,000 handshakes, 30 s left; Ctrl-C ends it", lines[0]);
        Assert.IsFalse(lines.Any(line => line.Contains("sent again", StringComparison.Ordinal)), "The system does not say.");
        foreach (string line in lines.Where(line => !line.Contains("median", StringComparison.Ordinal)))
            Assert.IsLessThanOrEqualTo(width, line.Length, line);
        Assert.IsTrue(lines.Any(line => line.Contains(unicode ? '█' : '#')));
    }

    [TestMethod]
    [DataRow("127.0.0.1")]
    [DataRow("::1")]
    public void A_port_that_is_listened_on_gives_times_JSON_by_its_schema_and_a_picture(string address)
    {
        using Socket listener = Bound(IPAddress.Parse(address));
        listener.Listen(64);
        string file = Path.GetTempFileName();
        try
        {
            Shell shell = Shell.Run("probe", listener.LocalEndPoint!.ToString()!, "--count", "5", "--parallel", "2", "--json", "--plot", file);
            Assert.AreEqual(0, shell.ExitCode, shell.Error);
            JsonElement report = Schemas.Check("probe", shell.Output);
            Assert.AreEqual(5, report.GetProperty("connected").GetInt64());
            Assert.AreEqual(5, report.GetProperty("histogram").EnumerateArray().Sum(range => range.GetProperty("count").GetInt64()));
            Assert.IsGreaterThan(0, report.GetProperty("connectMicroseconds").GetProperty("median").GetInt64());
            if (OperatingSystem.IsLinux())
                Assert.AreEqual(0, report.GetProperty("synsSentAgain").GetInt64());
            string[] texts = [.. XDocument.Load(file).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
            Assert.IsTrue(texts.Any(text => text.StartsWith("5 of 5 handshakes with ", StringComparison.Ordinal)), string.Join('|', texts));
            Assert.IsTrue(texts.Any(text => text.StartsWith("p99 ", StringComparison.Ordinal)), string.Join('|', texts));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void A_closed_port_refuses_each()
    {
        using Socket closed = Bound(IPAddress.Loopback);
        string target = closed.LocalEndPoint!.ToString()!;
        Shell shell = Shell.Run("probe", target, "--count", "3", "--json");
        Assert.AreEqual(1, shell.ExitCode);
        Assert.AreEqual($"handshake: probe {target}: 3 of 3 handshakes failed, 3 refused: no program listens there\n", shell.Error);
        JsonElement report = Schemas.Check("probe", shell.Output);
        Assert.AreEqual(3, report.GetProperty("refused").GetInt64());
        Assert.AreEqual(JsonValueKind.Null, report.GetProperty("connectMicroseconds").ValueKind);
    }

    /// <summary>Linux answers a SYN no more once the queue of connections that nobody accepts is full.</summary>
    [TestMethod]
    public void What_nobody_answers_times_out_and_its_SYN_is_sent_again()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using Socket listener = Bound(IPAddress.Loopback);
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(listener.LocalEndPoint!);
        Shell shell = Shell.Run("probe", listener.LocalEndPoint!.ToString()!, "--count", "2", "--parallel", "2", "--timeout", "1.3", "--json");
        Assert.AreEqual(1, shell.ExitCode);
        JsonElement report = Schemas.Check("probe", shell.Output);
        Assert.AreEqual(2, report.GetProperty("timedOut").GetInt64());
        Assert.AreEqual(2, report.GetProperty("handshakesWithSynsSentAgain").GetInt64());
    }

    [TestMethod]
    public void A_failure_before_the_first_handshake_is_JSON_by_the_schema_too()
    {
        Shell shell = Shell.Run("probe", "nohost.invalid:7", "--json");
        Assert.AreEqual(1, shell.ExitCode);
        Assert.IsFalse(Schemas.Check("probe", shell.Output).GetProperty("ok").GetBoolean());
    }

    private static HandshakePlan Plan(long count, int parallel = 1, double? rate = null) => new(count, parallel, rate, TimeSpan.FromSeconds(5));

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    /// <summary>Each handshake takes the same time, which passes only in Wait.</summary>
    private sealed class VirtualHandshaker(ulong takes) : Handshaker
    {
        private readonly Queue<ulong> _ends = new();
        private ulong _now;

        public override ulong Now => _now;

        public int MostOpen { get; private set; }

        public ulong NoPortUntil { get; init; }

        /// <summary>For how long the first wait holds everything up.</summary>
        public ulong Stall { get; set; }

        public override bool TryStart()
        {
            if (_now < NoPortUntil)
                return false;
            _ends.Enqueue(_now + takes);
            MostOpen = Math.Max(MostOpen, _ends.Count);
            return true;
        }

        public override void Wait(ulong until, Action<HandshakeResult> done)
        {
            _now = Math.Max(_now, _ends.TryPeek(out ulong end) && end < until ? end : until) + Stall;
            Stall = 0;
            while (_ends.TryPeek(out end) && end <= _now)
            {
                _ends.Dequeue();
                done(new HandshakeResult(Outcome.Connected, takes, 0));
            }
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
