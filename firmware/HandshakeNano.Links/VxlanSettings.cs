using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>What a <see cref="VxlanLink"/> is made of.</summary>
public sealed class VxlanSettings
{
    /// <summary>The UDP port that IANA gave to VXLAN. (Linux takes 8472 unless it is told this one.)</summary>
    public const int DefaultPort = 4789;

    /// <summary>1500 less the outer IPv4, UDP and VXLAN headers and the inner Ethernet header.</summary>
    public const int MaximumMtu = 1500 - 20 - 8 - HeaderLength - FrameLayout.EthernetHeaderLength;

    /// <summary>Length of the VXLAN header in bytes.</summary>
    internal const int HeaderLength = 8;

    /// <summary>The network's number (VNI), 1 to 16777215; frames of others are dropped.</summary>
    public int Vni = 42;

    /// <summary>Our UDP port, 1 to 65535.</summary>
    public int Port = DefaultPort;

    /// <summary>
    /// IPv4 address of the other end of the tunnel, most significant byte first; 0: none yet, with
    /// <see cref="LearnPeer"/> only. Frames from other addresses are dropped unless the peer is learned.
    /// </summary>
    public uint Peer;

    /// <summary>
    /// The UDP port of the other end, 1 to 65535. Frames go to it wherever the peer sends from: the source port is a hash of
    /// the inner flow (RFC 7348 section 5).
    /// </summary>
    public int PeerPort = DefaultPort;

    /// <summary>
    /// True: the last sender of a frame of our network becomes the peer. Off by default, because VXLAN knows neither
    /// authentication nor encryption (RFC 7348 section 7): one datagram from anyone who can reach our port, with any source
    /// address written on it, takes the tunnel away from its owner. Only for a network whose every member is trusted.
    /// </summary>
    public bool LearnPeer;

    /// <summary>
    /// Our own inner Ethernet address, 6 bytes, unicast, and another one than that of the peer's interface: Linux drops
    /// frames that seem to come from itself.
    /// </summary>
    public byte[] PhysicalAddress = new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, 0x02 };

    /// <summary>
    /// The largest inner IP packet in bytes, 68 to 1450: what a network of 1500 carries without fragments, which the device
    /// does not put together again (RFC 7348 section 4.3).
    /// </summary>
    public int Mtu = MaximumMtu;

    internal void Validate()
    {
        if (Vni < 1 || Vni > 0xFFFFFF)
            throw new ArgumentException("Vni must be 1 to 16777215.");
        if (Port < 1 || Port > 65535 || PeerPort < 1 || PeerPort > 65535)
            throw new ArgumentException("Port and PeerPort must be 1 to 65535.");
        if (Peer == 0 && !LearnPeer)
            throw new ArgumentException("Peer must be set unless LearnPeer is.");
        if ((Peer >> 24) >= 224)
            throw new ArgumentException("Peer must be the address of a host.");
        if (PhysicalAddress == null || PhysicalAddress.Length != 6 || (PhysicalAddress[0] & 1) != 0)
            throw new ArgumentException("PhysicalAddress must be 6 bytes of a unicast address.");
        if (Mtu < 68 || Mtu > MaximumMtu)
            throw new ArgumentException("Mtu must be 68 to 1450.");
    }
}
