using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>Avahi, the responder of Linux, and the device on one link (RFC 6762, RFC 6763).</summary>
[TestClass]
[DoNotParallelize]
public sealed class MulticastDnsTests
{
    // A bus and a daemon of the test's own, which end with it. /run is another one there.
    private const string WithAvahi = """
        mount -t tmpfs tmpfs /run
        mkdir -p /run/dbus /run/avahi-daemon
        dbus-daemon --system --nofork --nopidfile >/dev/null 2>&1 & bus=$!
        trap 'kill $bus' EXIT
        until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
        printf '[server]\nhost-name=pc\nuse-ipv6=no\n' > /run/avahi.conf
        avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title -f /run/avahi.conf >/dev/null 2>&1 & avahi=$!
        trap 'kill $bus $avahi' EXIT
        until avahi-resolve -4 -n pc.local >/dev/null 2>&1; do sleep 0.2; done

        """;

    private static readonly string _handshake = Path.Combine(AppContext.BaseDirectory, "handshake.dll");

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void AvahiSeesTheDeviceByNameAndByAddressWithItsServices()
    {
        using Lab lab = new Lab(Settings("handshake-lab")).Start();
        Lab.WaitUntil(() => lab.Endpoint.Mdns.State == MdnsState.Running, "the name is announced");
        string seen = Avahi(lab, """
            avahi-resolve -4 -n handshake-lab.local
            avahi-resolve -a 10.77.0.2
            until avahi-browse -a -r -t -p > /run/seen && grep -q '^=.*_echo._tcp.*;7;' /run/seen && grep -q '^=.*_discard._tcp.*;9;' /run/seen; do sleep 0.2; done
            grep '^=' /run/seen
            """);
        TestContext.WriteLine(seen);
        Assert.Contains("handshake-lab.local\t10.77.0.2", seen);
        Assert.Contains("10.77.0.2\thandshake-lab.local", seen);
        Assert.Contains("handshake-lab;_echo._tcp;local;handshake-lab.local;10.77.0.2;7;", seen);
        Assert.Contains("handshake-lab;_discard._tcp;local;handshake-lab.local;10.77.0.2;9;", seen);
        Assert.AreEqual(0ul, lab.Count(Counter.MdnsMalformed));
        Assert.AreEqual(0ul, lab.Count(Counter.MdnsConflicts));
    }

    [TestMethod]
    public void TwoDevicesWithOneNameSettleItAndFindListsBoth()
    {
        using var lab = new Lab(Settings("handshake-lab"));
        using var second = new SecondDevice(lab, Settings("handshake-lab"));
        lab.Start();
        MdnsResponder[] responders = [lab.Endpoint.Mdns, second.Firmware.Endpoint.Mdns];
        Lab.WaitUntil(() => responders.All(one => one.State == MdnsState.Running), "both have a name");
        string[] names = [.. responders.Select(one => one.HostName)];
        Assert.AreEqual("handshake-lab-2.local handshake-lab.local", string.Join(' ', names.Order(StringComparer.Ordinal)));

        string listed = lab.Network.Tool("dotnet", _handshake, "find", "--seconds", "2");
        TestContext.WriteLine(listed);
        foreach ((string name, string address) in names.Zip([Lab.Device, SecondDevice.Address]))
            Assert.MatchesRegex(new Regex($"(?m)^{Regex.Escape(name)} +{Regex.Escape(address)}  _echo._tcp on 7$"), listed);

        JsonElement found = Schemas.Check("find", lab.Network.Tool("dotnet", _handshake, "find", "--seconds", "2", "--json"));
        Assert.AreEqual(2, found.GetProperty("devices").GetArrayLength());

        // A name is a HOST everywhere, and leads to the one that has it.
        for (int i = 0; i < names.Length; i++)
            Assert.Contains(i == 0 ? Lab.Device : SecondDevice.Address, lab.Network.Tool("dotnet", _handshake, "connect", names[i] + ":7", "--os"));
        JsonElement probed = Schemas.Check("probe", lab.Network.Tool("dotnet", _handshake, "probe", names[0] + ":7", "--count", "3", "--json"));
        Assert.AreEqual(Lab.Device + ":7", probed.GetProperty("target").GetString());
        Assert.AreEqual(3, probed.GetProperty("connected").GetInt32());
        Assert.AreEqual(0ul, lab.Count(Counter.MdnsMalformed));
    }

    [TestMethod]
    public void WhereNoDeviceIsFindSaysSoAndANameLeadsNowhere()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        ToolResult result = network.TryTool("dotnet", null, _handshake, "find", "--seconds", "0.1", "--json");
        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual("handshake: no device answered within 0.1 s; check that it is on this link, or listen longer: handshake find --seconds 10\n", result.Error);
        Assert.IsFalse(Schemas.Check("find", result.Output).GetProperty("ok").GetBoolean());
        foreach (string name in new[] { "nohost.invalid", "nohost.local" })
        {
            result = network.TryTool("dotnet", null, _handshake, "probe", name + ":7");
            Assert.AreEqual(1, result.ExitCode);
            Assert.AreEqual($"handshake: no IPv4 address is known for {name}; check the name, or type an address, such as 10.77.0.1\n", result.Error);
        }
    }

    [TestMethod]
    public void AvahiHearsADeviceComeAndSayGoodbye()
    {
        using var lab = new Lab(Settings("handshake-lab"));
        using var second = new SecondDevice(lab, Settings("neighbour"));
        lab.Start();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("handshake-avahi-");
        try
        {
            string seen = Path.Combine(folder.FullName, "seen");
            Task<string> avahi = Task.Run(() => Avahi(lab, $"""
                avahi-browse -p _echo._tcp > {seen} & browser=$!
                trap 'kill $bus $avahi $browser' EXIT
                until grep -q '^-.*;neighbour;' {seen}; do sleep 0.1; done
                cat {seen}
                """));
            Lab.WaitUntil(
                () => avahi.IsCompleted || (File.Exists(seen) && File.ReadAllText(seen) is string text && text.Contains("neighbour", StringComparison.Ordinal)
                    && text.Contains("handshake-lab", StringComparison.Ordinal)), "Avahi sees both");
            second.Stop();
            string lines = avahi.GetAwaiter().GetResult();
            TestContext.WriteLine(lines);
            Assert.MatchesRegex(new Regex(@"(?s)\+;[^\n]*;neighbour;_echo\._tcp;.*\n-;[^\n]*;neighbour;_echo\._tcp;"), lines);
            Assert.DoesNotMatchRegex(new Regex(@"-;[^\n]*;handshake-lab;"), lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TcpSettings Settings(string name)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.HostName = name;
        settings.MulticastDns = true;
        return settings;
    }

    private static string Avahi(Lab lab, string script)
    {
        return lab.Network.Tool("unshare", "-m", "sh", "-ec", WithAvahi + script);
    }
}
