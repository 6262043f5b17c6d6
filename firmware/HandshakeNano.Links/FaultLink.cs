using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// A link that makes another one bad: it loses, doubles, delays, reorders and corrupts frames, each direction by its own
/// rates, the same way for the same seed.
/// </summary>
/// <remarks>
/// <para>
/// Late frames wait in a queue and go on when this link is called next after they are due: <see cref="Wait"/> returns at
/// that time rounded up to a millisecond, and a caller in virtual time asks <see cref="NextDue"/>. Without a delay frames
/// pass straight through. A frame that is on time does overtake late ones; those that are due together keep their order.
/// </para>
/// <para>
/// A chance has a precision of 1/65536. The clock is read once per call. Each frame costs two random numbers, whatever the
/// rates. Nothing is allocated per frame. For one thread, except <see cref="LinkWrapper.Wake"/>.
/// </para>
/// </remarks>
public sealed class FaultLink : LinkWrapper
{
    private readonly ILink _inner;
    private readonly IClock _clock;
    private readonly FaultDirection _sent;
    private readonly FaultDirection _received;
    private readonly int _start;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    /// <param name="clock">Tells when late frames are due.</param>
    /// <param name="settings">What goes wrong; read now and at every frame.</param>
    public FaultLink(ILink inner, IClock clock, FaultSettings settings)
        : base(inner)
    {
        if (settings.QueueLength < 1 || settings.QueueLength > 4096)
            throw new ArgumentException("QueueLength must be 1 to 4096.");
        _inner = inner;
        _clock = clock;
        _start = inner.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _sent = new FaultDirection(settings.Sent, settings.Seed * 2 + 1, settings.QueueLength, inner);
        _received = new FaultDirection(settings.Received, settings.Seed * 2 + 2, settings.QueueLength, inner);
    }

    /// <summary>What has happened to the frames that were sent.</summary>
    public FaultCounts Sent
    {
        get { return _sent.Counts; }
    }

    /// <summary>What has happened to the frames that came.</summary>
    public FaultCounts Received
    {
        get { return _received.Counts; }
    }

    /// <summary>When the next late frame is due, in microseconds of the clock; the greatest ulong if there is none.</summary>
    public ulong NextDue
    {
        get
        {
            ulong sent = _sent.NextDue;
            ulong received = _received.NextDue;
            return sent < received ? sent : received;
        }
    }

    /// <inheritdoc/>
    public override int Receive(byte[] buffer)
    {
        ulong now = _clock.GetMicroseconds();
        SendDue(now);
        FaultDirection received = _received;
        while (true)
        {
            byte[] late = received.Dequeue(now, out int length);
            if (late != null)
            {
                if (length > buffer.Length - _start)
                    continue;
                Array.Copy(late, _start, buffer, _start, length);
                return length;
            }

            length = _inner.Receive(buffer);
            if (length <= 0)
                return 0;
            received.Draw();
            if (received.IsLost)
                continue;
            if (received.IsCorrupt)
                received.TurnBit(buffer, length);
            if (received.IsDouble)
                received.Enqueue(buffer, length, now + received.Delay);
            if (received.Delay == 0)
                return length;
            received.Enqueue(buffer, length, now + received.Delay);
        }
    }

    /// <summary>Sends a frame.</summary>
    /// <param name="buffer">Holds the frame, by <see cref="FrameLayout"/>.</param>
    /// <param name="length">The length in bytes of the frame.</param>
    /// <returns>
    /// False if the queue is full or the wrapped link drops the frame. True for a frame that is lost on purpose: a sender
    /// does not learn of a loss.
    /// </returns>
    public override bool Send(byte[] buffer, int length)
    {
        ulong now = _clock.GetMicroseconds();
        SendDue(now);
        FaultDirection sent = _sent;
        sent.Draw();
        if (sent.IsLost)
            return true;

        // The frame is the sender's: a bit that is turned over is turned back.
        if (sent.IsCorrupt)
            sent.TurnBit(buffer, length);
        bool taken;
        if (sent.Delay == 0)
        {
            taken = _inner.Send(buffer, length);
            if (sent.IsDouble)
                _inner.Send(buffer, length);
        }
        else
        {
            taken = sent.Enqueue(buffer, length, now + sent.Delay);
            if (sent.IsDouble)
                sent.Enqueue(buffer, length, now + sent.Delay);
        }

        if (sent.IsCorrupt)
            sent.TurnBit(buffer, length);
        return taken;
    }

    /// <inheritdoc/>
    public override void Wait(int millisecondsTimeout)
    {
        ulong now = _clock.GetMicroseconds();
        SendDue(now);
        ulong due = NextDue;
        if (due <= now)
            return;
        if (due != ulong.MaxValue)
        {
            ulong milliseconds = (due - now + 999) / 1000;
            if (milliseconds < (ulong)millisecondsTimeout)
                millisecondsTimeout = (int)milliseconds;
        }

        _inner.Wait(millisecondsTimeout);
        if (due != ulong.MaxValue)
            SendDue(_clock.GetMicroseconds());
    }

    private void SendDue(ulong now)
    {
        byte[] late = _sent.Dequeue(now, out int length);
        while (late != null)
        {
            _inner.Send(late, length);
            late = _sent.Dequeue(now, out length);
        }
    }
}
