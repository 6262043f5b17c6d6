using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Links;

namespace HandshakeNano.Client.Doctor;

/// <summary>Looks at what the commands need of this computer. It changes nothing: what is tried is tried in a namespace of its own.</summary>
public sealed class Examination
{
    private const int LeastSdk = 10;

    private static readonly string[] s_serialPorts = ["ttyUSB*", "ttyACM*", "cu.usb*", "cu.wchusb*"];

    // What was typed to run this: the program itself, or dotnet and its assembly.
    private static string Itself => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? "dotnet " + Environment.GetCommandLineArgs()[0]
        : Environment.ProcessPath!;

    private static bool IsRoot => Environment.IsPrivilegedProcess;

    private static string Sudo => IsRoot ? "" : "sudo ";

    private readonly Platform _platform;

    private Examination(Platform platform)
    {
        _platform = platform;
    }

    /// <summary>Looks at everything.</summary>
    /// <param name="platform">The operating system.</param>
    /// <returns>A finding for each thing.</returns>
    public static IReadOnlyList<Finding> Run(Platform platform) => new Examination(platform).Run();

    private IReadOnlyList<Finding> Run() =>
    [
        DotNet(),
        Root(),
        Tap(),
        UserNamespaces(),
        Vxlan(),
        Port(),
        Filter(),
        Libpcap(),
        Flasher(),
        SerialPorts(),
    ];

