using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Links.Tests;

/// <summary>
/// Drivers that work with the chip work with its model: it is not stricter than they know the chip to be. That it is not kinder is what
/// the traps are for.
/// </summary>
[TestClass]
public sealed class W5500DriverReplayTests
{
    [TestMethod]
    [DataRow("ioLibrary", 0, false)]
    [DataRow("ioLibrary", 0xFFF0, true)]
    [DataRow("embassy", 0, false)]
    [DataRow("embassy", 0xFFF0, true)]
    [DataRow("Linux", 0, false)]
    [DataRow("Linux", 0xFFF0, false)]
    public void Frames_of_all_lengths_pass_whole_and_the_model_has_nothing_against_it(string driver, int begin, bool tornReads)
    {
        const int Frames = 3_000;
        var wire = new MemoryWire();
        using var chip = new W5500Model(wire.B);
        chip.Traps.InitialPointer = begin;
        chip.Traps.TornReads = tornReads;
        W5500DriverReplay replay = driver switch
        {
            "ioLibrary" => new IoLibraryReplay(chip),
            "embassy" => new EmbassyReplay(chip),
            _ => new LinuxReplay(chip),
        };
        var random = new Random(7);
        byte[] buffer = new byte[FrameLayout.BufferSize(1500)];
        int came = 0, went = 0;

        // Opened twice: an interface goes down and up.
        for (int opened = 0; opened < 2; opened++)
        {
            replay.Start(wire.B.PhysicalAddress);
            for (int sent = 0, taken = 0; sent < Frames || taken < Frames;)
            {
                for (int burst = random.Next(1, 9); burst > 0 && sent < Frames; burst--, sent++)
                {
                    W5500Rig.Write(buffer, wire.B.PhysicalAddress, came + burst, 60 + (sent * 37) % 1455);
                    Assert.IsTrue(wire.A.Send(buffer, 60 + (sent * 37) % 1455));
                }

                int length = 60 + (taken * 41) % 1455;
                W5500Rig.Write(buffer, wire.A.PhysicalAddress, taken, length);
                if (taken < Frames && replay.Send(buffer.AsSpan(FrameLayout.Ethernet, length)))
                    taken++;
                replay.Poll(frame =>
                {
                    frame.CopyTo(buffer, FrameLayout.Ethernet);
                    W5500Rig.Check(buffer, frame.Length);
                    came++;
                });
                for (int received = wire.A.Receive(buffer); received > 0; received = wire.A.Receive(buffer))
                    Assert.AreEqual(went++ % Frames, W5500Rig.Check(buffer, received));
            }

            replay.Poll(_ => came++);
            replay.Stop();
            while (wire.A.Receive(buffer) > 0)
                went++;
        }

        Assert.AreEqual(2 * Frames, came);
        Assert.AreEqual(2 * Frames, went);
        Assert.AreEqual(0, chip.FramesOverflowed);
        Assert.IsEmpty(chip.Violations, string.Join("\n", chip.Violations));
    }
}
