using System;

namespace HandshakeNano.Plants;

/// <summary>A plant does not fit the core any more; the message says what to do.</summary>
public sealed class PlantException : Exception
{
    /// <summary>Makes the exception.</summary>
    public PlantException(string message)
        : base(message)
    {
    }
}
