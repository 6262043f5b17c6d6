using System;
using System.Threading;
using HandshakeNano.Net;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Boards.Esp32;

/// <summary>
/// Unpredictable bytes from the chip's generator, with timing and the chip's own address mixed in. The generator is true
/// hardware randomness only while the radio is on; without it, it is a pseudo-random sequence, and what is mixed in is what
/// tells two starts and two devices apart. The mix is added by exclusive or, so it never makes the generator worse.
/// </summary>
public sealed class Esp32Entropy : IEntropy
{
    private const int Samples = 32;

    private readonly byte[] _physicalAddress;
    private readonly Random _generator = new Random();

    /// <summary>Makes a source.</summary>
    /// <param name="physicalAddress">The device's Ethernet address, 6 bytes.</param>
    public Esp32Entropy(byte[] physicalAddress)
    {
        _physicalAddress = physicalAddress;
    }

    /// <inheritdoc/>
    /// <remarks>Takes a third of a second: each sample of the timing waits for a tick of the system.</remarks>
    public void Fill(byte[] buffer)
    {
        byte[] key = new byte[SipHash.KeyLength];
        _generator.NextBytes(key);
        _generator.NextBytes(buffer);

        byte[] pool = new byte[_physicalAddress.Length + 8 * Samples + 4];
        _physicalAddress.CopyTo(pool, 0);
        int end = _physicalAddress.Length;
        for (int i = 0; i < Samples; i++)
        {
            // When a wait ends depends on what the radio, the network and the flash were doing meanwhile.
            Thread.Sleep(1);
            BitConverter.GetBytes(HighResTimer.GetCurrent()).CopyTo(pool, end);
            end += 8;
        }

        for (int done = 0; done < buffer.Length; done += 8)
        {
            BitConverter.GetBytes(done).CopyTo(pool, end);
            byte[] mix = BitConverter.GetBytes(SipHash.Hash(key, pool, 0, pool.Length));
            for (int i = 0; i < 8 && done + i < buffer.Length; i++)
                buffer[done + i] ^= mix[i];
        }
    }
}
