using System.Collections.Generic;
using System.Threading.Tasks;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>SYN-SENT: the peer opens.</summary>
internal static class ActiveOpen
{
    /// <summary>R2 for a SYN (RFC 9293 section 3.8.3), in microseconds.</summary>
    private const ulong R2 = 180_000_000;

    internal static async Task SynAck(Attempt attempt)
    {
        (RawConnection connection, _) = await attempt.BeConnectedTo();
        await Complete(connection);
    }

    internal static async Task WrongAck(Attempt attempt)
    {
        (RawConnection connection, Segment syn) = await attempt.BeConnectedTo();
        foreach (uint wrong in new[] { syn.Sequence, syn.Sequence + 2 })
        {
            attempt.Step = wrong == syn.Sequence ? "SYN,ACK of I" : "SYN,ACK of I+2";
            connection.Send(Syn | Ack, ack: wrong);
            await connection.Expect(Rst, wrong, ignoring: connection.IsSynCopy);
        }

        attempt.Step = "still SYN-SENT";
        await Complete(connection);
    }

    internal static async Task Reset(Attempt attempt)
    {
        (RawConnection connection, Segment syn) = await attempt.BeConnectedTo();
        connection.Send(Rst);
        connection.Send(Rst | Ack, ack: syn.Sequence);
        connection.Send(Rst | Ack, ack: syn.Sequence + 2);
        await connection.ExpectSilence(ignoring: connection.IsSynCopy);
        attempt.Step = "still SYN-SENT";
        await Complete(connection);
    }

    internal static async Task SimultaneousOpen(Attempt attempt)
    {
        (RawConnection connection, Segment syn) = await attempt.BeConnectedTo();
        connection.Send(Syn, options: RawConnection.Mss(1460));
        connection.SndNxt++;
        await connection.Expect(Syn | Ack, syn.Sequence, connection.SndNxt, ignoring: segment => segment.Flags.HasFlag(Syn) && !segment.Has(Ack));
        attempt.Step = "our half of the open";
        connection.Send(Syn | Ack, connection.Iss, options: RawConnection.Mss(1460));
        await connection.OrderData();
    }

    internal static async Task Retransmission(Attempt attempt)
    {
        (RawConnection connection, Segment syn) = await attempt.BeConnectedTo();
        var times = new List<ulong> { syn.Time };
        while (!Intervals.AreEnough(times))
        {
            Segment again = await connection.Next(20_000_000) ?? throw new Deviation("the SYN again", Intervals.Text(times) + ", then nothing");
            if (!connection.IsSynCopy(again) || again.Has(Ack))
                throw new Deviation("the same SYN again", connection.Text(again));
            times.Add(again.Time);
        }

        attempt.SawInstead("SYN again after " + Intervals.Text(times));
        Intervals.CheckDoubling(times);
        if (attempt.IsPatient)
            await GiveUp(attempt, syn.Time);
    }

    private static async Task GiveUp(Attempt attempt, ulong first)
    {
        // One is answered a moment before R2, one long after it.
        (RawConnection early, Segment earlySyn) = await attempt.BeConnectedTo();
        (RawConnection late, Segment lateSyn) = await attempt.BeConnectedTo();
        attempt.Step = "just before R2";
        await attempt.Until(earlySyn.Time + R2 - 1_000_000);
        early.Forget();
        early.Send(Syn | Ack, ack: earlySyn.Sequence + 1);
        early.SndNxt++;
        await early.Expect(Ack, early.RcvNxt, early.SndNxt, ignoring: early.IsSynCopy);

        attempt.Step = "after the last SYN";
        ulong last = lateSyn.Time;
        while (await late.Next(150_000_000) is Segment again)
        {
            last = again.Time;
            if (last - lateSyn.Time > 1_200_000_000)
                throw new Deviation("the end of it", "a SYN still after 20 minutes");
        }

        late.Send(Syn | Ack, ack: lateSyn.Sequence + 1);
        late.SndNxt++;
        await late.ExpectReset(lateSyn.Sequence + 1);
        attempt.SawInstead($"{attempt.Seen[0]}, last after {Quantity.Time(last - lateSyn.Time)}, given up");
    }

    /// <summary>SYN,ACK out, ACK in, and the connection works.</summary>
    private static async Task Complete(RawConnection connection)
    {
        connection.Send(Syn | Ack, connection.Iss, options: RawConnection.Mss(1460));
        connection.SndNxt = connection.Iss + 1;
        await connection.ExpectAck(connection.IsSynCopy);
        await connection.OrderData();
    }
}
