using System.Runtime.InteropServices;
using System.Threading;
using HandshakeNano.Client.Peers;

namespace HandshakeNano.Client.Commands;

/// <summary>Runs <c>handshake responder</c>: echo and responder by the system's sockets.</summary>
public static class ResponderServiceCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="port">The echo service's port; the responder has the next.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 once it was told to end.</returns>
    public static int Run(int port, Surroundings surroundings)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupted = ServeCommand.On(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminated = ServeCommand.On(PosixSignal.SIGTERM, stop);
        using SystemServer server = SystemServer.Start(port, port + 1);
        surroundings.Output.WriteLine($"Echo on TCP {port}, the responder on TCP {port + 1}; Ctrl-C ends it.");
        stop.Token.WaitHandle.WaitOne();
        return 0;
    }
}
