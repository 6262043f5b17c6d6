using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

// Sending, one frame after the other, and the commands that both directions need.
public sealed partial class W5500Link
{
    // Microseconds.
    private const ulong SendTime = 20_000;

    // A full frame takes 1.23 ms at 10 Mb/s.
    private const ulong WireTime = 2_000;

    private const int MostSendTimeouts = 3;

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        W5500Counts counts = _counts;
        if (length < FrameLayout.EthernetHeaderLength || length > MaximumFrame)
        {
            counts.NotSentLength++;
            return false;
        }

        if (!IsReady() || !_isLinkUp)
        {
            counts.NotSentDown++;
            return false;
        }

        // The data goes into the ring while the frame before may still be on its way: there is room for ten.
        byte[] frame = buffer;
        if (length < MinimumFrame)
        {
            // Zeros up to the minimum of Ethernet; the caller's buffer may have no room for them.
            frame = _short;
            Array.Copy(buffer, FrameLayout.Ethernet, frame, FrameLayout.Ethernet, length);
            Array.Clear(frame, FrameLayout.Ethernet + length, MinimumFrame - length);
            length = MinimumFrame;
        }

        // If the frame before never leaves, the socket is opened again, and this frame is written once more where the new ring begins.
        bool isWritten = _bus.Write(W5500.TransmitBuffer0, _transmitWrite, frame, FrameLayout.Ethernet, length);
        if ((_sending || _commandPending) && !FinishSending())
        {
            isWritten = IsUp
                && _bus.Write(W5500.TransmitBuffer0, _transmitWrite, frame, FrameLayout.Ethernet, length);
        }

        int next = (_transmitWrite + length) & 0xFFFF;
        if (!isWritten || !_bus.Write16(W5500.Socket0, W5500.SnTX_WR, next))
        {
            counts.NotSentBusy++;
            return false;
        }

        if (!WriteCommand(W5500.CommandSend))
        {
            // The chip may have the command or not: another could send this frame again, or the next one together with it.
            counts.NotSentBusy++;
            Reopen();
            return false;
        }

        _transmitWrite = next;
        _sending = true;
        _sendBegan = _clock.GetMicroseconds();
        counts.Sent++;
        return true;
    }

    /// <summary>Writes a command, and clears in the next register what the last look has seen.</summary>
    /// <returns>False if the bus failed.</returns>
    private bool WriteCommand(int command)
    {
        int seen = _seen;
        bool isWritten = _bus.WriteCommand(command, seen);
        _commandPending = true;
        _seen = 0;
        if ((seen & W5500.InterruptReceived) != 0)
            _mustLook = true;
        return isWritten;
    }

    /// <summary>Waits until the frame before is out and the last command accepted.</summary>
    /// <returns>False if the socket had to be opened again: what was written to the ring is lost.</returns>
    private bool FinishSending()
    {
        while (true)
        {
            if (!Look())
                return false;
            if (!_sending)
                return true;
            ulong now = _clock.GetMicroseconds();
            if (now - _sendBegan < SendTime)
                continue;
            _counts.SendTimeouts++;
            CheckLink(now);

            // Without a cable nothing leaves. With one, a chip that sends nothing is of no use: as little as mends it.
            if (!_isLinkUp || ++_sendTimeouts < MostSendTimeouts)
                Reopen();
            else if (_sendTimeouts == MostSendTimeouts)
                Reset();
            else
                GiveUp();
            return false;
        }
    }
}
