using System;
using System.IO;

namespace HandshakeNano.Client.Connectivity;

/// <summary>The operating system, as far as the commands are different on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">The command that lists the addresses of this computer.</param>
/// <param name="Routes">The command that lists the networks that can be reached.</param>
public sealed record Platform(string Name, string Addresses, string Routes)
{
    /// <summary>Linux has TAP interfaces, packet sockets, network namespaces and spidev.</summary>
    public static Platform Linux { get; } = new("Linux", "ip addr", "ip route");

    /// <summary>macOS.</summary>
    public static Platform MacOS { get; } = new("macOS", "ifconfig", "netstat -rn");

    /// <summary>Windows.</summary>
    public static Platform Windows { get; } = new("Windows", "ipconfig", "route print");

    /// <summary>The one that this is.</summary>
    public static Platform Current { get; } = OperatingSystem.IsLinux() ? Linux : OperatingSystem.IsWindows() ? Windows : MacOS;

    /// <summary>True if it is Linux.</summary>
    public bool IsLinux => this == Linux;

    /// <summary>True if it is Windows.</summary>
    public bool IsWindows => this == Windows;

    /// <summary>True if it is macOS, or another that has what macOS has.</summary>
    public bool IsMacOS => this == MacOS;

    /// <summary>Says no where something is not there.</summary>
    /// <param name="what">What only Linux has, such as "a TAP interface".</param>
    /// <param name="instead">What works here.</param>
    /// <exception cref="IOException">It is not Linux; the message is one line.</exception>
    public void RequireLinux(string what, string instead)
    {
        if (!IsLinux)
            throw new IOException($"{what} takes Linux, and this is {Name}; {instead}");
    }
}
