using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>dnsmasq as the DHCP server of a lab, with leases of two minutes, the shortest that it gives, or as its DNS server.</summary>
internal sealed class Dnsmasq : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("handshake-dhcp-").FullName;
    private readonly List<string> _log = [];
    private readonly Process _process;

    /// <summary>Starts it, and waits until it serves.</summary>
    /// <param name="network">Where.</param>
    /// <param name="first">The last number of the first address that it gives.</param>
    /// <param name="last">The last number of the last one.</param>
    /// <param name="more">More of its options.</param>
    public Dnsmasq(NetworkNamespace network, int first, int last, params string[] more)
        : this(network, Lab.TapName, first, last, more)
    {
    }

    public Dnsmasq(NetworkNamespace network, string tap, int first, int last, params string[] more)
        : this(network, "DHCP, IP range", ["--interface=" + tap, "--port=0", .. Leases(first, last), .. more])
    {
    }

    private Dnsmasq(NetworkNamespace network, string ready, string[] more)
    {
        var start = new ProcessStartInfo("dnsmasq",
        [
            "--keep-in-foreground", "--conf-file=/dev/null", "--log-facility=-", "--user=root", "--except-interface=lo", "--bind-dynamic",
            "--pid-file=" + Path.Combine(_folder, "pid"), "--dhcp-leasefile=" + Path.Combine(_folder, "leases"), .. more,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = network.Run(() => Process.Start(start)!);
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            Lab.WaitUntil(() => Said(ready) || _process.HasExited, "dnsmasq serves");
            Assert.IsFalse(_process.HasExited, Log);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Starts one that knows the names of <c>test</c> that its options say, and no others, and asks nobody.</summary>
    /// <param name="network">Where.</param>
    /// <param name="address">The address of the kernel's that it serves at.</param>
    /// <param name="more">More of its options.</param>
    public static Dnsmasq WithNames(NetworkNamespace network, string address, params string[] more)
    {
        return new Dnsmasq(network, "started", ["--listen-address=" + address, .. Names, .. more]);
    }

    /// <summary>Starts one that gives addresses, and itself as the DNS server with them.</summary>
    public static Dnsmasq WithLeasesAndNames(NetworkNamespace network, int first, int last, params string[] more)
    {
        return new Dnsmasq(network, "DHCP, IP range", ["--interface=" + Lab.TapName, .. Leases(first, last), .. Names, .. more]);
    }

    /// <summary>All that it has said.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    public bool Said(string text) => Count(text) > 0;

    /// <summary>How many of its lines have this text in them.</summary>
    public int Count(string text)
    {
        lock (_log)
            return _log.Count(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Asserts how many of its lines have this text in them. They come through a pipe, after the answers that they tell of.</summary>
    public void AssertSaid(int times, string text)
    {
        Lab.WaitUntil(() => Count(text) >= times, text);
        Assert.AreEqual(times, Count(text), Log);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, true);
    }

    private static string[] Names => ["--no-resolv", "--no-hosts", "--local=/test/", "--log-queries"];

    private static string[] Leases(int first, int last)
    {
        return ["--log-dhcp", "--no-ping", $"--dhcp-range=10.77.0.{first},10.77.0.{last},255.255.255.0,2m"];
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.Add(line.Data ?? "");
    }
}
