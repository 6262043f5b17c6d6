#nullable enable
using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace HandshakeNano.Boards.RaspberryPi;

/// <summary>Who a W5500 on this computer is among others. The chip has no Ethernet address of its own.</summary>
public static class MachineIdentity
{
    // The number that a Raspberry Pi was made with; else the number that a Linux was installed with.
    private static readonly string[] s_files = { "/sys/firmware/devicetree/base/serial-number", "/etc/machine-id" };

    /// <summary>Makes an Ethernet address that is always the same for this computer and this W5500.</summary>
    /// <param name="device">The file of its bus, such as <c>/dev/spidev0.0</c>.</param>
    /// <returns>6 bytes in the order of the wire: a locally administered unicast address.</returns>
    public static byte[] GetPhysicalAddress(string device)
    {
        string? file = s_files.FirstOrDefault(File.Exists);
        return MakePhysicalAddress(file == null ? "" : File.ReadAllText(file), device);
    }

    /// <summary>Makes an Ethernet address.</summary>
    /// <param name="machine">What the computer has and no other one; the address does not tell it.</param>
    /// <param name="device">What that W5500 has and no other one on the computer.</param>
    /// <returns>6 bytes in the order of the wire: a locally administered unicast address.</returns>
    public static byte[] MakePhysicalAddress(string machine, string device)
    {
        ArgumentNullException.ThrowIfNull(machine);
        byte[] address = SHA256.HashData(Encoding.UTF8.GetBytes("handshake " + machine.Trim('\0', '\n') + " " + device))[..6];
        address[0] = (byte)((address[0] | 0x02) & 0xFE);
        return address;
    }
}
