#nullable enable
using System.IO;

namespace HandshakeNano.Boards.Virtual;

/// <summary>Why there is no TAP interface.</summary>
public enum TapFault
{
    /// <summary>Something else; the message has the kernel's words.</summary>
    Other,

    /// <summary>The operating system has no TAP devices.</summary>
    NotLinux,

    /// <summary>The kernel's TAP device is not there: its module is not loaded, or a container hides it.</summary>
    NoDevice,

    /// <summary>This user may not open the TAP device, or may not make interfaces in this network namespace.</summary>
    NotAllowed,

    /// <summary>Another program has the interface.</summary>
    Busy,

    /// <summary>There is an interface of that name, but it is not a TAP interface.</summary>
    NotTap,
}

/// <summary>A TAP interface cannot be had; the message says why in one line.</summary>
public sealed class TapException : IOException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="message">The same in words.</param>
    public TapException(TapFault fault, string message)
        : base(message)
    {
        Fault = fault;
    }

    /// <summary>Why.</summary>
    public TapFault Fault { get; }
}
