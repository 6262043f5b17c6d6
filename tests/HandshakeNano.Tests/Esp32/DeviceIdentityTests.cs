using System.Linq;
using System.Net.NetworkInformation;
using HandshakeNano.Boards.Esp32;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NetworkInterface = HandshakeNano.Boards.Esp32.NetworkInterface;

namespace HandshakeNano.Esp32.Tests;

/// <summary>The endpoint's addresses.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DeviceIdentityTests
{
    [TestInitialize]
    public void Start()
    {
        FakeChip.Current = new FakeChip();
        BoardOptions.Reset();
    }

    [TestMethod]
    [DataRow(new byte[] { 0x24, 0x6F, 0x28, 0xAA, 0xBB, 0xCC }, new byte[] { 0x66, 0x6F, 0x28, 0xAA, 0xBB, 0xCC })]
    [DataRow(new byte[] { 0x7C, 0xDF, 0xA1, 0x00, 0x00, 0x01 }, new byte[] { 0x3E, 0xDF, 0xA1, 0x00, 0x00, 0x01 })]
    public void The_Ethernet_address_is_made_of_the_chips_and_is_none_that_the_chip_uses(byte[] chip, byte[] expected)
    {
        FakeChip.Current.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Wireless80211, chip));
        byte[] address = DeviceIdentity.GetPhysicalAddress();
        CollectionAssert.AreEqual(expected, address);
        Assert.AreEqual(0x02, address[0] & 0x03, "locally administered, unicast");

        // Station, access point, Bluetooth and Ethernet: the chip's own plus 0 to 3, or with the local bit.
        for (int i = 0; i < 4; i++)
        {
            byte[] own = [.. chip];
            own[5] += (byte)i;
            CollectionAssert.AreNotEqual(own, address);
            own[0] |= 0x02;
            CollectionAssert.AreNotEqual(own, address);
        }
    }

    [TestMethod]
    public void An_interface_without_an_address_is_passed_over()
    {
        FakeChip.Current.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Wireless80211, null));
        FakeChip.Current.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Wireless80211, new byte[6]));
        FakeChip.Current.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Ethernet, [0x24, 0x6F, 0x28, 1, 2, 3]));
        CollectionAssert.AreEqual(new byte[] { 0x66, 0x6F, 0x28, 1, 2, 3 }, DeviceIdentity.GetPhysicalAddress());
    }

    [TestMethod]
    public void Without_any_it_is_one_of_ours()
    {
        CollectionAssert.AreEqual(new byte[] { 0x02, 0x48, 0x4E, 0, 0, 2 }, DeviceIdentity.GetPhysicalAddress());
    }

    [TestMethod]
    public void The_address_is_asked_for_under_a_name_of_the_devices_own()
    {
        TcpSettings settings = DeviceIdentity.MakeSettings([0x66, 0x6F, 0x28, 0x0A, 0xBB, 0xCC]);
        Assert.IsTrue(settings.Dhcp);
        Assert.AreEqual("handshake-0ABBCC", settings.HostName);
        Assert.IsTrue(settings.MulticastDns);
        Assert.IsNull(settings.DnsServers);
        Assert.AreEqual(9, settings.Connections);
        Assert.AreEqual("Memory: 80000 bytes free, room for 9 connections", FakeChip.Current.Lines.Single());
    }

    [TestMethod]
    public void The_address_is_the_one_that_the_build_was_given()
    {
        BoardOptions.Address = "10.77.0.2";
        BoardOptions.Gateway = "10.77.0.254";
        BoardOptions.DnsServer = "192.0.2.53";
        BoardOptions.HostName = "cellar";
        BoardOptions.MulticastDns = false;
        FakeChip.Current.FreeMemory = 4_000_000;
        TcpSettings settings = DeviceIdentity.MakeSettings([0x66, 0x6F, 0x28, 0x0A, 0xBB, 0xCC]);
        Assert.IsFalse(settings.Dhcp);
        Assert.AreEqual(0x0A4D0002u, settings.Address);
        Assert.AreEqual(24, settings.PrefixLength);
        Assert.AreEqual(0x0A4D00FEu, settings.Gateway);
        CollectionAssert.AreEqual(new uint[] { 0xC0000235 }, settings.DnsServers);
        Assert.AreEqual("cellar", settings.HostName);
        Assert.IsFalse(settings.MulticastDns);
        Assert.AreEqual(MemoryBudget.MostConnections, settings.Connections);
    }
}
