using System;

namespace HandshakeNano.Packets;

/// <summary>The control bits of a TCP header, RFC 9293 section 3.1.</summary>
[Flags]
public enum ControlBits
{
    /// <summary>No bit set.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 0x01,

    /// <summary>The sequence number is the initial one.</summary>
    Syn = 0x02,

    /// <summary>The connection is reset.</summary>
    Rst = 0x04,

    /// <summary>Data is to be pushed to the application.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment number counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>ECN echo (RFC 3168).</summary>
    Ece = 0x40,

    /// <summary>Congestion window reduced (RFC 3168).</summary>
    Cwr = 0x80,
}

/// <summary>How control bits are written.</summary>
public static class ControlBitsText
{
    private static readonly (ControlBits Flag, string Name)[] Names =
    [
        (ControlBits.Syn, "SYN"), (ControlBits.Fin, "FIN"), (ControlBits.Rst, "RST"), (ControlBits.Psh, "PSH"),
        (ControlBits.Ack, "ACK"), (ControlBits.Urg, "URG"), (ControlBits.Ece, "ECE"), (ControlBits.Cwr, "CWR"),
    ];

    /// <summary>The names of the bits that are set, in the order in which people say them.</summary>
    /// <param name="flags">The bits.</param>
    /// <returns>For example SYN and ACK.</returns>
    public static string[] ToNames(ControlBits flags)
    {
        return Array.ConvertAll(Array.FindAll(Names, name => (flags & name.Flag) != 0), name => name.Name);
    }

    /// <summary>The bits as one word.</summary>
    /// <param name="flags">The bits.</param>
    /// <returns>For example "SYN,ACK"; "none" if no bit is set.</returns>
    public static string ToText(ControlBits flags)
    {
        return flags == ControlBits.None ? "none" : string.Join(',', ToNames(flags));
    }
}
