using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Interop;
using HandshakeNano.Net;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Browser;

/// <summary>The device's page as a browser shows it, over the firmware's TCP.</summary>
[TestClass]
public sealed class PageTests
{
    private const int Reloads = 50;
    private const int LossyLoads = 21;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public async Task TheTableShowsTheBrowsersOwnConnectionAndTheLadderItsHandshake()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using Visitor visitor = await chromium.VisitAsync();
        await visitor.OpenAsync();
        await visitor.WaitUntilDrawnAsync();
        IPage page = visitor.Page;
        string row = await page.Locator("#connections tbody tr").First.InnerTextAsync();
        Assert.StartsWith("ESTABLISHED\t10.77.0.1:", row);
        string ladder = await page.Locator("#ladders svg title").First.TextContentAsync() ?? "";
        Assert.Contains("Handshake with 10.77.0.1 ", ladder);
        Assert.Contains(": SYN seq ", ladder);
        await page.Locator("#relative").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        StringAssert.EndsWith(
            await page.Locator("#ladders svg title").First.TextContentAsync(), ": SYN seq 0; SYN,ACK seq 0 ack 1; ACK seq 1 ack 1");
        Assert.AreEqual("10.77.0.2", await page.Locator("#device dt:text-is('Address') + dd").InnerTextAsync());
        string clock = await page.Locator("#clock").InnerTextAsync();
        await page.WaitForFunctionAsync("before => document.getElementById('clock').textContent !== before", clock);
        visitor.AssertNoFault();
        chromium.Device.AssertHealthy();
    }

    [TestMethod]
    public async Task FiftyReloadsAndSixConnectionsAtOnceHaveNoFailedRequest()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using Visitor visitor = await chromium.VisitAsync();
        await visitor.OpenAsync();
        await visitor.WaitUntilDrawnAsync();
        for (int i = 0; i < Reloads; i++)
            await visitor.ReloadAsync();
        ulong before = chromium.Device.Lab.Count(Counter.PassiveOpens);

        // More than six at a time are asked for, so the browser opens as many connections as it may.
        int[] statuses = await visitor.Page.EvaluateAsync<int[]>("""
            () => Promise.all(['device', 'connections', 'counters', 'frames'].flatMap(name => Array.from({ length: 6 }, async () => {
                const answer = await fetch('/api/v1/' + name, { cache: 'no-store' });
                await answer.arrayBuffer();
                return answer.status;
            })))
            """);
        CollectionAssert.AreEqual(Enumerable.Repeat(200, 24).ToArray(), statuses);
        TestContext.WriteLine($"{before} connections for {Reloads} reloads, {chromium.Device.Lab.Count(Counter.PassiveOpens) - before} more for six at once");
        Assert.IsGreaterThanOrEqualTo(6ul, chromium.Device.Lab.Count(Counter.PassiveOpens));
        visitor.AssertNoFault();
        chromium.Device.AssertHealthy();
    }

    [TestMethod]
    public async Task AxeFindsNothingAndTheScreenshotsAreAsWideAsTheScreen()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        foreach ((string name, int width, int height) in new[] { ("phone", 390, 844), ("desktop", 1280, 800) })
        {
            foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using Visitor visitor = await chromium.VisitAsync(width, height, scheme);
                await visitor.OpenAsync();
                await visitor.WaitUntilDrawnAsync();
                AxeResult result = await visitor.Page.RunAxe();
                Assert.IsEmpty(
                    result.Violations, string.Join("\n", result.Violations.Select(one => $"{name} {scheme}: {one.Id}: {one.Help} {one.Nodes[0].Html}")));
                Assert.AreEqual(width, await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), name);

                // Kept for docs/page.md when asked: the numbers in them differ each time.
                if (Environment.GetEnvironmentVariable("HANDSHAKE_SCREENSHOTS") == "1")
                {
                    await visitor.Page.ScreenshotAsync(new PageScreenshotOptions
                    {
                        Path = Path.Combine(Root, "docs", $"page-{name}-{scheme.ToString().ToLowerInvariant()}.png"),
                    });
                }

                visitor.AssertNoFault();
            }
        }

        chromium.Device.AssertHealthy();
    }

    [TestMethod]
    public async Task EveryControlIsReachedByTheTabulatorKey()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using Visitor visitor = await chromium.VisitAsync();
        await visitor.OpenAsync();
        await visitor.WaitUntilDrawnAsync();
        int count = await visitor.Page.EvaluateAsync<int>("document.querySelectorAll('a, input, [tabindex=\"0\"]').length");
        var reached = new HashSet<string>();
        for (int i = 0; i < count; i++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            reached.Add(await visitor.Page.EvaluateAsync<string>("document.activeElement.outerHTML.slice(0, 80)"));
        }

        Assert.HasCount(count, reached, string.Join("\n", reached));
        visitor.AssertNoFault();
    }

    [TestMethod]
    public async Task WithoutJavaScriptThereIsAPlainTable()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using Visitor visitor = await chromium.VisitAsync(script: false);
        await visitor.OpenAsync();
        Assert.StartsWith("ESTABLISHED\t10.77.0.1:", await visitor.Page.Locator("#connections tbody tr").First.InnerTextAsync());
        Assert.IsFalse(await visitor.Page.Locator("#ladders").IsVisibleAsync());
        visitor.AssertNoFault();
        chromium.Device.AssertHealthy();
    }

    [TestMethod]
    public async Task ItLoadsWithinFiveSecondsInTheMedianWhenOneFrameOfTwentyIsLost()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        Lose(chromium.Device.Lab.Network, percent: 5);
        var seconds = new List<double>();
        for (int i = 0; i < LossyLoads; i++)
        {
            await using Visitor visitor = await chromium.VisitAsync();
            var watch = Stopwatch.StartNew();
            await visitor.OpenAsync();
            seconds.Add(watch.Elapsed.TotalSeconds);
        }

        TestContext.WriteLine(
            $"{LossyLoads} loads, in seconds: " + string.Join(' ', seconds.Order().Select(one => one.ToString("F2", CultureInfo.InvariantCulture))));
        Assert.IsLessThan(5, seconds.Order().ElementAt(LossyLoads / 2));
        chromium.Device.AssertHealthy();
    }

    private static string Root => typeof(PageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(one => one.Key == "RepositoryRoot").Value!;

    /// <summary>Drops frames both ways. On the way out they vanish in a second device, as the kernel is told of a drop.</summary>
    private static void Lose(NetworkNamespace network, int percent)
    {
        network.Tool("ip", "tuntap", "add", "dev", "hole", "mode", "tap");
        network.Tool("ip", "link", "set", "hole", "up");
        network.Tool("nft", "add table netdev loss");
        network.Tool("nft", $"add chain netdev loss in {{ type filter hook ingress device {Lab.TapName} priority 0; }}");
        network.Tool("nft", $"add chain netdev loss out {{ type filter hook egress device {Lab.TapName} priority 0; }}");
        network.Tool("nft", $"add rule netdev loss in numgen random mod 100 < {percent} counter drop");
        network.Tool("nft", $"add rule netdev loss out numgen random mod 100 < {percent} counter fwd to hole");
    }
}
