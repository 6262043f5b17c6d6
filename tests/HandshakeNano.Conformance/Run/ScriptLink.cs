using System;
using System.Collections.Generic;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>A link of bare IP packets whose other end is the script.</summary>
internal sealed class ScriptLink(int mtu) : ILink
{
    private const int MostUnseen = 10_000;

    private readonly Queue<byte[]> _inbound = new();

    public int Mtu { get; } = mtu;

    public bool HasEthernetHeader => false;

    public byte[] PhysicalAddress { get; } = new byte[6];

    public bool IsUp => true;

    /// <summary>The time that sent segments are stamped with, in microseconds.</summary>
    public ulong Now { get; set; }

    /// <summary>What the endpoint has sent and no event has expected yet.</summary>
    public Queue<SentSegment> Sent { get; } = new();

    public void Inject(byte[] packet) => _inbound.Enqueue(packet);

    public int Receive(byte[] buffer)
    {
        if (!_inbound.TryDequeue(out byte[]? packet))
            return 0;
        packet.CopyTo(buffer, FrameLayout.Network);
        return packet.Length;
    }

    public bool Send(byte[] buffer, int length)
    {
        if (Sent.Count == MostUnseen)
            throw new InvalidOperationException("The endpoint sends without end.");
        Sent.Enqueue(new SentSegment(buffer.AsSpan(FrameLayout.Network, length), Now));
        return true;
    }

    public void Wake()
    {
    }

    public void Wait(int millisecondsTimeout) => throw new InvalidOperationException("The protocol must not wait.");
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
