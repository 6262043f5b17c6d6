using System;
using System.Text;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Output;
using HandshakeNano.Links;
using HandshakeNano.Links.Tests;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Tests;

/// <summary>The demo in virtual time, so that it is the same each time.</summary>
internal static class VirtualDemo
{
    private const int Echo = 7;

    /// <summary>What was seen on its cable.</summary>
    public static DrawReport Run()
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
