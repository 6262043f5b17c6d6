using System;
using HandshakeNano.Packets;
using HandshakeNano.Scenarios;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Meter.Tests;

/// <summary>The frames of the scenarios are what a peer would send.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SegmentTests
{
    /// <summary>Both checksums hold, however a segment is numbered.</summary>
    [TestMethod]
    [DataRow(40_000, 7, 0u, 0u)]
    [DataRow(65_535, 65_535, 0xFFFF_FFFFu, 0xFFFF_FFFFu)]
    [DataRow(1024, 80, 0x1234_5678u, 0xFEDC_BA98u)]
    public void ChecksumsHold(int source, int destination, uint sequence, uint acknowledgment)
    {
        NumberedSegment[] segments = [NumberedSegment.LinuxSyn(), NumberedSegment.LinuxSynAck(), new(ControlBits.Ack), new(ControlBits.Ack, dataLength: 1459)];
        foreach (var segment in segments)
        {
            ReadOnlySpan<byte> frame = segment.Number(source, destination, sequence, acknowledgment);
            var ip = frame[Frames.Ethernet..];
            var tcp = ip[20..];

            Assert.AreEqual(0, Checksum.Of(ip[..20]));
            Assert.AreEqual(0, Checksum.OfTcp(Frames.PeerAddress, Frames.DeviceAddress, tcp));
        }
    }

    /// <summary>The SYN, byte by byte, against one that was written down by hand.</summary>
    [TestMethod]
    public void TheSynIsThatOfLinux()
    {
        var frame = NumberedSegment.LinuxSyn().Number(0x9C40, 7, 0x0102_0304, 0);

        Assert.AreEqual(
            "024E414E4F02024E414E4F010800"
            + "4500003C000040004006" + "2620" + "0A4D00010A4D0002"
            + "9C400007" + "01020304" + "00000000" + "A002FAF0" + "4C4B" + "0000"
            + "020405B4" + "0402" + "080A3A5C117E00000000" + "01" + "030307",
            Convert.ToHexString(frame));
    }
}
