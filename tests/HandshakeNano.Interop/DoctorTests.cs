using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Links;
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
        Findings findings = Examine(network);
        findings.AssertGood(".NET", "root", "TAP", "vxlan", "UDP 4789", "firewall");

        // Each is true: root makes a TAP interface and a VXLAN interface here.
        network.Tool("ip", "tuntap", "add", "dev", "try0", "mode", "tap");
        network.Tool("ip", "link", "add", "try1", "type", "vxlan", "id", "42", "dstport", "4789", "dev", "lo");
    }

    /// <summary>Each firewall drops a datagram of another host until the mend is typed, and not after.</summary>
    [TestMethod]
    [DataRow("nft add table inet filter; nft add chain inet filter input '{ type filter hook input priority 0; policy drop; }'",
        "nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow("nft add table ip mine; nft add chain ip mine in '{ type filter hook input priority 0; }'; nft add rule ip mine in counter reject",
        "nft insert rule ip mine in udp dport 4789 accept")]
    [DataRow("iptables-nft -P INPUT DROP", "iptables-nft -I INPUT -p udp --dport 4789 -j ACCEPT")]
    [DataRow("iptables-nft -A INPUT -p tcp -j ACCEPT; iptables-nft -A INPUT -j REJECT", "iptables-nft -I INPUT -p udp --dport 4789 -j ACCEPT")]
    [DataRow("iptables-legacy -P INPUT DROP", "iptables-legacy -I INPUT -p udp --dport 4789 -j ACCEPT")]
    [DataRow("mkdir /run/dbus; dbus-daemon --system --fork --nopidfile; firewalld --nopid; until firewall-cmd --state; do sleep 0.1; done", "firewall-cmd --add-port=4789/udp")]
    [DataRow("ufw --force enable", "ufw allow 4789/udp")]
    public void TheMendOfAFirewallLetsATunnelIn(string firewall, string mend)
    {
        using NetworkNamespace network = Lab.NewNetwork(), other = Lab.NewNetwork();
        network.LayCable(other, "cable0");
        network.Run(() => KernelInterface.Configure("cable0", Lab.Address("10.77.1.1"), 24));
        other.Run(() => KernelInterface.Configure("cable0", Lab.Address("10.77.1.2"), 24));
        network.WaitForCarrier("cable0");
        other.WaitForCarrier("cable0");
        bool Arrives()
        {
            using Socket receiver = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            using Socket sender = other.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            receiver.Bind(new IPEndPoint(IPAddress.Any, VxlanSettings.DefaultPort));
            for (int i = 0; i < 10; i++)
            {
                try
                {
                    sender.SendTo([1], new IPEndPoint(IPAddress.Parse("10.77.1.1"), VxlanSettings.DefaultPort));
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable)
                {
                    // It was told that the one before was rejected.
                }

                if (receiver.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
                    return true;
            }

            return false;
        }

        Lab.WaitUntil(Arrives, "a datagram arrives without a firewall");
        using var inside = new PrivateFiles(network);
        inside.Run(firewall);
        Assert.IsFalse(Arrives());
        Assert.AreEqual(mend, inside.Examine().Mend("firewall"));
        inside.Run(mend);
        Lab.WaitUntil(Arrives, "a datagram arrives after the mend");
        inside.Examine().AssertGood("firewall");
    }

    [TestMethod]
    public void APortThatIsTakenIsSaid()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "link", "add", "vx0", "type", "vxlan", "id", "42", "dstport", "4789", "dev", "lo");
        network.Tool("ip", "link", "set", "vx0", "up");
        Assert.Contains(":4789", network.Tool("sh", "-c", Examine(network).Mend("UDP 4789")));
    }

    [TestMethod]
    public void TheMendOfTheDeviceOfTapsBringsItBack()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string[] In(string before, string program) =>
            ["unshare", "--mount", "sh", "-c", $"mount -t tmpfs none /dev/net && {before} && exec {program}"];
        Findings Examine(string before) => new(network.TryTool("env", null, In(before, $"dotnet {AppContext.BaseDirectory}/{Findings.Command}")));
        Findings findings = Examine("true");
        Assert.AreEqual("/dev/net/tun is not there: the demo has its PC in memory then", findings["TAP"].Text);
        string mend = findings.Mend("TAP");
        Examine(mend).AssertGood("TAP");
        ToolResult demo = network.TryTool("env", null, In(mend, $"dotnet {AppContext.BaseDirectory}/handshake.dll demo"));
        Assert.Contains("the Linux kernel, over TAP", demo.Output, demo.Error);
    }

    /// <summary>In a user namespace whose user may make no other; what is typed there is for it alone.</summary>
    [TestMethod]
    public void TheMendOfUserNamespacesLetsThemBeMade()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        Findings In(string before) => Examine(
            network, AppContext.BaseDirectory, "unshare", "--user", "--map-root-user", "--net", "sh", "-c", $"sysctl -qw user.max_user_namespaces=0; {before}; exec \"$@\"", "sh");
        string mend = In("true").Mend("user namespaces");
        Assert.AreEqual("sysctl -w user.max_user_namespaces=15000", mend);
        In(mend + " > /dev/null").AssertGood("user namespaces");
    }

    /// <summary>As root, from what apt-get has fetched before: no packet leaves the namespace.</summary>
    [TestMethod]
    public void TheMendsOfPackagesInstallThem()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using var inside = new PrivateFiles(network);
        inside.Run("rm -f /var/lib/man-db/auto-update /etc/apt/apt.conf.d/docker-clean");
        inside.Run("dpkg --remove --force-depends --force-remove-essential util-linux libpcap0.8 hping3 nmap tcpdump tshark wireshark-common");
        Findings findings = inside.Examine();
        Assert.Contains("there is no command unshare (util-linux)", findings["user namespaces"].Text);
        foreach ((string name, string package) in new[] { ("user namespaces", "util-linux"), ("libpcap", "libpcap0.8") })
        {
            Assert.AreEqual("apt-get install " + package, findings.Mend(name));
            inside.Run(findings.Mend(name));
        }

        inside.Examine().AssertGood("user namespaces", "libpcap");
    }

    /// <summary>Into an empty home, from a source that has a stand-in: nanoff itself is in no source of these tests.</summary>
    [TestMethod]
    public void TheMendOfTheFlasherIsFoundWhereItPutsIt()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        DirectoryInfo home = Directory.CreateTempSubdirectory("handshake-home-");
        try
        {
            string source = home.CreateSubdirectory("source").FullName;
            File.WriteAllText(Path.Combine(source, "nanoff.csproj"), """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <PackAsTool>true</PackAsTool>
                    <UseAppHost>false</UseAppHost>
                  </PropertyGroup>
                </Project>
                """);
            File.WriteAllText(Path.Combine(source, "Program.cs"), "System.Console.WriteLine(\"stand-in\");");
            File.WriteAllText(Path.Combine(home.FullName, "nuget.config"),
                $"<configuration><packageSources><clear/><add key=\"built\" value=\"{source}/bin\"/></packageSources></configuration>");
            ToolResult InHome(string command) => network.TryTool("env", null, "-i", "-C", home.FullName, "HOME=" + home.FullName, "DOTNET_NOLOGO=1",
                "MSBUILDDISABLENODEREUSE=1", "PATH=" + Environment.GetEnvironmentVariable("PATH"), "bash", "-c", command);
            ToolResult pack = InHome("dotnet pack source -o source/bin -p:UseSharedCompilation=false");
            Assert.AreEqual(0, pack.ExitCode, pack.Output + pack.Error);
            string doctor = $"dotnet {AppContext.BaseDirectory}/{Findings.Command}", mend = new Findings(InHome(doctor)).Mend("nanoff");
            ToolResult install = InHome(mend);
            Assert.AreEqual(0, install.ExitCode, install.Output + install.Error);
            new Findings(InHome(doctor)).AssertGood("nanoff");
        }
        finally
        {
            home.Delete(recursive: true);
        }
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
            ToolResult Examine(string path) => network.TryTool(
                "env", null, ["PATH=" + path, Path.Combine(folder, "dotnet"), .. Path.Combine(AppContext.BaseDirectory, Findings.Command).Split(' ')]);
            ToolResult result = Examine(folder);
            Assert.AreEqual(1, result.ExitCode, result.Output + result.Error);
            string failure = Schemas.Check("doctor", result.Output).GetProperty("failure").GetString()!;
            Assert.Contains("no SDK of .NET 10 or later is there, which builds; type: curl -sSL https://dot.net/v1/dotnet-install.sh", failure);
            Assert.AreEqual($"handshake: {failure}\n", result.Error);

            // What a user gets who types dotnet counts, and not what runs this.
            new Findings(Examine(whole)).AssertGood(".NET");
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
            Findings findings = Examine(network, folder, _bare);

            // What it is to type for root runs as root.
            string mend = findings.Mend("root");
            Assert.AreEqual($"sudo dotnet {folder}/handshake.dll serve", mend);
            ToolResult serve = network.TryTool("bash", null, "-c", mend["sudo ".Length..] + " | head -1");
            Assert.StartsWith("The device is 10.77.0.2 on handshake0", serve.Output, serve.Error);
            Assert.AreEqual($"sudo dotnet {folder}/handshake.dll doctor", findings.Mend("firewall"));
            bool opens = network.TryTool(_bare[0], null, [.. _bare[1..], "sh", "-c", "test -r /dev/net/tun && test -w /dev/net/tun"]).ExitCode == 0;
            Assert.AreEqual(opens, findings["TAP"].Good, findings["TAP"].ToString());
            bool makes = network.TryTool(_bare[0], null, [.. _bare[1..], "unshare", "--user", "--map-root-user", "--net", "true"]).ExitCode == 0;
            Assert.AreEqual(makes, findings["user namespaces"].Good, findings["user namespaces"].ToString());
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
        Findings findings = Examine(network, AppContext.BaseDirectory, "unshare", "--user", "--map-root-user", "--net");
        findings.AssertGood("root", "TAP");
        Assert.AreEqual("/dev/net/tun can be opened", findings["TAP"].Text);
    }

    private static Findings Examine(NetworkNamespace network) => Examine(network, AppContext.BaseDirectory, "env");

    private static Findings Examine(NetworkNamespace network, string folder, params string[] before) =>
        new(network.TryTool(before[0], null, [.. before[1..], "dotnet", .. Path.Combine(folder, Findings.Command).Split(' ')]));

    /// <summary>Processes, and files under /etc, /run, /usr and /var, that end with the test, in a network that is there.</summary>
    private sealed class PrivateFiles : IDisposable
    {
        private readonly NetworkNamespace _network;
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-files-");
        private readonly Process _first;

        public PrivateFiles(NetworkNamespace network)
        {
            _network = network;
            string layer = $"""
                mount -t tmpfs layers {_folder.FullName}
                for folder in etc usr var; do
                    mkdir -p {_folder.FullName}/$folder/upper {_folder.FullName}/$folder/work
                    mount -t overlay -o lowerdir=/$folder,upperdir={_folder.FullName}/$folder/upper,workdir={_folder.FullName}/$folder/work overlay /$folder
                done
                mount -t tmpfs run /run
                echo ready
                exec sleep infinity
                """;
            var start = new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-ec", layer])
            {
                RedirectStandardOutput = true,
            };
            _first = network.Run(() => Process.Start(start)!);
            Assert.AreEqual("ready", _first.StandardOutput.ReadLine());
        }

        public string Run(string command)
        {
            ToolResult result = Try(command);
            Assert.AreEqual(0, result.ExitCode, $"{command}\n{result.Output}{result.Error}");
            return result.Output;
        }

        public Findings Examine() => new(Try($"dotnet {AppContext.BaseDirectory}/{Findings.Command}"));

        public void Dispose()
        {
            _first.Kill();
            _first.WaitForExit();
            _first.Dispose();
            _folder.Delete(recursive: true);
        }

        // A daemon must not keep what the test reads open.
        private ToolResult Try(string command)
        {
            string child = File.ReadAllText($"/proc/{_first.Id}/task/{_first.Id}/children").Trim();
            return _network.TryTool("nsenter", null, "--target", child, "--mount", "--pid", "bash", "-c", command);
        }
    }
}
