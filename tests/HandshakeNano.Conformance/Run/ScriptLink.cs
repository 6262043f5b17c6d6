using System;
using System.Collections.Generic;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>A link of bare IP packets whose other end is the script.</summary>
internal class ScriptLink(int mtu) : ILink
{
    private const int MostUnseen = 10_000;

    private readonly Queue<byte[]> _inbound = new();

    public int Mtu { get; } = mtu;

    public virtual bool HasEthernetHeader => false;

    public byte[] PhysicalAddress { get; } = new byte[6];

    public bool IsUp => true;

    /// <summary>The time that sent segments are stamped with, in microseconds.</summary>
    public ulong Now { get; set; }

    /// <summary>What the endpoint has sent and no event has expected yet.</summary>
    public Queue<SentSegment> Sent { get; } = new();

    /// <summary>Sends a packet to the endpoint.</summary>
    public virtual void Inject(byte[] packet) => _inbound.Enqueue(packet);

    public virtual int Receive(byte[] buffer)
    {
        if (!_inbound.TryDequeue(out byte[]? packet))
            return 0;
        packet.CopyTo(buffer, HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network);
        return packet.Length;
    }

    public virtual bool Send(byte[] buffer, int length)
    {
        Keep(buffer.AsSpan(FrameLayout.Network, length));
        return true;
    }

    public void Wake()
    {
    }

    public void Wait(int millisecondsTimeout) => throw new InvalidOperationException("The protocol must not wait.");

    /// <summary>Keeps a packet for the event that expects it.</summary>
    protected void Keep(ReadOnlySpan<byte> packet)
    {
        if (Sent.Count == MostUnseen)
            throw new InvalidOperationException("The endpoint sends without end.");
        Sent.Enqueue(new SentSegment(packet, Now));
    }
}

/// <summary>The same secret in every run.</summary>
internal sealed class FixedEntropy : IEntropy
{
    private byte _next;

    public void Fill(byte[] buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
            buffer[i] = _next++;
    }
}
