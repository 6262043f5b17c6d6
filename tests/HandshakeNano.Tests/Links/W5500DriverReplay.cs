using System;
using System.Device.Gpio;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Links.Tests;

/// <summary>
/// What another driver does with a W5500, register by register: written from what it does, none of it copied. It counts on a chip that
/// accepts a command before the next access, where the driver does.
/// </summary>
internal abstract class W5500DriverReplay(W5500Model chip)
{
    protected const int Common = 0x00, Socket = 0x08, TransmitBuffer = 0x10, ReceiveBuffer = 0x18, SocketStep = 0x20;
    protected const int MR = 0x00, SHAR = 0x09, IR = 0x15, IMR = 0x16, SIR = 0x17, SIMR = 0x18, RTR = 0x19, PHYCFGR = 0x2E, VERSIONR = 0x39;
    protected const int SnMR = 0x00, SnCR = 0x01, SnIR = 0x02, SnSR = 0x03, SnPORT = 0x04, SnDIPR = 0x0C, SnDPORT = 0x10;
    protected const int SnRXBUF_SIZE = 0x1E, SnTXBUF_SIZE = 0x1F, SnTX_FSR = 0x20, SnTX_WR = 0x24, SnRX_RSR = 0x26, SnRX_RD = 0x28, SnIMR = 0x2C;
    protected const byte Open = 0x01, Close = 0x10, SendFrame = 0x20, Received = 0x40;
    protected const byte CauseReceived = 0x04, CauseSent = 0x10;
    protected const int BufferSize = 16384;

    /// <summary>Sets the chip up and opens its socket.</summary>
    public abstract void Start(byte[] physicalAddress);

    /// <summary>Sends a frame, if the driver takes one now.</summary>
    public abstract bool Send(ReadOnlySpan<byte> frame);

    /// <summary>Looks for what has come.</summary>
    public abstract void Poll(Action<byte[]> receive);

    /// <summary>Closes the socket.</summary>
    public abstract void Stop();

    protected bool IsInterrupted => chip.Interrupt.Read() == PinValue.Low;

    protected byte[] Read(int block, int address, int count)
    {
        byte[] request = [(byte)(address >> 8), (byte)address, (byte)block, .. new byte[count]];
        byte[] answer = new byte[request.Length];
        chip.Spi.TransferFullDuplex(request, answer);
        return answer[3..];
    }

    protected byte Read(int block, int address) => Read(block, address, 1)[0];

    protected int Read16(int block, int address)
    {
        byte[] value = Read(block, address, 2);
        return (value[0] << 8) | value[1];
    }

    protected void Write(int block, int address, params ReadOnlySpan<byte> data)
        => chip.Spi.Write((ReadOnlySpan<byte>)[(byte)(address >> 8), (byte)address, (byte)(block | 0x04), .. data]);

    protected void Write16(int block, int address, int value) => Write(block, address, (byte)(value >> 8), (byte)value);

    /// <summary>A command, waited for until it is accepted.</summary>
    protected void Command(byte command)
    {
        Write(Socket, SnCR, command);
        WaitFor(() => Read(Socket, SnCR) == 0);
    }

    protected static void WaitFor(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
            Assert.IsLessThan(1000, i, "It waits for ever.");
    }
}

/// <summary>WIZnet's ioLibrary: <c>wizchip_init</c>, <c>socket</c>, <c>sendto</c>, <c>recvfrom</c>, <c>close</c>; two bytes are read and written one by one.</summary>
internal sealed class IoLibraryReplay(W5500Model chip) : W5500DriverReplay(chip)
{
    public override void Start(byte[] physicalAddress)
    {
        // The reset keeps the addresses.
        byte[] shar = Read(Common, SHAR, 6), gar = Read(Common, 0x01, 4), subr = Read(Common, 0x05, 4), sipr = Read(Common, 0x0F, 4);
        Write(Common, MR, 0x80);
        Read(Common, MR);
        Write(Common, SHAR, shar);
        Write(Common, 0x01, gar);
        Write(Common, 0x05, subr);
        Write(Common, 0x0F, sipr);
        foreach (int register in new[] { SnTXBUF_SIZE, SnRXBUF_SIZE })
        {
            for (int socket = 0; socket < 8; socket++)
                Write(Socket + socket * SocketStep, register, socket == 0 ? (byte)16 : (byte)0);
        }

        // The PHY: all modes, by the register; its reset.
        Write(Common, PHYCFGR, 0x78);
        Write(Common, PHYCFGR, (byte)(Read(Common, PHYCFGR) & 0x7F));
        Write(Common, PHYCFGR, (byte)(Read(Common, PHYCFGR) | 0x80));
        WaitFor(() => (Read(Common, PHYCFGR) & 1) != 0);
        Write(Common, SHAR, physicalAddress);
        Write(Common, IMR, 0);
        Write(Common, SIMR, 1);
        Write(Socket, SnIMR, CauseReceived);

        Stop();
        Write(Socket, SnMR, 0x84);
        WriteBytes(SnPORT, 0xC000);
        Command(Open);
        WaitFor(() => Read(Socket, SnSR) != 0);
    }

