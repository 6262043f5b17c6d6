using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HandshakeNano.Conformance.Language;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>What scripts for Linux take for granted, and what their shell commands set, as far as an endpoint has it.</summary>
internal static class LinuxSettings
{
    private const string Proc = "/proc/sys/net/ipv4/";

    /// <summary>How a kernel cuts what it hands to the network card: it changes no stream of segments that are joined again.</summary>
    private static readonly HashSet<string> WithoutEffect = ["tcp_min_tso_segs", "tcp_tso_win_divisor", "tcp_early_demux"];

    /// <summary>Sets an endpoint as Linux is by default.</summary>
    public static void TakeDefaults(TcpSettings settings)
    {
        // The largest buffer of Linux's tcp_rmem is of 15 MB, and its window scale is that of 16 MB.
        settings.ReceiveBufferSize = 1 << 24;
        settings.SendBufferSize = 1 << 18;
        settings.Connections = 4;
        settings.SelectiveAcknowledgments = true;
        settings.WindowScale = true;
        settings.Timestamps = true;
        settings.CongestionControl = CongestionControl.Cubic;
        settings.MinimumRetransmissionTimeout = 200_000;

        // Linux acknowledges the first segments of a connection at once.
        settings.DelayedAcknowledgment = 0;
    }

    /// <summary>Does what shell commands in front of all events do.</summary>
    /// <returns>False if there is one among them that nothing here can do.</returns>
    public static bool Run(ShellEvent step, TcpSettings settings)
        => Commands(step).All(command => IsDefaults(command, settings) || IsRestore(command) || IsOffload(command) || Assignments(command) is string[] assignments
            && assignments.All(assignment => Set(assignment, settings)));

    /// <summary>Whether shell commands only put back what others have changed, which nothing here has to.</summary>
    public static bool IsRestore(ShellEvent step) => Commands(step).All(IsRestore);

    private static IEnumerable<string> Commands(ShellEvent step)
        => step.Commands.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Select(line => line.Split('#')[0])
            .SelectMany(line => line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What the network card may do for the kernel: nothing here lets it do anything.</summary>
    private static bool IsOffload(string command) => command.StartsWith("ethtool -K ", StringComparison.Ordinal);

    private static bool IsRestore(string command) => command.StartsWith("/tmp/sysctl_restore_", StringComparison.Ordinal);

    /// <summary>The script in which packetdrill's collections have what they take for granted.</summary>
    private static bool IsDefaults(string command, TcpSettings settings)
    {
        if (!command.EndsWith("/defaults.sh", StringComparison.Ordinal) || command.Contains(' '))
            return false;
        settings.Ecn = false;
        return true;
    }

    /// <summary>What a command assigns to settings of the kernel, null if it does anything else.</summary>
    private static string[]? Assignments(string command)
    {
        string[] words = command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words[0] != "sysctl" && !words[0].EndsWith("/set_sysctls.py", StringComparison.Ordinal))
            return null;
        return [.. words.Skip(1).Where(word => word is not ("-q" or "-e" or "-w")).Select(word => word.Replace("net.ipv4.", Proc, StringComparison.Ordinal))];
    }

    private static bool Set(string assignment, TcpSettings settings)
    {
        string[] parts = assignment.Split('=');
        if (parts.Length != 2 || !parts[0].StartsWith(Proc, StringComparison.Ordinal))
            return false;
        string name = parts[0][Proc.Length..];
        if (WithoutEffect.Contains(name))
            return true;
        if (name == "tcp_congestion_control")
        {
            settings.CongestionControl = parts[1] == "cubic" ? CongestionControl.Cubic : CongestionControl.Reno;
            return parts[1] is "cubic" or "reno";
        }

        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            return false;
        switch (name)
        {
            case "tcp_timestamps":
                settings.Timestamps = value != 0;
                return true;
            case "tcp_sack":
                settings.SelectiveAcknowledgments = value != 0;
                return true;
            case "tcp_window_scaling":
                settings.WindowScale = value != 0;
                return true;
            case "tcp_ecn" when value <= 2:
                settings.Ecn = value != 0;
                settings.EcnOnConnect = value == 1;
                return true;
            default:
                return false;
        }
    }
}
