#nullable enable
using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.Diagnostics;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// A W5500 (datasheet 1.1) as far as a MACRAW driver sees it: SPI frames, registers, commands, both buffers with pointers that
/// wrap, INTn, RSTn and the PHY's link. What the driver must never do is kept in <see cref="Violations"/>.
/// </summary>
/// <remarks>
/// <para>
/// Its network is any link. Frames are taken from it at each access of the host; what finds no room is lost, as on the chip.
/// With <see cref="Start"/> they are taken when they come, and INTn falls at that moment, as on the chip. A frame of less
/// than 60 bytes is padded on arrival, because a real network carries none.
/// </para>
/// <para>
/// Time is counted in SPI frames, so that every run is the same. The hard-wired protocols, sockets 1 to 7 and power modes are
/// not modelled; their registers hold what is written to them.
/// </para>
/// </remarks>
public sealed class W5500Model : IDisposable
{
    private const int BufferSize = 16384;
    private const int MinimumFrame = 60;
    private const int MaximumFrame = 1514;
    private const byte Open = 0x01, Close = 0x10, SendFrame = 0x20, Received = 0x40;
    private const byte CauseReceived = 0x04, CauseSent = 0x10;
    private const byte MacRaw = 0x42;
    private const int Never = int.MaxValue;

    private readonly object _lock = new();
    private readonly ILink _network;
    private readonly byte[] _frame;
    private readonly byte[] _outgoing;
    private readonly byte[] _common = new byte[0x40];
    private readonly byte[][] _sockets = new byte[8][];
    private readonly byte[] _transmitBuffer = new byte[BufferSize];
    private readonly byte[] _receiveBuffer = new byte[BufferSize];
    private readonly List<string> _violations = new();
    private readonly SpiPort _spi;
    private readonly ResetPin _reset;
    private readonly InterruptPin _interrupt;
    private Thread? _thread;
    private volatile bool _stopped;

    private bool _isLinkUp = true;
    private bool _inReset;
    private int _versionReads;
    private bool _stuck;
    private int _commandDelay;
    private bool _sending;
    private int _sendDelay;
    private bool _sendOkWasSet;
    private int _transmitRead;
    private int _transmitWrite;
    private int _transmitCommitted;
    private int _receiveRead;
    private int _receiveReadBefore;
    private int _receiveCommitted;
    private int _receiveWrite;
    private bool _tearWrite;
    private bool _isLow;
    private int _commands, _sends, _arrivals, _falls;

    /// <summary>Makes a chip, powered and with its cable in.</summary>
    /// <param name="network">The other end of the cable.</param>
    public W5500Model(ILink network)
    {
        if (!network.HasEthernetHeader)
            throw new ArgumentException("The chip's network is Ethernet.", nameof(network));
        _network = network;
        _frame = new byte[FrameLayout.BufferSize(network.Mtu)];
        _outgoing = new byte[FrameLayout.BufferSize(network.Mtu)];
        for (int i = 0; i < _sockets.Length; i++)
            _sockets[i] = new byte[0x30];
        _spi = new SpiPort(this);
        _reset = new ResetPin(this);
        _interrupt = new InterruptPin(this);
        ClearRegisters();
    }

    /// <summary>The chip's SPI.</summary>
    public SpiDevice Spi => _spi;

    /// <summary>RSTn, active low.</summary>
    public GpioPin Reset => _reset;

    /// <summary>INTn, active low.</summary>
    public GpioPin Interrupt => _interrupt;

    /// <summary>What it does wrong.</summary>
    public W5500Traps Traps { get; } = new();

    /// <summary>SPI frames so far.</summary>
    public int Transactions { get; private set; }

    /// <summary>Bytes clocked so far, headers included.</summary>
    public long BytesClocked { get; private set; }

    /// <summary>Frames given to the network.</summary>
    public int FramesSent { get; private set; }

    /// <summary>Frames stored for the host.</summary>
    public int FramesStored { get; private set; }

