using System;
using System.Buffers.Binary;
using System.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Segments;

/// <summary>A segment that the endpoint has sent, and when.</summary>
internal sealed record SentSegment
{
    public SentSegment(ReadOnlySpan<byte> packet, ulong time)
    {
        Time = time;
        Wrong = ScriptPacket.Judge(packet);
        Ecn = ScriptPacket.Ecn(packet);
        Destination = ScriptPacket.Destination(packet);
        if (Wrong != null)
            return;
        ReadOnlySpan<byte> segment = packet[ScriptPacket.HeaderLength(packet)..];
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        Seq = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        Ack = BinaryPrimitives.ReadUInt32BigEndian(segment[8..]);
        int header = (segment[12] >> 4) * 4;
        Flags = (ControlBits)segment[13];
        Window = BinaryPrimitives.ReadUInt16BigEndian(segment[14..]);
        Urgent = BinaryPrimitives.ReadUInt16BigEndian(segment[18..]);
        Options = segment[20..header].ToArray();
        Data = segment[header..].ToArray();
    }

    public ulong Time { get; }

    /// <summary>What is wrong with the packet itself, null if nothing is.</summary>
    public string? Wrong { get; }

    /// <summary>The two bits of ECN in the IP header.</summary>
    public int Ecn { get; }

    public IPAddress Destination { get; }

    public int SourcePort { get; }

    public int DestinationPort { get; }

    public uint Seq { get; }

    public uint Ack { get; }

    public ControlBits Flags { get; private init; }

    public int Window { get; }

    public int Urgent { get; }

    public byte[] Options { get; } = [];

    public byte[] Data { get; private init; } = [];

    /// <summary>Another segment has what comes next in the stream, and is the same in all else.</summary>
    public bool GoesOnIn(SentSegment next) => next.Wrong == null && next.Data.Length > 0 && Data.Length > 0
        && next.Seq == Seq + (uint)Data.Length && next.Time == Time && next.Ack == Ack && next.Window == Window && next.Ecn == Ecn
        && next.SourcePort == SourcePort && next.Destination.Equals(Destination) && next.DestinationPort == DestinationPort
        && next.Options.AsSpan().SequenceEqual(Options) && (Flags & ~ControlBits.Psh) == (next.Flags & ~(ControlBits.Psh | ControlBits.Fin));

    /// <summary>Both segments as one.</summary>
    public SentSegment With(SentSegment next) => this with { Data = [.. Data, .. next.Data], Flags = Flags | next.Flags };
}
