using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>IPv4 addresses as text.</summary>
[TestClass]
public sealed class AddressTests
{
    [TestMethod]
    [DataRow("10.77.0.2", 0x0A4D0002U)]
    [DataRow("0.0.0.0", 0U)]
    [DataRow("255.255.255.255", 0xFFFFFFFF)]
    [DataRow("192.0.2.1", 0xC0000201)]
    public void An_address_is_read_and_written(string text, uint address)
    {
        uint read;
        Assert.IsTrue(Ipv4Address.TryParse(text, out read));
        Assert.AreEqual(address, read);
        Assert.AreEqual(text, Ipv4Address.ToString(address));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("10.77.0")]
    [DataRow("10.77.0.2.1")]
    [DataRow("10.77.0.")]
    [DataRow(".10.77.0")]
    [DataRow("10..0.2")]
    [DataRow("10.77.0.256")]
    [DataRow("10.77.0.0002")]
    [DataRow("10.77.0.-2")]
    [DataRow(" 10.77.0.2")]
    [DataRow("10.77.0.2 ")]
    [DataRow("ten.77.0.2")]
    [DataRow("10,77,0,2")]
    public void What_is_no_address_is_told(string text)
    {
        uint read;
        Assert.IsFalse(Ipv4Address.TryParse(text, out read));
        Assert.AreEqual(0u, read);
        Assert.IsFalse(Ipv4Address.TryParse(null, out read));
        Assert.ThrowsException(typeof(ArgumentException), () => Ipv4Address.Parse(text));
    }

    [TestMethod]
    public void An_address_is_read()
    {
        Assert.AreEqual(0x0A4D0002u, Ipv4Address.Parse("10.77.0.2"));
    }

    [TestMethod]
    public void An_address_is_put_together()
    {
        Assert.AreEqual(0x0A4D0002u, Ipv4Address.From(10, 77, 0, 2));
        Assert.AreEqual(0xFFFFFFFFu, Ipv4Address.From(255, 255, 255, 255));
        Assert.AreEqual(0xE0000001u, Ipv4Address.From(224, 0, 0, 1));
    }
}
