using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>
/// Debian's lwIP, a program with a TAP device of its own that a bridge joins with the wire. Its buffers of 64 KB are compiled in.
/// </summary>
internal sealed class LwipEnd : End
{
    private const string Tap = "lwip0";

    private static readonly Lazy<string> s_program = new(Compile);

    private readonly Process _process;
    private string _connection = "0";

    /// <param name="address">Its IPv4 address.</param>
    public LwipEnd(uint address)
        : base(address, isForeign: true)
    {
        Tool("ip", "tuntap", "add", "dev", Tap, "mode", "tap");
        Network.Run(() => KernelInterface.SilenceIpv6(Tap));
        Tool("ip", "link", "set", Tap, "up");
        Bridge(Tap);
        var start = new ProcessStartInfo(s_program.Value, ["--tap", Tap, "--address", Ipv4Address.ToString(address)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Network.Run(() => Process.Start(start)!);
        ReadLine();
    }

    public override long Received
    {
        get
        {
            if (_connection == "0")
                _connection = Ask(string.Create(CultureInfo.InvariantCulture, $"accept {Port}"));
            return _connection == "0" ? 0 : long.Parse(Ask("status " + _connection).Split(' ')[2], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Makes the program.</summary>
    /// <param name="reason">Why it cannot be made, one line.</param>
    /// <returns>False if it cannot be made.</returns>
    public static bool IsAvailable(out string reason)
    {
        reason = string.Empty;
        try
        {
            return s_program.Value.Length != 0;
        }
        catch (IOException exception)
        {
            reason = exception.Message;
            return false;
        }
    }

    public override void Listen() => Ask(string.Create(CultureInfo.InvariantCulture, $"listen {Port}"));

    public override void Connect(uint address)
    {
        _connection = Ask(string.Create(CultureInfo.InvariantCulture, $"connect {Ipv4Address.ToString(address)} {Port}"));
        while (!Ask("status " + _connection).StartsWith("ESTABLISHED", StringComparison.Ordinal))
            Thread.Sleep(1);
    }

    public override void Send(int count)
    {
        Ask(string.Create(CultureInfo.InvariantCulture, $"send {_connection} 1 {count}"));
        Ask("shutdown " + _connection);
    }

    public override void Dispose()
    {
        // It ends with its standard input.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        base.Dispose();
    }

    private static string Compile()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "lwip", "lwip-peer");
        try
        {
            string folder = Path.GetDirectoryName(program)!;
            var start = new ProcessStartInfo("make", ["-C", folder, "-s", "PROGRAM=" + program]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return program;
        }
        catch (Win32Exception)
        {
            // There is no make.
        }

        throw new IOException("lwIP needs make, gcc and Debian's liblwip-dev.");
    }

    private string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = ReadLine();
        if (!answer.StartsWith("ok", StringComparison.Ordinal))
            throw new IOException(command + ": " + answer);
        return answer.Length > 3 ? answer[3..] : string.Empty;
    }

    private string ReadLine() => _process.StandardOutput.ReadLine() ?? throw new IOException("lwIP's program has ended.");
}
