using System;
using System.Diagnostics;
using System.IO;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>One end of a transfer: a TCP in a network namespace of its own, at the end of a <see cref="LossyWire"/>.</summary>
internal abstract class End : IDisposable
{
    /// <summary>Send and receive buffer, in bytes.</summary>
    public const int BufferSize = 256 * 1024;

    public const int Port = 5001;

    protected const int PrefixLength = 24;

    /// <param name="address">Its IPv4 address.</param>
    /// <param name="isForeign">False if the kernel itself is the end.</param>
    protected End(uint address, bool isForeign)
    {
        Address = address;
        if (!NetworkNamespace.TryCreate(out NetworkNamespace? network, out string reason))
            throw new IOException(reason);
        Network = network;
        try
        {
            // Where the kernel is not the end, nobody speaks to its address.
            Wire = network.OpenTap("wire0", isForeign ? address + 100 : address, PrefixLength);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Its IPv4 address.</summary>
    public uint Address { get; }

    /// <summary>The wire's TAP device.</summary>
    public TapLink Wire { get; }

    /// <summary>How many bytes have come.</summary>
    public abstract long Received { get; }

    protected NetworkNamespace Network { get; }

    /// <summary>Takes a connection, and whatever comes on it.</summary>
    public abstract void Listen();

    /// <summary>Opens a connection, and returns when it is established.</summary>
    public abstract void Connect(uint address);

    /// <summary>
    /// Sends so many bytes on it, as fast as its TCP takes them, and closes its direction: Nagle would hold back the last of them. May return
    /// before.
    /// </summary>
    public abstract void Send(int count);

    public virtual void Dispose()
    {
        Wire.Dispose();
        Network.Dispose();
    }

    /// <summary>Makes a bridge of the kernel of the wire's TAP device and another one.</summary>
    protected void Bridge(string tap)
    {
        Tool("ip", "link", "add", "bridge0", "type", "bridge");
        Network.Run(() => KernelInterface.SilenceIpv6("bridge0"));
        Tool("ip", "link", "set", "bridge0", "up");
        Tool("ip", "link", "set", Wire.Name, "master", "bridge0");
        Tool("ip", "link", "set", tap, "master", "bridge0");
    }

    /// <summary>Runs a program in the namespace.</summary>
    protected void Tool(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardError = true };
        using Process process = Network.Run(() => Process.Start(start)!);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new IOException($"{name} {string.Join(' ', arguments)}: {error}");
    }
}
