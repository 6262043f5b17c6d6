using System;
using System.Device.Spi;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// Linux's driver spidev with a chip behind <c>/dev/spidev0.0</c>, for this process alone: .NET IoT's calls of <c>open</c>, <c>ioctl</c> and
/// <c>close</c> are led to spidev/spidev.c, which asks this. There is one at a time.
/// </summary>
internal sealed class Spidev : IDisposable
{
    public const string Path = "/dev/spidev0.0";

    // errno.
    public const int NoEntry = 2, InputOutput = 5, AccessDenied = 13, Busy = 16, InvalidArgument = 22;

    private const int MessageTooLong = 90;

    // What spidev takes in one transfer unless it is told otherwise (its parameter bufsiz).
    private const int BufferSize = 4096;

    private static readonly Lazy<Functions> s_functions = new(Load);
    private static Spidev? s_current;

    private readonly SpiDevice _chip;
    private readonly byte[] _sent = new byte[BufferSize];
    private readonly byte[] _answer = new byte[BufferSize];

    /// <summary>Puts a chip there.</summary>
    public Spidev(SpiDevice chip)
    {
        _chip = chip;
        _ = s_functions.Value;
        Assert.IsNull(Interlocked.CompareExchange(ref s_current, this, null), "There is one already.");
    }

    /// <summary>What <c>open</c> says, an errno; 0: it opens.</summary>
    public int OpenError { get; set; }

    /// <summary>The same for the setting of the mode.</summary>
    public int ModeError { get; set; }

    /// <summary>The same for so many transfers to come.</summary>
    public int TransfersThatFail { get; set; }

    /// <summary>The mode, bits per word and clock in Hz that were set; -1: they were not.</summary>
    public (int Mode, int Bits, int Speed) Settings { get; private set; } = (-1, -1, -1);

    /// <summary>How often it was opened.</summary>
    public int Opens { get; private set; }

    /// <summary>How often it is open now.</summary>
    public int Descriptors { get; private set; }

    /// <summary>Transfers so far.</summary>
    public long Transfers { get; private set; }

    /// <summary>Those that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>What was asked for that a W5500, or spidev, does not take; null: nothing.</summary>
    public string? Wrong { get; private set; }

    public void Dispose()
    {
        s_current = null;
    }

    private int Open(string path)
    {
        if (path != Path)
            return -NoEntry;
        if (OpenError != 0)
            return -OpenError;
        Opens++;
        Descriptors++;
        return 0;
    }

    private int SetMode(int mode)
    {
        if (ModeError != 0)
            return -ModeError;
        Settings = Settings with { Mode = mode };
        return 0;
    }

    private int SetBits(int bits)
    {
        Settings = Settings with { Bits = bits };
        return 0;
    }

    private int SetSpeed(int speed)
    {
        Settings = Settings with { Speed = speed };
        return 0;
    }

    /// <param name="message">A struct spi_ioc_transfer, whose addresses have 64 bits everywhere.</param>
    private int Transfer(nint message)
    {
        var sent = (nint)Marshal.ReadInt64(message, 0);
        var received = (nint)Marshal.ReadInt64(message, 8);
        int length = Marshal.ReadInt32(message, 16), speed = Marshal.ReadInt32(message, 20);
        int bits = Marshal.ReadByte(message, 26), chipSelectChange = Marshal.ReadByte(message, 27);
        Transfers++;
        if (Settings.Mode != 0 || speed != Settings.Speed || bits != 8 || chipSelectChange != 0)
            Wrong ??= $"A transfer with {speed} Hz, {bits} bits and cs_change {chipSelectChange}, with mode, bits and clock set to {Settings}.";
        if ((uint)length > BufferSize)
            return -MessageTooLong;
        try
        {
            if (TransfersThatFail > 0)
            {
                TransfersThatFail--;
                throw new IOException("EIO");
            }

            Marshal.Copy(sent, _sent, 0, length);
            if (received == 0)
                _chip.Write(_sent.AsSpan(0, length));
            else
            {
                _chip.TransferFullDuplex(_sent.AsSpan(0, length), _answer.AsSpan(0, length));
                Marshal.Copy(_answer, 0, received, length);
            }

            return length;
        }
        catch (IOException)
        {
            Failures++;
            return -InputOutput;
        }
        catch (Exception e)
        {
            // None may leave: what called is C.
            Wrong ??= e.ToString();
            return -InputOutput;
        }
    }

    private int Close()
    {
        Descriptors--;
        return 0;
    }

    /// <summary>Compiles the library, and leads .NET IoT's calls to it for as long as the process lives.</summary>
    private static Functions Load()
    {
        string folder = System.IO.Path.Combine(AppContext.BaseDirectory, "spidev");
        string library = System.IO.Path.Combine(folder, "libspidev.so");
        Make.Run(folder, "libspidev.so needs make, gcc and libc6-dev.", "LIBRARY=" + library);
        nint handle = NativeLibrary.Load(library);
        var functions = new Functions
        {
            Open = path => s_current?.Open(Marshal.PtrToStringUTF8(path)!) ?? -NoEntry,
            Mode = mode => s_current?.SetMode(mode) ?? -InputOutput,
            Bits = bits => s_current?.SetBits(bits) ?? -InputOutput,
            Speed = speed => s_current?.SetSpeed(speed) ?? -InputOutput,
            Transfer = message => s_current?.Transfer(message) ?? -InputOutput,
            Close = () => s_current?.Close() ?? 0,
        };
        Marshal.GetDelegateForFunctionPointer<Serve>(NativeLibrary.GetExport(handle, "spidev_serve"))(functions);
        NativeLibrary.SetDllImportResolver(typeof(SpiDevice).Assembly, (name, _, _) => name == "libc" ? handle : 0);
        return functions;
    }

    private delegate void Serve(in Functions functions);

    private delegate int NumberFunction(int number);

    private delegate int PointerFunction(nint pointer);

    private delegate int CloseFunction();

    // Kept, or the collector takes what C calls.
    [StructLayout(LayoutKind.Sequential)]
    private struct Functions
    {
        public PointerFunction Open;
        public NumberFunction Mode;
        public NumberFunction Bits;
        public NumberFunction Speed;
        public PointerFunction Transfer;
        public CloseFunction Close;
    }
}
