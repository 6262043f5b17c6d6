#nullable enable
using System;

namespace HandshakeNano.Boards.Virtual;

// What the registers say, and what is written to them. The names are the datasheet's.
public sealed partial class W5500Model
{
    // Common registers.
    private const int MR = 0x00;
    private const int SHAR = 0x09;
    private const int IR = 0x15;
    private const int SIR = 0x17;
    private const int SIMR = 0x18;
    private const int RTR = 0x19;
    private const int RCR = 0x1B;
    private const int PTIMER = 0x1C;
    private const int PMRU = 0x26;
    private const int UIPR = 0x28;
    private const int PHYCFGR = 0x2E;
    private const int VERSIONR = 0x39;

    // Socket registers.
    private const int SnMR = 0x00;
    private const int SnCR = 0x01;
    private const int SnIR = 0x02;
    private const int SnSR = 0x03;
    private const int SnDHAR = 0x06;
    private const int SnTTL = 0x16;
    private const int SnRXBUF_SIZE = 0x1E;
    private const int SnTXBUF_SIZE = 0x1F;
    private const int SnTX_FSR = 0x20;
    private const int SnTX_RD = 0x22;
    private const int SnTX_WR = 0x24;
    private const int SnRX_RSR = 0x26;
    private const int SnRX_RD = 0x28;
    private const int SnRX_WR = 0x2A;
    private const int SnIMR = 0x2C;
    private const int SnFRAG = 0x2D;

    // Bit of MR: a reset.
    private const byte ModeReset = 0x80;

    private byte ReadCommon(int address)
    {
        switch (address)
        {
            case SIR: return (byte)SocketInterrupts();
            case PHYCFGR: return (byte)((_common[PHYCFGR] & 0xF8) | (HasLink ? 0x07 : 0x00));
            case VERSIONR: return _versionReads++ < Traps.VersionZeroReads ? (byte)0 : (byte)0x04;
            default: return address < _common.Length ? _common[address] : (byte)0;
        }
    }

    private void WriteCommon(int address, byte value)
    {
        if (address == MR && (value & ModeReset) != 0)
        {
            ClearRegisters();
            return;
        }

        if (address == IR)
            _common[IR] &= (byte)~value;
        else if (address is SIR or (>= UIPR and < PHYCFGR) or > PHYCFGR || address >= _common.Length)
            Violate($"A write to the common register {address:X4}.");
        else
            _common[address] = value;
    }

    private byte ReadSocket(int socket, int address)
    {
        byte[] registers = _sockets[socket];
        if (address >= registers.Length)
            return 0;
        if (socket != 0)
            return registers[address];
        switch (address)
        {
            case SnTX_FSR: return (byte)(FreeToSend() >> 8);
            case SnTX_FSR + 1: return (byte)FreeToSend();
            case SnTX_RD: return (byte)(_transmitRead >> 8);
            case SnTX_RD + 1: return (byte)_transmitRead;
            case SnTX_WR: return (byte)(_transmitWrite >> 8);
            case SnTX_WR + 1: return (byte)_transmitWrite;
            case SnRX_RSR: return TearAfter((byte)(Counted() >> 8), _tearWrite);
            case SnRX_RSR + 1: return (byte)Counted();
            case SnRX_RD: return (byte)(ReadPointer() >> 8);
            case SnRX_RD + 1: return (byte)ReadPointer();
            case SnRX_WR: return TearAfter((byte)(_receiveWrite >> 8), !_tearWrite);
            case SnRX_WR + 1: return (byte)_receiveWrite;
            default: return registers[address];
        }
    }

    private void WriteSocket(int socket, int address, byte value)
    {
        byte[] registers = _sockets[socket];
        if (socket != 0)
        {
            if (address is not (SnRXBUF_SIZE or SnTXBUF_SIZE))
                Violate($"A write to the register {address:X2} of socket {socket}.");
            else
                registers[address] = value;
            CheckSizes();
            return;
        }

        switch (address)
        {
            case SnCR: Command(value); break;
            case SnIR: registers[SnIR] &= (byte)~value; break;
            case SnTX_WR: _transmitWrite = (_transmitWrite & 0x00FF) | (value << 8); break;
            case SnTX_WR + 1: _transmitWrite = (_transmitWrite & 0xFF00) | value; break;
            case SnRX_RD: SetReceiveRead((_receiveRead & 0x00FF) | (value << 8)); break;
            case SnRX_RD + 1: SetReceiveRead((_receiveRead & 0xFF00) | value); break;
            case SnMR or SnIMR: registers[address] = value; break;
            case SnRXBUF_SIZE or SnTXBUF_SIZE:
                if (registers[SnSR] != 0)
                    Violate("A size changed while the socket is open.");
                registers[address] = value;
                CheckSizes();
                break;
            default: Violate($"A write to the register {address:X2} of socket 0."); break;
        }
    }

    /// <summary>All sockets together have 16 KB for each direction.</summary>
    private void CheckSizes()
    {
        for (int register = SnRXBUF_SIZE; register <= SnTXBUF_SIZE; register++)
        {
            int sum = 0;
            foreach (byte[] socket in _sockets)
                sum += socket[register];
            if (sum > 16)
                Violate($"Buffers of {sum} KB in all.");
        }
    }

    /// <summary>Everything is as after a reset.</summary>
    private void ClearRegisters()
    {
        Array.Clear(_common);
        _common[RTR] = 0x07;
        _common[RTR + 1] = 0xD0;
        _common[RCR] = 0x08;
        _common[PTIMER] = 0x28;
        _common[PMRU] = _common[PMRU + 1] = 0xFF;
        _common[PHYCFGR] = 0xB8;
        foreach (byte[] socket in _sockets)
        {
            Array.Clear(socket);
            socket.AsSpan(SnDHAR, 6).Fill(0xFF);
            socket[SnTTL] = 0x80;
            socket[SnRXBUF_SIZE] = socket[SnTXBUF_SIZE] = 0x02;
            socket[SnIMR] = 0xFF;
            socket[SnFRAG] = 0x40;
        }

        _versionReads = 0;
        _stuck = false;
        _sending = false;
        _sendOkWasSet = false;
        _receivedSizeDelay = 0;
        _transmitRead = _transmitWrite = _transmitCommitted = 0;
        _receiveRead = _receiveCommitted = _receiveWrite = 0;
    }
}
