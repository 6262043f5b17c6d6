using System;

namespace HandshakeNano.Net.Tests;

/// <summary>One TCP segment and nothing around it.</summary>
internal sealed class Segment
{
    public const int Fin = 1;
    public const int Syn = 2;
    public const int Rst = 4;
    public const int Psh = 8;
    public const int Ack = 16;
    public const int Urg = 32;

    /// <summary>The flags in the letters of tcpdump, lowest bit first.</summary>
    public const string FlagLetters = "FSRP.UEW";

    public int SourcePort;
    public int DestinationPort;
    public uint SequenceNumber;
    public uint AcknowledgmentNumber;
    public int Flags;
    public int Window;
    public int UrgentPointer;
    public byte[] Options = new byte[0];
    public byte[] Data = new byte[0];

    /// <summary>A byte of the stream that both sides of every test send: no two neighbourhoods of it look alike.</summary>
    public static byte Pattern(uint offset)
    {
        return (byte)(offset * 29 + (offset >> 8) * 101 + (offset >> 16) * 7 + 1);
    }

    /// <summary>The segment in a frame between hosts of our wire.</summary>
    public byte[] ToFrame(uint source, uint destination)
    {
        byte[] frame = Packet.Ipv4(source, destination, 6, ToBytes());
        Packet.FixTcp(frame);
        return frame;
    }

    /// <summary>The segment without its checksum.</summary>
    public byte[] ToBytes()
    {
        int headerLength = 20 + (Options.Length + 3) / 4 * 4;
        byte[] bytes = new byte[headerLength + Data.Length];
        Packet.Put16(bytes, 0, SourcePort);
        Packet.Put16(bytes, 2, DestinationPort);
        Packet.Put32(bytes, 4, SequenceNumber);
        Packet.Put32(bytes, 8, AcknowledgmentNumber);
        bytes[12] = (byte)(headerLength / 4 << 4);
        bytes[13] = (byte)Flags;
        Packet.Put16(bytes, 14, Window);
        Packet.Put16(bytes, 18, UrgentPointer);
        Array.Copy(Options, 0, bytes, 20, Options.Length);
        Array.Copy(Data, 0, bytes, headerLength, Data.Length);
        return bytes;
    }

    /// <summary>Reads the segment of a frame that <see cref="Wire"/> has found to be well-formed.</summary>
    public static Segment Of(byte[] frame)
    {
        bool isIpv6 = Packet.Get16(frame, 12) == Ipv6Packet.EtherType;
        int at = isIpv6 ? Ipv6Packet.Payload : Packet.Transport;
        int length = isIpv6 ? Packet.Get16(frame, Packet.Ip + 4) : Packet.Get16(frame, Packet.Ip + 2) - 20;
        int headerLength = (frame[at + 12] >> 4) * 4;
        Segment segment = new Segment
        {
            SourcePort = Packet.Get16(frame, at),
            DestinationPort = Packet.Get16(frame, at + 2),
            SequenceNumber = Packet.Get32(frame, at + 4),
            AcknowledgmentNumber = Packet.Get32(frame, at + 8),
            Flags = frame[at + 13],
            Window = Packet.Get16(frame, at + 14),
            UrgentPointer = Packet.Get16(frame, at + 18),
            Options = new byte[headerLength - 20],
            Data = new byte[length - headerLength],
        };
        Array.Copy(frame, at + 20, segment.Options, 0, segment.Options.Length);
        Array.Copy(frame, at + headerLength, segment.Data, 0, segment.Data.Length);
        return segment;
    }
}
