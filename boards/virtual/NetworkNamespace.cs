#nullable enable
using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// A network of this program's own inside the Linux kernel: interfaces, addresses and sockets made in it are invisible to
/// the rest of the computer and go away with it.
/// </summary>
/// <remarks>
/// A network namespace belongs to a thread. <see cref="Run"/> and <see cref="StartThread"/> give threads that are inside; the
/// rest of the program stays outside. A socket belongs to the namespace of the thread that made it and may then be used
/// from any thread; a process that such a thread starts is inside as well. Keep to blocking calls inside: the thread
/// pool's threads are outside.
/// </remarks>
public sealed class NetworkNamespace : IDisposable
{
    private const string Nested = "HANDSHAKE_NAMESPACE";

    // Frames. The kernel's 500 overflow when a thousand connections close at once.
    private const int QueueLength = 4096;

    private readonly int _descriptor;
    private bool _disposed;

    private NetworkNamespace(int descriptor)
    {
        _descriptor = descriptor;
    }

    /// <summary>
    /// Makes a namespace with its loopback interface switched on. It needs root, or to have been started again by
    /// <see cref="TryReExecute"/>.
    /// </summary>
    /// <param name="created">The namespace, null if it may not be done.</param>
    /// <param name="reason">Why it may not be done (there or with a TAP interface in it), one line; empty otherwise.</param>
    /// <returns>True if it was made.</returns>
    public static bool TryCreate([NotNullWhen(true)] out NetworkNamespace? created, out string reason)
    {
        created = null;
        if (!TapLink.IsAvailable(out reason))
            return false;
        int descriptor = -1;
        string error = string.Empty;
        RunThread(() =>
        {
            if (Libc.Unshare(Libc.CloneNewNet) != 0)
            {
                error = "no network namespace: " + Libc.LastError() + " (it needs root)";
                return;
            }

            descriptor = Libc.Open(Libc.Text("/proc/thread-self/ns/net"), Libc.ReadOnly | Libc.CloseOnExec, 0);
            if (descriptor < 0)
                error = "no network namespace: /proc/thread-self/ns/net: " + Libc.LastError();
            else
                KernelInterface.SetUp("lo", true);
        });
        reason = error;
        if (descriptor < 0)
            return false;
        created = new NetworkNamespace(descriptor);
        return true;
    }

    /// <summary>
    /// Runs this program again, with the same console, in a user namespace of its own, where an ordinary user may make network
    /// namespaces; waits for its end. (A .NET program has many threads and cannot enter one by itself.)
    /// </summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="exitCode">The exit code of the second run.</param>
    /// <param name="reason">Why it may not be done, one line; empty otherwise.</param>
    /// <returns>False if there was no second run, and in the second run itself.</returns>
    public static bool TryReExecute(string[] arguments, out int exitCode, out string reason)
    {
        exitCode = 0;
        if (!TapLink.IsAvailable(out reason))
            return false;
        if (Environment.GetEnvironmentVariable(Nested) != null)
        {
            reason = "already in a user namespace";
            return false;
        }

        var unshare = new[] { "--user", "--map-root-user", "--net", "--" };
        try
        {
            // A first try with nothing at stake: where user namespaces are forbidden, unshare fails and says why.
            var attempt = new ProcessStartInfo("unshare") { RedirectStandardError = true };
            foreach (string argument in unshare)
                attempt.ArgumentList.Add(argument);
            attempt.ArgumentList.Add("true");
            using (Process process = Process.Start(attempt)!)
            {
                string error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode != 0)
                {
                    reason = "no user namespace: " + error.Trim().Split('\n')[0];
                    return false;
                }
            }

            var again = new ProcessStartInfo("unshare");
            foreach (string argument in unshare)
                again.ArgumentList.Add(argument);
            string executable = Environment.ProcessPath!;
            again.ArgumentList.Add(executable);
            if (Path.GetFileNameWithoutExtension(executable) == "dotnet")
                again.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
            foreach (string argument in arguments)
                again.ArgumentList.Add(argument);
            again.Environment[Nested] = "1";
            using (Process process = Process.Start(again)!)
            {
                // Ctrl-C goes to both; the second run decides what it means.
                ConsoleCancelEventHandler leave = (_, pressed) => pressed.Cancel = true;
                Console.CancelKeyPress += leave;
                process.WaitForExit();
                Console.CancelKeyPress -= leave;
                exitCode = process.ExitCode;
            }

            return true;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            reason = "the command unshare (util-linux) does not start: " + e.Message;
            return false;
        }
    }

    /// <summary>Runs something on a thread inside and waits for its end; an exception comes out here.</summary>
    /// <param name="action">What to run.</param>
    public void Run(Action action)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RunThread(() =>
        {
            Enter();
            action();
        });
    }

    /// <summary>Runs something on a thread inside and gives its result; an exception comes out here.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="function">What to run.</param>
    /// <returns>Its result.</returns>
    public T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>Starts a background thread inside.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="action">What it runs; it must catch its exceptions.</param>
    /// <returns>The running thread.</returns>
    public Thread StartThread(string name, Action action)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var inside = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            Enter();
            inside.Set();
            action();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();

        // The namespace may be disposed of as soon as this returns.
        inside.Wait();
        return thread;
    }

    /// <summary>Makes a TAP interface for IPv4 inside, gives the kernel's end an address and switches it on.</summary>
    /// <param name="name">The interface's name, at most 15 letters; null: the kernel chooses.</param>
    /// <param name="address">The kernel's IPv4 address, most significant byte first (10.77.0.1 is 0x0A4D0001).</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
    /// <param name="mtu">The largest IP packet in bytes, 68 to 1500.</param>
    /// <returns>The device's end.</returns>
    /// <exception cref="IOException">The kernel does not allow it.</exception>
    public TapLink OpenTap(string? name, uint address, int prefixLength, int mtu = 1500)
    {
        return Run(() =>
        {
            TapLink link = TapLink.Open(name, mtu);
            try
            {
                KernelInterface.SilenceIpv6(link.Name);
                TryLengthenQueue(link.Name);
                KernelInterface.Configure(link.Name, address, prefixLength);
                return link;
            }
            catch
            {
                link.Dispose();
                throw;
            }
        });
    }

    // The kernel asks for the right over the whole computer here, which root in a user namespace does not have.
    private static void TryLengthenQueue(string name)
    {
        try
        {
            KernelInterface.SetQueueLength(name, QueueLength);
        }
        catch (IOException)
        {
            // The kernel's own length does for all but a thousand connections at once.
        }
    }

    /// <summary>Lets the namespace go; the kernel ends it when the last socket, link and thread inside are gone.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Libc.Close(_descriptor);
    }

    private static void RunThread(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
#pragma warning disable CA1031 // Thrown again on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private void Enter()
    {
        if (Libc.SetNamespace(_descriptor, Libc.CloneNewNet) != 0)
            throw new IOException("Cannot enter the network namespace: " + Libc.LastError());
    }
}
