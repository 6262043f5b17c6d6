using System;
using System.Net.NetworkInformation;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using GC = nanoFramework.Runtime.Native.GC;

namespace HandshakeNano.Boards.Esp32;

/// <summary>Who this device is among others: its Ethernet address and its IPv4 address.</summary>
public static class DeviceIdentity
{
    /// <summary>
    /// Makes an Ethernet address for the endpoint out of the one that the chip was made with: neither a W5500 nor a tunnel
    /// has one of its own.
    /// </summary>
    /// <returns>
    /// 6 bytes in the order of the wire: a locally administered unicast address, and not one of those that the chip derives
    /// itself, which differ from its own by the local bit or by the last byte.
    /// </returns>
    public static byte[] GetPhysicalAddress()
    {
        byte[] address = new byte[6] { 0x00, 0x48, 0x4E, 0x00, 0x00, 0x02 };
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            byte[] own = candidate.PhysicalAddress;
            if (own != null && own.Length == 6 && (own[3] | own[4] | own[5]) != 0)
            {
                for (int i = 0; i < 6; i++)
                    address[i] = own[i];
                address[0] ^= 0x40;
                break;
            }
        }

        address[0] = (byte)((address[0] | 0x02) & 0xFE);
        return address;
    }

    /// <summary>Makes the settings of the endpoint: an address or DHCP, as the build was given, and as many connections as there is memory.</summary>
    /// <param name="physicalAddress">The endpoint's Ethernet address; without a name from the build the device is called by its last three bytes.</param>
    /// <returns>The settings.</returns>
    public static TcpSettings MakeSettings(byte[] physicalAddress)
    {
        uint free = GC.Run(true);
        int connections = MemoryBudget.Connections(free);
        Console.WriteLine("Memory: " + free.ToString() + " bytes free, room for " + connections.ToString() + " connections");
        TcpSettings settings = new TcpSettings
        {
            HostName = BoardOptions.HostName.Length != 0 ? BoardOptions.HostName : NetworkSettings.MakeName(physicalAddress),
            MulticastDns = BoardOptions.MulticastDns,
            Connections = connections,
        };
        NetworkSettings.SetAddress(settings, BoardOptions.Address, BoardOptions.PrefixLength, BoardOptions.Gateway, BoardOptions.DnsServer);
        return settings;
    }
}