    /// <summary>Frames that found no room.</summary>
    public int FramesOverflowed { get; private set; }

    /// <summary>Frames that the filter kept out.</summary>
    public int FramesFiltered { get; private set; }

    /// <summary>Frames that came while the socket was closed or the cable out.</summary>
    public int FramesUnheard { get; private set; }

    /// <summary>Whether the cable is in.</summary>
    public bool IsLinkUp
    {
        get
        {
            lock (_lock)
                return _isLinkUp;
        }

        set
        {
            lock (_lock)
                _isLinkUp = value;
        }
    }

    /// <summary>What the host did that the datasheet forbids or leaves undefined, in order; at most 100.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_lock)
                return _violations.ToArray();
        }
    }

    /// <summary>
    /// Takes frames from the network on a thread, at the speed of 100BASE-TX, until the model is disposed. A network that hands
    /// over everything at once would overrun a chip as no cable can.
    /// </summary>
    public void Start()
    {
        _thread = new Thread(() =>
        {
            while (!_stopped)
            {
                int length = TakeFrame();
                if (length == 0)
                {
                    _network.Wait(20);
                    continue;
                }

                // Preamble, checksum and gap are 24 bytes; 12.5 bytes a microsecond.
                long begin = Stopwatch.GetTimestamp();
                TimeSpan wireTime = TimeSpan.FromMicroseconds((Math.Max(length, MinimumFrame) + 24) / 12.5);
                while (Stopwatch.GetElapsedTime(begin) < wireTime)
                    Thread.SpinWait(10);
            }
        })
        { IsBackground = true, Name = "W5500" };
        _thread.Start();
    }

    /// <summary>The supply fails for a moment: everything is as after a reset, and the host is not told.</summary>
    public void LosePower()
    {
        lock (_lock)
            ClearRegisters();
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _stopped = true;
        _thread?.Join();
    }

    // ---- The host's side

    private void Transfer(ReadOnlySpan<byte> sent, Span<byte> answer)
    {
        bool fell;
        lock (_lock)
        {
            Transactions++;
            BytesClocked += sent.Length;
            bool fails = IsNth(Traps.BusErrorEvery, Transactions);
            if (fails && !Traps.BusErrorIsLate)
                throw new ArgumentException("SPI");
            Progress();
            if (Traps.Absent >= 0)
                answer.Fill((byte)Traps.Absent);
            else if (_inReset)
                answer.Clear();
            else
                Frame(sent, answer);
            Settle();
            fell = UpdateInterrupt();
            if (fails)
                throw new ArgumentException("SPI");
        }

        if (fell)
            _interrupt.RaiseFall();
    }

    private bool ReadInterrupt()
    {
        bool fell;
        lock (_lock)
        {
            Progress();
            Settle();
            fell = UpdateInterrupt();
        }

        if (fell)
            _interrupt.RaiseFall();
        lock (_lock)
            return _isLow && !Traps.InterruptWireBroken;
    }

    /// <summary>Takes one frame, on the thread of the network.</summary>
    private int TakeFrame()
    {
        int length;
        bool fell;
        lock (_lock)
        {
            length = TakeOne();
            fell = UpdateInterrupt();
        }

        if (fell)
            _interrupt.RaiseFall();
        return length;
    }

    private void SetReset(bool isLow)
    {
        lock (_lock)
        {
            _inReset = isLow;
            if (isLow)
                ClearRegisters();
            UpdateInterrupt();
        }
    }

    /// <summary>INTn is a level: low while an enabled cause is set.</summary>
    /// <returns>True if it has fallen and the host is to be told.</returns>
    private bool UpdateInterrupt()
    {
        bool isLow = (SocketInterrupts() & _common[0x18]) != 0;
        bool fell = isLow && !_isLow;
        _isLow = isLow;
        return fell && !Traps.InterruptWireBroken && !IsNth(Traps.LostEdgeEvery, ++_falls);
    }

    private int SocketInterrupts()
    {
        return (_sockets[0][0x02] & _sockets[0][0x2C]) != 0 ? 1 : 0;
    }

    private static bool IsNth(int every, int count)
    {
        return every > 0 && count % every == 0;
    }

    private void Violate(string what)
    {
        if (_violations.Count < 100)
            _violations.Add(what);
    }

    // ---- SPI frames

    private void Frame(ReadOnlySpan<byte> sent, Span<byte> answer)
    {
        // What the chip puts out while the header goes in.
        for (int i = 0; i < 3 && i < answer.Length; i++)
            answer[i] = (byte)(i + 1);

        // The runtime itself reads one byte of MR when it opens the device.
        if (sent.Length < 4)
        {
            Violate($"A SPI frame of {sent.Length} bytes.");
            return;
        }

        int address = (sent[0] << 8) | sent[1];
        int block = sent[2] >> 3;
        bool isWrite = (sent[2] & 0x04) != 0;
        int socket = block >> 2;
        if ((sent[2] & 0x03) != 0)
        {
            Violate("A SPI frame of fixed length.");
            return;
        }

        if (block != 0 && (block & 3) == 0)
        {
            Violate($"The reserved block {block}.");
            return;
        }

        if (isWrite && answer.Length > 0)
            Violate("A write that looks at the answer.");
        ReadOnlySpan<byte> data = sent[3..];
        Span<byte> into = answer.Length > 3 ? answer[3..] : default;
        switch (block & 3)
        {
            case 2 when isWrite: WriteTransmitBuffer(socket, address, data); break;
            case 2: ReadBuffer(socket, _transmitBuffer, 0x1F, address, into); break;
            case 3 when isWrite: Violate("A write to the receive buffer."); break;
            case 3: ReadBuffer(socket, _receiveBuffer, 0x1E, address, into); break;
            default: Registers(block, socket, address, isWrite, data, into); break;
        }
    }

    private void Registers(int block, int socket, int address, bool isWrite, ReadOnlySpan<byte> data, Span<byte> into)
    {
        for (int i = 0; i < data.Length; i++, address = (address + 1) & 0xFFFF)
        {
            byte value = 0;
            if (isWrite && block == 0)
                WriteCommon(address, data[i]);
            else if (isWrite)
                WriteSocket(socket, address, data[i]);
            else
                value = block == 0 ? ReadCommon(address) : ReadSocket(socket, address);
            if (i < into.Length)
                into[i] = value;
        }
    }

    private void WriteTransmitBuffer(int socket, int address, ReadOnlySpan<byte> data)
    {
        if (socket != 0)
            return;
        int mask = Size(0x1F) - 1;
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

    private int Size(int register)
    {
        return Math.Max(1, (int)_sockets[0][register]) * 1024;
    }

    private byte ReadCommon(int address)
    {
        switch (address)
        {
            case 0x17: return (byte)SocketInterrupts();
            case 0x2E: return (byte)((_common[0x2E] & 0xF8) | (_isLinkUp ? 0x07 : 0x00));
            case 0x39: return _versionReads++ < Traps.VersionZeroReads ? (byte)0 : (byte)0x04;
            default: return address < _common.Length ? _common[address] : (byte)0;
        }
    }

    private void WriteCommon(int address, byte value)
    {
        if (address == 0 && (value & 0x80) != 0)
        {
            ClearRegisters();
            return;
        }

        if (address == 0x15)
            _common[0x15] &= (byte)~value;
        else if (address is 0x17 or (>= 0x28 and <= 0x2D) or (>= 0x2F) || address >= _common.Length)
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
            case 0x20: return (byte)(FreeToSend() >> 8);
            case 0x21: return (byte)FreeToSend();
            case 0x22: return (byte)(_transmitRead >> 8);
            case 0x23: return (byte)_transmitRead;
            case 0x24: return (byte)(_transmitWrite >> 8);
            case 0x25: return (byte)_transmitWrite;
            case 0x26: return TearAfter((byte)(Waiting() >> 8), _tearWrite);
            case 0x27: return (byte)Waiting();
            case 0x28: return (byte)(ReadPointer() >> 8);
            case 0x29: return (byte)ReadPointer();
            case 0x2A: return TearAfter((byte)(_receiveWrite >> 8), !_tearWrite);
            case 0x2B: return (byte)_receiveWrite;
            default: return registers[address];
        }
    }

    private void WriteSocket(int socket, int address, byte value)
    {
        byte[] registers = _sockets[socket];
        if (socket != 0)
        {
            if (address is not (0x1E or 0x1F))
                Violate($"A write to the register {address:X2} of socket {socket}.");
            else
                registers[address] = value;
            CheckSizes();
            return;
        }

        switch (address)
        {
            case 0x01: Command(value); break;
            case 0x02: registers[0x02] &= (byte)~value; break;
            case 0x24: _transmitWrite = (_transmitWrite & 0x00FF) | (value << 8); break;
            case 0x25: _transmitWrite = (_transmitWrite & 0xFF00) | value; break;
            case 0x28: SetReceiveRead((_receiveRead & 0x00FF) | (value << 8)); break;
            case 0x29: SetReceiveRead((_receiveRead & 0xFF00) | value); break;
            case 0x00 or 0x2C: registers[address] = value; break;
            case 0x1E or 0x1F:
                if (registers[0x03] != 0)
                    Violate("A size changed while the socket is open.");
                registers[address] = value;
                CheckSizes();
                break;
            default: Violate($"A write to the register {address:X2} of socket 0."); break;
        }
    }

    private void SetReceiveRead(int value)
    {
        _receiveRead = value;
        if (Traps.ReadPointerCountsAtOnce)
            _receiveCommitted = value;
    }

    private int ReadPointer()
    {
        return Traps.ReadPointerShowsLate && _sockets[0][0x01] != 0 ? _receiveReadBefore : _receiveRead;
    }

    private void CheckSizes()
    {
        for (int register = 0x1E; register <= 0x1F; register++)
        {
            int sum = 0;
            foreach (byte[] socket in _sockets)
                sum += socket[register];
            if (sum > 16)
                Violate($"Buffers of {sum} KB in all.");
        }
    }

    /// <summary>After the high byte of a count has been read, the network may bring a frame.</summary>
    private byte TearAfter(byte high, bool now)
    {
        if (Traps.TornReads && now && TakeOne() > 0)
            _tearWrite = !_tearWrite;
        return high;
    }

    private int Waiting()
    {
        return (_receiveWrite - _receiveCommitted) & 0xFFFF;
    }

    private int FreeToSend()
    {
        return Size(0x1F) - ((_transmitCommitted - _transmitRead) & 0xFFFF);
    }

    // ---- Commands

    private void Command(byte command)
    {
        byte[] registers = _sockets[0];
        if (_stuck)
            return;
        if (registers[0x01] != 0)
            Violate($"Command {command:X2} while {registers[0x01]:X2} is not accepted.");
        registers[0x01] = command;
        _commandDelay = Traps.CommandDelay;
        if (IsNth(Traps.StuckCommandEvery, ++_commands))
        {
            _stuck = true;
            return;
        }

        _receiveReadBefore = command == Received ? _receiveCommitted : _receiveRead;
        switch (command)
        {
            case Open:
                if ((registers[0x00] & 0x0F) != 0x04)
                    Violate("Opened in a mode other than MACRAW.");
                if (registers[0x03] != 0)
                    Violate("Opened while open.");
                _sending = false;
                _transmitRead = _transmitWrite = _transmitCommitted = Traps.InitialPointer & 0xFFFF;
                _receiveRead = _receiveCommitted = _receiveWrite = Traps.InitialPointer & 0xFFFF;
                registers[0x03] = MacRaw;
                break;
            case Close:
                registers[0x03] = 0;
                _sending = false;
                break;
            case SendFrame:
                Send();
                break;
            case Received:
                if (((_receiveRead - _receiveCommitted) & 0xFFFF) > Waiting())
                    Violate("More read than has come.");
                _receiveCommitted = _receiveRead;
                break;
            default:
                Violate($"The command {command:X2}.");
                break;
        }
    }

    private void Send()
    {
        if (_sockets[0][0x03] != MacRaw)
        {
            Violate("SEND on a closed socket.");
            return;
        }

        int length = (_transmitWrite - _transmitRead) & 0xFFFF;
        if (_sending)
            Violate("SEND before the frame before is out.");
        if (length is < MinimumFrame or > MaximumFrame)
            Violate($"SEND of {length} bytes.");
        if ((_sockets[0][0x02] & CauseSent) != 0 && !_sending)
            _sendOkWasSet = true;
        _transmitCommitted = _transmitWrite;
        _sending = true;
        _sendDelay = IsNth(Traps.LostSendOkEvery, ++_sends) ? Never : Traps.SendDelay;
    }

    /// <summary>What happens between two accesses of the host.</summary>
    private void Progress()
    {
        byte[] registers = _sockets[0];
        if (registers[0x01] != 0 && !_stuck && _commandDelay-- <= 0)
            registers[0x01] = 0;
        if (_sendDelay is > 0 and < Never)
            _sendDelay--;
        if (!Traps.TornReads && _thread == null)
            TakeAll();
    }

    /// <summary>What happens at the end of an access: the shortest frame is out before the host can begin another.</summary>
    private void Settle()
    {
        if (!_sending)
            return;

        // The host clears the SENDOK of the frame before together with the command: it must be gone by now.
        if (_sendOkWasSet && (_sockets[0][0x02] & CauseSent) != 0)
            Violate("SENDOK of the frame before is still set.");
        _sendOkWasSet = false;
        if (!_isLinkUp)
            _sendDelay = Never;
        else if (_sendDelay == 0)
            FinishSending();
    }

    private void FinishSending()
    {
        int length = (_transmitCommitted - _transmitRead) & 0xFFFF;
        int size = Size(0x1F);
        if (length <= MaximumFrame && length <= _outgoing.Length - FrameLayout.Ethernet)
        {
            for (int i = 0; i < length; i++)
                _outgoing[FrameLayout.Ethernet + i] = _transmitBuffer[(_transmitRead + i) & (size - 1)];
            _network.Send(_outgoing, length);
            FramesSent++;
        }

        _transmitRead = _transmitCommitted;
        _sending = false;
        SetCause(CauseSent);
    }

    private void SetCause(byte cause)
    {
        byte[] registers = _sockets[0];
        if (!Traps.MaskPreventsCause || (registers[0x2C] & cause) != 0)
            registers[0x02] |= cause;
    }

    // ---- The network's side

    private void TakeAll()
    {
        while (TakeOne() > 0)
        {
        }
    }

    /// <summary>Takes a frame from the network and stores it or loses it.</summary>
    private int TakeOne()
    {
        int length = _network.Receive(_frame);
        if (length <= 0)
            return 0;
        if (!_isLinkUp || _inReset || _sockets[0][0x03] != MacRaw)
        {
            FramesUnheard++;
            return length;
        }

        if (!PassesFilter())
        {
            FramesFiltered++;
            return length;
        }

        if (length < MinimumFrame)
        {
            Array.Clear(_frame, FrameLayout.Ethernet + length, MinimumFrame - length);
            length = MinimumFrame;
        }

        int stored = length + 2;
        if (stored > Size(0x1E) - Waiting())
        {
            FramesOverflowed++;
            return length;
        }

        int header = IsNth(Traps.WrongLengthEvery, ++_arrivals) ? Traps.WrongLength : stored;
        Store(0, (byte)(header >> 8));
        Store(1, (byte)header);
        for (int i = 0; i < length; i++)
            Store(2 + i, _frame[FrameLayout.Ethernet + i]);
        _receiveWrite = (_receiveWrite + stored) & 0xFFFF;
        FramesStored++;
        SetCause(CauseReceived);
        return length;
    }

    private void Store(int offset, byte value)
    {
        _receiveBuffer[(_receiveWrite + offset) & (Size(0x1E) - 1)] = value;
    }

    private bool PassesFilter()
    {
        int mode = _sockets[0][0x00];
        ReadOnlySpan<byte> frame = _frame.AsSpan(FrameLayout.Ethernet);
        bool isBroadcast = frame[..6].IndexOfAnyExcept((byte)0xFF) < 0;
        bool isIpv6 = frame[12] == 0x86 && frame[13] == 0xDD;
        if (isIpv6 && (mode & 0x10) != 0)
            return false;
        if (isBroadcast)
            return (mode & 0x40) == 0;
        if ((frame[0] & 1) == 0)
            return (mode & 0x80) == 0 || frame[..6].SequenceEqual(_common.AsSpan(0x09, 6));
        if ((mode & 0x80) == 0)
            return (mode & 0x20) == 0;

        // With the filter on: IPv4's multicast unless it is blocked, IPv6's always (seen on hardware), no other.
        if (frame[0] == 0x01 && frame[1] == 0x00 && frame[2] == 0x5E)
            return (mode & 0x20) == 0;
        return frame[0] == 0x33 && frame[1] == 0x33;
    }

    // ---- Reset

    private void ClearRegisters()
    {
        Array.Clear(_common);
        _common[0x19] = 0x07;
        _common[0x1A] = 0xD0;
        _common[0x1B] = 0x08;
        _common[0x1C] = 0x28;
        _common[0x26] = _common[0x27] = 0xFF;
        _common[0x2E] = 0xB8;
        foreach (byte[] socket in _sockets)
        {
            Array.Clear(socket);
            socket.AsSpan(0x06, 6).Fill(0xFF);
            socket[0x16] = 0x80;
            socket[0x1E] = socket[0x1F] = 0x02;
            socket[0x2C] = 0xFF;
            socket[0x2D] = 0x40;
        }

        _versionReads = 0;
        _stuck = false;
        _sending = false;
        _sendOkWasSet = false;
        _transmitRead = _transmitWrite = _transmitCommitted = 0;
        _receiveRead = _receiveCommitted = _receiveWrite = 0;
    }

    private sealed class SpiPort : SpiDevice
    {
        private readonly W5500Model _chip;

        internal SpiPort(W5500Model chip)
        {
            _chip = chip;
        }

        public override void Write(SpanByte buffer)
        {
            _chip.Transfer(buffer.AsSpan(), default);
        }

        public override void TransferFullDuplex(SpanByte writeBuffer, SpanByte readBuffer)
        {
            if (writeBuffer.Length != readBuffer.Length)
                _chip.Violate($"Full duplex of {writeBuffer.Length} and {readBuffer.Length} bytes.");
            _chip.Transfer(writeBuffer.AsSpan(), readBuffer.AsSpan());
        }
    }

    private sealed class ResetPin : GpioPin
    {
        private readonly W5500Model _chip;
        private PinValue _value = PinValue.High;

        internal ResetPin(W5500Model chip)
        {
            _chip = chip;
        }

        public override PinValue Read()
        {
            return _value;
        }

        public override void Write(PinValue value)
        {
            _value = value;
            _chip.SetReset(value == PinValue.Low);
        }
    }

    private sealed class InterruptPin : GpioPin
    {
        private readonly W5500Model _chip;
        private readonly PinValueChangedEventArgs _fall = new(PinEventTypes.Falling, 0);

        internal InterruptPin(W5500Model chip)
        {
            _chip = chip;
        }

        public override PinValue Read()
        {
            return _chip.ReadInterrupt() ? PinValue.Low : PinValue.High;
        }

        public override void Write(PinValue value)
        {
            throw new NotSupportedException("INTn is the chip's output.");
        }

        internal void RaiseFall()
        {
            OnValueChanged(_fall);
        }
    }
}