    public override bool Send(ReadOnlySpan<byte> frame)
    {
        Assert.AreEqual(4, Read(Socket, SnMR) & 0x0F);
        Assert.AreEqual(0x42, Read(Socket, SnSR));
        Write(Socket, SnDIPR, 255, 255, 255, 255);
        WriteBytes(SnDPORT, 5000);
        int length = Math.Min(frame.Length, Read(Socket, SnTXBUF_SIZE) * 1024);
        WaitFor(() => length <= ReadAgreeing(SnTX_FSR) && Read(Socket, SnSR) != 0);
        int pointer = ReadBytes(SnTX_WR);
        Write(TransmitBuffer, pointer, frame);
        WriteBytes(SnTX_WR, pointer + length);
        Command(SendFrame);
        WaitFor(() => (Read(Socket, SnIR) & CauseSent) != 0);
        Write(Socket, SnIR, CauseSent);
        return true;
    }

    public override void Poll(Action<byte[]> receive)
    {
        if (!IsInterrupted)
            return;
        Assert.AreEqual(0, Read(Common, IR));
        Assert.AreEqual(1, Read(Common, SIR));
        Write(Common, IR, 0);
        Write(Socket, SnIR, 0xFF);
        while (true)
        {
            Assert.AreEqual(4, Read(Socket, SnMR) & 0x0F);
            int waiting = ReadAgreeing(SnRX_RSR);
            Assert.AreNotEqual(0, Read(Socket, SnSR));
            if (waiting == 0)
                return;
            byte[] header = Take(2);
            int length = ((header[0] << 8) | header[1]) - 2;
            Assert.IsInRange(60, 1514, length);
            receive(Take(length));
        }
    }

    public override void Stop()
    {
        Command(Close);
        Write(Socket, SnIR, 0xFF);
        WaitFor(() => Read(Socket, SnSR) == 0);
    }

    private byte[] Take(int count)
    {
        int pointer = ReadBytes(SnRX_RD);
        byte[] data = Read(ReceiveBuffer, pointer, count);
        WriteBytes(SnRX_RD, pointer + count);
        Command(Received);
        return data;
    }

    private int ReadAgreeing(int register)
    {
        while (true)
        {
            int first = ReadBytes(register);
            if (first == 0 || first == ReadBytes(register))
                return first;
        }
    }

    private int ReadBytes(int register) => (Read(Socket, register) << 8) | Read(Socket, register + 1);

    private void WriteBytes(int register, int value)
    {
        Write(Socket, register, (byte)(value >> 8));
        Write(Socket, register + 1, (byte)value);
    }
}

/// <summary>
/// embassy-net-wiznet: no wait for commands nor for SENDOK, which it never clears; every frame of the cable comes; the buffers of the other
/// sockets stay as they are.
/// </summary>
internal sealed class EmbassyReplay(W5500Model chip) : W5500DriverReplay(chip)
{
    public override void Start(byte[] physicalAddress)
    {
        Write(Common, MR, 0x80);
        Assert.AreEqual(4, Read(Common, VERSIONR));
        Write(Common, SIMR, 1);
        Write(Socket, SnIMR, CauseReceived);
        Write(Common, SHAR, physicalAddress);
        Write(Socket, SnTXBUF_SIZE, 16);
        Write(Socket, SnRXBUF_SIZE, 16);
        Write(Socket, SnMR, 0x04);
        Write(Socket, SnCR, Open);
    }

