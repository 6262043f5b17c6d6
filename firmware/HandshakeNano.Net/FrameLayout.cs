namespace HandshakeNano.Net;

/// <summary>
/// Where things stand in every frame buffer. Fixed places make header fields array elements at constant indices, the
/// cheapest access that the interpreter has.
/// </summary>
public static class FrameLayout
{
    /// <summary>Bytes before the frame that belong to the link (8: a VXLAN header, or an SPI header).</summary>
    public const int Headroom = 8;

    /// <summary>Index of the Ethernet header.</summary>
    public const int Ethernet = Headroom;

    /// <summary>Length of an Ethernet II header in bytes.</summary>
    public const int EthernetHeaderLength = 14;

    /// <summary>Index of the IP header.</summary>
    public const int Network = Ethernet + EthernetHeaderLength;

    /// <summary>Index of the TCP or ICMP header (IPv4 options are taken out on receipt).</summary>
    public const int Transport = Network + 20;

    /// <summary>Room for an IEEE 802.1Q tag, by which a frame that is received may be longer.</summary>
    private const int TagRoom = 4;

    /// <summary>Room for the longest headers after the Ethernet header: 40 bytes of IPv6 and 60 of TCP.</summary>
    private const int HeaderRoom = 40 + 60;

    /// <summary>
    /// The size of a frame buffer for a link: a frame of the largest packet with a tag fits, and the headers fit whatever the MTU is.
    /// </summary>
    /// <param name="mtu">The link's <see cref="ILink.Mtu"/>.</param>
    /// <returns>Bytes.</returns>
    public static int BufferSize(int mtu)
    {
        return Network + TagRoom + (mtu < HeaderRoom ? HeaderRoom : mtu);
    }
}
