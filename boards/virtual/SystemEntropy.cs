using System.Security.Cryptography;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>Unpredictable bytes from the operating system.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <inheritdoc/>
    public void Fill(byte[] buffer)
    {
        RandomNumberGenerator.Fill(buffer);
    }
}
