using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop.Peers;

/// <summary>
/// A host with a foreign TCP, on a TAP device in a network namespace: echo on port 7, the responder of
/// docs/conformance.md on 8, discard on 9, and connections by command (lwip/peer.c). It is a program of its own.
/// </summary>
internal sealed class StackPeer : IDisposable
{
    public const string Address = "10.77.0.3";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private StackPeer(string tap, Process process)
    {
        Tap = tap;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Greeting = ReadLine();
    }

    /// <summary>Its TAP device, whose other end is the kernel's: give it an address, or put it into a bridge.</summary>
    public string Tap { get; }

    /// <summary>What it says of itself, such as "lwIP 2.1.3 at 10.77.0.3 on lwip0".</summary>
    public string Greeting { get; }

    /// <summary>Makes a TAP device and starts the program on it.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="program">Whose TCP it is.</param>
    /// <param name="speed">How much faster than ours its clock runs.</param>
    public static StackPeer Start(NetworkNamespace network, StackProgram program, int speed = 1)
    {
        string tap = program.Name + "0";
        network.Tool("ip", "tuntap", "add", "dev", tap, "mode", "tap");
        network.Run(() => KernelInterface.SilenceIpv6(tap));
        network.Tool("ip", "link", "set", tap, "up");
        string[] arguments = ["--tap", tap, "--address", Address, "--speed", speed.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(program.Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new StackPeer(tap, network.Run(() => Process.Start(start))!);
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
            ?? throw new AssertFailedException("The peer has ended: " + _errors.GetAwaiter().GetResult());
    }
}
