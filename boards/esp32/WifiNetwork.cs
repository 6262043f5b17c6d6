using System.Device.Wifi;
using System.Net.NetworkInformation;
using System.Threading;
using nanoFramework.Networking;

namespace HandshakeNano.Boards.Esp32;

/// <summary>
/// Wi-Fi, joined by the name and the password that are stored on the device; neither is ever in a source or given by this
/// firmware to anyone else.
/// </summary>
public sealed class WifiNetwork : InterfaceNetwork
{
    /// <summary>Makes one.</summary>
    public WifiNetwork()
        : base(NetworkInterfaceType.Wireless80211)
    {
    }

    /// <inheritdoc/>
    public override string Name
    {
        get { return "Wi-Fi"; }
    }

    /// <inheritdoc/>
    protected override void WaitForAddress(int milliseconds)
    {
        // The firmware joins by itself what is stored; the helper waits for the address. Without a token that ends it it waits
        // for ever, and without a reset it serves only once.
        WifiNetworkHelper.Reset();
        using (CancellationTokenSource limit = new CancellationTokenSource(milliseconds))
            WifiNetworkHelper.Reconnect(false, 0, limit.Token);
    }

    /// <inheritdoc/>
    protected override string Rejoin()
    {
        NetworkInterface wifi = FindInterface();
        if (wifi == null)
            return "this firmware has no Wi-Fi";
        Wireless80211Configuration stored =
            Wireless80211Configuration.GetAllWireless80211Configurations()[wifi.SpecificConfigId];
        if (stored.Ssid == null || stored.Ssid.Length == 0)
            return "no network is stored on this device; 'handshake flash' with --wifi-ssid stores one";

        // The firmware joins, and comes back to, only what it is told to join automatically.
        const Wireless80211Configuration.ConfigurationOptions Automatic = Wireless80211Configuration.ConfigurationOptions.AutoConnect;
        if ((stored.Options & Automatic) != Automatic)
        {
            stored.Options = Automatic;
            stored.SaveConfiguration();
        }

        // It may believe that it is still in a network whose access point has restarted.
        WifiAdapter adapter = WifiAdapter.FindAllAdapters()[0];
        adapter.Disconnect();
        string password = stored.Password;
        if (password == null || password.Length == 0)
            return null;
        return Complaint(adapter.Connect(stored.Ssid, WifiReconnectionKind.Automatic, password).ConnectionStatus);
    }

    private static string Complaint(WifiConnectionStatus status)
    {
        switch (status)
        {
            case WifiConnectionStatus.Success:
                return null;
            case WifiConnectionStatus.InvalidCredential:
                return "the stored password is wrong";
            case WifiConnectionStatus.NetworkNotAvailable:
                return "the stored network is not in reach";
            case WifiConnectionStatus.UnsupportedAuthenticationProtocol:
                return "the network's encryption is not supported";
            default:
                return "the access point does not let it in";
        }
    }
}
