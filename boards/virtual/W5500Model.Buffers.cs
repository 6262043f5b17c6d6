#nullable enable
using System;

namespace HandshakeNano.Boards.Virtual;

// The two rings of socket 0, and the pointers into them.
public sealed partial class W5500Model
{
    private void WriteTransmitBuffer(int socket, int address, ReadOnlySpan<byte> data)
    {
        if (socket != 0)
            return;
        int mask = Size(SnTXBUF_SIZE) - 1;
        int used = (_transmitCommitted - _transmitRead) & 0xFFFF;
        int offset = (address - _transmitRead) & mask;
        if (_sending && (offset < used || offset + data.Length > mask + 1))
            Violate("A write over a frame that is being sent.");
        for (int i = 0; i < data.Length; i++)
            _transmitBuffer[(address + i) & mask] = data[i];
    }

    /// <summary>The chip takes every address modulo the size of the buffer, also in the middle of a burst.</summary>
    private void ReadBuffer(int socket, byte[] buffer, int register, int address, Span<byte> into)
    {
        int mask = Size(register) - 1;
        if (socket != 0)
            into.Clear();
        else
            for (int i = 0; i < into.Length; i++)
                into[i] = buffer[(address + i) & mask];
    }

    /// <summary>The size of a buffer in bytes, as its register says.</summary>
    private int Size(int register)
    {
        return Math.Max(1, (int)_sockets[0][register]) * 1024;
    }

    private int FreeToSend()
    {
        return Size(SnTXBUF_SIZE) - ((_transmitCommitted - _transmitRead) & 0xFFFF);
    }

    /// <summary>How many bytes the host has not read and given back.</summary>
    private int Waiting()
    {
        return (_receiveWrite - _receiveCommitted) & 0xFFFF;
    }

    /// <summary>What Sn_RX_RSR reads as when the chip has written up to a place.</summary>
    private int Counted(int write)
    {
        return (write - (_receivedSizeDelay == 0 ? _receiveCommitted : _receiveCounted)) & 0xFFFF;
    }

    /// <summary>
    /// The place that the chip has written up to, as a byte of Sn_RX_RSR or Sn_RX_WR shows it. If readings are torn, what came since
    /// the last one came after the high byte of one of the two.
    /// </summary>
    private int WrittenAt(int register)
    {
        _isCountRead = true;
        return Traps.TornReads && register <= (_tearsWrite ? SnRX_WR : SnRX_RSR) ? _receiveWriteSeen : _receiveWrite;
    }

    /// <summary>After a SPI frame: what the host has read it has seen, and the next time the other one is torn.</summary>
    private void SeeCounts()
    {
        if (!_isCountRead)
            return;
        _isCountRead = false;
        if (_receiveWriteSeen == _receiveWrite)
            return;
        _receiveWriteSeen = _receiveWrite;
        _tearsWrite = Traps.TornReads && !_tearsWrite;
    }

    private void SetReceiveRead(int value)
    {
        _receiveRead = value;
        if (Traps.ReadPointerCountsAtOnce)
            _receiveCommitted = value;
    }

    /// <summary>What Sn_RX_RD reads as.</summary>
    private int ReadPointer()
    {
        return Traps.ReadPointerShowsLate && _sockets[0][SnCR] != 0 ? _receiveReadBefore : _receiveRead;
    }

    private void Store(int offset, byte value)
    {
        _receiveBuffer[(_receiveWrite + offset) & (Size(SnRXBUF_SIZE) - 1)] = value;
    }
}
