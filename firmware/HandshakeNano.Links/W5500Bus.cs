using System;
using System.Device.Spi;

namespace HandshakeNano.Links;

/// <summary>
/// The SPI frames of a W5500: 16 bits of address, 8 of control, data (datasheet 1.1 section 2.2). Each access is one call of
/// the device, because chip select is released after every call.
/// </summary>
/// <remarks>
/// A call that fails is made again, since all accesses but commands may be: a read changes nothing in the chip, and what is
/// written twice is the same.
/// </remarks>
internal sealed class W5500Bus
{
    /// <summary>Length of the address and control phases, in bytes; the data that is read begins at this index.</summary>
    internal const int HeaderLength = 3;

    private const int Attempts = 3;

    private readonly SpiDevice _spi;
    private readonly W5500Counts _counts;
    private readonly byte[] _request;
    private readonly byte[] _small = new byte[HeaderLength + 6];

    /// <summary>Makes a bus.</summary>
    /// <param name="spi">The chip's device.</param>
    /// <param name="longest">The longest frame that is read, header included, in bytes.</param>
    /// <param name="counts">What to count in.</param>
    internal W5500Bus(SpiDevice spi, int longest, W5500Counts counts)
    {
        _spi = spi;
        _counts = counts;
        _request = new byte[longest];
    }

    /// <summary>The longest frame that is read, header included, in bytes.</summary>
    internal int Longest
    {
        get { return _request.Length; }
    }

    /// <summary>Reads a burst. If the bus fails the answer is all zeros, which no open socket ever gives.</summary>
    /// <param name="block">The block, as in the control phase.</param>
    /// <param name="address">The first address or the ring's pointer, taken modulo 65536.</param>
    /// <param name="answer">Where the data is put, from index 3 on; what is in front is overwritten.</param>
    /// <param name="count">How many bytes of data.</param>
    internal void Read(int block, int address, byte[] answer, int count)
    {
        byte[] request = _request;
        request[0] = (byte)(address >> 8);
        request[1] = (byte)address;
        request[2] = (byte)block;
        count += HeaderLength;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // Both from index 0, where an array is aligned as DMA wants it, and of one length: the runtime does not check.
            _counts.Transactions++;
            try
            {
                _spi.TransferFullDuplex(new SpanByte(request, 0, count), new SpanByte(answer, 0, count));
                return;
            }
            catch (Exception)
            {
                _counts.BusErrors++;
            }
        }

        Array.Clear(answer, 0, count);
    }

    /// <summary>Writes a burst.</summary>
    /// <param name="block">The block, as in the control phase of a read.</param>
    /// <param name="address">The first address or the ring's pointer, taken modulo 65536.</param>
    /// <param name="data">Holds the data; the 3 bytes before it are overwritten.</param>
    /// <param name="start">Index of the data, at least 3.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>False if the bus failed; the chip may hold the data all the same.</returns>
    internal bool Write(int block, int address, byte[] data, int start, int count)
    {
        return Write(block, address, data, start, count, Attempts);
    }

    /// <summary>Writes a command of socket 0, and clears causes of interrupt in the register after it. Never made again.</summary>
    /// <param name="command">The command.</param>
    /// <param name="causes">The causes.</param>
    /// <returns>False if the bus failed; the chip may have the command all the same.</returns>
    internal bool WriteCommand(int command, int causes)
    {
        _small[HeaderLength] = (byte)command;
        _small[HeaderLength + 1] = (byte)causes;
        return Write(W5500.Socket0, W5500.SnCR, _small, HeaderLength, 2, 1);
    }

    private bool Write(int block, int address, byte[] data, int start, int count, int attempts)
    {
        data[start - 3] = (byte)(address >> 8);
        data[start - 2] = (byte)address;
        data[start - 1] = (byte)(block | W5500.WriteAccess);
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            _counts.Transactions++;
            try
            {
                _spi.Write(new SpanByte(data, start - HeaderLength, HeaderLength + count));
                return true;
            }
            catch (Exception)
            {
                _counts.BusErrors++;
            }
        }

        return false;
    }

    /// <summary>Reads one register.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The register.</param>
    /// <returns>Its value.</returns>
    internal int Read8(int block, int address)
    {
        Read(block, address, _small, 1);
        return _small[HeaderLength];
    }

    /// <summary>Reads a register of two bytes that the chip does not change by itself.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The register's first byte.</param>
    /// <returns>Its value.</returns>
    internal int Read16(int block, int address)
    {
        Read(block, address, _small, 2);
        return (_small[HeaderLength] << 8) | _small[HeaderLength + 1];
    }

    /// <summary>Writes one register.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The register.</param>
    /// <param name="value">Its value.</param>
    internal void Write8(int block, int address, int value)
    {
        _small[HeaderLength] = (byte)value;
        Write(block, address, _small, HeaderLength, 1);
    }

    /// <summary>Writes a register of two bytes, or two registers side by side.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The first byte's address.</param>
    /// <param name="value">The value; the high byte goes to the lower address.</param>
    /// <returns>False if the bus failed.</returns>
    internal bool Write16(int block, int address, int value)
    {
        _small[HeaderLength] = (byte)(value >> 8);
        _small[HeaderLength + 1] = (byte)value;
        return Write(block, address, _small, HeaderLength, 2);
    }

    /// <summary>Writes a register and reads it back, again if a bit was lost.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The register.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False if it does not hold the value.</returns>
    internal bool Set8(int block, int address, int value)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Write8(block, address, value);
            if (Read8(block, address) == value)
                return true;
        }

        return false;
    }

    /// <summary>Writes a register of two bytes, or two registers side by side, and reads it back, again if a bit was lost.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The first byte's address.</param>
    /// <param name="value">The value; the high byte goes to the lower address.</param>
    /// <returns>False if it does not hold the value.</returns>
    internal bool Set16(int block, int address, int value)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Write16(block, address, value);
            if (Read16(block, address) == value)
                return true;
        }

        return false;
    }

    /// <summary>Writes an Ethernet address and reads it back, again if a bit was lost.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The first byte's address.</param>
    /// <param name="value">6 bytes.</param>
    /// <returns>False if it is not there.</returns>
    internal bool SetAddress(int block, int address, byte[] value)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Array.Copy(value, 0, _small, HeaderLength, 6);
            Write(block, address, _small, HeaderLength, 6);
            if (HasAddress(block, address, value))
                return true;
        }

        return false;
    }

    /// <summary>Whether an Ethernet address is in the chip.</summary>
    /// <param name="block">The block.</param>
    /// <param name="address">The first byte's address.</param>
    /// <param name="value">6 bytes.</param>
    /// <returns>True if it is.</returns>
    internal bool HasAddress(int block, int address, byte[] value)
    {
        Read(block, address, _small, 6);
        for (int i = 0; i < 6; i++)
        {
            if (_small[HeaderLength + i] != value[i])
                return false;
        }

        return true;
    }
}
