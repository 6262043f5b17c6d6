using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The command <c>handshake</c> in a folder of its own, where a shell finds it by its name.</summary>
internal sealed class Handshake : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-command-");

    public Handshake()
    {
        // A shell writes it: a file that this process has open for writing could not be run by its other children.
        Path = System.IO.Path.Combine(_folder.FullName, "handshake");
        string script = $"#!/bin/sh\nexec dotnet \"{System.IO.Path.Combine(AppContext.BaseDirectory, "handshake.dll")}\" \"$@\"\n";
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", "cat > \"$0\" && chmod 755 \"$0\"", Path]) { RedirectStandardInput = true })!;
        shell.StandardInput.Write(script);
        shell.StandardInput.Close();
        shell.WaitForExit();
        Assert.AreEqual(0, shell.ExitCode);
    }

    /// <summary>The folder.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The program.</summary>
    public string Path { get; }

    /// <summary>Runs a command of a shell in which handshake is to be found.</summary>
    public ToolResult Shell(NetworkNamespace network, string command, byte[]? input = null) =>
        network.TryTool("env", input, $"PATH={Folder}:{Environment.GetEnvironmentVariable("PATH")}", "HOME=" + Folder, "TERM=xterm", "bash", "--norc", "-c", command);

    /// <summary>Starts it with arguments.</summary>
    public Process Start(NetworkNamespace network, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [System.IO.Path.Combine(AppContext.BaseDirectory, "handshake.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return network.Run(() => Process.Start(start)!);
    }

    /// <summary>Does what Ctrl-C does.</summary>
    public static void Interrupt(NetworkNamespace network, Process process) => network.Tool("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));

    public void Dispose() => _folder.Delete(recursive: true);
}
