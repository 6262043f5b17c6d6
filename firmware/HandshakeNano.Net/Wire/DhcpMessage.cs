namespace HandshakeNano.Net.Wire;

/// <summary>
/// A DHCP message (RFC 2131 section 2): where its fields stand in a frame buffer, and the codes of its options (RFC 2132).
/// </summary>
public static class DhcpMessage
{
    /// <summary>The UDP port of servers and relay agents.</summary>
    public const int ServerPort = 67;

    /// <summary>The UDP port of clients.</summary>
    public const int ClientPort = 68;

    /// <summary>Index of the operation, one byte: 1 from a client, 2 from a server.</summary>
    public const int Operation = UdpHeader.Data;

    /// <summary>Index of hardware type, length of a hardware address and hops, 3 bytes; 1 and 6 for Ethernet.</summary>
    public const int HardwareType = UdpHeader.Data + 1;

    /// <summary>Index of the transaction's identifier (xid), 4 bytes.</summary>
    public const int TransactionId = UdpHeader.Data + 4;

    /// <summary>Index of the seconds since the client began (secs), 2 bytes.</summary>
    public const int Seconds = UdpHeader.Data + 8;

    /// <summary>Index of the flags, 2 bytes.</summary>
    public const int Flags = UdpHeader.Data + 10;

    /// <summary>Index of the client's address, if it can answer for it (ciaddr), 4 bytes.</summary>
    public const int ClientAddress = UdpHeader.Data + 12;

    /// <summary>Index of the address that the server gives (yiaddr), 4 bytes.</summary>
    public const int YourAddress = UdpHeader.Data + 16;

    /// <summary>Index of the client's hardware address (chaddr), 16 bytes.</summary>
    public const int ClientHardware = UdpHeader.Data + 28;

    /// <summary>Index of the server's name (sname), 64 bytes, which may hold options instead.</summary>
    public const int ServerName = UdpHeader.Data + 44;

    /// <summary>Index of the boot file's name (file), 128 bytes, which may hold options instead.</summary>
    public const int File = UdpHeader.Data + 108;

    /// <summary>Index of the magic cookie, 4 bytes.</summary>
    public const int Cookie = UdpHeader.Data + 236;

    /// <summary>Index of the options.</summary>
    public const int Options = UdpHeader.Data + 240;

    /// <summary>Length in bytes of everything before the options.</summary>
    public const int HeaderLength = Options - UdpHeader.Data;

    /// <summary>The shortest message that relay agents need pass on, in bytes (RFC 1542 section 2.1).</summary>
    public const int LeastLength = 300;

    /// <summary>The magic cookie.</summary>
    public const uint CookieValue = 0x63825363;

    /// <summary>The flag by which a client asks for answers to all hosts.</summary>
    public const int BroadcastFlag = 0x8000;

    /// <summary>Operation of a client's message.</summary>
    public const int BootRequest = 1;

    /// <summary>Operation of a server's message.</summary>
    public const int BootReply = 2;

    /// <summary>Message type: client looks for servers.</summary>
    public const int Discover = 1;

    /// <summary>Message type: server offers an address.</summary>
    public const int Offer = 2;

    /// <summary>Message type: client asks for what was offered, or to keep what it has.</summary>
    public const int Request = 3;

    /// <summary>Message type: client has found the address in use.</summary>
    public const int Decline = 4;

    /// <summary>Message type: server gives the lease.</summary>
    public const int Ack = 5;

    /// <summary>Message type: server refuses it.</summary>
    public const int Nak = 6;

    /// <summary>Message type: client gives the lease back.</summary>
    public const int Release = 7;

    /// <summary>Option: filler of one byte.</summary>
    public const int Pad = 0;

    /// <summary>Option: subnet mask, 4 bytes.</summary>
    public const int SubnetMask = 1;

    /// <summary>Option: routers, 4 bytes each, the preferred one first.</summary>
    public const int Router = 3;

    /// <summary>Option: DNS servers, 4 bytes each, the preferred one first.</summary>
    public const int DnsServers = 6;

    /// <summary>Option: the client's host name.</summary>
    public const int HostName = 12;

    /// <summary>Option: the address that the client wants, 4 bytes.</summary>
    public const int RequestedAddress = 50;

    /// <summary>Option: how long the lease lasts, in seconds, 4 bytes.</summary>
    public const int LeaseTime = 51;

    /// <summary>Option: options go on in the file field (1), the server's name (2) or both (3).</summary>
    public const int Overload = 52;

    /// <summary>Option: what kind of message it is, 1 byte.</summary>
    public const int MessageType = 53;

    /// <summary>Option: which server, 4 bytes.</summary>
    public const int ServerIdentifier = 54;

    /// <summary>Option: the options that the client wants to be told.</summary>
    public const int ParameterRequestList = 55;

    /// <summary>Option: the longest IP packet that the client takes, 2 bytes.</summary>
    public const int MaximumMessageSize = 57;

    /// <summary>Option: T1, when to renew, in seconds, 4 bytes.</summary>
    public const int RenewalTime = 58;

    /// <summary>Option: T2, when to ask any server, in seconds, 4 bytes.</summary>
    public const int RebindingTime = 59;

    /// <summary>Option: which client; a hardware type and address.</summary>
    public const int ClientIdentifier = 61;

    /// <summary>Option: no more options in this field, one byte.</summary>
    public const int End = 255;

    /// <summary>The lease that never ends, as <see cref="LeaseTime"/> writes it.</summary>
    public const uint Infinite = 0xFFFFFFFF;
}