    public override bool Send(ReadOnlySpan<byte> frame)
    {
        int length = frame.Length;
        WaitFor(() => Read16(Socket, SnTX_FSR) >= length);
        int pointer = Read16(Socket, SnTX_WR);
        Write(TransmitBuffer, pointer, frame);
        Write16(Socket, SnTX_WR, pointer + length);
        Write(Socket, SnCR, SendFrame);
        return true;
    }

    public override void Poll(Action<byte[]> receive)
    {
        while (IsInterrupted)
        {
            int waiting;
            do
                waiting = Read16(Socket, SnRX_RSR);
            while (waiting != Read16(Socket, SnRX_RSR));
            if (waiting == 0)
                return;
            do
                ReadFrame(receive);
            while (Read16(Socket, SnRX_RSR) != 0);
        }
    }

    /// <summary>It has no command to close: it resets when it starts.</summary>
    public override void Stop() => Assert.AreEqual(1, Read(Common, PHYCFGR) & 1);

    private void ReadFrame(Action<byte[]> receive)
    {
        Write(Socket, SnIR, CauseReceived);
        int pointer = Read16(Socket, SnRX_RD);
        int length = ((Read(ReceiveBuffer, pointer) << 8) | Read(ReceiveBuffer, pointer + 1)) - 2;
        receive(Read(ReceiveBuffer, pointer + 2, length));
        Write16(Socket, SnRX_RD, pointer + 2 + length);
        Write(Socket, SnCR, Received);
    }
}

/// <summary>
/// Linux's w5100 with a W5500: INTn is masked while the queue is read, the next frame waits for the interrupt of SENDOK, and what crosses
/// the end of a ring is split.
/// </summary>
internal sealed class LinuxReplay(W5500Model chip) : W5500DriverReplay(chip)
{
    private bool _isStopped;

    public override void Start(byte[] physicalAddress)
    {
        Reset(physicalAddress);
        Write(Socket, SnMR, 0x84);
        Command(Open);
        Write(Common, SIMR, 1);
    }

    public override bool Send(ReadOnlySpan<byte> frame)
    {
        if (_isStopped)
            return false;
        _isStopped = true;
        int pointer = Read16(Socket, SnTX_WR);
        int offset = pointer % BufferSize;
        int first = Math.Min(frame.Length, BufferSize - offset);
        Write(TransmitBuffer, offset, frame[..first]);
        if (first < frame.Length)
            Write(TransmitBuffer, 0, frame[first..]);
        Write16(Socket, SnTX_WR, pointer + frame.Length);
        Command(SendFrame);
        return true;
    }

    public override void Poll(Action<byte[]> receive)
    {
        while (IsInterrupted)
        {
            byte causes = Read(Socket, SnIR);
            Assert.AreNotEqual(0, causes);
            Write(Socket, SnIR, causes);
            if ((causes & CauseSent) != 0)
                _isStopped = false;
            if ((causes & CauseReceived) == 0)
                continue;
            Write(Common, SIMR, 0);
            while (Read16(Socket, SnRX_RSR) != 0)
            {
                int pointer = Read16(Socket, SnRX_RD);
                byte[] header = ReadRing(pointer, 2);
                int length = ((header[0] << 8) | header[1]) - 2;
                receive(ReadRing(pointer + 2, length));
                Write16(Socket, SnRX_RD, pointer + 2 + length);
                Command(Received);
            }

            Write(Common, SIMR, 1);
        }
    }

    public override void Stop()
    {
        Write(Common, SIMR, 0);
        Command(Close);
        Reset(new byte[6]);
    }

    private void Reset(byte[] physicalAddress)
    {
        Write(Common, MR, 0x80);
        Write(Common, MR, 0x10);
        Write(Common, SIMR, 0);
        Write(Common, SHAR, physicalAddress);
        for (int socket = 0; socket < 8; socket++)
        {
            Write(Socket + socket * SocketStep, SnRXBUF_SIZE, socket == 0 ? (byte)16 : (byte)0);
            Write(Socket + socket * SocketStep, SnTXBUF_SIZE, socket == 0 ? (byte)16 : (byte)0);
        }

        Assert.AreEqual(2000, Read16(Common, RTR));
    }

    private byte[] ReadRing(int pointer, int count)
    {
        int offset = pointer % BufferSize;
        int first = Math.Min(count, BufferSize - offset);
        return first == count ? Read(ReceiveBuffer, offset, count) : [.. Read(ReceiveBuffer, offset, first), .. Read(ReceiveBuffer, 0, count - first)];
    }
}
