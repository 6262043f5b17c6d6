namespace HandshakeNano.Net.Wire;

/// <summary>
/// A DNS message (RFC 1035 section 4): where its fields stand, counted from its first byte, and the codes in them. Multicast
/// DNS (RFC 6762) has the same.
/// </summary>
public static class DnsMessage
{
    /// <summary>The UDP and TCP port of servers.</summary>
    public const int ServerPort = 53;

    /// <summary>The UDP port of multicast DNS.</summary>
    public const int MulticastPort = 5353;

    /// <summary>Index of the identifier, 2 bytes.</summary>
    public const int Identifier = 0;

    /// <summary>Index of the flags, 2 bytes.</summary>
    public const int Flags = 2;

    /// <summary>Index of the number of questions, 2 bytes; those of answers, authority and additional records follow.</summary>
    public const int Counts = 4;

    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 12;

    /// <summary>The longest label, in bytes.</summary>
    public const int LongestLabel = 63;

    /// <summary>The longest name in bytes, with the length of each label and the 0 at its end.</summary>
    public const int LongestName = 255;

    /// <summary>Flag: it is a response (QR).</summary>
    public const int Response = 0x8000;

    /// <summary>The flags that say what kind of query it is (OPCODE); 0 for a standard one.</summary>
    public const int OperationMask = 0x7800;

    /// <summary>Flag: the answer comes from who knows (AA).</summary>
    public const int Authoritative = 0x0400;

    /// <summary>Flag: the message is cut short, or more known answers follow (TC).</summary>
    public const int Truncated = 0x0200;

    /// <summary>Flag: the server shall ask others (RD).</summary>
    public const int RecursionDesired = 0x0100;

    /// <summary>Flag: the server asks others (RA).</summary>
    public const int RecursionAvailable = 0x0080;

    /// <summary>The flags that say how it went (RCODE); 0 if well.</summary>
    public const int ResponseCodeMask = 0x000F;

    /// <summary>Response code: the server failed.</summary>
    public const int ServerFailure = 2;

    /// <summary>Response code: there is no such name.</summary>
    public const int NameError = 3;

    /// <summary>Type: an IPv4 address (A).</summary>
    public const int TypeA = 1;

    /// <summary>Type: a server that knows a zone (NS).</summary>
    public const int TypeNs = 2;

    /// <summary>Type: the name that this is another one for (CNAME).</summary>
    public const int TypeCname = 5;

    /// <summary>Type: what is true of a whole zone (SOA); the last of its numbers is how long a "no" may be kept (RFC 2308).</summary>
    public const int TypeSoa = 6;

    /// <summary>Type: a name that this one points to (PTR).</summary>
    public const int TypePtr = 12;

    /// <summary>Type: texts (TXT).</summary>
    public const int TypeTxt = 16;

    /// <summary>Type: an IPv6 address (AAAA, RFC 3596).</summary>
    public const int TypeAaaa = 28;

    /// <summary>Type: where a service is (SRV, RFC 2782).</summary>
    public const int TypeSrv = 33;

    /// <summary>Type: which types a name has (NSEC, RFC 4034).</summary>
    public const int TypeNsec = 47;

    /// <summary>Type in a question: all of them.</summary>
    public const int TypeAny = 255;

    /// <summary>Class: the Internet.</summary>
    public const int ClassInternet = 1;

    /// <summary>Class in a question: any.</summary>
    public const int ClassAny = 255;

    /// <summary>
    /// The top bit of a class in multicast DNS: a question wants a unicast response (RFC 6762 section 5.4), or a record is the
    /// only one of its name and type and what is cached of them shall go (section 10.2).
    /// </summary>
    public const int ClassTopBit = 0x8000;

    /// <summary>Section of <see cref="DnsReader"/> and <see cref="DnsWriter"/>: questions.</summary>
    public const int Questions = 0;

    /// <summary>Section: answers.</summary>
    public const int Answers = 1;

    /// <summary>Section: records of authorities; in a probe, what its sender wants to have.</summary>
    public const int Authorities = 2;

    /// <summary>Section: records that nobody asked for.</summary>
    public const int Additionals = 3;
}
