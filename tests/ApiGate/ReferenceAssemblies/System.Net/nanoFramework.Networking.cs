namespace nanoFramework.Networking;

public class IPConfiguration
{
    public IPConfiguration(string ipv4Address, string ipv4SubnetMask, string ipv4GatewayAddress, string[] ipv4DnsAddresses) => throw null;
    public string IPAddress { get => throw null; set => throw null; }
    public string IPSubnetMask { get => throw null; set => throw null; }
    public string IPGatewayAddress { get => throw null; set => throw null; }
    public string[] IPDns { get => throw null; set => throw null; }
}

public static class NetworkHelper
{
    public static System.Threading.ManualResetEvent NetworkReady => throw null;
    public static nanoFramework.Networking.NetworkHelperStatus Status => throw null;
    public static System.Exception HelperException => throw null;
    public static void SetupNetworkHelper(bool requiresDateTime) => throw null;
    public static void SetupNetworkHelper(nanoFramework.Networking.IPConfiguration ipConfiguration, bool requiresDateTime) => throw null;
    public static bool SetupAndConnectNetwork(System.Threading.CancellationToken token, bool requiresDateTime) => throw null;
    public static bool SetupAndConnectNetwork(nanoFramework.Networking.IPConfiguration ipConfiguration, System.Threading.CancellationToken token, bool requiresDateTime) => throw null;
    public static void Reset() => throw null;
}

public enum NetworkHelperStatus
{
    None = 0,
    Started = 1,
    NetworkIsReady = 2,
    FailedNoNetworkInterface = 3,
    TokenExpiredWaitingIPAddress = 4,
    TokenExpiredWaitingDateTime = 5,
    ErrorConnetingToWiFiWhileScanning = 6,
    ExceptionOccurred = 7,
    Reconnecting = 8,
}
