using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>chrony tells the device the time; it leaves the computer's clock alone.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SntpTests
{
    [TestMethod]
    public void TheDeviceHasTheTimeOfChrony()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.UdpSockets = 1;
        settings.DnsQueries = 1;
        settings.DnsServers = [Lab.KernelAddress];
        var clock = new HighResTimerClock();
        using var lab = new Lab(settings, clock: clock);
        using Dnsmasq names = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--host-record=time.test," + Lab.Kernel);
        using Chrony server = new(lab.Network, "local stratum 8");
        var client = new SntpClient(lab.Endpoint, new SystemEntropy(), "time.test", SntpClient.LeastInterval);
        StepUntil(lab, client, clock, () => client.IsSet, "the time is known");
        Assert.AreEqual(8, client.Stratum);
        Assert.AreEqual(1ul, lab.Count(Counter.SntpSent));
        AssertRight(client, clock);

        // Once more, as long as chrony does not know us as one who asks too often.
        StepUntil(lab, client, clock, () => lab.Count(Counter.SntpSent) == 2 && client.State == SntpState.Waiting, "it is asked again");
        Assert.AreEqual(0u, client.Kiss);
        AssertRight(client, clock);
        Assert.AreEqual(0ul, lab.Count(Counter.SntpUnmatched));
        Assert.AreEqual(0ul, lab.Count(Counter.SntpBad));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void AServerThatDoesNotKnowTheTimeIsNotBelieved()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.UdpSockets = 1;
        var clock = new HighResTimerClock();
        using var lab = new Lab(settings, clock: clock);
        using Chrony server = new(lab.Network);
        var client = new SntpClient(lab.Endpoint, new SystemEntropy(), Lab.Kernel, SntpClient.LeastInterval);
        StepUntil(lab, client, clock, () => lab.Count(Counter.SntpBad) == 1, "the answer comes");
        Assert.IsFalse(client.IsSet);
        Assert.AreEqual(SntpState.Waiting, client.State);
        lab.AssertHealthy();
    }

    private static void StepUntil(Lab lab, SntpClient client, HighResTimerClock clock, Func<bool> condition, string what)
    {
        lab.StepUntil(
            () =>
            {
                client.OnTime(clock.GetMicroseconds());
                return condition();
            },
            what);
    }

    /// <summary>Both have the computer's time. What they can differ by is half of the way, and how long this thread was kept from looking.</summary>
    private static void AssertRight(SntpClient client, HighResTimerClock clock)
    {
        ulong before = Now();
        ulong ours = client.GetUtc(clock.GetMicroseconds());
        ulong after = Now();
        ulong most = client.RoundTripTime / 2 + 5000;
        Assert.IsGreaterThanOrEqualTo(before - most, ours);
        Assert.IsLessThanOrEqualTo(after + most, ours);

        static ulong Now() => (ulong)((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10);
    }

    /// <summary>chronyd as a time server that asks nobody, and does not touch the computer's clock (-x).</summary>
    private sealed class Chrony : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-chrony-");
        private readonly Process _process;

        public Chrony(NetworkNamespace network, params string[] more)
        {
            string folder = _folder.FullName, file = Path.Combine(folder, "chrony.conf");
            File.WriteAllLines(file, ["allow", "bindaddress " + Lab.Kernel, "cmdport 0", "bindcmdaddress /", "pidfile " + folder + "/pid", .. more]);
            var start = new ProcessStartInfo("chronyd", ["-x", "-d", "-U", "-f", file]);
            start.RedirectStandardError = true;
            _process = network.Run(() => Process.Start(start)!);
            Lab.WaitUntil(() => IsListening(network) || _process.HasExited, "chronyd serves");
            Assert.IsFalse(_process.HasExited, _process.HasExited ? _process.StandardError.ReadToEnd() : "");
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _folder.Delete(true);
        }

        private static bool IsListening(NetworkNamespace network)
        {
            string port = ":" + 123.ToString("X4", CultureInfo.InvariantCulture) + " ";
            return network.Run(() => File.ReadAllText("/proc/thread-self/net/udp")).Contains(port, StringComparison.Ordinal);
        }
    }
}
