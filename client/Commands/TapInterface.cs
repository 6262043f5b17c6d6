using System;
using System.IO;
using System.Linq;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>Gets at the TAP interface that the user named.</summary>
public static class TapInterface
{
    /// <summary>Opens the interface if there is one, or makes it and gives the PC its address.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="network">Our address and the network.</param>
    /// <param name="hint">What is still to be typed before it can be reached, one line; null if nothing.</param>
    /// <returns>Our end.</returns>
    /// <exception cref="IOException">It may not be done; the message says what to type.</exception>
    public static TapLink Open(string name, Network network, out string? hint)
    {
        hint = null;
        string pc = Ipv4Address.ToString(network.PcAddress) + "/" + network.PrefixLength;
        string address = $"sudo ip addr add {pc} dev {name} && sudo ip link set {name} up";
        if (Find(name) != null)
        {
            TapLink existing = OpenExisting(name);
            if (!HasAddress(name))
                hint = $"{name} has no address yet; type: {address}";
            return existing;
        }

        try
        {
            TapLink made = TapLink.Open(name);
            try
            {
                KernelInterface.Configure(made.Name, network.PcAddress, network.PrefixLength);
                return made;
            }
            catch
            {
                made.Dispose();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new IOException(
                $"{e.Message}; run it as root, or type: sudo ip tuntap add dev {name} mode tap user {Environment.UserName} && {address}", e);
        }
    }

    private static TapLink OpenExisting(string name)
    {
        try
        {
            return TapLink.Open(name);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message}; {name} is there, but must be a TAP interface of yours that no other program uses", e);
        }
    }

    private static NetworkInterface? Find(string name) =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == name);

    private static bool HasAddress(string name) => Find(name)?.GetIPProperties().UnicastAddresses
        .Any(address => address.Address.AddressFamily == AddressFamily.InterNetwork) ?? false;
}
