using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>Both sides close, one after the other or at once.</summary>
internal static class Closing
{
    // What is said to a segment that is out of turn may be limited to two a second.
    private const ulong Apart = 600_000;

    internal static async Task PeerClosesSecond(Attempt attempt)
    {
        // The window is closed until the FIN is acknowledged: the data has to be sent in CLOSE-WAIT.
        RawConnection connection = await attempt.Open(attempt.EchoPort, window: 0);
        connection.Send(Fin | Ack | Psh, data: "hello");
        connection.SndNxt += 6;
        await connection.ExpectAck();
        connection.RcvWnd = 8192;
        connection.SendAck();
        attempt.Step = "CLOSE-WAIT";
        Segment? fin = null;
        string data = await connection.Receive(5, segment => fin = segment.Has(Fin) ? segment : null);
        if (data != "hello")
            throw new Deviation("the data \"hello\"", $"\"{data}\"");
        attempt.Step = "the peer's FIN";
        if (fin == null)
            await connection.Expect(Fin | Ack, connection.RcvNxt, connection.SndNxt);
        connection.RcvNxt++;
        connection.SendAck();
        attempt.Step = "LAST-ACK and over";
        await connection.ExpectSilence();
        await connection.ExpectGone();
    }

    internal static async Task PeerClosesFirst(Attempt attempt)
    {
        RawConnection connection = await PeerCloses(attempt);
        connection.SendAck();
        attempt.Step = "FIN-WAIT-2";
        connection.SendData(new string('w', 100));
        await connection.ExpectAck();
        connection.SendFin();
        attempt.Step = "TIME-WAIT";
        await connection.ExpectAck();
        await ExpectTimeWait(attempt, connection);
    }

    internal static async Task BothClose(Attempt attempt)
    {
        RawConnection connection = await PeerCloses(attempt);
        attempt.Step = "CLOSING";
        connection.SendFin(ack: connection.RcvNxt - 1);
        await connection.ExpectAck(segment => segment.Has(Fin));
        connection.SendAck();
        attempt.Step = "TIME-WAIT";
        await ExpectTimeWait(attempt, connection);
    }

    internal static async Task TimeWait(Attempt attempt)
    {
        RawConnection connection = await EnterTimeWait(attempt);
        attempt.Step = "FIN again";
        await ExpectTimeWait(attempt, connection);
        attempt.Step = "RST";
        connection.Send(Rst);
        await connection.ExpectSilence();
        await ExpectTimeWait(attempt, connection);

        attempt.Step = "an old SYN";
        await attempt.Delay(Apart);
        connection.Send(Syn, connection.Iss);
        await connection.ExpectAck();

        attempt.Step = "a SYN above RCV.NXT";
        await attempt.Delay(Apart);
        uint syn = connection.SndNxt + 200_000;
        uint before = connection.RcvNxt;
        connection.Send(Syn, syn, options: RawConnection.Mss(1460));
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("SYN,ACK, or ACK", "nothing");
        if (answer.Has(Syn | Ack) && answer.Acknowledgment == syn + 1)
        {
            if ((int)(answer.Sequence - before) < 0)
                throw new Deviation("an ISN above the last sequence number (RFC 9293 MAY-2)", $"one {before - answer.Sequence} below");
            connection.SndNxt = syn + 1;
            attempt.SawInstead("ACK to FIN, nothing to RST; a higher SYN reopens");
        }
        else if (answer.Flags == Ack && answer.Acknowledgment == connection.SndNxt)
        {
            attempt.SawInstead("ACK to FIN, nothing to RST; a higher SYN does not reopen");
        }
        else
        {
            throw new Deviation("SYN,ACK, or ACK", connection.Text(answer));
        }

        if (attempt.IsPatient)
            await TimeWaitLasts(attempt);
    }

    internal static async Task UnreadData(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);
        connection.SendData("close\nthis stays unread");
        while (true)
        {
            Segment segment = await connection.Next(Attempt.Answer) ?? throw new Deviation("RST", "nothing");
            if (segment.Has(Rst))
            {
                if (segment.Sequence != connection.RcvNxt)
                    throw new Deviation("RST 1", connection.Text(segment));
                attempt.Saw(connection.Text(segment));
                return;
            }

            // The data may be acknowledged before the user closes.
            if (segment.Flags != Ack || segment.Payload.Length > 0)
                throw new Deviation("RST", connection.Text(segment));
        }
    }

    /// <summary>The peer's user closes first; its FIN has come.</summary>
    private static async Task<RawConnection> PeerCloses(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);
        connection.SendData("shutdown\n");
        await connection.Expect(Fin | Ack, connection.RcvNxt, connection.SndNxt, ignoring: segment => segment.Flags == Ack);
        connection.RcvNxt++;
        return connection;
    }

    private static async Task<RawConnection> EnterTimeWait(Attempt attempt)
    {
        RawConnection connection = await PeerCloses(attempt);
        connection.SendFin();
        await connection.ExpectAck();
        return connection;
    }

    /// <summary>Our FIN again is answered with an ACK, as it is in TIME-WAIT.</summary>
    private static async Task ExpectTimeWait(Attempt attempt, RawConnection connection)
    {
        await attempt.Delay(Apart);
        connection.Forget();
        connection.Send(Fin | Ack, connection.SndNxt - 1);
        await connection.ExpectAck();
    }

    // Whatever 2MSL is, one that restarts is there after four minutes of FINs, and one that does not is gone (RFC 9293
    // section 3.4.2: an MSL is two minutes at the most).
    private static async Task TimeWaitLasts(Attempt attempt)
    {
        const ulong FourMinutes = 240_000_000, Twenty = 20_000_000;
        attempt.Step = "2MSL";
        RawConnection restarted = await EnterTimeWait(attempt);
        RawConnection left = await EnterTimeWait(attempt);
        ulong end = attempt.Now + FourMinutes + Twenty;
        while (attempt.Now < end)
        {
            await attempt.Delay(Twenty);
            await ExpectTimeWait(attempt, restarted);
        }

        left.Forget();
        left.Send(Fin | Ack, left.SndNxt - 1);
        await left.ExpectReset(left.RcvNxt);
        attempt.SawInstead(attempt.Seen[0] + "; each FIN restarts 2MSL");
    }
}
