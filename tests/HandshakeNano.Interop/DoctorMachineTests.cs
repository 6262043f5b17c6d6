using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The mends of <c>handshake doctor</c> that no test may try on this computer: a machine of its own has them typed by a bare user who may use sudo.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DoctorMachineTests
{
    private const string User = "tester";

    private static readonly string[] _mended = ["TAP", "user namespaces", "serial ports"];

    public required TestContext TestContext { get; set; }

    /// <summary>All is missing that a kernel can lack: modules, rights, settings, ports that are closed with and without a group.</summary>
    [TestMethod]
    public void EachMendOfAKernelWorksAndNothingIsLoadedWithoutIt()
    {
        using Machine machine = NewMachine();
        string[] settings = machine.Run("""
            /lib/systemd/systemd-udevd --daemon; udevadm trigger --action=add --subsystem-match=pci
            until [ -e /dev/ttyUSB0 ] && [ -e /dev/ttyUSB1 ]; do sleep 0.1; done
            udevadm settle
            udevadm control --exit # without it what a module brings is root's alone
            chown root:root /dev/ttyUSB1 && chmod 600 /dev/ttyUSB1
            sysctl -qw user.max_user_namespaces=0
            cd /proc/sys/kernel
            for setting in unprivileged_userns_clone=0 apparmor_restrict_unprivileged_userns=1; do
                [ ! -e ${setting%=*} ] || sysctl -w kernel.$setting
            done
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string before = Modules(machine);
        Findings findings = Examine(machine);
        Assert.AreEqual(before, Modules(machine), "It is to load nothing.");
        Assert.AreEqual("/dev/ttyUSB0, /dev/ttyUSB1: permission denied; what gives it holds from the next login on", findings["serial ports"].Text);

        // The kernel loads that one itself, and the doctor has not: so root has an interface, and the module is there.
        findings.AssertGood("vxlan");
        machine.Run("ip link add try0 type vxlan id 42 dstport 4789 dev lo && test -d /sys/module/vxlan");

        // What is to be typed is typed, until nothing is.
        var typed = new List<string>();
        string[] mends;
        while ((mends = [.. _mended.Where(name => !findings[name].Good).Select(findings.Mend)]).Length > 0)
        {
            Assert.IsFalse(mends.Any(typed.Contains), $"It does not help: {string.Join(" | ", mends)}");
            typed.AddRange(mends);
            AsUser(machine, "set -e\n" + string.Join('\n', mends));
            findings = Examine(machine);
        }

        TestContext.WriteLine(machine.Run("uname -r") + string.Join('\n', typed));
        CollectionAssert.AreEquivalent(
            settings.Select(setting => "sudo sysctl -w " + (setting.EndsWith('0') ? setting[..^1] + "1" : setting[..^1] + "0").Replace(" ", "", StringComparison.Ordinal))
                .Concat(
                [
                    "sudo modprobe tun", "sudo chmod 666 /dev/net/tun", "sudo sysctl -w user.max_user_namespaces=15000",
                    $"sudo usermod -aG dialout {User}", "sudo chmod a+rw /dev/ttyUSB1",
                ]).ToArray(),
            typed, string.Join(" | ", typed));

        // What is good is so.
        AsUser(machine, "exec 3<>/dev/ttyUSB0 4<>/dev/ttyUSB1");
        Assert.Contains("the Linux kernel, over TAP", AsUser(machine, "dotnet /opt/handshake/handshake.dll demo"));
    }

    private static Machine NewMachine()
    {
        var machine = new Machine();
        try
        {
            machine.Run($"""
                mkdir /opt/handshake && cp {AppContext.BaseDirectory}/*.dll {AppContext.BaseDirectory}/handshake.*.json /opt/handshake && chmod -R a+rX /opt/handshake
                useradd --create-home --shell /bin/bash {User}
                echo '{User} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{User}
                """);
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    private static Findings Examine(Machine machine) => new(machine.Try(Login("dotnet /opt/handshake/" + Findings.Command)));

    private static string AsUser(Machine machine, string command) => machine.Run(Login(command));

    // The folders that a user has, not root's.
    private static string Login(string command) => $"""
        sudo --login --user {User} bash <<'END'
        export PATH=$PATH:{Path.GetDirectoryName(Environment.ProcessPath)} LC_ALL=C
        {command}
        END
        """;

    private static string Modules(Machine machine) => machine.Run("lsmod | cut -d ' ' -f 1 | sort");
}
