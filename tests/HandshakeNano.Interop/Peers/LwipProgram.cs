using System;
using System.Diagnostics;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop.Peers;

/// <summary>The program that is nothing but lwIP on a TAP device (lwip/peer.c), compiled when the first test needs it.</summary>
internal static class LwipProgram
{
    private static readonly Lazy<string> _path = new(Compile);

    /// <summary>Where it is.</summary>
    public static string Path => _path.Value;

    private static string Compile()
    {
        string folder = System.IO.Path.Combine(AppContext.BaseDirectory, "lwip");
        string program = System.IO.Path.Combine(folder, "lwip-peer");
        var start = new ProcessStartInfo("make", ["-C", folder, "-s", "PROGRAM=" + program])
        {
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, "The lwIP peer needs make, gcc and Debian's liblwip-dev.\n" + errors);
        return program;
    }
}
