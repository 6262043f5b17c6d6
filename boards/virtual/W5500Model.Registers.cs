#nullable enable
using System;

namespace HandshakeNano.Boards.Virtual;

// What the registers say, and what is written to them. The names are the datasheet's.
public sealed partial class W5500Model
{
    // Common registers.
    private const int MR = 0x00;
    private const int SHAR = 0x09;
    private const int INTLEVEL = 0x13;
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
    private const int SnPORT = 0x04;
    private const int SnDHAR = 0x06;
    private const int SnMSSR = 0x12;
    private const int SnTOS = 0x15;
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
    private const int SnKPALVTR = 0x2F;

    // Bit of MR: a reset.
    private const byte ModeReset = 0x80;

    private byte ReadCommon(int address)
    {
        switch (address)
        {
            case SIR: return (byte)SocketInterrupts();
            case PHYCFGR: return (byte)(_common[PHYCFGR] | PhyStatus());
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
        else if (address == PHYCFGR)
            ConfigurePhy(value);
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
            case SnRX_RSR: return (byte)(Counted(WrittenAt(address)) >> 8);
            case SnRX_RSR + 1: return (byte)Counted(WrittenAt(address));
            case SnRX_RD: return (byte)(ReadPointer() >> 8);
            case SnRX_RD + 1: return (byte)ReadPointer();
            case SnRX_WR: return (byte)(WrittenAt(address) >> 8);
            case SnRX_WR + 1: return (byte)WrittenAt(address);
            default: return registers[address];
        }
    }

    private void WriteSocket(int socket, int address, byte value)
    {
        byte[] registers = _sockets[socket];
        switch (address)
        {
            case SnCR when socket != 0: Violate($"The command {value:X2} of socket {socket}, which the model has not."); break;
            case SnCR: Command(value); break;
            case SnIR when socket == 0: ClearCauses(value); break;
            case SnIR: registers[SnIR] &= (byte)~value; break;
            case SnTX_WR when socket == 0: _transmitWrite = (_transmitWrite & 0x00FF) | (value << 8); break;
            case SnTX_WR + 1 when socket == 0: _transmitWrite = (_transmitWrite & 0xFF00) | value; break;
            case SnRX_RD when socket == 0: SetReceiveRead((_receiveRead & 0x00FF) | (value << 8)); break;
            case SnRX_RD + 1 when socket == 0: SetReceiveRead((_receiveRead & 0xFF00) | value); break;
            case SnRXBUF_SIZE or SnTXBUF_SIZE:
                // Their sum must not be more than 16 KB only for the sockets up to one that is used: that is how the chip deals memory out.
                if (registers[SnSR] != 0)
                    Violate("A size changed while the socket is open.");
                if (value is not (0 or 1 or 2 or 4 or 8 or 16))
                    Violate($"A buffer of {value} KB.");
                registers[address] = value;
                break;
            case SnMR or SnIMR or (>= SnPORT and < SnMSSR + 2) or SnTOS or SnTTL or (>= SnTX_WR and < SnTX_WR + 2) or (>= SnRX_RD and < SnRX_RD + 2)
                or (>= SnFRAG and <= SnKPALVTR):
                registers[address] = value;
                break;
            default: Violate($"A write to the register {address:X2} of socket {socket}."); break;
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
        _common[PHYCFGR] = PhyRuns | PhyModeBits;
        TakePhyMode();
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
        _heldAccesses = 0;
        _receivedSizeDelay = 0;
        _transmitRead = _transmitWrite = _transmitCommitted = 0;
        _receiveRead = _receiveCommitted = _receiveWrite = _receiveWriteSeen = 0;
    }
}
