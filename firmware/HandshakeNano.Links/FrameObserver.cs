using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>Is shown every frame that goes over a link.</summary>
public abstract class FrameObserver
{
    /// <summary>A frame goes by. Neither change nor keep the buffer.</summary>
    /// <param name="sent">True: from us to the network. False: from the network to us.</param>
    /// <param name="buffer">
    /// Holds the frame at <see cref="FrameLayout.Ethernet"/>, or the IP packet at <see cref="FrameLayout.Network"/> on a
    /// link without Ethernet header.
    /// </param>
    /// <param name="length">The length in bytes of the frame, or of the IP packet.</param>
    public abstract void OnFrame(bool sent, byte[] buffer, int length);
}
