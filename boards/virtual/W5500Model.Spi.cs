#nullable enable
using System;
using System.Device.Spi;
using System.IO;

namespace HandshakeNano.Boards.Virtual;

// SPI frames: an address, a control byte, and data (datasheet 1.1 section 2.2).
public sealed partial class W5500Model
{
    /// <summary>One SPI frame of the host.</summary>
    /// <param name="sent">What the host sends.</param>
    /// <param name="answer">What it reads meanwhile; empty if it does not look.</param>
    private void Transfer(ReadOnlySpan<byte> sent, Span<byte> answer)
    {
        bool fell;
        lock (_lock)
        {
            Transactions++;
            BytesClocked += sent.Length;
            bool fails = IsNth(Traps.BusErrorEvery, Transactions);
            if (fails && !Traps.BusErrorIsLate)
                throw Failure();
            Progress();
            sent = Flip(sent, Traps.MosiBitErrors);
            if (Traps.Absent >= 0)
                answer.Fill((byte)Traps.Absent);
            else if (_inReset)
                answer.Clear();
            else
                Frame(sent, answer);
            SeeCounts();
            Flip(answer, Traps.MisoBitErrors);
            if (Traps.ModuleIsBusy?.Invoke() == true)
                ModuleAddress.CopyTo(_common.AsSpan(SHAR));
            Settle();
            fell = UpdateInterrupt();
            if (fails)
                throw Failure();
        }

        if (fell)
            _interrupt.RaiseFall();
    }

    private static ReadOnlySpan<byte> ModuleAddress => new byte[] { 0x00, 0x08, 0xDC, 0x01, 0x02, 0x03 };

    private Exception Failure()
    {
        return Traps.BusErrorIsIo ? new IOException("Error 5 performing SPI data transfer.") : new ArgumentException("SPI");
    }

    /// <summary>What arrives of some bits.</summary>
    private ReadOnlySpan<byte> Flip(ReadOnlySpan<byte> bytes, double rate)
    {
        if (rate == 0)
            return bytes;
        byte[] copy = bytes.ToArray();
        Flip(copy.AsSpan(), rate);
        return copy;
    }

    private void Flip(Span<byte> bytes, double rate)
    {
        if (rate == 0)
            return;

        // How many bits are right before the next wrong one: a number for each bit would take the time of the test.
        int left = Traps.MostBitErrors;
        for (long bit = NextWrongBit(rate); bit < bytes.Length * 8L && left-- > 0; bit += 1 + NextWrongBit(rate))
        {
            bytes[(int)(bit / 8)] ^= (byte)(1 << (int)(bit % 8));
            BitErrors++;
        }
    }

    private long NextWrongBit(double rate)
    {
        return (long)(Math.Log(1 - _random.NextDouble()) / Math.Log(1 - rate));
    }

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
            case 2: ReadBuffer(socket, _transmitBuffer, SnTXBUF_SIZE, address, into); break;
            case 3 when isWrite: Violate("A write to the receive buffer."); break;
            case 3: ReadBuffer(socket, _receiveBuffer, SnRXBUF_SIZE, address, into); break;
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
            else if (isWrite && i > 0 && address == SnIR && Traps.CommandIgnoresRest)
                continue;
            else if (isWrite)
                WriteSocket(socket, address, data[i]);
            else
                value = block == 0 ? ReadCommon(address) : ReadSocket(socket, address);
            if (i < into.Length)
                into[i] = value;
        }
    }

    private sealed class SpiPort : SpiDevice
    {
        private readonly W5500Model _chip;

        internal SpiPort(W5500Model chip)
        {
            _chip = chip;
        }

        public override SpiConnectionSettings ConnectionSettings { get; } = new(0, 0) { Mode = SpiMode.Mode0, ClockFrequency = 20_000_000 };

        public override void Read(Span<byte> buffer)
        {
            _chip.Transfer(new byte[buffer.Length], buffer);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _chip.Transfer(buffer, default);
        }

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            if (writeBuffer.Length != readBuffer.Length)
                _chip.Violate($"Full duplex of {writeBuffer.Length} and {readBuffer.Length} bytes.");
            _chip.Transfer(writeBuffer, readBuffer);
        }
    }
}
