using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Segments;

/// <summary>A segment as a script writes it: numbers are relative to the initial ones.</summary>
internal sealed record SegmentText
{
    public ControlBits Flags { get; init; }

    public uint Seq { get; init; }

    public int Length { get; init; }

    public uint? Ack { get; init; }

    public int? Window { get; init; }

    public int Urgent { get; init; }

    /// <summary>The two bits of ECN in the IP header; null for 0 from the peer, and for any from the endpoint.</summary>
    public int? Ecn { get; init; }

    /// <summary>The options in wire order; null for any (<c>&lt;...&gt;</c>).</summary>
    public byte[]? Options { get; init; } = [];

    /// <summary>Where in the options the edges of SACK blocks stand, which are relative as well.</summary>
    public IReadOnlyList<int> Edges { get; init; } = [];

    /// <summary>The peer's port, null for the usual one.</summary>
    public int? Port { get; init; }

    /// <summary>Our port, null for the usual one.</summary>
    public int? LocalPort { get; init; }

    /// <summary>Whom the packet says it is from, null for the peer.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Whom the packet is for, null for the endpoint.</summary>
    public IPAddress? To { get; init; }

    /// <summary>The checksum is wrong.</summary>
    public bool BadChecksum { get; init; }

    /// <summary>The data offset in words, null for the right one.</summary>
    public int? DataOffset { get; init; }

    /// <summary>The reserved bits.</summary>
    public int Reserved { get; init; }

    /// <summary>How many bytes of the segment there are, null for all.</summary>
    public int? Cut { get; init; }

    /// <summary>The options as they are on the wire, null for any.</summary>
    /// <param name="initial">The initial number of the side whose data SACK blocks name.</param>
    public byte[]? OptionsOnWire(uint initial)
    {
        if (Options == null || Edges.Count == 0)
            return Options;
        byte[] bytes = [.. Options];
        foreach (int edge in Edges)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(edge), initial + BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(edge)));
        return bytes;
    }
}
