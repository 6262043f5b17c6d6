namespace HandshakeNano.Net;

/// <summary>
/// A way to carry frames: a W5500, a TAP device, a tunnel, or a link that wraps another (tracer, capture, faults).
/// </summary>
/// <remarks>
/// Every buffer handed to a link has the one layout of <see cref="FrameLayout"/>: the Ethernet header begins at
/// <see cref="FrameLayout.Ethernet"/>, and the <see cref="FrameLayout.Headroom"/> bytes before it belong to the
/// link, which may put its own header there (SPI, VXLAN) so that no frame is copied. A link that carries bare IP
/// packets puts the packet at <see cref="FrameLayout.Network"/> and leaves the 14 bytes of the Ethernet header alone.
/// A link never throws for what the network does, and never keeps the buffer after the call. One thread uses it; other threads may
/// call <see cref="Wake"/> and nothing else.
/// </remarks>
public interface ILink
{
    /// <summary>The largest IP packet that the link carries, in bytes, without the Ethernet header (68 to 1500).</summary>
    int Mtu { get; }

    /// <summary>True if frames begin with an Ethernet II header; false for a link of bare IP packets.</summary>
    bool HasEthernetHeader { get; }

    /// <summary>The link's own Ethernet address, 6 bytes in the order of the wire.</summary>
    byte[] PhysicalAddress { get; }

    /// <summary>True while the link can carry frames.</summary>
    bool IsUp { get; }

    /// <summary>
    /// Takes the next frame that has arrived, without waiting. A frame that does not fit is dropped by the link.
    /// </summary>
    /// <param name="buffer">Where the frame is put, by <see cref="FrameLayout"/>.</param>
    /// <returns>
    /// The length in bytes of the frame (of the IP packet on a link without Ethernet header), 0 if none waits.
    /// </returns>
    int Receive(byte[] buffer);

    /// <summary>Sends a frame.</summary>
    /// <param name="buffer">
    /// Holds the frame, by <see cref="FrameLayout"/>, and need not be longer than that. The link may overwrite the headroom.
    /// </param>
    /// <param name="length">
    /// The length in bytes of the frame (of the IP packet on a link without Ethernet header).
    /// </param>
    /// <returns>False if the frame was dropped (link down, no room).</returns>
    bool Send(byte[] buffer, int length);

    /// <summary>Waits until a frame may have arrived or the time is over. May return early.</summary>
    /// <param name="millisecondsTimeout">How long to wait at the most, in milliseconds, 0 or more.</param>
    void Wait(int millisecondsTimeout);

    /// <summary>
    /// Has the <see cref="Wait"/> that is going on return early, or the next one if none is. Any thread may call it. Several calls
    /// before a Wait are as one.
    /// </summary>
    void Wake();
}
