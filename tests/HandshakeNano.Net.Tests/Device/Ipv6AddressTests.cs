using System;
using HandshakeNano.Net.Wire;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>IPv6 addresses as text: RFC 4291 section 2.2, RFC 5952.</summary>
[TestClass]
public sealed class Ipv6AddressTests
{
    [TestMethod]
    [DataRow("::", 0x00000000U, 0x00000000U, 0x00000000U, 0x00000000U)]
    [DataRow("::1", 0x00000000U, 0x00000000U, 0x00000000U, 0x00000001U)]
    [DataRow("1::", 0x00010000U, 0x00000000U, 0x00000000U, 0x00000000U)]
    [DataRow("fe80::1", 0xFE800000U, 0x00000000U, 0x00000000U, 0x00000001U)]
    [DataRow("2001:db8::1", 0x20010DB8U, 0x00000000U, 0x00000000U, 0x00000001U)]
    [DataRow("2001:db8:0:1:1:1:1:1", 0x20010DB8U, 0x00000001U, 0x00010001U, 0x00010001U)]
    [DataRow("2001:0:0:1::1", 0x20010000U, 0x00000001U, 0x00000000U, 0x00000001U)]
    [DataRow("2001:db8::1:0:0:1", 0x20010DB8U, 0x00000000U, 0x00010000U, 0x00000001U)]
    [DataRow("1:2:3:4:5:6:7:8", 0x00010002U, 0x00030004U, 0x00050006U, 0x00070008U)]
    [DataRow("0:2:3:4:5:6:7:8", 0x00000002U, 0x00030004U, 0x00050006U, 0x00070008U)]
    [DataRow("1:2:3:4:5:6:7:0", 0x00010002U, 0x00030004U, 0x00050006U, 0x00070000U)]
    [DataRow("1:2:3:4:5:6::", 0x00010002U, 0x00030004U, 0x00050006U, 0x00000000U)]
    [DataRow("::3:4:5:6:7:8", 0x00000000U, 0x00030004U, 0x00050006U, 0x00070008U)]
    [DataRow("abcd:ef01:2345:6789:abcd:ef01:2345:6789", 0xABCDEF01U, 0x23456789U, 0xABCDEF01U, 0x23456789U)]
    [DataRow("::ffff:10.77.0.2", 0x00000000U, 0x00000000U, 0x0000FFFFU, 0x0A4D0002U)]
    [DataRow("::ffff:0.0.0.0", 0x00000000U, 0x00000000U, 0x0000FFFFU, 0x00000000U)]
    [DataRow("::ffff:100.255.10.99", 0x00000000U, 0x00000000U, 0x0000FFFFU, 0x64FF0A63U)]
    public void An_address_is_read_and_written(string text, uint a, uint b, uint c, uint d)
    {
        // What was in the array does not matter.
        byte[] read = new byte[20];
        for (int i = 0; i < read.Length; i++)
            read[i] = 9;
        Assert.IsTrue(Ipv6Address.TryParse(text, read, 3));
        AreWords(read, 3, a, b, c, d);
        Assert.AreEqual(text, Ipv6Address.ToString(read, 3));
        byte[] letters = new byte[5 + Ipv6Address.MostLetters];
        Assert.AreEqual(text.Length, Ipv6Address.Write(read, 3, letters, 5));
        for (int i = 0; i < text.Length; i++)
            Assert.AreEqual((byte)text[i], letters[5 + i]);
        AreWords(Ipv6Address.Parse(text), 0, a, b, c, d);
    }

    [TestMethod]
    [DataRow("2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1")]
    [DataRow("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [DataRow("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [DataRow("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [DataRow("0:0:0:0:0:0:0:0", "::")]
    [DataRow("A0F9::FA", "a0f9::fa")]
    [DataRow("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [DataRow("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    public void Every_form_is_read_and_one_is_written(string text, string expected)
    {
        Assert.AreEqual(expected, Ipv6Address.ToString(Ipv6Address.Parse(text), 0));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(":")]
    [DataRow(":::")]
    [DataRow("1")]
    [DataRow("1:2:3:4:5:6:7")]
    [DataRow("1:2:3:4:5:6:7:8:9")]
    [DataRow("1:2:3:4:5:6:7:8::")]
    [DataRow("1:2:3:4::5:6:7:8")]
    [DataRow("1::2::3")]
    [DataRow(":1:2:3:4:5:6:7")]
    [DataRow("1:2:3:4:5:6:7:")]
    [DataRow("1::2:")]
    [DataRow("12345::")]
    [DataRow("g::")]
    [DataRow("G::")]
    [DataRow("@::")]
    [DataRow("/::")]
    [DataRow("`::")]
    [DataRow("fe80::1%eth0")]
    [DataRow("[::1]")]
    [DataRow(" ::1")]
    [DataRow("::1 ")]
    [DataRow("::1.2.3")]
    [DataRow("::1.2.3.256")]
    [DataRow("::1.2.3.4:5")]
    [DataRow("1:2:3:4:5:6:7:1.2.3.4")]
    [DataRow("1.2.3.4")]
    public void What_is_no_address_is_told(string text)
    {
        byte[] read = new byte[] { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 };
        Assert.IsFalse(Ipv6Address.TryParse(text, read, 0));
        AreWords(read, 0, 0, 0, 0, 0);
        Assert.IsFalse(Ipv6Address.TryParse(null, read, 0));
        Assert.ThrowsException(typeof(ArgumentException), () => Ipv6Address.Parse(text));
    }

    [TestMethod]
    public void The_kind_of_an_address_is_told()
    {
        Assert.IsTrue(Ipv6Address.IsUnspecified(Ipv6Address.Parse("::"), 0));
        Assert.IsFalse(Ipv6Address.IsUnspecified(Ipv6Address.Parse("::1"), 0));
        Assert.IsFalse(Ipv6Address.IsUnspecified(Ipv6Address.Parse("1::"), 0));
        Assert.IsTrue(Ipv6Address.IsLoopback(Ipv6Address.Parse("::1"), 0));
        Assert.IsFalse(Ipv6Address.IsLoopback(Ipv6Address.Parse("1::1"), 0));
        Assert.IsFalse(Ipv6Address.IsLoopback(Ipv6Address.Parse("::2"), 0));
        Assert.IsTrue(Ipv6Address.IsLinkLocal(Ipv6Address.Parse("febf::1"), 0));
        Assert.IsFalse(Ipv6Address.IsLinkLocal(Ipv6Address.Parse("fec0::1"), 0));
        Assert.IsFalse(Ipv6Address.IsLinkLocal(Ipv6Address.Parse("ff80::1"), 0));
    }

    [TestMethod]
    public void Two_addresses_are_the_same_if_every_byte_is()
    {
        byte[] a = Ipv6Address.Parse("2001:db8::1");
        byte[] b = new byte[17];
        Array.Copy(a, 0, b, 1, 16);
        Assert.IsTrue(Ipv6Address.AreEqual(a, 0, b, 1));
        for (int i = 0; i < 16; i++)
        {
            b[1 + i] ^= 1;
            Assert.IsFalse(Ipv6Address.AreEqual(a, 0, b, 1), "byte " + i.ToString());
            b[1 + i] ^= 1;
        }
    }

    private static void AreWords(byte[] address, int offset, uint a, uint b, uint c, uint d)
    {
        Assert.AreEqual(a, BigEndian.Get32(address, offset));
        Assert.AreEqual(b, BigEndian.Get32(address, offset + 4));
        Assert.AreEqual(c, BigEndian.Get32(address, offset + 8));
        Assert.AreEqual(d, BigEndian.Get32(address, offset + 12));
    }
}
