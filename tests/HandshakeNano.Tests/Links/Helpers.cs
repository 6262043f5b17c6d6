using System;
using System.Collections.Generic;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Links.Tests;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class ManualClock : IClock
{
    internal ulong Now { get; set; }

    public ulong GetMicroseconds()
    {
        return Now;
    }
}

/// <summary>Keeps what is written to it, call by call.</summary>
internal sealed class MemorySink : ByteSink
{
    internal List<byte[]> Writes { get; } = [];

    public override void Write(byte[] buffer, int offset, int count)
    {
        Writes.Add(buffer.AsSpan(offset, count).ToArray());
    }
}

/// <summary>Frames that carry a number, as a link wants them.</summary>
internal static class Frames
{
    internal static byte[] Buffer(ILink link)
    {
        return new byte[FrameLayout.BufferSize(link.Mtu)];
    }

    internal static bool Send(ILink link, int number, int length = 60)
    {
        byte[] buffer = Buffer(link);
        Write(buffer, number, length);
        return link.Send(buffer, length);
    }

    internal static void Write(byte[] buffer, int number, int length)
    {
        for (int i = 0; i < length; i++)
            buffer[FrameLayout.Ethernet + i] = (byte)(number + i);
        BitConverter.TryWriteBytes(buffer.AsSpan(FrameLayout.Ethernet), number);
    }

    /// <summary>The number of the next frame that comes, -1 if none does.</summary>
    internal static int Receive(ILink link)
    {
        byte[] buffer = Buffer(link);
        return link.Receive(buffer) == 0 ? -1 : BitConverter.ToInt32(buffer, FrameLayout.Ethernet);
    }

    internal static List<int> ReceiveAll(ILink link)
    {
        var numbers = new List<int>();
        for (int number = Receive(link); number >= 0; number = Receive(link))
            numbers.Add(number);
        return numbers;
    }
}
