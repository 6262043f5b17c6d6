using System;
using System.Linq;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Frames taken apart for people to read.</summary>
[TestClass]
public sealed class SegmentTests
{
    /// <summary>A SYN of Linux: 14 + 20 + 40 bytes.</summary>
    private static readonly byte[] Syn = Convert.FromHexString(
        "02484E000002" + "020000000001" + "0800"
        + "4500003C1C4640004006" + "0000" + "0A4D0001" + "0A4D0002"
        + "9C400007" + "EE6B2800" + "00000000" + "A002FAF0" + "00000000"
        + "020405B4" + "0402" + "080A0000007B00000000" + "01" + "030307");

    [TestMethod]
    public void A_SYN_of_Linux_is_read_with_all_its_options()
    {
        Segment segment = Segment.Parse(Syn, 5)!;
        Assert.AreEqual(5ul, segment.Time);
        Assert.AreEqual("10.77.0.1:40000", segment.Source.ToString());
        Assert.AreEqual("10.77.0.2:7", segment.Destination.ToString());
        Assert.AreEqual(0xEE6B2800u, segment.Sequence);
        Assert.AreEqual(ControlBits.Syn, segment.Flags);
        Assert.AreEqual(64240, segment.Window);
        Assert.IsEmpty(segment.Payload);
        Assert.AreEqual(1u, segment.SequenceLength);
        CollectionAssert.AreEqual(
            new[] { "MSS 1460", "SACK permitted", "timestamps 123 echo 0", "no-operation", "window scale 7 (x128)" },
            segment.Options.Select(option => option.ToText()).ToArray());
    }

    [TestMethod]
    public void A_frame_cut_short_anywhere_is_no_segment()
    {
        for (int length = 0; length < Syn.Length; length++)
            Assert.IsNull(Segment.Parse(Syn.AsSpan(0, length), 0), $"{length} bytes");
    }

    [TestMethod]
    public void Padding_behind_the_packet_is_no_data()
    {
        Assert.IsEmpty(Segment.Parse([.. Syn, .. new byte[6]], 0)!.Payload);
    }

    [TestMethod]
    [DataRow("0205010203", "malformed option 2")]
    [DataRow("0200", "malformed option 2")]
    [DataRow("0201", "malformed option 2")]
    [DataRow("02", "malformed option 2")]
    [DataRow("0204", "malformed option 2")]
    [DataRow("030410", "malformed option 3")]
    [DataRow("03030F", "window scale 15 (taken as 14, x16384)")]
    [DataRow("050A0000000100000005", "SACK 1-5")]
    [DataRow("FD04ABCD", "option 253")]
    [DataRow("00020405B4", "end of options")]
    public void An_option_is_read_or_called_malformed_and_nothing_throws(string bytes, string first)
    {
        Assert.AreEqual(first, TcpOption.Parse(Convert.FromHexString(bytes))[0].ToText());
    }

    [TestMethod]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frame = (byte[])Syn.Clone();
            for (int changes = random.Next(1, 8); changes > 0; changes--)
                frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
            Segment.Parse(frame.AsSpan(0, random.Next(frame.Length + 1)), 0);
        }
    }
}
