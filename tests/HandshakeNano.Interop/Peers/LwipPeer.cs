using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop.Peers;

/// <summary>
/// A host that is nothing but Debian's lwIP, on a TAP device in a network namespace: echo on port 7, the responder of
/// docs/conformance.md on 8, discard on 9, and connections by command (lwip/peer.c). It is a program of its own.
/// </summary>
internal sealed class LwipPeer : IDisposable
{
    public const string DefaultTap = "lwip0";
    public const string DefaultAddress = "10.77.0.3";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private LwipPeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Greeting = ReadLine();
    }

    /// <summary>What it says of itself, such as "lwIP 2.1.3 at 10.77.0.3 on lwip0".</summary>
    public string Greeting { get; }

    /// <summary>Makes a TAP device and starts the program on it.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="tap">The name of the new device, whose other end is the kernel's: give it an address, or put it into a bridge.</param>
    /// <param name="address">lwIP's IPv4 address, with a prefix of 24 bits.</param>
    /// <param name="speed">How much faster than ours its clock runs.</param>
    public static LwipPeer Start(NetworkNamespace network, string tap = DefaultTap, string address = DefaultAddress, int speed = 1)
    {
        network.Tool("ip", "tuntap", "add", "dev", tap, "mode", "tap");
        network.Run(() => KernelInterface.SilenceIpv6(tap));
        network.Tool("ip", "link", "set", tap, "up");
        string[] arguments = ["--tap", tap, "--address", address, "--speed", speed.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(LwipProgram.Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new LwipPeer(network.Run(() => Process.Start(start))!);
    }

    /// <summary>Gives a command and takes the answer after "ok"; lwip/peer.c has the list. An error fails the test.</summary>
    public string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = ReadLine();
        Assert.StartsWith("ok", answer, command);
        return answer.Length > 3 ? answer[3..] : string.Empty;
    }

    /// <summary>Ends the program, which ends with its standard input, without a word on the network.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5_000))
            _process.Kill();
        _process.Dispose();
    }

    private string ReadLine()
    {
        return _process.StandardOutput.ReadLine()
            ?? throw new AssertFailedException("The lwIP peer has ended: " + _errors.GetAwaiter().GetResult());
    }
}
