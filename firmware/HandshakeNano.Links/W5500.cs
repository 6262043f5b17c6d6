namespace HandshakeNano.Links;

/// <summary>The W5500's registers, as far as MACRAW on socket 0 needs them (datasheet 1.1 sections 2 to 4).</summary>
internal static class W5500
{
    // Control phase of a SPI frame: block select in bits 7 to 3, bit 2 set to write, variable length (section 2.2.2).
    internal const int Common = 0x00;
    internal const int Socket0 = 0x08;
    internal const int TransmitBuffer0 = 0x10;
    internal const int ReceiveBuffer0 = 0x18;
    internal const int SocketStep = 0x20;
    internal const int WriteAccess = 0x04;

    // Common registers.
    internal const int MR = 0x0000;
    internal const int SHAR = 0x0009;
    internal const int INTLEVEL = 0x0013;
    internal const int SIMR = 0x0018;
    internal const int RTR = 0x0019;
    internal const int PHYCFGR = 0x002E;
    internal const int VERSIONR = 0x0039;

    // Socket registers.
    internal const int SnMR = 0x0000;
    internal const int SnCR = 0x0001;
    internal const int SnIR = 0x0002;
    internal const int SnSR = 0x0003;
    internal const int SnRXBUF_SIZE = 0x001E;
    internal const int SnTX_RD = 0x0022;
    internal const int SnTX_WR = 0x0024;
    internal const int SnRX_RSR = 0x0026;
    internal const int SnRX_RD = 0x0028;
    internal const int SnRX_WR = 0x002A;
    internal const int SnIMR = 0x002C;

    // Values.
    internal const int ModeReset = 0x80;
    internal const int ModePingBlock = 0x10;
    internal const int Version = 0x04;
    internal const int RetryTimeAfterReset = 0x07D0;
    internal const int PhyRuns = 0x80;

    // It runs, and offers all modes.
    internal const int PhyAfterReset = 0xB8;
    internal const int PhyLinkUp = 0x01;

    // MACRAW; only frames to us and broadcasts, no multicast, no IPv6.
    internal const int SocketMode = 0x80 | MulticastBlock | Ipv6Block | 0x04;

    // Keeps IPv4's multicast out.
    internal const int MulticastBlock = 0x20;

    // Without it all of IPv6's multicast passes, which the other filters do not keep out: the chip has no list of groups.
    internal const int Ipv6Block = 0x10;
    internal const int CommandOpen = 0x01;
    internal const int CommandClose = 0x10;
    internal const int CommandSend = 0x20;
    internal const int CommandReceive = 0x40;
    internal const int InterruptReceived = 0x04;
    internal const int InterruptSent = 0x10;
    internal const int StatusClosed = 0x00;
    internal const int StatusMacRaw = 0x42;
}
