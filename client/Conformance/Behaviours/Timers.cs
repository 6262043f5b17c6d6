using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>Data that is not acknowledged, or that there is no window for.</summary>
internal static class Timers
{
    /// <summary>R2 for data (RFC 9293 section 3.8.3), in microseconds.</summary>
    private const ulong R2 = 100_000_000;
    private const ulong TwentyMinutes = 1_200_000_000;

    internal static async Task Retransmission(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);
        List<ulong> times = await SendInVain(connection, Intervals.AreEnough);
        attempt.SawInstead("again after " + Intervals.Text(times));
        Intervals.CheckDoubling(times);

        attempt.Step = "Karn's rule";
        connection.RcvNxt += 10;
        connection.SendAck();
        List<ulong> later = await SendInVain(connection, copies => copies.Count == 2);
        ulong before = Intervals.Of(times)[^1], after = Intervals.Of(later)[0];

        // The RTO was doubled once more and may only fall by a measurement, which there was none of.
        if (after < before * 3 / 2)
            throw new Deviation($"the RTO still backed off, {2 * before / 1e6:0.0} s", Intervals.Text(later));
        string seen = attempt.Seen[0] + "; the next segment after " + Intervals.Text(later);
        attempt.SawInstead(seen);
        if (attempt.IsPatient)
            attempt.SawInstead(seen + "; " + await Abort(attempt));
    }

    internal static async Task ClosedWindow(Attempt attempt)
    {
        const int Length = 100;
        RawConnection connection = await attempt.Open(attempt.ResponderPort, window: 0);
        connection.SendData($"send {Length}\n");
        ulong start = attempt.Now;
        var times = new List<ulong>();
        ulong lasting = attempt.IsPatient ? TwentyMinutes : 0;
        int judged = 0;
        while (judged == 0 || attempt.Now - start < lasting)
        {
            Segment probe = await connection.Next(130_000_000)
                ?? throw new Deviation("probes", times.Count < 2 ? "none" : Intervals.Text(times) + ", then none");
            if (probe.Has(Rst) || probe.Has(Fin))
                throw new Deviation("probes for ever", connection.Text(probe));

            // The ACK of the order itself is none.
            bool isProbe = probe.Payload.Length > 0 || probe.Sequence != connection.RcvNxt;
            if (probe.Payload.Length > 1)
                throw new Deviation("no more than one byte into a closed window", connection.Text(probe));
            if (!isProbe)
                continue;
            times.Add(probe.Time);
            connection.SendAck();
            if (judged == 0 && Intervals.AreEnough(times))
                judged = times.Count;
        }

        Intervals.CheckBackingOff(times.GetRange(0, judged));
        attempt.SawInstead("probes after " + Intervals.Text(times.GetRange(0, judged))
            + (attempt.IsPatient ? $", still after {(times[^1] - start) / 60_000_000} min" : ""));
        attempt.Step = "the window opens";
        connection.RcvWnd = 8192;
        connection.SendAck();
        string data = await connection.Receive(Length, within: 130_000_000);
        for (int i = 0; i < Length; i++)
        {
            if (data[i] != 'a' + (i % 26))
                throw new Deviation("the data whole", $"\"{data}\"");
        }
    }

    // Orders ten bytes and does not acknowledge them.
    private static async Task<List<ulong>> SendInVain(RawConnection connection, Func<List<ulong>, bool> areEnough)
    {
        connection.SendData("send 10\n");
        var times = new List<ulong>();
        while (!areEnough(times))
        {
            Segment segment = await connection.Next(60_000_000)
                ?? throw new Deviation("the data again", times.Count == 0 ? "nothing" : Intervals.Text(times) + ", then nothing");
            if (segment.Flags == Ack && segment.Payload.Length == 0)
                continue;
            if (segment.Sequence != connection.RcvNxt || segment.Payload.Length != 10)
                throw new Deviation("the same ten bytes", connection.Text(segment));
            times.Add(segment.Time);
        }

        return times;
    }

    private static async Task<string> Abort(Attempt attempt)
    {
        // One is acknowledged a moment before R2, one is left alone.
        RawConnection early = await attempt.Open(attempt.ResponderPort);
        RawConnection left = await attempt.Open(attempt.ResponderPort);
        early.SendData("send 10\n");
        left.SendData("send 10\n");
        ulong start = attempt.Now;
        attempt.Step = "just before R2";
        await attempt.Until(start + R2 - 1_000_000);
        early.Forget();
        early.RcvNxt += 10;
        early.SendAck();
        await early.ExpectSilence(ignoring: segment => segment.Payload.Length == 10);
        await early.OrderData();

        attempt.Step = "after the last retransmission";
        ulong last = start;
        while (await left.Next(150_000_000) is Segment again && !again.Has(Rst))
        {
            last = again.Time;
            if (last - start > TwentyMinutes)
                throw new Deviation("the end of it", "data still after 20 minutes");
        }

        left.RcvNxt += 10;
        await left.ExpectGone();
        return "given up, the last after " + ((last - start) / 1e6).ToString("0", CultureInfo.InvariantCulture) + " s";
    }
}
