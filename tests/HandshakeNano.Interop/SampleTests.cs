using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using HandshakeNano.Samples.CommandServer;
using HandshakeNano.Samples.HttpResponder;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The services of samples/ on the virtual board, with the programs that a user would try them with.</summary>
[TestClass]
public sealed class SampleTests
{
    [TestMethod]
    public void CurlGetsThePage()
    {
        using var lab = new Lab(services: new HttpService());
        lab.Start();
        for (int visit = 1; visit <= 20; visit++)
        {
            Assert.AreEqual(
                string.Create(CultureInfo.InvariantCulture, $"Hello from HandshakeNano. This is visit {visit}.\n"),
                lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/"));
        }

        Assert.AreEqual("404", lab.Network.Tool("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://10.77.0.2/x"));
        Assert.AreEqual("405", lab.Network.Tool("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-d", "x", "http://10.77.0.2/"));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void CurlReadsTheSensor()
    {
        using var lab = new Lab(services: new SensorService());
        lab.Start();
        Assert.AreEqual("21 C\n", lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));

        // Twice by one connection, with a body of known length and with one in chunks.
        Assert.AreEqual("204204", lab.Network.Tool("curl", "-sS", "-w", "%{http_code}", "-X", "PUT", "-d", "C", "http://10.77.0.2/unit", "http://10.77.0.2/unit"));
        Assert.AreEqual(
            "204",
            lab.Network.Tool("curl", "-sS", "-w", "%{http_code}", "-X", "PUT", "-H", "Transfer-Encoding: chunked", "-d", "F", "http://10.77.0.2/unit"));
        Assert.AreEqual("69 F\n", lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task NcGivesCommandsForSeveralClientsAtOnce()
    {
        using var lab = new Lab(services: new CommandService());
        lab.Start();
        string led = string.Concat(Enumerable.Repeat("led\n", 1000));
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Say(lab, led))));
        foreach (string answer in answers)
            Assert.AreEqual(string.Concat(Enumerable.Repeat("The LED is off.\r\n", 1000)), answer);
        Assert.AreEqual("The LED is on.\r\n", Say(lab, "led on\n"));
        Assert.AreEqual("The LED is on.\r\nThis is not a command. Type help.\r\n", Say(lab, "led\nnonsense\n"));
        lab.AssertHealthy();
    }

    private static string Say(Lab lab, string text)
        => lab.Network.TryTool("nc", Encoding.ASCII.GetBytes(text), "-N", "10.77.0.2", "2323").Output;
}