    private Finding DotNet()
    {
        string running = $".NET {Environment.Version} runs this";
        Tool.Run(out string sdks, out _, "dotnet", "--list-sdks");
        string? sdk = sdks.Split('\n').Select(line => line.Split(' ')[0])
            .LastOrDefault(version => int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) && major >= LeastSdk);
        return sdk != null
            ? new Finding(".NET", true, $"{running}, and the SDK {sdk} is there", Required: true)
            : new Finding(".NET", false, $"{running}, and no SDK of .NET {LeastSdk} or later is there, which builds",
                _platform.IsWindows ? "winget install Microsoft.DotNet.SDK.10"
                    : "curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 && export PATH=~/.dotnet:$PATH", Required: true);
    }

    private Finding Root()
    {
        if (!_platform.IsLinux)
            return new Finding("root", true, "no command needs it here");
        if (!IsRoot)
        {
            return new Finding("root", false, $"{Environment.UserName} is not root: serve, and what has --tap or --interface, needs it",
                $"sudo {(IsInHome(Environment.GetEnvironmentVariable("DOTNET_ROOT")) ? "DOTNET_ROOT=$DOTNET_ROOT " : "")}{Itself} serve");
        }

        return Kernel.HasNetAdmin
            ? new Finding("root", true, "this is root")
            : new Finding("root", false, "this is root without the right to make interfaces (CAP_NET_ADMIN)", InContainer("--cap-add NET_ADMIN"));
    }

    private Finding Tap()
    {
        if (!_platform.IsLinux)
            return new Finding("TAP", false, $"{_platform.Name} has none: the demo has its PC in memory, and a tunnel or the system's sockets reach a device");
        if (TapLink.FindFault() is not { } fault)
            return new Finding("TAP", true, "/dev/net/tun can be opened" + (Kernel.HasNetAdmin ? "" : "; to make an interface takes root or a user namespace"));
        return new Finding("TAP", false, $"{fault.Message}: the demo has its PC in memory then", fault.Fault switch
        {
            TapFault.NoDevice => InContainer("--device /dev/net/tun")
                ?? (Kernel.HasTap ? $"{Sudo}mkdir -p /dev/net && {Sudo}mknod -m 666 /dev/net/tun c 10 200" : Kernel.CanLoad("tun") ? Sudo + "modprobe tun" : null),

            // As distributions have it: who may open it still needs the right to make an interface.
            TapFault.NotAllowed when !IsRoot => "sudo chmod 666 /dev/net/tun",
            _ => null,
        });
    }

    private Finding UserNamespaces()
    {
        const string Name = "user namespaces";
        if (!_platform.IsLinux)
            return new Finding(Name, false, "Linux has them: the demo has its PC in memory here");
        int? code = Tool.Run(out _, out string error, "unshare", "--user", "--map-root-user", "--net", "--", "true");
        if (code == 0)
            return new Finding(Name, true, "anybody may make them, so the demo needs no root");
        string? mend = code == null ? Install("util-linux")
            : Kernel.HasFilter && InContainer("--security-opt seccomp=unconfined") is string container ? container
            : Kernel.Setting("kernel/unprivileged_userns_clone") == "0" ? Sudo + "sysctl -w kernel.unprivileged_userns_clone=1"
            : Kernel.Setting("kernel/apparmor_restrict_unprivileged_userns") == "1" ? Sudo + "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            : Kernel.Setting("user/max_user_namespaces") == "0" ? Sudo + "sysctl -w user.max_user_namespaces=15000"
            : null;
        return new Finding(Name, false, $"{(code == null ? "there is no command unshare (util-linux)" : error)}: the demo needs root or has its PC in memory", mend);
    }

    private Finding Vxlan()
    {
        const string Name = "vxlan";
        if (!_platform.IsLinux)
            return new Finding(Name, false, "Linux has it: handshake proxy reaches a board on Wi-Fi from here");
        return Kernel.HasLoaded("vxlan") ? new Finding(Name, true, "the kernel has it")
            : Kernel.CanLoad("vxlan") ? new Finding(Name, true, "the kernel loads it when it is used")
            : new Finding(Name, false, "the kernel has none that could be seen: handshake proxy does without");
    }

    private Finding Port()
    {
        var place = new IPEndPoint(IPAddress.Any, VxlanSettings.DefaultPort);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(place);
            return new Finding("UDP 4789", true, "free for a tunnel");
        }
        catch (SocketException)
        {
            return new Finding("UDP 4789", false, "in use by another program or the kernel: a tunnel takes another port with &local=ADDRESS:4790",
                _platform.IsLinux ? Sudo + "ss -ulpn sport = :4789" : _platform.IsWindows ? "netstat -ano -p UDP" : "sudo lsof -nP -iUDP:4789");
        }
    }

    private Finding Filter()
    {
        const string Name = "firewall";
        if (!_platform.IsLinux)
            return new Finding(Name, true, "not looked at here: it must let UDP 4789 in from boards on Wi-Fi");
        if (!Kernel.HasNetAdmin)
        {
            return new Finding(Name, false, "only root sees whether it lets UDP 4789 in, which boards on Wi-Fi need",
                IsRoot ? InContainer("--cap-add NET_ADMIN") : $"sudo {Itself} doctor");
        }

        return Firewall.Mend(out string? fault) is string mend ? new Finding(Name, false, "it drops UDP 4789, which boards on Wi-Fi need", Sudo + mend)
            : fault != null ? new Finding(Name, false, fault)
            : new Finding(Name, true, "none is seen that drops UDP 4789");
    }

    private Finding Libpcap()
    {
        string[] names = _platform.IsWindows ? ["wpcap.dll"] : _platform.IsMacOS ? ["libpcap.dylib"] : ["libpcap.so.1", "libpcap.so.0.8"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out IntPtr library))
            {
                NativeLibrary.Free(library);
                return new Finding("libpcap", true, name + " is there");
            }
        }

        return new Finding("libpcap", false, "not installed: only watching other hosts' handshakes needs it",
            _platform.IsWindows ? "winget install Insecure.Npcap" : _platform.IsMacOS ? "brew install libpcap" : Install("libpcap0.8"));
    }

    private static Finding Flasher()
    {
        string? program = Nanoff.Find(Environment.GetEnvironmentVariable("PATH"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        return program != null
            ? new Finding("nanoff", true, program)
            : new Finding("nanoff", false, "not installed: handshake flash needs it", Nanoff.InstallCommand);
    }

    private Finding SerialPorts()
    {
        const string Name = "serial ports";
        if (_platform.IsWindows)
            return new Finding(Name, true, "not looked at here: nanoff --listports lists them");
        string[] ports = [.. s_serialPorts.SelectMany(name => Directory.GetFileSystemEntries("/dev", name)).Order(StringComparer.Ordinal)];
        if (ports.Length == 0)
            return new Finding(Name, false, "none: handshake flash needs a board that is plugged in");
        string[] closed = [.. ports.Where(port => !Tool.Succeeds("sh", "-c", "test -r \"$0\" && test -w \"$0\"", port))];
        if (closed.Length == 0)
            return new Finding(Name, true, string.Join(", ", ports));
        string text = string.Join(", ", closed) + ": permission denied";

        // As in "crw-rw---- dialout".
        string[] rights = _platform.IsLinux && Tool.Run(out string line, out _, "stat", "--format=%A %G", closed[0]) == 0 ? line.Trim().Split(' ') : [];
        return rights is [_, not "root"] && rights[0][4..6] == "rw"
            ? new Finding(Name, false, text + "; what gives it holds from the next login on", $"sudo usermod -aG {rights[1]} {Environment.UserName}")
            : new Finding(Name, false, text, "sudo chmod a+rw " + string.Join(' ', closed));
    }

    /// <summary>The way out where this runs in a container, which gets what it may do when it is started; null where it does not.</summary>
    private static string? InContainer(string option) => !Kernel.IsFirstProcessSpace && File.Exists("/.dockerenv") ? $"docker run {option} ..." : null;

    /// <summary>How to get a package, where packages have Debian's names.</summary>
    private static string? Install(string package) => Tool.Succeeds("apt-get", "--version") ? $"{Sudo}apt-get install {package}" : null;

    private static bool IsInHome(string? path) =>
        path?.StartsWith(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), StringComparison.Ordinal) == true;
}
