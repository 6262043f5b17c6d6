using System;
using System.Diagnostics;
using System.IO;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Interop;

/// <summary>radvd as the router of a lab. It ends without a word, as a router does that loses its power.</summary>
internal sealed class Radvd : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("handshake-radvd-").FullName;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="network">Where; there is an address of the prefix on the TAP device.</param>
    /// <param name="options">What it advertises.</param>
    /// <param name="name">The interface on which it does.</param>
    public Radvd(NetworkNamespace network, string options, string name = Lab.TapName)
    {
        string settings = Path.Combine(_folder, "conf");
        File.WriteAllText(settings, $$"""
            interface {{name}} {
                AdvSendAdvert on;
                MinRtrAdvInterval 3;
                MaxRtrAdvInterval 4;
                {{options}}
            };
            """);

        // It does not serve otherwise.
        network.SetKernel("ipv6/conf/all/forwarding", "1");
        var start = new ProcessStartInfo("radvd", ["-n", "-m", "stderr", "-C", settings, "-p", Path.Combine(_folder, "pid")])
        {
            RedirectStandardError = true,
        };
        _process = network.Run(() => Process.Start(start)!);
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public bool HasEnded => _process.HasExited;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, true);
    }
}
