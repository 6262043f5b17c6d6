#nullable enable
using System;
using System.IO;

namespace HandshakeNano.Boards.Virtual;

/// <summary>Waits for a descriptor of the Linux kernel until another thread ends the wait, by an eventfd.</summary>
internal sealed class WakeableWait : IDisposable
{
    private readonly Libc.PollDescriptor[] _descriptors = new Libc.PollDescriptor[2];
    private readonly int _event;
    private bool _disposed;

    internal WakeableWait()
    {
        _event = Libc.EventDescriptor(0, Libc.NonBlock | Libc.CloseOnExec);
        if (_event < 0)
            throw new IOException("eventfd: " + Libc.LastError());
    }

    /// <summary>Waits until the descriptor can be read, until <see cref="Wake"/>, or until the time is over.</summary>
    /// <param name="descriptor">The descriptor; -1 for none.</param>
    /// <param name="millisecondsTimeout">How long to wait at the most, in milliseconds.</param>
    /// <returns>True if there is an error on the descriptor, as when its interface is gone.</returns>
    internal bool Wait(int descriptor, int millisecondsTimeout)
    {
        // The kernel leaves a negative one out.
        _descriptors[0] = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollIn };
        _descriptors[1] = new Libc.PollDescriptor { Descriptor = _event, Events = Libc.PollIn };
        if (Libc.Poll(ref _descriptors[0], 2, millisecondsTimeout) <= 0)
            return false;
        if (_descriptors[1].Returned != 0)
        {
            Span<byte> count = stackalloc byte[8];
            _ = Libc.Read(_event, ref count[0], count.Length);
        }

        return (_descriptors[0].Returned & Libc.PollError) != 0 && _descriptors[1].Returned == 0;
    }

    /// <summary>Ends the wait that is going on, or the next one. Any thread may call it.</summary>
    internal void Wake()
    {
        ulong one = 1;
        lock (_descriptors)
        {
            if (!_disposed)
                _ = Libc.Write(_event, ref System.Runtime.CompilerServices.Unsafe.As<ulong, byte>(ref one), sizeof(ulong));
        }
    }

    /// <summary>Closes the eventfd.</summary>
    public void Dispose()
    {
        lock (_descriptors)
        {
            if (!_disposed)
                Libc.Close(_event);
            _disposed = true;
        }
    }
}
