namespace HandshakeNano.Net;

/// <summary>A source of unpredictable bytes, asked once when an endpoint is made.</summary>
public interface IEntropy
{
    /// <summary>Fills the whole array with unpredictable bytes.</summary>
    /// <param name="buffer">The array to fill.</param>
    void Fill(byte[] buffer);
}
