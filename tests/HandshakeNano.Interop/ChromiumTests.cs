using System.Globalization;
using System.IO;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>A browser shows the page of samples/Sensor. It opens connections that it does not use, asks for an icon, and goes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ChromiumTests
{
    private const int Visits = 3;

    [TestMethod]
    public void ThePageIsShownOverIpv4()
    {
        using var lab = new Lab(services: new SensorService());
        lab.Start();
        AssertShown(lab, Lab.Device);
    }

    [TestMethod]
    public void ThePageIsShownOverIpv6()
    {
        using Lab lab = Ipv6Tests.NewLab(services: new SensorService());

        // A browser's address has no zone: the device needs one of a router's network.
        using var router = new Radvd(lab.Network, Ipv6Tests.PrefixOptions);
        lab.StepUntil(() => Ipv6Tests.Address(lab, 1) != null || router.HasEnded, "a router gives an address");
        string address = Ipv6Tests.Address(lab, 1)!;
        lab.Start();
        AssertShown(lab, $"[{address}]");
    }

    private static void AssertShown(Lab lab, string host)
    {
        for (int visit = 1; visit <= Visits; visit++)
        {
            string page = Dump(lab.Network, $"http://{host}/");
            Assert.Contains("<p>Hello from HandshakeNano.</p>", page);
        }

        Assert.IsGreaterThanOrEqualTo((ulong)Visits, lab.Count(Counter.PassiveOpens));
        lab.AssertHealthy();
    }

    /// <summary>The document that the browser has made of a page.</summary>
    private static string Dump(NetworkNamespace network, string page)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("handshake-chromium-");
        try
        {
            // Root has no sandbox, and a container little shared memory.
            return network.Tool(
                "chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--user-data-dir=" + profile.FullName, "--dump-dom", page]);
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
