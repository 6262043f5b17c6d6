using System;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>Two hosts on a network of 1500 bytes, each in a namespace of its own: a PC that typed what docs/vxlan.md says, and a device.</summary>
internal sealed class VxlanCable : IDisposable
{
    public const string Device = "192.0.2.20";
    public const string PcAddress = "192.0.2.10";

    public VxlanCable()
    {
        try
        {
            LayCable();
            foreach (string line in Commands())
            {
                string[] words = line.Split(' ');
                Pc.Tool(words[1], words[2..]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace Pc { get; } = Lab.NewNetwork();

    public NetworkNamespace DeviceNetwork { get; } = Lab.NewNetwork();

    public void Dispose()
    {
        Pc.Dispose();
        DeviceNetwork.Dispose();
    }

    /// <summary>The three commands of docs/vxlan.md.</summary>
    private static string[] Commands()
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vxlan.md"))
            .SkipWhile(line => line != "```sh").Skip(1).TakeWhile(line => line != "```")];
        Assert.HasCount(3, lines);
        foreach (string line in lines)
            Assert.StartsWith("sudo ip ", line);
        return lines;
    }

    private void LayCable()
    {
        Pc.LayCable(DeviceNetwork, "eth0");

        // A veth passes on inner checksums that were not computed and segments that were not cut: it says that it does
        // both in hardware, and the other end is memory. A real cable gets finished packets.
        Pc.Tool("ethtool", "-K", "eth0", "tx", "off");
        Pc.Tool("ip", "addr", "add", PcAddress + "/24", "dev", "eth0");
        Pc.Tool("ip", "link", "set", "eth0", "up");
        DeviceNetwork.Tool("ip", "addr", "add", Device + "/24", "dev", "eth0");
        DeviceNetwork.Tool("ip", "link", "set", "eth0", "up");
        Pc.WaitForCarrier("eth0");
        DeviceNetwork.WaitForCarrier("eth0");
    }
}
