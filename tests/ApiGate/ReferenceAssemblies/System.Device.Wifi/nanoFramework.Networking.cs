namespace nanoFramework.Networking;

public static class WifiNetworkHelper
{
    public static System.Threading.ManualResetEvent NetworkReady => throw null;
    public static nanoFramework.Networking.NetworkHelperStatus Status => throw null;
    public static System.Exception HelperException => throw null;
    public static void SetupNetworkHelper(bool requiresDateTime) => throw null;
    public static void SetupNetworkHelper(nanoFramework.Networking.IPConfiguration ipConfiguration, bool requiresDateTime) => throw null;
    public static void SetupNetworkHelper(string ssid, string password, System.Device.Wifi.WifiReconnectionKind reconnectionKind, bool requiresDateTime) => throw null;
    public static void Disconnect() => throw null;
    public static System.Device.Wifi.WifiAdapter WifiAdapter => throw null;
    public static bool ConnectDhcp(string ssid, string password, System.Device.Wifi.WifiReconnectionKind reconnectionKind, bool requiresDateTime, int wifiAdapterId, System.Threading.CancellationToken token) => throw null;
    public static bool ConnectFixAddress(string ssid, string password, nanoFramework.Networking.IPConfiguration ipConfiguration, System.Device.Wifi.WifiReconnectionKind reconnectionKind, bool requiresDateTime, int WifiAdapter, System.Threading.CancellationToken token) => throw null;
    public static bool ScanAndConnectDhcp(string ssid, string password, System.Device.Wifi.WifiReconnectionKind reconnectionKind, bool requiresDateTime, int WifiAdapter, System.Threading.CancellationToken token) => throw null;
    public static bool Reconnect(bool requiresDateTime, int wifiAdapterId, System.Threading.CancellationToken token) => throw null;
    public static void Reset() => throw null;
}
