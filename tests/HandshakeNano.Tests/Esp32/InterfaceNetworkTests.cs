using System.Device.Wifi;
using System.Net.NetworkInformation;
using HandshakeNano.Boards.Esp32;
using HandshakeNano.Firmware;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NetworkInterface = HandshakeNano.Boards.Esp32.NetworkInterface;
using Options = System.Net.NetworkInformation.Wireless80211Configuration.ConfigurationOptions;

namespace HandshakeNano.Esp32.Tests;

/// <summary>How a board joins the network under its tunnel, by what is stored on it, and comes back to it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class InterfaceNetworkTests
{
    private static readonly byte[] s_address = [0x24, 0x6F, 0x28, 1, 2, 3];

    private FakeChip _chip;
    private NetworkInterface _wifi;

    [TestInitialize]
    public void Start()
    {
        FakeChip.Current = _chip = new FakeChip { StoredSsid = "net", StoredPassword = "open sesame" };
        _wifi = new NetworkInterface(NetworkInterfaceType.Wireless80211, s_address);
        _chip.Interfaces.Add(_wifi);
    }

    [TestMethod]
    public void What_is_stored_is_joined_by_the_firmware_and_waited_for()
    {
        _chip.Wait = () => _wifi.IPv4Address = "192.0.2.20";
        new WifiNetwork().Join();
        CollectionAssert.AreEqual(new[] { "Wi-Fi: joining", "Wi-Fi: 192.0.2.20" }, _chip.Lines);
        CollectionAssert.AreEqual(new[] { "reset", "wait" }, _chip.Network);
        Assert.AreEqual(TunnelNetwork.JoinTime, _chip.Limit, "The helper would wait for ever.");
        Assert.AreEqual(0, _chip.Saves);
    }

    [TestMethod]
    [DataRow(WifiConnectionStatus.InvalidCredential, "the stored password is wrong")]
    [DataRow(WifiConnectionStatus.NetworkNotAvailable, "the stored network is not in reach")]
    [DataRow(WifiConnectionStatus.UnsupportedAuthenticationProtocol, "the network's encryption is not supported")]
    [DataRow(WifiConnectionStatus.Timeout, "the access point does not let it in")]
    [DataRow(WifiConnectionStatus.Success, "joining anew")]
    public void What_does_not_come_is_joined_anew_and_the_console_says_why_but_never_the_password(WifiConnectionStatus status, string why)
    {
        _chip.Connected = status;
        _chip.Slept = () => _wifi.IPv4Address = "192.0.2.20";
        new WifiNetwork().Join();
        CollectionAssert.AreEqual(
            new[] { "Wi-Fi: joining", "Wi-Fi: no address yet; " + why, "Wi-Fi: 192.0.2.20" }, _chip.Lines);
        CollectionAssert.AreEqual(
            new[] { "reset", "wait", "disconnect", "connect net open sesame", "reset", "wait" }, _chip.Network);
        CollectionAssert.AreEqual(new[] { TunnelNetwork.Rest }, _chip.Sleeps);
        foreach (string line in _chip.Lines)
            Assert.DoesNotContain("sesame", line);
    }

    [TestMethod]
    [DataRow(Options.None)]
    [DataRow(Options.Enable)]
    public void A_network_that_is_stored_but_not_joined_by_itself_is_from_then_on(Options stored)
    {
        _chip.StoredOptions = stored;
        _chip.Slept = () => _wifi.IPv4Address = "192.0.2.20";
        new WifiNetwork().Join();
        Assert.AreEqual(Options.AutoConnect, _chip.StoredOptions);
        Assert.AreEqual(1, _chip.Saves);
    }

    [TestMethod]
    public void An_open_network_is_left_to_the_firmware()
    {
        _chip.StoredPassword = "";
        _chip.Slept = () => _wifi.IPv4Address = "192.0.2.20";
        new WifiNetwork().Join();
        CollectionAssert.AreEqual(new[] { "reset", "wait", "disconnect", "reset", "wait" }, _chip.Network);
    }

    [TestMethod]
    public void Without_a_stored_network_the_console_says_how_to_store_one()
    {
        _chip.StoredSsid = "";
        _chip.Slept = () => _wifi.IPv4Address = "192.0.2.20";
        new WifiNetwork().Join();
        Assert.AreEqual(
            "Wi-Fi: no address yet; no network is stored on this device; 'handshake flash' with --wifi-ssid stores one", _chip.Lines[1]);
    }

    [TestMethod]
    public void A_firmware_without_the_interface_says_so_and_goes_on_trying()
    {
        _chip.Interfaces.Clear();
        int tries = 0;
        _chip.Slept = () =>
        {
            if (++tries == 3)
                _chip.Interfaces.Add(new NetworkInterface(NetworkInterfaceType.Wireless80211, s_address) { IPv4Address = "192.0.2.20" });
        };
        new WifiNetwork().Join();
        Assert.HasCount(5, _chip.Lines);
        Assert.AreEqual("Wi-Fi: no address yet; this firmware has no Wi-Fi", _chip.Lines[3]);
    }

    [TestMethod]
    public void A_Wi_Fi_that_is_lost_is_joined_again()
    {
        _wifi.IPv4Address = "192.0.2.20";
        var network = new WifiNetwork();
        network.Keep();
        Assert.IsEmpty(_chip.Lines);
        _wifi.IPv4Address = "";
        _chip.Wait = () => _wifi.IPv4Address = "192.0.2.21";
        network.Keep();
        CollectionAssert.AreEqual(new[] { "Wi-Fi: lost; joining again", "Wi-Fi: 192.0.2.21" }, _chip.Lines);
    }

    [TestMethod]
    public void The_chips_own_Ethernet_is_waited_for_whatever_other_interfaces_have()
    {
        _wifi.IPv4Address = "192.0.2.20";
        var ethernet = new NetworkInterface(NetworkInterfaceType.Ethernet, s_address);
        _chip.Interfaces.Add(ethernet);
        _chip.Slept = () => ethernet.IPv4Address = "192.0.2.30";
        new EthernetNetwork().Join();
        CollectionAssert.AreEqual(
            new[]
            {
                "Ethernet: joining", "Ethernet: no address yet; is the cable in, and is there a DHCP server?", "Ethernet: 192.0.2.30",
            },
            _chip.Lines);
        CollectionAssert.AreEqual(new[] { "reset", "wait", "reset", "wait" }, _chip.Network);
        Assert.AreEqual(TunnelNetwork.JoinTime, _chip.Limit, "The helper would wait for ever.");
    }
}
