using System;
using System.IO;
using System.Text;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Output;
using HandshakeNano.Links;
using HandshakeNano.Links.Tests;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>
/// The picture in the README is what <c>handshake draw</c> makes of the demo, which here is in virtual time, so that it is the same each time.
/// </summary>
[TestClass]
public sealed class PictureTests
{
    private const int Echo = 7;

    [TestMethod]
    public void The_picture_of_the_README_is_the_one_that_draw_makes_of_the_demo()
    {
        string drawn = LadderSvg.Draw(Demo(), toScale: false);
        string file = Path.Combine(Repository.Root, "docs", "handshake.svg");

        // HANDSHAKE_DRAW=1 draws it again, after the stack or the drawing has changed.
        if (Environment.GetEnvironmentVariable("HANDSHAKE_DRAW") == "1")
            File.WriteAllText(file, drawn);
        Assert.AreEqual(drawn, File.ReadAllText(file).ReplaceLineEndings("\n"));
        Assert.Contains("(docs/handshake.svg)", File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
    }

    private static DrawReport Demo()
    {
        var table = new FlowTable(null, 1000);
        var watcher = new Watcher(table);
        const int OneWay = 250;
        var world = new VirtualTime(rates => rates.Sent.Delay = rates.Received.Delay = OneWay, watcher);
        watcher.World = world;
        Links.Tests.Client client = world.Connect(Echo);
        world.Until(() => client.IsEstablished, "the handshake");
        world.For(OneWay);
        byte[] text = Encoding.UTF8.GetBytes(DemoCommand.DefaultText);
        client.Send(text, shutdown: false);
        world.Until(() => client.Received == text.Length, "the echo");
        client.Send([], shutdown: true);
        world.Until(() => client.IsClosed, "the close");
        table.Finish();
        return new DrawReport("handshake demo", table.Segments, table, null);
    }

    private sealed class Watcher(FlowTable table) : FrameObserver
    {
        public VirtualTime World { get; set; } = null!;

        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
            if (Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), World.Clock.Now) is Segment segment)
                table.Add(segment);
        }
    }
}
