#nullable enable
using System;
using System.Diagnostics;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

// The cable: what comes from it, and which of it the chip takes.
public sealed partial class W5500Model
{
    // Bits of Sn_MR: the filter by address, and what is blocked besides.
    private const int MacFilter = 0x80, BroadcastBlock = 0x40, MulticastBlock = 0x20, Ipv6Block = 0x10;

    /// <summary>
    /// Takes frames from the network on a thread, at the speed of the cable, until the model is disposed. A network that hands
    /// over everything at once would overrun the chip, which no cable can.
    /// </summary>
    public void Start()
    {
        _thread = new Thread(() =>
        {
            while (!_stopped)
            {
                int length = TakeFrame();
                if (length != 0)
                    WaitSince(Stopwatch.GetTimestamp(), WireTime(length));
                else if (IsInterruptDue())
                    WaitSince(_heldSince, InterruptWait);
                else
                    _network.Wait(20);
            }
        })
        { IsBackground = true, Name = "W5500" };
        _thread.Start();
    }

    private static void WaitSince(long begin, TimeSpan time)
    {
        while (Stopwatch.GetElapsedTime(begin) < time)
            Thread.SpinWait(10);
    }

    /// <summary>Preamble, checksum and gap are 24 bytes; 12.5 bytes a microsecond at 100 Mb/s.</summary>
    private TimeSpan WireTime(int length)
    {
        return TimeSpan.FromMicroseconds((Math.Max(length, MinimumFrame) + 24) / (IsFast ? 12.5 : 1.25));
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

    /// <summary>Takes what has come.</summary>
    private void TakeAll()
    {
        while (TakeOne() > 0)
        {
        }
    }

    /// <summary>A frame arrives that no link here carries: one with a VLAN tag, of zeros.</summary>
    /// <param name="length">Its length in bytes, 60 to 1518.</param>
    public void ReceiveTagged(int length)
    {
        lock (_lock)
        {
            TakeAll();
            Store(0, (byte)((length + 2) >> 8));
            Store(1, (byte)(length + 2));
            for (int i = 0; i < length; i++)
                Store(2 + i, 0);
            _receiveWrite = (_receiveWrite + length + 2) & 0xFFFF;
            SetCause(CauseReceived);
        }
    }

    /// <summary>Takes a frame from the network and stores it or loses it.</summary>
    private int TakeOne()
    {
        int length = _network.Receive(_frame);
        if (length <= 0)
            return 0;
        if (!HasLink || _inReset || _sockets[0][SnSR] != MacRaw)
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
        if (stored > Size(SnRXBUF_SIZE) - Waiting())
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

    /// <summary>Whether the frame that was taken is for the host.</summary>
    private bool PassesFilter()
    {
        int mode = _sockets[0][SnMR];
        ReadOnlySpan<byte> frame = _frame.AsSpan(FrameLayout.Ethernet);
        bool isBroadcast = frame[..6].IndexOfAnyExcept((byte)0xFF) < 0;
        bool isIpv6 = frame[12] == 0x86 && frame[13] == 0xDD;
        if (isIpv6 && (mode & Ipv6Block) != 0)
            return false;
        if (isBroadcast)
            return (mode & BroadcastBlock) == 0;
        if ((frame[0] & 1) == 0)
            return (mode & MacFilter) == 0 || frame[..6].SequenceEqual(_common.AsSpan(SHAR, 6));
        if ((mode & MacFilter) == 0)
            return (mode & MulticastBlock) == 0;

        // With the filter on: IPv4's multicast unless it is blocked, IPv6's always (seen on hardware), no other.
        if (frame[0] == 0x01 && frame[1] == 0x00 && frame[2] == 0x5E)
            return (mode & MulticastBlock) == 0;
        return frame[0] == 0x33 && frame[1] == 0x33;
    }
}
