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
        printf '[server]\nhost-name=pc\nuse-ipv6=no\nallow-interfaces=tap0\n' > /run/avahi.conf
        avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title -f /run/avahi.conf >/dev/null 2>&1 & avahi=$!
        trap 'kill $bus $avahi' EXIT
        until avahi-resolve -4 -n pc.local >/dev/null 2>&1; do sleep 0.2; done

        """;

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
