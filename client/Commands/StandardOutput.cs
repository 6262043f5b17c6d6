using System;
using System.Runtime.InteropServices;

namespace HandshakeNano.Client.Commands;

/// <summary>Standard output as the system has it. .NET writes into a pipe that nobody reads without a word.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;
    private const short Error = 8, HangUp = 16;

    /// <summary>True if it is a pipe whose reader has gone, as with <c>| head -1</c>. Windows does not say.</summary>
    public static bool HasNoReader
    {
        get
        {
            if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
                return false;
            var descriptor = new PollDescriptor { Descriptor = Descriptor };
            return Poll(ref descriptor, 1, 0) > 0 && (descriptor.Result & (Error | HangUp)) != 0;
        }
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int millisecondsTimeout);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Result;
    }
}
