using System;
using System.Globalization;
using System.Net;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Connectivity;

/// <summary>The address of our stack, and the network that it shares with the PC.</summary>
/// <param name="Address">Our IPv4 address, most significant byte first.</param>
/// <param name="PrefixLength">Length of the network's prefix in bits, 8 to 30.</param>
public readonly record struct Network(uint Address, int PrefixLength)
{
    /// <summary>10.77.0.2/24.</summary>
    public static Network Default { get; } = new(Ipv4Address.From(10, 77, 0, 2), 24);

    /// <summary>10.77.0.1/24: ours where our stack is the PC, in a tunnel to a device.</summary>
    public static Network DefaultPc { get; } = new(Ipv4Address.From(10, 77, 0, 1), 24);

    /// <summary>10.77.0.77/24: ours as one more host on an interface, where 10.77.0.1 and 10.77.0.2 are taken.</summary>
    public static Network OnInterface { get; } = new(Ipv4Address.From(10, 77, 0, 77), 24);

    /// <summary>The PC's address: the first of the network that is not ours.</summary>
    public uint PcAddress
    {
        get
        {
            uint first = (Address & (uint.MaxValue << (32 - PrefixLength))) + 1;
            return first == Address ? first + 1 : first;
        }
    }

    /// <summary>Says whether our stack can open a connection to an address.</summary>
    /// <param name="address">An IPv4 address.</param>
    /// <returns>True if it can be that of a host, and is not our own.</returns>
    public bool CanReach(IPAddress address)
    {
        uint number = FromIPAddress(address);
        uint broadcast = Address | (uint.MaxValue >> PrefixLength);
        return (number >> 24) is not (0 or 127 or >= 224) && number != Address && number != broadcast;
    }

    /// <summary>Reads an address with the length of its network.</summary>
    /// <param name="text">For example 10.77.0.2/24.</param>
    /// <param name="network">The result.</param>
    /// <returns>True if a host can have that address.</returns>
    public static bool TryParse(string text, out Network network)
    {
        network = Default;
        string[] parts = text.Split('/');
        if (parts.Length != 2
            || !Ipv4Address.TryParse(parts[0], out uint address)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length is < 8 or > 30)
            return false;
        uint host = address & (uint.MaxValue >> length);
        uint first = address >> 24;
        if (host == 0 || host == uint.MaxValue >> length || first is 0 or 127 or >= 224)
            return false;
        network = new Network(address, length);
        return true;
    }

    /// <summary>An address as .NET has it.</summary>
    /// <param name="address">An IPv4 address, most significant byte first.</param>
    /// <returns>The same.</returns>
    public static IPAddress ToIPAddress(uint address) => new(BitConverter.IsLittleEndian
        ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(address)
        : address);

    /// <summary>An address as our stack has it.</summary>
    /// <param name="address">An IPv4 address.</param>
    /// <returns>The same, most significant byte first.</returns>
    public static uint FromIPAddress(IPAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    /// <inheritdoc/>
    public override string ToString() =>
        Ipv4Address.ToString(Address) + "/" + PrefixLength.ToString(CultureInfo.InvariantCulture);
}
