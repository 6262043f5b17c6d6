using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace HandshakeNano.Client.Output;

/// <summary>Who reads what the process writes. A reader that leaves, as <c>| head -1</c> does after a line, ends the process.</summary>
/// <remarks>
/// .NET ignores SIGPIPE, and its console ignores that nobody reads: a command that runs on would never learn of it, least of all one that
/// has nothing to say. poll(2) tells it at once. Windows has no such call.
/// </remarks>
public sealed class OutputReader : IDisposable
{
    /// <summary>What a shell has for a program whose reader has left: 128 and the number of SIGPIPE.</summary>
    public const int ExitCode = 141;

    private const int StandardOutput = 1;
    private const int Interrupted = 4;

    private readonly CancellationTokenSource _left = new();

    /// <summary>Is cancelled when the reader leaves.</summary>
    public CancellationToken Left => _left.Token;

    /// <summary>True if the process ends when the reader leaves; false if the command looks at <see cref="Left"/> itself.</summary>
    public bool EndsProcess { get; set; } = true;

    /// <summary>Watches the reader of standard output, if it is not a terminal.</summary>
    public void Watch()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
            new Thread(Wait) { IsBackground = true, Name = nameof(OutputReader) }.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => _left.Dispose();

    private void Wait()
    {
        // No event is asked for: what comes is an error, or that the other end is closed. Of a file or a device it never does.
        var descriptor = new PollDescriptor { Descriptor = StandardOutput };
        while (Poll(ref descriptor, 1, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                return;
        }

        try
        {
            _left.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The process ends at this moment anyway.
            return;
        }

        if (EndsProcess)
            Environment.Exit(ExitCode);
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int millisecondsTimeout);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
