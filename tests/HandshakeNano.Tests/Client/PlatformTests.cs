using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Doctor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>
/// What takes Linux says so in one line and names the way that works elsewhere. The commands are told that this is another system: nothing
/// here has run on one.
/// </summary>
[TestClass]
public sealed class PlatformTests
{
    private static readonly Dictionary<string, Platform> s_platforms = new[] { Platform.Linux, Platform.MacOS, Platform.Windows }
        .ToDictionary(platform => platform.Name);

    [TestMethod]
    [DataRow("serve", "a TAP interface", "type: handshake serve --board virtual-wifi, which handshake proxy leads other programs to")]
    [DataRow("serve --board virtual-w5500", "a TAP interface", "type: handshake serve --board virtual-wifi, which handshake proxy leads other programs to")]
    [DataRow("serve --board raspberry-pi", "a W5500 at this computer's SPI", "type: handshake serve --board virtual-wifi")]
    [DataRow("connect 10.77.0.2:7", "a TAP interface", "add --via for a VXLAN tunnel, or --os for the system's sockets")]
    [DataRow("connect 10.77.0.2:7 --interface eth0", "a packet socket", "add --via for a VXLAN tunnel, or --os for the system's sockets")]
    [DataRow("probe 10.77.0.2:7 --tap tap0", "a TAP interface", "add --via for a VXLAN tunnel, or leave it out for the system's sockets")]
    [DataRow("probe 10.77.0.2:7 --interface eth0", "a packet socket", "add --via for a VXLAN tunnel, or leave it out for the system's sockets")]
    [DataRow("conformance 10.77.0.2", "a TAP interface", "add --via for a VXLAN tunnel, or type: handshake conformance --in-memory")]
    [DataRow("isn 10.77.0.2:7", "a TAP interface", "add --via for a VXLAN tunnel, or type: handshake isn --in-memory")]
    [DataRow("scoreboard", "a scoreboard of TAP interfaces", "type: handshake conformance --in-memory")]
    public void What_takes_Linux_says_so_and_what_works_instead(string line, string what, string instead)
    {
        foreach (Platform platform in new[] { Platform.MacOS, Platform.Windows })
        {
            (int code, string output, string error) = Run(platform, line.Split(' '));
            Assert.AreEqual(1, code);
            Assert.AreEqual("", output);
            Assert.AreEqual($"handshake: {what} takes Linux, and this is {platform.Name}; {instead}\n", error);
        }
    }

    [TestMethod]
    [DataRow("Windows")]
    [DataRow("macOS")]
    public void The_demo_has_its_PC_in_memory_elsewhere(string name)
    {
        (int code, string output, string error) = Run(s_platforms[name], "demo", "--json");
        Assert.AreEqual(0, code, error);
        JsonElement report = Schemas.Check("demo", output);
        Assert.AreEqual("memory", report.GetProperty("link").GetString());
        Assert.AreEqual(
            $"The Linux kernel is not the PC's side here because: a TAP interface takes Linux, and this is {name}.", report.GetProperty("notes")[0].GetString());
    }

    [TestMethod]
    [DataRow("Windows")]
    [DataRow("macOS")]
    public void The_systems_sockets_need_no_Linux(string name)
    {
        using Echo echo = new();
        (int code, string output, string error) = Run(s_platforms[name], "connect", echo.Place, "--os", "--send", "hello", "--json");
        Assert.AreEqual(0, code, error);
        Assert.AreEqual("system", Schemas.Check("connect", output).GetProperty("client").GetProperty("stack").GetString());
        Assert.AreEqual(0, Run(s_platforms[name], "probe", echo.Place, "--count", "2").Code);
    }

    [TestMethod]
    [DataRow("Linux", "ip addr", "only root may use a port below 1024; run it as root, or choose another port, such as --port 7007")]
    [DataRow("macOS", "ifconfig", "macOS keeps it for itself; choose another port, such as --port 7007")]
    [DataRow("Windows", "ipconfig", "Windows keeps it for itself; choose another port, such as --port 7007")]
    public void The_way_out_of_a_fault_is_that_of_the_system(string name, string addresses, string denied)
    {
        string Advise(SocketError error) =>
            Advice.For(new SocketException((int)error), "TCP", new IPEndPoint(IPAddress.Any, 7), "--port 7007", s_platforms[name]);
        Assert.AreEqual($"TCP 0.0.0.0:7: 0.0.0.0 is not an address of this computer; type: {addresses}, which lists them", Advise(SocketError.AddressNotAvailable));
        Assert.AreEqual("TCP 0.0.0.0:7: " + denied, Advise(SocketError.AccessDenied));
    }

    [TestMethod]
    [DataRow("Linux", "")]
    [DataRow("macOS", "TAP|user namespaces|vxlan")]
    [DataRow("Windows", "TAP|user namespaces|vxlan")]
    public void The_doctor_knows_what_only_Linux_has_and_sends_nobody_to_mend_it(string name, string lacking)
    {
        IReadOnlyList<Finding> findings = Examination.Run(s_platforms[name]);
        CollectionAssert.AreEquivalent(Examination.Run(Platform.Linux).Select(finding => finding.Name).ToArray(), findings.Select(finding => finding.Name).ToArray());
        foreach (string one in lacking.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            Finding finding = findings.Single(finding => finding.Name == one);
            Assert.IsFalse(finding.Good);
            Assert.IsNull(finding.Mend);
        }

        foreach (string mend in findings.Where(finding => finding.Mend != null).Select(finding => finding.Mend!))
        {
            Assert.IsFalse(name != "Linux" && (mend.Contains("apt-get", StringComparison.Ordinal) || mend.Contains("modprobe", StringComparison.Ordinal)), mend);
            Assert.IsFalse(name == "Windows" && mend.Contains("sudo", StringComparison.Ordinal), mend);
        }
    }

    private static (int Code, string Output, string Error) Run(Platform platform, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(args, new Surroundings(output, error, Stream.Null, OwnsProcess: false) { Platform = platform });
        return (code, output.ToString(), error.ToString());
    }
}
