using System;
using HandshakeNano.Net.Wire;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>What the options of a segment say: RFC 9293 section 3.2, RFC 2018, RFC 7323. Some orders of them have a way of their own.</summary>
[TestClass]
public sealed class TcpOptionTests
{
    private const string Stamps = "080A0102030405060708";
    private const string Linux = "020405B40402" + Stamps;

    /// <summary>There is no window scale.</summary>
    private const int None = -1;

    /// <summary>In place of a size: a length is illegal.</summary>
    private const int Illegal = -1;

    private const int Sack = TcpOptions.OfferedSacks;
    private const int Stamp = TcpOptions.OfferedTimestamps;

    // As Linux orders them, and nearly so.
    [TestMethod]
    [DataRow(Linux + "01030307", 1460, 7, Sack | Stamp, 0)]
    [DataRow("020407FE0402" + Stamps + "0103030D", 2046, 13, Sack | Stamp, 0)]
    [DataRow("020407FF0402" + Stamps + "0103030E", 2047, 14, Sack | Stamp, 0)]
    [DataRow("020423280402" + Stamps + "01030307", 2047, 7, Sack | Stamp, 0)]
    [DataRow("020405B40402" + Stamps + "0103030F", 1460, 14, Sack | Stamp, 0)]
    [DataRow("020405B40402" + Stamps + "010303FF", 1460, 14, Sack | Stamp, 0)]
    [DataRow(Linux + "01010101", 1460, None, Sack | Stamp, 0)]
    [DataRow(Linux + "01010303", Illegal, 0, 0, 0)]
    [DataRow(Linux, 1460, None, Sack | Stamp, 0)]
    [DataRow(Linux + "0103030702040200", 512, 7, Sack | Stamp, 0)]
    [DataRow(Linux + "01030307FE010101", Illegal, 0, 0, 0)]
    // The size alone.
    [DataRow("020405B4", 1460, None, 0, 0)]
    [DataRow("02042328", 2047, None, 0, 0)]
    [DataRow("020305B4", Illegal, 0, 0, 0)]
    // Timestamps, alone and not.
    [DataRow("0101" + Stamps, 0, None, Stamp, 0)]
    [DataRow("0101" + Stamps + "0101050A0000000100000002", 0, None, Stamp, 1)]
    [DataRow("0101" + Stamps + "010105120000000100000002", Illegal, 0, 0, 0)]
    [DataRow("080A1112131415161718" + Stamps, 0, None, Stamp, 0)]
    // Other orders. What is said twice counts as it is said last.
    [DataRow("0402020423280101", 2047, None, Sack, 0)]
    [DataRow("01010101020405B4", 1460, None, 0, 0)]
    [DataRow("020405B402040200", 512, None, 0, 0)]
    [DataRow("0303070103030201", 0, 2, 0, 0)]
    [DataRow("0103030E", 0, 14, 0, 0)]
    [DataRow("0103030F", 0, 14, 0, 0)]
    [DataRow("04020402", 0, None, Sack, 0)]
    [DataRow("010105220000000100000002000000030000000400000005000000060000000700000008", 0, None, 0, 4)]
    // The length byte, or what it says, would be behind the header.
    [DataRow("01010104", Illegal, 0, 0, 0)]
    [DataRow("0101010101010204", Illegal, 0, 0, 0)]
    [DataRow("01010303", Illegal, 0, 0, 0)]
    [DataRow("010101010101080A", Illegal, 0, 0, 0)]
    [DataRow("01010101FE05AAAA", Illegal, 0, 0, 0)]
    public void What_they_say_is_taken_and_nothing_around_them(string options, int size, int scale, int others, int blocks)
    {
        // Header and array give no hint: the numbers before the options look like some, and behind them there is nothing.
        ScriptedPeer peer = new ScriptedPeer(new Wire());
        byte[] sent = peer.Frame("S seq 16974592 urg 4 opt " + options);
        byte[] frame = new byte[TcpHeader.Options + options.Length / 2];
        Array.Copy(sent, 0, frame, FrameLayout.Ethernet, frame.Length - FrameLayout.Ethernet);

        // The segment before had all that this one may lack.
        TcpOptions parsed = new TcpOptions();
        parsed.Offer = TcpOptions.Offered;
        parsed.HasTimestamps = true;
        parsed.SackCount = TcpOptions.MostSacks;
        Assert.AreEqual(size != Illegal, parsed.Parse(frame, frame.Length));
        if (size == Illegal)
            return;
        Assert.AreEqual(size | ((scale + 1) * TcpOptions.OfferedScale) | others, parsed.Offer);
        Assert.AreEqual(others >= Stamp, parsed.HasTimestamps);
        Assert.AreEqual(blocks, parsed.SackCount);
        for (int i = 0; i < 2 * blocks; i++)
            Assert.AreEqual((uint)(i + 1), parsed.Sacks[i]);
        if (others < Stamp)
            return;
        Assert.AreEqual(0x01020304U, parsed.Value);
        Assert.AreEqual(0x05060708U, parsed.Echo);
    }
}
