namespace HandshakeNano.Samples.ModbusServer;

/// <summary>
/// What a Modbus server has, and its answers to the functions 1 to 6, 15 and 16 (MODBUS Application Protocol V1.1b3). An answer is
/// written over its request; nothing is allocated.
/// </summary>
public sealed class ModbusTables
{
    private const int IllegalFunction = 1, IllegalAddress = 2, IllegalValue = 3;

    /// <summary>Makes the tables, all 0.</summary>
    /// <param name="coils">How many coils, up to 65536.</param>
    /// <param name="inputs">How many discrete inputs, up to 65536.</param>
    /// <param name="holdingRegisters">How many holding registers, up to 65536.</param>
    /// <param name="inputRegisters">How many input registers, up to 65536.</param>
    public ModbusTables(int coils, int inputs, int holdingRegisters, int inputRegisters)
    {
        Coils = new bool[coils];
        Inputs = new bool[inputs];
        HoldingRegisters = new ushort[holdingRegisters];
        InputRegisters = new ushort[inputRegisters];
    }

    /// <summary>Bits that a master reads and writes.</summary>
    public bool[] Coils { get; }

    /// <summary>Bits that a master reads.</summary>
    public bool[] Inputs { get; }

    /// <summary>Numbers that a master reads and writes.</summary>
    public ushort[] HoldingRegisters { get; }

    /// <summary>Numbers that a master reads.</summary>
    public ushort[] InputRegisters { get; }

    /// <summary>Answers a request.</summary>
    /// <param name="frame">Where it is, and where the answer goes. Up to 253 bytes.</param>
    /// <param name="at">Index of the function's code.</param>
    /// <param name="length">Length of the request from the code on, 1 or more.</param>
    /// <returns>Length of the answer from the code on.</returns>
    public int Answer(byte[] frame, int at, int length)
    {
        int function = frame[at];
        int exception = 0;
        if (function == 0 || (function > 6 && function != 15 && function != 16))
            exception = IllegalFunction;
        else if (length < 5 || (function <= 6 && length != 5))
            exception = IllegalValue;
        int answer = 5;
        if (exception == 0)
        {
            // Each has an address, and a count or a value.
            int address = Get16(frame, at + 1);
            int count = Get16(frame, at + 3);
            if (function <= 2)
                exception = ReadBits(function == 1 ? Coils : Inputs, frame, at, address, count, out answer);
            else if (function <= 4)
                exception = ReadRegisters(function == 3 ? HoldingRegisters : InputRegisters, frame, at, address, count, out answer);
            else if (function == 5)
                exception = count != 0 && count != 0xFF00 ? IllegalValue : WriteBit(address, count != 0);
            else if (function == 6)
                exception = WriteRegister(address, count);
            else if (function == 15)
                exception = WriteBits(frame, at, length, address, count);
            else
                exception = WriteRegisters(frame, at, length, address, count);
        }

        if (exception == 0)
            return answer;
        frame[at] |= 0x80;
        frame[at + 1] = (byte)exception;
        return 2;
    }

    internal static int Get16(byte[] buffer, int at)
    {
        return (buffer[at] << 8) | buffer[at + 1];
    }

    internal static void Put16(byte[] buffer, int at, int value)
    {
        buffer[at] = (byte)(value >> 8);
        buffer[at + 1] = (byte)value;
    }

    private static int ReadBits(bool[] table, byte[] frame, int at, int address, int count, out int answer)
    {
        answer = 2 + (count + 7) / 8;
        if (count < 1 || count > 2000)
            return IllegalValue;
        if (address + count > table.Length)
            return IllegalAddress;
        frame[at + 1] = (byte)(answer - 2);
        for (int i = 0; i < answer - 2; i++)
            frame[at + 2 + i] = 0;
        for (int i = 0; i < count; i++)
        {
            if (table[address + i])
                frame[at + 2 + i / 8] |= (byte)(1 << i % 8);
        }

        return 0;
    }

    private static int ReadRegisters(ushort[] table, byte[] frame, int at, int address, int count, out int answer)
    {
        answer = 2 + 2 * count;
        if (count < 1 || count > 125)
            return IllegalValue;
        if (address + count > table.Length)
            return IllegalAddress;
        frame[at + 1] = (byte)(2 * count);
        for (int i = 0; i < count; i++)
            Put16(frame, at + 2 + 2 * i, table[address + i]);
        return 0;
    }

    private int WriteBit(int address, bool value)
    {
        if (address >= Coils.Length)
            return IllegalAddress;
        Coils[address] = value;
        return 0;
    }

    private int WriteRegister(int address, int value)
    {
        if (address >= HoldingRegisters.Length)
            return IllegalAddress;
        HoldingRegisters[address] = (ushort)value;
        return 0;
    }

    private int WriteBits(byte[] frame, int at, int length, int address, int count)
    {
        int bytes = (count + 7) / 8;
        if (count < 1 || count > 1968 || length != 6 + bytes || frame[at + 5] != bytes)
            return IllegalValue;
        if (address + count > Coils.Length)
            return IllegalAddress;
        for (int i = 0; i < count; i++)
            Coils[address + i] = (frame[at + 6 + i / 8] >> i % 8 & 1) != 0;
        return 0;
    }

    private int WriteRegisters(byte[] frame, int at, int length, int address, int count)
    {
        if (count < 1 || count > 123 || length != 6 + 2 * count || frame[at + 5] != 2 * count)
            return IllegalValue;
        if (address + count > HoldingRegisters.Length)
            return IllegalAddress;
        for (int i = 0; i < count; i++)
            HoldingRegisters[address + i] = (ushort)Get16(frame, at + 6 + 2 * i);
        return 0;
    }
}
