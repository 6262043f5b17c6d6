namespace System.Device.Wifi;

public delegate void AvailableNetworksChangedEventHandler(System.Device.Wifi.WifiAdapter sender, object e);

public sealed class WifiAdapter : System.IDisposable
{
    internal WifiAdapter() => throw null;
    public event System.Device.Wifi.AvailableNetworksChangedEventHandler AvailableNetworksChanged { add => throw null; remove => throw null; }
    public int NetworkInterface => throw null;
    public System.Device.Wifi.WifiNetworkReport NetworkReport => throw null;
    public System.Device.Wifi.WifiConnectionResult Connect(System.Device.Wifi.WifiAvailableNetwork availableNetwork, System.Device.Wifi.WifiReconnectionKind reconnectionKind, string passwordCredential) => throw null;
    public System.Device.Wifi.WifiConnectionResult Connect(string ssid, System.Device.Wifi.WifiReconnectionKind reconnectionKind, string passwordCredential) => throw null;
    public void Disconnect() => throw null;
    public static System.Device.Wifi.WifiAdapter[] FindAllAdapters() => throw null;
    public void SetDeviceName(string deviceName) => throw null;
    public void ScanAsync() => throw null;
    ~WifiAdapter() => throw null;
    public void Dispose() => throw null;
}

public class WifiAvailableNetwork
{
    public string Bsid => throw null;
    public string Ssid => throw null;
    public System.Device.Wifi.WifiNetworkKind NetworkKind => throw null;
    public double NetworkRssiInDecibelMilliwatts => throw null;
    public byte SignalBars => throw null;
    public WifiAvailableNetwork() => throw null;
}

public class WifiConnectionResult
{
    internal WifiConnectionResult() => throw null;
    public System.Device.Wifi.WifiConnectionStatus ConnectionStatus => throw null;
}

public enum WifiConnectionStatus
{
    AccessRevoked = 0,
    InvalidCredential = 1,
    NetworkNotAvailable = 2,
    Success = 3,
    Timeout = 4,
    UnspecifiedFailure = 5,
    UnsupportedAuthenticationProtocol = 6,
}

public enum WifiNetworkKind
{
    Adhoc = 0,
    Any = 1,
    Infrastructure = 2,
}

public class WifiNetworkReport
{
    internal WifiNetworkReport() => throw null;
    public System.Device.Wifi.WifiAvailableNetwork[] AvailableNetworks => throw null;
}

public enum WifiReconnectionKind
{
    Automatic = 0,
    Manual = 1,
}
