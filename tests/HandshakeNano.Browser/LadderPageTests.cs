using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Packets;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Browser;

/// <summary>The page that <c>handshake draw</c> writes, in a browser.</summary>
[TestClass]
public sealed class LadderPageTests
{
    [TestMethod]
    [DataRow("10.77.0.1", "10.77.0.2")]
    [DataRow("fd77:1111:2222:3333:4444:5555:6666:7777", "fd77:1111:2222:3333:4444:5555:6666:8888")]
    public async Task AxeFindsNothingAndOnlyThePictureAndTheTableScroll(string client, string server)
    {
        string html = LadderPage.Draw(Odd(new IPEndPoint(IPAddress.Parse(client), 40000), new IPEndPoint(IPAddress.Parse(server), 7)), toScale: false);
        await using Chromium chromium = await Chromium.StartAsync();
        foreach ((string name, int width, int height) in new[] { ("phone", 390, 844), ("desktop", 1280, 800) })
        {
            foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using Visitor visitor = await chromium.VisitAsync(width, height, scheme);
                await visitor.Page.SetContentAsync(html);
                AxeResult result = await visitor.Page.RunAxe();
                Assert.IsEmpty(
                    result.Violations, string.Join("\n", result.Violations.Select(one => $"{name} {scheme}: {one.Id}: {one.Help} {one.Nodes[0].Html}")));
                Assert.AreEqual(width, await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), name);

                // Both can be scrolled with the keyboard alone.
                foreach (string region in new[] { "picture", "segments" })
                {
                    await visitor.Page.Keyboard.PressAsync("Tab");
                    Assert.AreEqual(region, await visitor.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-labelledby')"), name);
                }

                if (Environment.GetEnvironmentVariable("HANDSHAKE_SCREENSHOTS") == "1")
                {
                    await visitor.Page.ScreenshotAsync(new PageScreenshotOptions
                    {
                        FullPage = true,
                        Path = Path.Combine(Path.GetTempPath(), $"draw-{name}-{scheme.ToString().ToLowerInvariant()}-{client.Length}.png"),
                    });
                }

                visitor.AssertNoFault();
            }
        }
    }

    // Everything that has a colour of its own.
    private static DrawReport Odd(IPEndPoint client, IPEndPoint server)
    {
        const ControlBits Syn = ControlBits.Syn, Ack = ControlBits.Ack, Psh = ControlBits.Psh, Rst = ControlBits.Rst;
        var table = new FlowTable(null, 1000);
        ulong time = 0;
        void Add(bool fromClient, ControlBits flags, uint sequence, uint acknowledgment, string data = "", int window = 2048) => table.Add(new Segment
        {
            Time = time += 100_000,
            Source = fromClient ? client : server,
            Destination = fromClient ? server : client,
            Flags = flags,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            Payload = System.Text.Encoding.ASCII.GetBytes(data),
            Window = window,
            Options = [new TcpOption(2, "mss", [1460]), new TcpOption(4, "sack-permitted", []), new TcpOption(8, "timestamps", [4_000_000_000, 4_000_000_000])],
        });
        Add(true, Syn, 1000, 0);
        Add(true, Syn, 1000, 0);
        Add(false, Syn | Ack, 4_294_967_295, 1001);
        Add(true, Ack, 1001, 0);
        Add(true, Psh | Ack, 1001, 0, "a text of some length, so that it has to be broken");
        Add(true, Psh | Ack, 1001, 0, "a text of some length, so that it has to be broken");
        Add(false, Ack, 0, 1052, window: 0);
        Add(false, Rst | Ack, 0, 1052);
        table.Finish();
        return new DrawReport("capture.pcap", table.Segments, table, null);
    }
}
