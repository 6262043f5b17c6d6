using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Tasks;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Doctor;

/// <summary>A program of the system that is asked something.</summary>
internal static class Tool
{
    // The programs of root may not be in the PATH of others.
    private static readonly string[] s_folders = OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/sbin"];

    /// <summary>Runs a program and waits for its end.</summary>
    /// <param name="output">What it wrote to standard output.</param>
    /// <param name="error">The first line that it wrote to standard error.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code; null if there is no such program.</returns>
    public static int? Run(out string output, out string error, string program, params string[] arguments)
    {
        output = error = "";

        // Process.Start by the name alone would look beside this program first, as where another dotnet runs it.
        foreach (string file in Programs.Find(program, Environment.GetEnvironmentVariable("PATH"), s_folders))
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(file, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                Task<string> errors = process.StandardError.ReadToEndAsync();
                output = process.StandardOutput.ReadToEnd();
                error = errors.GetAwaiter().GetResult().Trim().Split('\n')[0];
                process.WaitForExit();
                return process.ExitCode;
            }
            catch (Win32Exception)
            {
                // It is no program.
            }
        }

        return null;
    }

    /// <summary>Runs a program of which only the end matters.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>True if it is there and ends with 0.</returns>
    public static bool Succeeds(string program, params string[] arguments) => Run(out _, out _, program, arguments) == 0;
}
