namespace HandshakeNano.Net.Wire;

/// <summary>Numbers in network byte order. The way of a segment has them in line; these serve everything else.</summary>
public static class BigEndian
{
    /// <summary>Reads 16 bits.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the most significant byte.</param>
    /// <returns>0 to 65535.</returns>
    public static int Get16(byte[] data, int offset)
    {
        return (data[offset] << 8) | data[offset + 1];
    }

    /// <summary>Reads 32 bits.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the most significant byte.</param>
    /// <returns>The number.</returns>
    public static uint Get32(byte[] data, int offset)
    {
        return ((uint)data[offset] << 24) | ((uint)data[offset + 1] << 16) | ((uint)data[offset + 2] << 8) | data[offset + 3];
    }

    /// <summary>Writes the lower 16 bits of a number.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the most significant byte.</param>
    /// <param name="value">The number.</param>
    public static void Put16(byte[] data, int offset, int value)
    {
        data[offset] = (byte)(value >> 8);
        data[offset + 1] = (byte)value;
    }

    /// <summary>Writes 32 bits.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the most significant byte.</param>
    /// <param name="value">The number.</param>
    public static void Put32(byte[] data, int offset, uint value)
    {
        data[offset] = (byte)(value >> 24);
        data[offset + 1] = (byte)(value >> 16);
        data[offset + 2] = (byte)(value >> 8);
        data[offset + 3] = (byte)value;
    }

    /// <summary>Turns the bytes of a number round: from network order as the processor loads it, or back.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes in the other order.</returns>
    public static uint Reverse(uint value)
    {
        return (value << 24) | ((value & 0xFF00) << 8) | ((value >> 8) & 0xFF00) | (value >> 24);
    }
}
