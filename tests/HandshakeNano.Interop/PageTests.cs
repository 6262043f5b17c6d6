using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using HandshakeNano.Page;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What the device says of itself, read by the programs that it is for.</summary>
[TestClass]
public sealed class PageTests
{
    private const int Scrapes = 100;

    [TestMethod]
    public void CurlSeesItsOwnConnectionWithTheNumbersOfTheKernel()
    {
        using Lab lab = new Lab(services: new PageService()).Start();
        string answer = lab.Network.Tool("curl", "--silent", "--fail", "--write-out", "%{local_port}", $"http://{Lab.Device}/api/v1/connections");
        int end = answer.LastIndexOf('}') + 1;
        JsonElement connection = JsonDocument.Parse(answer[..end]).RootElement.GetProperty("connections").EnumerateArray().Single();
        Assert.AreEqual(answer[end..].Trim(), connection.GetProperty("remotePort").GetInt32().ToString(CultureInfo.InvariantCulture));
        Assert.AreEqual(Lab.Kernel, connection.GetProperty("remoteAddress").GetString());
        Assert.AreEqual("ESTABLISHED", connection.GetProperty("state").GetString());
        lab.AssertHealthy();
    }

    [TestMethod]
    public void TsharkReadsTheHandshakeOfTheConnectionThatFetchesTheCapture()
    {
        using Lab lab = new Lab(services: new PageService()).Start();
        string file = Path.GetTempFileName();
        try
        {
            string port = lab.Network.Tool(
                "curl", "--silent", "--fail", "--output", file, "--write-out", "%{local_port}", $"http://{Lab.Device}/capture");
            string[] segments = lab.Network.Tool(
                "tshark", "-r", file, "-n", "-o", "tcp.relative_sequence_numbers:TRUE", "-Y", "tcp.port == " + port,
                "-T", "fields", "-e", "frame.packet_flags_direction", "-e", "tcp.flags.str", "-e", "tcp.seq", "-e", "tcp.ack", "-E", "separator=,")
                .Replace("\u00b7", "", StringComparison.Ordinal).Split('\n');
            Assert.AreEqual("0x00000001,S,0,0 0x00000002,AS,0,1 0x00000001,A,1,1 0x00000001,AP,1,1", string.Join(' ', segments[..4]));
            Assert.AreEqual("", lab.Network.Tool("tshark", "-r", file, "-n", "-Y", "_ws.malformed"));
        }
        finally
        {
            File.Delete(file);
        }

        lab.AssertHealthy();
    }

    [TestMethod]
    public void PromtoolFindsNothingInTheMetrics()
    {
        using Lab lab = new Lab(services: new PageService()).Start();
        string metrics = lab.Network.Tool("curl", "--silent", "--fail", $"http://{Lab.Device}/metrics");
        Assert.Contains("handshake_events_total{event=\"Established\"} 1\n", metrics);
        ToolResult check = lab.Network.TryTool("promtool", Encoding.ASCII.GetBytes(metrics), "check", "metrics");
        Assert.AreEqual("0", check.ExitCode + check.Output + check.Error);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void PrometheusReadsThemAHundredTimes()
    {
        using Lab lab = new Lab(services: new PageService()).Start();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("handshake-prometheus-");
        try
        {
            string settings = Path.Combine(folder.FullName, "prometheus.yml");
            File.WriteAllText(settings, $$"""
                global: { scrape_interval: 100ms, scrape_timeout: 100ms }
                scrape_configs:
                  - job_name: device
                    static_configs: [ { targets: [ "{{Lab.Device}}:80" ] } ]
                """);
            lab.Network.Tool("ip", "link", "set", "lo", "up");
            using Process prometheus = lab.Network.Run(() => Process.Start(new ProcessStartInfo(
                "prometheus",
                ["--config.file=" + settings, "--storage.tsdb.path=" + folder.FullName, "--web.listen-address=127.0.0.1:9090", "--log.level=error"]))!);
            try
            {
                // On a slow machine one may not be in time.
                Lab.WaitUntil(() => Query(lab, "sum_over_time(up[1h])") >= Scrapes, "a hundred scrapes");
                Assert.AreEqual(Counters.Count + 3, Query(lab, "scrape_samples_scraped"));
                Assert.AreEqual(1, Query(lab, "max_over_time(handshake_connections[1h])"));
            }
            finally
            {
                prometheus.Kill();
                prometheus.WaitForExit();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        lab.AssertHealthy();
    }

    /// <summary>What Prometheus answers to a query; -1 as long as it has no answer.</summary>
    private static double Query(Lab lab, string query)
    {
        ToolResult result = lab.Network.TryTool(
            "curl", null, "--silent", "--get", "--data-urlencode", "query=" + query, "http://127.0.0.1:9090/api/v1/query");
        if (result.ExitCode != 0 || !result.Output.StartsWith('{'))
            return -1;
        JsonElement[] answers = [.. JsonDocument.Parse(result.Output).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
        return answers.Length == 0 ? -1 : double.Parse(answers[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
