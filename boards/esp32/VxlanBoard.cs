using System.Net.NetworkInformation;
using System.Threading;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Tcp;
using nanoFramework.Networking;

namespace HandshakeNano.Boards.Esp32;

/// <summary>A board with an ESP32 whose own network, Wi-Fi or Ethernet, carries the frames in VXLAN.</summary>
public sealed class VxlanBoard : Board
{
    // A join takes some seconds; without an end the helper waits for ever.
    private const int JoinMilliseconds = 60000;

    private readonly string _name;
    private readonly ILink _link;
    private readonly IEntropy _entropy;

    /// <summary>Brings the network up, however long that takes, and makes the link.</summary>
    /// <param name="name">The board's name: its folder under <c>boards/</c>.</param>
    /// <param name="underlay">Which network carries the tunnel.</param>
    public VxlanBoard(string name, Underlay underlay)
    {
        _name = name;
        bool wifi = underlay == Underlay.Wifi;
        string network = wifi ? "Wi-Fi" : "Ethernet";
        Log(network + ": joining" + (wifi ? " with the name and password that are stored on this device" : ""));
        while (!(wifi ? JoinWifi() : JoinEthernet()))
            Log(network + ": no address yet; trying again");
        Log(network + ": " + FindAddress(wifi ? NetworkInterfaceType.Wireless80211 : NetworkInterfaceType.Ethernet));

        byte[] physicalAddress = DeviceIdentity.GetPhysicalAddress();
        // After the radio has come up: until then the chip's generator is only pseudo-random.
        _entropy = new Esp32Entropy(physicalAddress);
        _link = MakeLink(physicalAddress);
    }

    /// <inheritdoc/>
    public override string Name
    {
        get { return _name; }
    }

    /// <inheritdoc/>
    public override ILink Link
    {
        get { return _link; }
    }

    /// <inheritdoc/>
    public override IEntropy Entropy
    {
        get { return _entropy; }
    }

    /// <inheritdoc/>
    public override TcpSettings Settings
    {
        get { return DeviceIdentity.MakeSettings(_link.PhysicalAddress); }
    }

    private static ILink MakeLink(byte[] physicalAddress)
    {
        Ipv4Address.TryParse(BoardOptions.VxlanPeer, out uint peer);
        return new VxlanLink(new VxlanSettings
        {
            Vni = BoardOptions.VxlanVni,
            Peer = peer,
            LearnPeer = BoardOptions.VxlanPeer.Length == 0,
            PhysicalAddress = physicalAddress,
        });
    }

    private static bool JoinWifi()
    {
        using (CancellationTokenSource limit = new CancellationTokenSource(JoinMilliseconds))
        {
            if (WifiNetworkHelper.Reconnect(false, 0, limit.Token))
                return true;
        }

        WifiNetworkHelper.Reset();
        return false;
    }

    private static bool JoinEthernet()
    {
        using (CancellationTokenSource limit = new CancellationTokenSource(JoinMilliseconds))
        {
            if (NetworkHelper.SetupAndConnectNetwork(limit.Token, false))
                return true;
        }

        NetworkHelper.Reset();
        return false;
    }

    private static string FindAddress(NetworkInterfaceType type)
    {
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (candidate.NetworkInterfaceType == type)
                return candidate.IPv4Address;
        }

        return "no interface";
    }
}
