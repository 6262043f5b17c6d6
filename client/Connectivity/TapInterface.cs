using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Client.Connectivity;

/// <summary>Gets at the TAP interface that the user named.</summary>
public static class TapInterface
{
    private const int Ipv6Prefix = 64;

    /// <summary>Opens the interface if there is one, or makes it and gives the PC its address.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="network">Our address and the network.</param>
    /// <param name="ipv6">An IPv6 address for the PC as well, in a network of 64 bits, on an interface that is made; null: none.</param>
    /// <param name="hint">What is still to be typed before it can be reached, one line; null if nothing.</param>
    /// <returns>Our end.</returns>
    /// <exception cref="IOException">It may not be done; the message says what to type.</exception>
    public static TapLink Open(string name, Network network, IPAddress? ipv6, out string? hint)
    {
        hint = null;
        try
        {
            if (Exists(name))
            {
                TapLink existing = TapLink.Open(name);
                if (ipv6 == null && !HasAddress(name))
                    hint = $"{name} has no address yet; type: {Advice.Addressing(name, network)}";
                return existing;
            }

            TapLink made = TapLink.Open(name);
            try
            {
                KernelInterface.Configure(made.Name, network.PcAddress, network.PrefixLength);
                if (ipv6 != null)
                    KernelInterface.AddIpv6(made.Name, ipv6.GetAddressBytes(), Ipv6Prefix);
                return made;
            }
            catch
            {
                made.Dispose();
                throw;
            }
        }
        catch (TapException e)
        {
            throw new IOException(Advice.For(e, name, network, Environment.UserName), e);
        }
    }

    /// <summary>Tells whether there is an interface of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True if there is.</returns>
    public static bool Exists(string name) => Find(name) != null;

    /// <summary>Tells whether another program has an interface.</summary>
    /// <param name="name">The name of one that exists.</param>
    /// <returns>True if there is one that does.</returns>
    public static bool IsBusy(string name)
    {
        try
        {
            TapLink.Open(name).Dispose();
            return false;
        }
        catch (TapException e)
        {
            return e.Fault == TapFault.Busy;
        }
    }

    private static NetworkInterface? Find(string name) =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == name);

    private static bool HasAddress(string name) => Find(name)?.GetIPProperties().UnicastAddresses
        .Any(address => address.Address.AddressFamily == AddressFamily.InterNetwork) ?? false;
}
