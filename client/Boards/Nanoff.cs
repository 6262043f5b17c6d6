using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Boards;

/// <summary>nanoFramework's own flasher, which talks to the device.</summary>
public static class Nanoff
{
    /// <summary>What to type where it is missing.</summary>
    public const string InstallCommand = "dotnet tool install -g nanoff";

    /// <summary>Looks for it in the folders of PATH, and where the .NET SDK puts tools.</summary>
    /// <param name="path">The folders, as the variable PATH has them.</param>
    /// <param name="home">The user's own folder.</param>
    /// <returns>The program's file, or null.</returns>
    public static string? Find(string? path, string home) => Programs.Find("nanoff", path, Path.Combine(home, ".dotnet", "tools")).FirstOrDefault();

    /// <summary>Runs it and passes on what it says while it says it; what it asks, it asks the user.</summary>
    /// <param name="program">The program's file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="output">Where its progress goes.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The file cannot be run.</exception>
    public static int Run(string program, IEnumerable<string> arguments, TextWriter output)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NANOFRAMEWORK_TELEMETRY_OPTOUT"] = "1";
        TextWriter shared = TextWriter.Synchronized(output);
        using Process process = Process.Start(start)!;
        Task errors = Task.Run(() => Copy(process.StandardError, shared));
        Copy(process.StandardOutput, shared);
        errors.Wait();
        process.WaitForExit();
        return process.ExitCode;
    }

    // By character: progress is a line that is written over and over.
    private static void Copy(StreamReader from, TextWriter to)
    {
        char[] buffer = new char[256];
        int count;
        while ((count = from.Read(buffer, 0, buffer.Length)) > 0)
        {
            to.Write(buffer, 0, count);
            to.Flush();
        }
    }
}
