using System.Diagnostics;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The program make, for what the tests build themselves.</summary>
internal static class Make
{
    /// <summary>Makes what a folder has a Makefile for; the test fails if that does.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="needs">What has to be installed for it.</param>
    /// <param name="arguments">Targets and variables.</param>
    /// <returns>What it wrote.</returns>
    public static string Run(string folder, string needs, params string[] arguments)
    {
        var start = new ProcessStartInfo("make", ["-C", folder, "-s", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{needs}\n{errors.GetAwaiter().GetResult()}");
        return output;
    }
}
