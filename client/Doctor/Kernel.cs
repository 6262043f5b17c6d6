using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HandshakeNano.Client.Doctor;

/// <summary>What the Linux kernel says of itself, and of what this process may do. To ask changes nothing: it loads no module.</summary>
internal static class Kernel
{
    private const int NetAdmin = 12;

    /// <summary>True if this process may make interfaces in its network namespace (CAP_NET_ADMIN).</summary>
    public static bool HasNetAdmin =>
        ulong.TryParse(Status("CapEff"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong capabilities) && ((capabilities >> NetAdmin) & 1) != 0;

    /// <summary>True if a seccomp filter says which system calls this process has, as a container's does.</summary>
    public static bool HasFilter => Status("Seccomp") == "2";

    /// <summary>True in the PID namespace that the kernel began with, which no container has. Its inode is fixed (PROC_PID_INIT_INO).</summary>
    public static bool IsFirstProcessSpace => new FileInfo("/proc/self/ns/pid").LinkTarget == "pid:[4026531836]";

    /// <summary>True if the kernel has TAP in it, whether or not its device has a file here.</summary>
    public static bool HasTap => Directory.Exists("/sys/class/misc/tun");

    /// <summary>A setting of the kernel.</summary>
    /// <param name="name">Its path under /proc/sys.</param>
    /// <returns>Its value; null if the kernel has no such setting.</returns>
    public static string? Setting(string name)
    {
        string file = "/proc/sys/" + name;
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    /// <summary>Whether a module is in the kernel.</summary>
    /// <param name="name">The module.</param>
    /// <returns>True if it is.</returns>
    public static bool HasLoaded(string name) => Directory.Exists("/sys/module/" + name);

    /// <summary>Whether a module can be loaded.</summary>
    /// <param name="name">The module.</param>
    /// <returns>True if the kernel has its file, or has it built in.</returns>
    public static bool CanLoad(string name) => Tool.Succeeds("modprobe", "--dry-run", "--quiet", name);

    /// <summary>Whether to ask for what a module does would load it.</summary>
    /// <param name="name">The module.</param>
    /// <returns>True if it is a file that is not loaded; false if it is in the kernel, or there is none.</returns>
    public static bool WouldLoad(string name) => !HasLoaded(name)
        && Tool.Run(out string steps, out _, "modprobe", "--dry-run", "--verbose", name) == 0 && steps.StartsWith("insmod", StringComparison.Ordinal);

    private static string? Status(string name) =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
}
