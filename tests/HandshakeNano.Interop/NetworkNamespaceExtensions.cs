using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What a program printed and how it ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>The kernel's side of a network namespace: its sockets, its settings, its counters, programs that run inside.</summary>
internal static class NetworkNamespaceExtensions
{
    /// <summary>A TCP socket of the kernel inside; it may be used on any thread.</summary>
    public static Socket NewSocket(this NetworkNamespace network, AddressFamily family = AddressFamily.InterNetwork)
    {
        return network.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = (int)Lab.Deadline.TotalMilliseconds,
            ReceiveTimeout = (int)Lab.Deadline.TotalMilliseconds,
        });
    }

    /// <summary>Runs a program inside; the test fails if it is missing, fails or does not end in time.</summary>
    public static string Tool(this NetworkNamespace network, string name, params string[] arguments)
    {
        ToolResult result = network.TryTool(name, null, arguments);
        Assert.AreEqual(0, result.ExitCode, $"{name} {string.Join(' ', arguments)}\n{result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>Runs a program inside with this on its standard input; any exit code is allowed.</summary>
    public static ToolResult TryTool(this NetworkNamespace network, string name, byte[]? input, params string[] arguments) =>
        TryTool(network, Lab.Deadline, name, input, arguments);

    /// <summary>Runs a program inside that may take some time; any exit code is allowed.</summary>
    public static ToolResult TryTool(this NetworkNamespace network, TimeSpan most, string name, byte[]? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = network.Run(() => Start(start));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            if (input != null)
                process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program did not want all of its input; its exit code tells whether that is right.
        }

        if (!process.WaitForExit(most))
        {
            process.Kill();
            Assert.Fail($"{name} {string.Join(' ', arguments)} did not end within {most}.");
        }

        return new ToolResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Sets a value under /proc/sys/net, which shows each thread the values of its own namespace.</summary>
    public static void SetKernel(this NetworkNamespace network, string name, string value)
    {
        network.Run(() => File.WriteAllText("/proc/sys/net/" + name, value));
    }

    /// <summary>Makes an Ethernet bridge of these interfaces.</summary>
    public static void Bridge(this NetworkNamespace network, string name, params string[] interfaces)
    {
        network.Tool("ip", "link", "add", name, "type", "bridge");
        network.Run(() => KernelInterface.SilenceIpv6(name));
        network.Tool("ip", "link", "set", name, "up");
        foreach (string member in interfaces)
            network.Tool("ip", "link", "set", member, "master", name);
    }

    /// <summary>Joins two networks by a cable: an interface of this name in each, unless the other one's has a name of its own.</summary>
    public static void LayCable(this NetworkNamespace network, NetworkNamespace other, string name, string? otherName = null)
    {
        // A name for the other network: a process inside.
        using Process inside = other.Run(() => Process.Start("sleep", "60"));
        try
        {
            network.Tool("ip", "link", "add", name, "type", "veth", "peer", "name", otherName ?? name, "netns", inside.Id.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            inside.Kill();
            inside.WaitForExit();
        }
    }

    /// <summary>
    /// Waits until an interface carries. The kernel sees to that on a thread of its own, after both ends of a cable were switched on:
    /// what is sent before is lost, and is asked for again after a second at the soonest.
    /// </summary>
    public static void WaitForCarrier(this NetworkNamespace network, string name) => Lab.WaitUntil(
        () => network.Tool("ip", "-o", "link", "show", "dev", name).Contains(" state UP ", StringComparison.Ordinal), name + " carries");

    /// <summary>One of the kernel's counters for this namespace, such as "Tcp", "InErrs" or "TcpExt", "TCPSYNChallenge".</summary>
    public static long KernelCounter(this NetworkNamespace network, string group, string name)
    {
        // /proc/net is the network of the process, not of the thread.
        string file = group.EndsWith("Ext", StringComparison.Ordinal) ? "netstat" : "snmp";
        string[] lines = network.Run(() => File.ReadAllLines("/proc/thread-self/net/" + file));
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            string[] names = lines[i].Split(' ');
            int at = Array.IndexOf(names, name);
            if (names[0] == group + ":" && at > 0)
                return long.Parse(lines[i + 1].Split(' ')[at], CultureInfo.InvariantCulture);
        }

        throw new KeyNotFoundException($"The kernel has no counter {group} {name}.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new AssertFailedException($"The interop suite needs the program {start.FileName}.", exception);
        }
    }
}
