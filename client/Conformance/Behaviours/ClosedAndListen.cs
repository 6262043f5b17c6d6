using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>CLOSED, LISTEN and SYN-RECEIVED.</summary>
internal static class ClosedAndListen
{
    // A number that no connection has.
    private const uint K = 123_456_789;

    internal static async Task SynToClosed(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.ClosedPort);

        // Without the ACK bit the acknowledgment number means nothing, so it may not come back.
        connection.Send(Syn, ack: K, options: RawConnection.Mss(1460));
        await connection.Expect(Rst | Ack, 0, connection.Iss + 1);
    }

    internal static async Task AckToClosed(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.ClosedPort);
        connection.Send(Ack, ack: K);
        await connection.Expect(Rst, K);
    }

    internal static async Task FinToClosed(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.ClosedPort);
        connection.Send(Fin, ack: K, data: "abc");
        await connection.Expect(Rst | Ack, 0, connection.Iss + 4);
    }

    internal static async Task RstWithoutConnection(Attempt attempt)
    {
        foreach (int port in new[] { attempt.ClosedPort, attempt.EchoPort })
        {
            attempt.Step = port == attempt.EchoPort ? "LISTEN" : "CLOSED";
            RawConnection connection = attempt.To(port);
            connection.Send(Rst);
            connection.Send(Rst | Ack, ack: K);
            await connection.ExpectSilence();
        }
    }

    internal static async Task AckToListen(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.EchoPort);
        connection.Send(Ack, ack: K);
        await connection.Expect(Rst, K);
        attempt.Step = "still LISTEN";
        await connection.Open();
        await connection.Echo("still there");
    }

    internal static async Task SynToListen(Attempt attempt)
    {
        int most = attempt.Host.DefaultMss;
        RawConnection connection = attempt.To(attempt.EchoPort);
        connection.Send(Syn);
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("SYN,ACK", "nothing");
        bool named = answer.Options.Any(option => option is { Kind: 2, Malformed: false });
        if (!answer.Has(Syn | Ack) || answer.Acknowledgment != connection.Iss + 1 || !named)
            throw new Deviation("SYN,ACK ack 1 with an MSS", connection.Text(answer));
        attempt.Saw(connection.Text(answer));
        connection.SndNxt++;
        connection.SendAck();

        attempt.Step = "data to a peer that named no MSS";
        int length = 2 * (most + 14), largest = 0;
        string data = new('m', length / 2);
        connection.SendData(data);
        connection.SendData(data);
        await connection.Receive(length, segment => largest = int.Max(largest, segment.Payload.Length));
        if (largest > most)
            throw new Deviation("no segment longer than " + most, "len " + largest);
        attempt.Saw("no data segment longer than " + largest);
    }

    internal static async Task WrongAckToSynReceived(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.EchoPort);
        await HalfOpen(connection);
        foreach (uint wrong in new[] { connection.RcvNxt - 1, connection.RcvNxt + 1 })
        {
            attempt.Step = wrong == connection.Irs ? "ACK I" : "ACK I+2";
            connection.Send(Ack, ack: wrong);
            await connection.Expect(Rst, wrong, ignoring: connection.IsSynCopy);
        }

        attempt.Step = "ACK I+1";
        connection.SendAck();
        await connection.Echo("established");
    }

    internal static async Task RstToSynReceived(Attempt attempt)
    {
        attempt.Step = "passive open";
        RawConnection connection = attempt.To(attempt.EchoPort);
        await HalfOpen(connection);
        connection.Send(Rst);

        // Longer than the retransmission of a SYN,ACK takes to come.
        await connection.ExpectSilence(1_500_000);
        await connection.ExpectGone();
        connection.SndNxt = connection.Iss;
        await HalfOpen(connection);

        attempt.Step = "active open";
        (connection, _) = await attempt.BeConnectedTo();
        connection.Send(Syn, options: RawConnection.Mss(1460));
        Segment? answer = await connection.Next(900_000);
        if (answer == null || !answer.Has(Syn | Ack))
        {
            // There is no way from SYN-SENT to SYN-RECEIVED at this peer; that is behaviour 13.
            attempt.Saw("no SYN-RECEIVED after an active open");
            return;
        }

        connection.SndNxt = connection.Iss + 1;
        connection.Send(Rst);
        await connection.ExpectSilence(1_500_000);
        await connection.ExpectGone();
    }

    internal static async Task SynCopyToSynReceived(Attempt attempt)
    {
        RawConnection connection = attempt.To(attempt.EchoPort);
        await HalfOpen(connection);
        uint irs = connection.Irs;
        connection.Send(Syn, connection.Iss, options: RawConnection.Mss(1460));
        Segment answer = await connection.Next(900_000) ?? throw new Deviation("SYN,ACK or ACK", "nothing");
        bool again = (answer.Flags & ~(Ece | Cwr)) == (Syn | Ack) && answer.Sequence == irs;
        bool plain = answer.Flags == Ack && answer.Sequence == irs + 1;
        if ((!again && !plain) || answer.Acknowledgment != connection.SndNxt)
            throw new Deviation("SYN,ACK 0 ack 1 again, or ACK 1 ack 1", connection.Text(answer));
        attempt.Saw(connection.Text(answer));
        connection.SendAck();
        await connection.Echo("established");
    }

    /// <summary>SYN out, SYN,ACK in, and no ACK.</summary>
    private static async Task HalfOpen(RawConnection connection)
    {
        connection.Send(Syn, connection.Iss, options: RawConnection.Mss(1460));
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("SYN,ACK", "nothing");
        if (!answer.Has(Syn | Ack) || answer.Has(Rst) || answer.Acknowledgment != connection.Iss + 1)
            throw new Deviation("SYN,ACK ack 1", connection.Text(answer));
        connection.SndNxt = connection.Iss + 1;
    }
}
