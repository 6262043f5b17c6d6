using System;
using System.Buffers.Binary;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>A link that hands out the one frame that it was given and keeps the last one that was sent.</summary>
public sealed class ScriptedLink : ILink
{
    private readonly byte[] _sent = new byte[FrameLayout.BufferSize(1500)];
    private byte[]? _waiting;

    /// <inheritdoc/>
    public int Mtu => 1500;

    /// <inheritdoc/>
    public bool HasEthernetHeader => true;

    /// <inheritdoc/>
    public byte[] PhysicalAddress { get; } = [0x02, 0x4E, 0x41, 0x4E, 0x4F, 0x02];

    /// <inheritdoc/>
    public bool IsUp => true;

    /// <summary>Frames sent, ARP requests not included.</summary>
    public int SentCount { get; private set; }

    /// <summary>True if an ARP request was sent since this was set to false.</summary>
    public bool ArpRequested { get; set; }

    /// <summary>The last frame sent, ARP requests not included, from its Ethernet header on.</summary>
    public ReadOnlySpan<byte> Sent => _sent.AsSpan(0, SentLength);

    /// <summary>Length of <see cref="Sent"/> in bytes.</summary>
    public int SentLength { get; private set; }

    /// <summary>Sequence number of the last segment sent.</summary>
    public uint SentSequence => BinaryPrimitives.ReadUInt32BigEndian(_sent.AsSpan(38));

    /// <summary>Flags of the last segment sent.</summary>
    public ControlBits SentFlags => (ControlBits)_sent[47];

    /// <summary>Source port of the last segment sent.</summary>
    public int SentSourcePort => BinaryPrimitives.ReadUInt16BigEndian(_sent.AsSpan(34));

    /// <summary>Lets a frame arrive.</summary>
    /// <param name="frame">The frame from its Ethernet header on; it is read when the endpoint receives it.</param>
    public void Deliver(byte[] frame)
    {
        _waiting = frame;
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        var frame = _waiting;
        if (frame is null)
            return 0;
        _waiting = null;
        Buffer.BlockCopy(frame, 0, buffer, FrameLayout.Ethernet, frame.Length);
        return frame.Length;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        const int Operation = FrameLayout.Network + 7;
        if (buffer[FrameLayout.Ethernet + 12] == 0x08 && buffer[FrameLayout.Ethernet + 13] == 0x06 && buffer[Operation] == 1)
        {
            ArpRequested = true;
            return true;
        }

        Buffer.BlockCopy(buffer, FrameLayout.Ethernet, _sent, 0, length);
        SentLength = length;
        SentCount++;
        return true;
    }

    /// <inheritdoc/>
    public void Wake()
    {
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
    }
}
