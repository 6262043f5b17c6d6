using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace HandshakeNano.Client.Commands;

/// <summary>What ends a command that goes on until it is told to end: Ctrl-C, SIGTERM, and a reader that has left.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration _interrupted;
    private readonly PosixSignalRegistration _terminated;

    /// <summary>Lets them end the command instead of the process.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    public Interruption(Surroundings surroundings)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(surroundings.Reader?.Left ?? CancellationToken.None);
        surroundings.Reader?.EndsProcess = false;
        _interrupted = ServeCommand.On(PosixSignal.SIGINT, _stop);
        _terminated = ServeCommand.On(PosixSignal.SIGTERM, _stop);
    }

    /// <summary>Is cancelled when one of them comes.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupted.Dispose();
        _terminated.Dispose();
        _stop.Dispose();
    }
}
