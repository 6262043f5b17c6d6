using System;
using HandshakeNano.Net;

namespace HandshakeNano.Scenarios;

/// <summary>An entropy source that always gives the same, so that every measurement meets the same numbers.</summary>
public sealed class FixedEntropy : IEntropy
{
    private byte _next = 1;

    /// <inheritdoc/>
    public void Fill(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        for (var i = 0; i < buffer.Length; i++)
        {
            buffer[i] = _next;
            _next = (byte)((_next * 181) + 59);
        }
    }
}
