using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake doctor</c> as root, as a bare user and in a user namespace: what it says holds, and each mend that can be tried works.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DoctorTests
{
    private static readonly string[] _bare = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "env", "HOME=/nonexistent"];

    [TestMethod]
    public void RootHasWhatItSays()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        Dictionary<string, JsonElement> findings = Examine(network);
        foreach (string name in new[] { ".NET", "root", "TAP", "vxlan", "UDP 4789", "firewall" })
            Assert.IsTrue(Good(findings[name]), findings[name].ToString());

        // Each is true: root makes a TAP interface and a VXLAN interface here, and has the libraries that it names.
        network.Tool("ip", "tuntap", "add", "dev", "try0", "mode", "tap");
        network.Tool("ip", "link", "add", "try1", "type", "vxlan", "id", "42", "dstport", "4789", "dev", "lo");
        Assert.AreEqual(network.TryTool("sh", null, "-c", "ls /dev/ttyUSB* /dev/ttyACM* 2> /dev/null | grep -q .").ExitCode == 0, Good(findings["serial ports"]) || Mend(findings["serial ports"]) != null);
    }

    [TestMethod]
    public void TheMendOfAFirewallLetsATunnelIn()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("nft", "add table inet filter");
        network.Tool("nft", "add chain inet filter input { type filter hook input priority 0; policy drop; }");
        JsonElement closed = Examine(network)["firewall"];
        Assert.IsFalse(Good(closed));
        string mend = Mend(closed)!;
        Assert.AreEqual("sudo nft insert rule inet filter input udp dport 4789 accept", mend);
        network.Tool("sh", "-c", mend["sudo ".Length..]);
        Assert.IsTrue(Good(Examine(network)["firewall"]));
    }

    [TestMethod]
    public void APortThatIsTakenIsSaid()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "link", "add", "vx0", "type", "vxlan", "id", "42", "dstport", "4789", "dev", "lo");
        network.Tool("ip", "link", "set", "vx0", "up");
        JsonElement taken = Examine(network)["UDP 4789"];
        Assert.IsFalse(Good(taken));
        Assert.Contains(":4789", network.Tool("sh", "-c", Mend(taken)!["sudo ".Length..]));
    }

    [TestMethod]
    public void WithoutTheDeviceOfTapsItSaysSo()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        JsonElement tap = Examine(network, AppContext.BaseDirectory, "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /dev/net && exec \"$@\"", "sh")["TAP"];
        Assert.AreEqual("/dev/net/tun is not there: the demo has its PC in memory then", tap.GetProperty("text").GetString());
        Assert.StartsWith("sudo modprobe tun", Mend(tap)!);
    }

    /// <summary>In a user namespace whose user may make no other; what is typed there is for it alone.</summary>
    [TestMethod]
    public void TheMendOfUserNamespacesLetsThemBeMade()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        Dictionary<string, JsonElement> In(string before) => Examine(
            network, AppContext.BaseDirectory, "unshare", "--user", "--map-root-user", "--net", "sh", "-c", $"sysctl -qw user.max_user_namespaces=0; {before}; exec \"$@\"", "sh");
        JsonElement none = In("true")["user namespaces"];
        Assert.IsFalse(Good(none));
        string mend = Mend(none)!;
        Assert.AreEqual("sudo sysctl -w user.max_user_namespaces=15000", mend);
        Assert.IsTrue(Good(In(mend["sudo ".Length..] + " > /dev/null")["user namespaces"]));
    }

    /// <summary>With a .NET that has the runtime and no SDK.</summary>
    [TestMethod]
    public void WithoutAnSdkItFailsAndSaysHowToGetOne()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string folder = Directory.CreateTempSubdirectory("handshake-runtime-").FullName, whole = Path.GetDirectoryName(Environment.ProcessPath)!;
        try
        {
            network.Tool("sh", "-c", $"cp {whole}/dotnet {folder} && ln -s {whole}/host {whole}/shared {folder}");
            ToolResult result = network.TryTool(
                "env", null, "PATH=/nonexistent", Path.Combine(folder, "dotnet"), Path.Combine(AppContext.BaseDirectory, "handshake.dll"), "doctor", "--json");
            Assert.AreEqual(1, result.ExitCode, result.Output + result.Error);
            string failure = Schemas.Check("doctor", result.Output).GetProperty("failure").GetString()!;
            Assert.Contains("no SDK of .NET 10 or later is there, which builds; type: curl -sSL https://dot.net/v1/dotnet-install.sh", failure);
            Assert.AreEqual($"handshake: {failure}\n", result.Error);
        }
        finally
        {
            network.Tool("rm", "-r", folder);
        }
    }

    [TestMethod]
    public void ABareUserIsToldWhatIsMissing()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string folder = Directory.CreateTempSubdirectory("handshake-user-").FullName;
        try
        {
            network.Tool("sh", "-c", $"cp {AppContext.BaseDirectory}/*.dll {AppContext.BaseDirectory}/handshake.*.json {folder} && chmod -R a+rX {folder}");
            Dictionary<string, JsonElement> findings = Examine(network, folder, _bare);
            Assert.IsFalse(Good(findings["root"]));

            // What it is to type for root runs as root.
            string mend = Mend(findings["root"])!;
            Assert.AreEqual($"sudo dotnet {folder}/handshake.dll serve", mend);
            ToolResult serve = network.TryTool("bash", null, "-c", mend["sudo ".Length..] + " | head -1");
            Assert.StartsWith("The device is 10.77.0.2 on handshake0", serve.Output, serve.Error);
            Assert.IsFalse(Good(findings["firewall"]));
            bool opens = network.TryTool(_bare[0], null, [.. _bare[1..], "sh", "-c", "test -r /dev/net/tun && test -w /dev/net/tun"]).ExitCode == 0;
            Assert.AreEqual(opens, Good(findings["TAP"]), findings["TAP"].ToString());
            bool makes = network.TryTool(_bare[0], null, [.. _bare[1..], "unshare", "--user", "--map-root-user", "--net", "true"]).ExitCode == 0;
            Assert.AreEqual(makes, Good(findings["user namespaces"]), findings["user namespaces"].ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void InAUserNamespaceItIsRootOfItsOwnNetwork()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        Dictionary<string, JsonElement> findings = Examine(network, AppContext.BaseDirectory, "unshare", "--user", "--map-root-user", "--net");
        Assert.IsTrue(Good(findings["root"]));
        Assert.IsTrue(Good(findings["TAP"]));
        Assert.AreEqual("/dev/net/tun can be opened", findings["TAP"].GetProperty("text").GetString());
    }

    private static Dictionary<string, JsonElement> Examine(NetworkNamespace network) => Examine(network, AppContext.BaseDirectory, "env");

    private static Dictionary<string, JsonElement> Examine(NetworkNamespace network, string folder, params string[] before)
    {
        ToolResult result = network.TryTool(before[0], null, [.. before[1..], "dotnet", Path.Combine(folder, "handshake.dll"), "doctor", "--json"]);
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        return Schemas.Check("doctor", result.Output).GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("name").GetString()!, finding => finding.Clone());
    }

    private static bool Good(JsonElement finding) => finding.GetProperty("good").GetBoolean();

    private static string? Mend(JsonElement finding) => finding.GetProperty("mend").GetString();
}
