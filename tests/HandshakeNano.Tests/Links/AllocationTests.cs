using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
public class AllocationTests
{
    private sealed class NullSink : ByteSink
    {
        internal long Bytes { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Bytes += count;
        }
    }

    [TestMethod]
    public void Nothing_is_allocated_per_frame_on_the_way_through_every_link()
    {
        var clock = new ManualClock();
        var wire = new MemoryWire();
        var settings = new FaultSettings();
        foreach (FaultRates rates in new[] { settings.Sent, settings.Received })
        {
            rates.Loss = rates.Duplication = rates.Reordering = rates.Corruption = 10_000;
            rates.Jitter = 1000;
        }

        var sink = new NullSink();
        var link = new PcapNgLink(new FaultLink(wire.A, clock, settings), sink, clock);
        byte[] buffer = Frames.Buffer(link);
        int received = Turn(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        received = Turn(10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.AreEqual(0L, allocated);
        Assert.IsGreaterThan(10_000, received);
        Assert.IsGreaterThan(20_000L * 60, sink.Bytes);

        int Turn(int count)
        {
            int frames = 0;
            for (int i = 0; i < count; i++)
            {
                clock.Now += 50;
                link.Send(buffer, 60 + (i & 1023));
                wire.B.Send(buffer, 60 + (i & 1023));
                link.Wait(0);
                wire.B.Wait(0);
                while (wire.B.Receive(buffer) > 0)
                    frames++;
                while (link.Receive(buffer) > 0)
                    frames++;
            }

            return frames;
        }
    }
}
