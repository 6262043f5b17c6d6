using System;
using System.Net.NetworkInformation;
using System.Threading;
using HandshakeNano.Firmware;
using nanoFramework.Networking;

namespace HandshakeNano.Boards.Esp32;

/// <summary>A network that the firmware of the chip has an interface for.</summary>
public abstract class InterfaceNetwork : TunnelNetwork
{
    private const string NoAddress = "0.0.0.0";

    private readonly NetworkInterfaceType _type;

    /// <summary>Makes one.</summary>
    /// <param name="type">Which of the interfaces it is.</param>
    protected InterfaceNetwork(NetworkInterfaceType type)
    {
        _type = type;
    }

    /// <summary>The interface; null if the firmware has none of this type.</summary>
    protected NetworkInterface FindInterface()
    {
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (candidate.NetworkInterfaceType == _type)
                return candidate;
        }

        return null;
    }

    /// <inheritdoc/>
    protected override string FindAddress()
    {
        NetworkInterface found = FindInterface();
        string address = found == null ? null : found.IPv4Address;
        return address == null || address.Length == 0 || address == NoAddress ? null : address;
    }

    /// <inheritdoc/>
    protected override void Log(string line)
    {
        Console.WriteLine(line);
    }

    /// <inheritdoc/>
    protected override void Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
    }
}
