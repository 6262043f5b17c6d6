using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What a kernel socket does with the echo service.</summary>
internal static class Traffic
{
    /// <summary>The same bytes for the same seed: those of lwip/peer.c, whose seed is the <see cref="State"/> of this one.</summary>
    public static byte[] Bytes(int seed, int length)
    {
        // xorshift32 (Marsaglia, "Xorshift RNGs", 2003).
        byte[] data = new byte[length];
        uint x = State(seed);
        for (int i = 0; i < data.Length; i++)
        {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            data[i] = (byte)(x >> 24);
        }

        return data;
    }

    /// <summary>The state that the bytes of a seed begin with; never 0.</summary>
    public static uint State(int seed)
    {
        return ((uint)seed * 0x9E37_79B9) | 1;
    }

    /// <summary>Reads exactly this many bytes.</summary>
    public static byte[] Read(Socket socket, int length)
    {
        byte[] data = new byte[length];
        for (int have = 0; have < length;)
        {
            int count = socket.Receive(data, have, length - have, SocketFlags.None);
            Assert.AreNotEqual(0, count, $"The peer closed after {have} of {length} bytes.");
            have += count;
        }

        return data;
    }

    /// <summary>The peer's FIN comes next.</summary>
    public static void ReadEnd(Socket socket)
    {
        Assert.AreEqual(0, socket.Receive(new byte[1]), "There is data where the end should be.");
    }

    /// <summary>The bytes are the same; says where they first are not.</summary>
    public static void AssertSame(byte[] expected, ReadOnlySpan<byte> actual)
    {
        int common = expected.AsSpan().CommonPrefixLength(actual);
        if (common != expected.Length || common != actual.Length)
            Assert.Fail($"{actual.Length} bytes for {expected.Length}; the first {common} are right.");
    }

    /// <summary>
    /// Sends the bytes of a seed in random portions while it reads what comes back, closes its side after the last byte,
    /// and checks that everything came back, in order, and then the end.
    /// </summary>
    public static async Task EchoAsync(Socket socket, int seed, int length, int greatestPortion, CancellationToken stop)
    {
        byte[] data = Bytes(seed, length);
        Task sending = SendAsync(socket, data, new Random(seed), greatestPortion, stop);
        byte[] buffer = new byte[16 * 1024];
        int have = 0;
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, stop);
            if (count == 0)
                break;
            Assert.IsLessThanOrEqualTo(length - have, count, "More came back than was sent.");
            AssertSame(data[have..(have + count)], buffer.AsSpan(0, count));
            have += count;
        }

        await sending;
        Assert.AreEqual(length, have, "The peer closed before everything had come back.");
    }

    /// <summary>Megabytes per second and the like, for the log.</summary>
    public static string Rate(long amount, Stopwatch time, string unit)
    {
        return $"{amount} {unit} in {time.Elapsed.TotalSeconds:F2} s = {amount / time.Elapsed.TotalSeconds:F0} {unit}/s";
    }

    private static async Task SendAsync(Socket socket, byte[] data, Random random, int greatestPortion, CancellationToken stop)
    {
        for (int sent = 0; sent < data.Length;)
        {
            int portion = Math.Min(random.Next(1, greatestPortion + 1), data.Length - sent);
            sent += await socket.SendAsync(data.AsMemory(sent, portion), stop);
        }

        socket.Shutdown(SocketShutdown.Send);
    }
}
