using System.Collections.Generic;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class TracerLinkTests
{
    private sealed class Recorder : FrameObserver
    {
        internal List<string> Seen { get; } = [];

        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
            Seen.Add((sent ? "sent " : "received ") + buffer[HandshakeNano.Net.FrameLayout.Ethernet] + " of " + length);
        }
    }

    [TestMethod]
    public void Every_frame_is_shown_once_with_its_direction_even_one_that_is_dropped()
    {
        var wire = new MemoryWire(capacity: 1);
        var recorder = new Recorder();
        var link = new TracerLink(wire.A, recorder);
        Assert.IsTrue(Frames.Send(link, 1, 60));
        Assert.IsFalse(Frames.Send(link, 2, 61));
        Frames.Send(wire.B, 3, 62);
        Assert.AreEqual(3, Frames.Receive(link));
        Assert.AreEqual(-1, Frames.Receive(link));
        CollectionAssert.AreEqual(new[] { "sent 1 of 60", "sent 2 of 61", "received 3 of 62" }, recorder.Seen);
        Assert.AreEqual(1, Frames.Receive(wire.B));
    }

    [TestMethod]
    public void It_is_the_link_that_it_wraps()
    {
        var wire = new MemoryWire(mtu: 1234, hasEthernetHeader: false);
        var link = new TracerLink(wire.A, new Recorder());
        Assert.AreEqual(1234, link.Mtu);
        Assert.IsFalse(link.HasEthernetHeader);
        Assert.AreSame(wire.A.PhysicalAddress, link.PhysicalAddress);
        Assert.IsTrue(link.IsUp);
        link.Wait(0);
    }
}
