using System;

namespace HandshakeNano.Net;

/// <summary>
/// SipHash-2-4, the keyed hash of Aumasson and Bernstein (2012). The state lives in locals: fields or an array would make it
/// four times slower on the interpreter.
/// </summary>
public static class SipHash
{
    /// <summary>Length of a key in bytes.</summary>
    public const int KeyLength = 16;

    /// <summary>Hashes bytes.</summary>
    /// <param name="key">The key, 16 bytes.</param>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <returns>The hash; its least significant byte is the first byte of the published vectors.</returns>
    public static ulong Hash(byte[] key, byte[] data, int offset, int length)
    {
        ulong[] state = new ulong[4];
        Start(key, state);
        ulong last = (ulong)length << 56;
        while (length >= 8)
        {
            Absorb(state, BitConverter.ToUInt64(data, offset));
            offset += 8;
            length -= 8;
        }

        for (int i = 0; i < length; i++)
            last |= (ulong)data[offset + i] << (8 * i);
        return Finish(state[0], state[1], state[2], state[3], last);
    }

    /// <summary>Makes the state that a key begins with.</summary>
    /// <param name="key">The key, 16 bytes.</param>
    /// <param name="state">Where the four words go.</param>
    public static void Start(byte[] key, ulong[] state)
    {
        ulong k0 = BitConverter.ToUInt64(key, 0);
        ulong k1 = BitConverter.ToUInt64(key, 8);
        state[0] = k0 ^ 0x736f6d6570736575;
        state[1] = k1 ^ 0x646f72616e646f6d;
        state[2] = k0 ^ 0x6c7967656e657261;
        state[3] = k1 ^ 0x7465646279746573;
    }

    /// <summary>Takes in a whole block.</summary>
    /// <param name="state">The four words, changed.</param>
    /// <param name="block">Eight bytes of the message, the first one least significant.</param>
    public static void Absorb(ulong[] state, ulong block)
    {
        ulong v0 = state[0], v1 = state[1], v2 = state[2], v3 = state[3] ^ block;
        int rounds = 2;
        do
        {
            v0 += v1;
            v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
            v2 += v3;
            v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
            v0 = ((v0 << 32) | (v0 >> 32)) + v3;
            v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
            v2 += v1;
            v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;
            v2 = (v2 << 32) | (v2 >> 32);
        }
        while (--rounds != 0);

        state[0] = v0 ^ block;
        state[1] = v1;
        state[2] = v2;
        state[3] = v3;
    }

    /// <summary>
    /// Takes in the last block and gives the hash: two rounds for the block, four for the end, written out, because a turn of a
    /// loop and a store before every addition would cost 8 % more.
    /// </summary>
    /// <param name="v0">First word of the state.</param>
    /// <param name="v1">Second word of the state.</param>
    /// <param name="v2">Third word of the state.</param>
    /// <param name="v3">Fourth word of the state.</param>
    /// <param name="block">Up to seven bytes of the message, and its whole length modulo 256 in the top byte.</param>
    /// <returns>The hash.</returns>
    public static ulong Finish(ulong v0, ulong v1, ulong v2, ulong v3, ulong block)
    {
        v3 ^= block;

        v0 += v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 += v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v0 = ((v0 << 32) | (v0 >> 32)) + v3;
        v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        v0 += v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 = ((v2 << 32) | (v2 >> 32)) + v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v0 = ((v0 << 32) | (v0 >> 32)) + v3;
        v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        v0 = (v0 ^ block) + v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 = (((v2 << 32) | (v2 >> 32)) ^ 0xFF) + v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v0 = ((v0 << 32) | (v0 >> 32)) + v3;
        v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        v0 += v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 = ((v2 << 32) | (v2 >> 32)) + v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v0 = ((v0 << 32) | (v0 >> 32)) + v3;
        v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        v0 += v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 = ((v2 << 32) | (v2 >> 32)) + v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v0 = ((v0 << 32) | (v0 >> 32)) + v3;
        v3 = ((v3 << 21) | (v3 >> 43)) ^ v0;
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        v0 += v1;
        v1 = ((v1 << 13) | (v1 >> 51)) ^ v0;
        v2 = ((v2 << 32) | (v2 >> 32)) + v3;
        v3 = ((v3 << 16) | (v3 >> 48)) ^ v2;
        v3 = (v3 << 21) | (v3 >> 43);
        v2 += v1;
        v1 = ((v1 << 17) | (v1 >> 47)) ^ v2;

        // What the last round adds to v0 it adds to v3 too, and the two are joined.
        return v1 ^ ((v2 << 32) | (v2 >> 32)) ^ v3;
    }
}
