using System;
using System.Collections.Generic;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>
/// A clock that goes on when it is read, so that every wait comes to its end: by some microseconds for each access of the chip, and
/// without any by more and more, up to 1.6 ms.
/// </summary>
internal sealed class TickingClock : IClock
{
    // As the model of the chip has it.
    private const ulong Step = 50;
    private const int MostDoublings = 5;

    private int _accesses;
    private int _idle;

    internal ulong Now { get; set; } = 1_000_000;

    /// <summary>How often the chip has been asked; null: there is none.</summary>
    internal Func<int>? Accesses { get; init; }

    public ulong GetMicroseconds()
    {
        int accesses = Accesses?.Invoke() ?? 0;
        int more = accesses - _accesses;
        _accesses = accesses;
        _idle = more == 0 ? Math.Min(_idle + 1, MostDoublings) : 0;
        return Now += more == 0 ? Step << _idle : Step * (ulong)more;
    }
}

/// <summary>The driver on the model of its chip, whose cable is in memory. At its end the host has broken no rule.</summary>
internal sealed class W5500Rig : IDisposable
{
    private readonly bool _mayViolate;
    private readonly byte[] _buffer = new byte[FrameLayout.BufferSize(1500)];

    internal W5500Rig(bool interrupt = false, Action<W5500Model>? prepare = null, bool mayViolate = false, int wireCapacity = 256, ulong moduleTime = 0)
    {
        _mayViolate = mayViolate;
        Wire = new MemoryWire(capacity: wireCapacity);
        Chip = new W5500Model(Wire.B);
        Clock = new TickingClock { Accesses = () => Chip.Transactions };
        ulong begin = Clock.Now;
        if (moduleTime != 0)
            Chip.Traps.ModuleIsBusy = () => Clock.Now - begin < moduleTime;
        prepare?.Invoke(Chip);
        Link = new W5500Link(Chip.Spi, Chip.Reset, interrupt ? Chip.Interrupt : null, Wire.B.PhysicalAddress, Clock)
        {
            LowLatency = !interrupt,
        };
    }

    internal TickingClock Clock { get; }

    internal MemoryWire Wire { get; }

    internal W5500Model Chip { get; }

    internal W5500Link Link { get; }

    internal ILink Peer => Wire.A;

    internal W5500Counts Counts => Link.Counts;

    /// <summary>SPI frames that some actions take.</summary>
    internal int Transactions(Action action)
    {
        int before = Chip.Transactions;
        action();
        return Chip.Transactions - before;
    }

    /// <summary>The peer sends a frame.</summary>
    internal void PeerSends(int number, int length = 60)
    {
        Write(_buffer, Link.PhysicalAddress, number, length);
        Assert.IsTrue(Peer.Send(_buffer, length), "The wire is full.");
    }

    /// <summary>The driver sends a frame.</summary>
    internal bool Send(int number, int length = 60)
    {
        Write(_buffer, Peer.PhysicalAddress, number, length);
        return Link.Send(_buffer, length);
    }

    /// <summary>The driver receives a frame, which must be whole: its number, or -1 if there is none.</summary>
    internal int Receive()
    {
        Array.Clear(_buffer);
        return Check(_buffer, Link.Receive(_buffer));
    }

    /// <summary>The peer receives a frame, which must be whole: its number, or -1 if there is none.</summary>
    internal int PeerReceives()
    {
        Array.Clear(_buffer);
        return Check(_buffer, Peer.Receive(_buffer));
    }

    internal List<int> ReceiveAll()
    {
        var numbers = new List<int>();
        for (int number = Receive(); number >= 0; number = Receive())
            numbers.Add(number);
        return numbers;
    }

    /// <summary>A frame each way, now that nothing is wrong any more.</summary>
    internal void AssertWorks()
    {
        Clock.Now += 2_000_000;
        ReceiveAll();
        while (Peer.Receive(_buffer) > 0)
        {
        }

        Assert.IsTrue(Link.IsUp, "The link is not up.");
        for (int i = 0; i < 20; i++)
        {
            PeerSends(i, 60 + 70 * i);
            Assert.AreEqual(i, Receive());
            Assert.IsTrue(Send(i, 60 + 70 * i));
            Assert.AreEqual(-1, Receive());
            Assert.AreEqual(i, PeerReceives());
        }
    }

    public void Dispose()
    {
        Chip.Dispose();
        if (!_mayViolate)
            Assert.IsEmpty(Chip.Violations, string.Join("\n", Chip.Violations));
    }

    internal static void Write(byte[] buffer, byte[] destination, int number, int length)
    {
        Span<byte> frame = buffer.AsSpan(FrameLayout.Ethernet, length);
        frame.Clear();
        destination.CopyTo(frame);
        frame[6] = 0x02;
        frame[12] = 0x08;
        BitConverter.TryWriteBytes(frame[14..], number);
        BitConverter.TryWriteBytes(frame[18..], length);
        for (int i = 22; i < length; i++)
            frame[i] = (byte)(number * 7 + i);
    }

    /// <summary>The number of a frame, which must be whole; -1 if there is none.</summary>
    internal static int Check(byte[] buffer, int length)
    {
        if (length == 0)
            return -1;
        int number = BitConverter.ToInt32(buffer, FrameLayout.Ethernet + 14);
        Assert.AreEqual(BitConverter.ToInt32(buffer, FrameLayout.Ethernet + 18), length, $"Frame {number}");
        for (int i = 22; i < length; i++)
        {
            if (buffer[FrameLayout.Ethernet + i] != (byte)(number * 7 + i))
                Assert.Fail($"Frame {number} is wrong at byte {i}.");
        }

        return number;
    }
}
