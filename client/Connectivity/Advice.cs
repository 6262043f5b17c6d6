using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Connectivity;

/// <summary>What to type when the system refuses something: each sentence names the fault, then the way out.</summary>
public static class Advice
{
    /// <summary>Says what to do when there is no TAP interface.</summary>
    /// <param name="fault">Why there is none.</param>
    /// <param name="name">The interface's name.</param>
    /// <param name="network">The device's address, and the PC's.</param>
    /// <param name="user">Who runs the command.</param>
    /// <returns>One line.</returns>
    public static string For(TapException fault, string name, Network network, string user) => fault.Message + "; " + (fault.Fault switch
    {
        TapFault.NotLinux => "add --via for a VXLAN tunnel, or type: handshake demo --in-memory",
        TapFault.NoDevice => "type: sudo modprobe tun (in a container, start it with --device /dev/net/tun), or add --via for a VXLAN tunnel",
        TapFault.NotAllowed when user == "root" => "root lacks the right here: start the container with --cap-add NET_ADMIN, or add --via for a VXLAN tunnel",
        TapFault.NotAllowed => $"run it as root, or type: sudo ip tuntap add dev {name} mode tap user {user} && {Addressing(name, network)}",
        TapFault.Busy => "end that program, or choose another interface and network, such as: --tap handshake1 --address 10.78.0.2/24",
        TapFault.NotTap => "choose another name: --tap NAME",
        _ => "choose another name with --tap NAME, or add --via for a VXLAN tunnel",
    });

    /// <summary>The commands that give the PC its address on an interface.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="network">The device's address, and the PC's.</param>
    /// <returns>What to type.</returns>
    public static string Addressing(string name, Network network) =>
        $"sudo ip addr add {Ipv4Address.ToString(network.PcAddress)}/{network.PrefixLength} dev {name} && sudo ip link set {name} up";

    /// <summary>Says why a port cannot be listened on, and what to do.</summary>
    /// <param name="error">What the system says.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="place">The address and port.</param>
    /// <param name="option">The option that chooses another port, with an example.</param>
    /// <param name="platform">The operating system.</param>
    /// <returns>One line.</returns>
    public static string For(SocketException error, string protocol, IPEndPoint place, string option, Platform platform) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{protocol} {place} is in use by another program; choose another port, such as {option}",
        SocketError.AddressNotAvailable => $"{protocol} {place}: {place.Address} is not an address of this computer; type: {platform.Addresses}, which lists them",
        SocketError.AccessDenied when !platform.IsLinux => $"{protocol} {place}: {platform.Name} keeps it for itself; choose another port, such as {option}",
        SocketError.AccessDenied => $"{protocol} {place}: only root may use a port below 1024; run it as root, or choose another port, such as {option}",
        _ => $"{protocol} {place}: {error.Message}; choose another port, such as {option}",
    };
}
