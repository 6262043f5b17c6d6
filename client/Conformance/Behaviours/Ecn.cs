using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>Explicit congestion notification (RFC 3168).</summary>
internal static class Ecn
{
    private const int NotCapable = 0;
    private const int CongestionExperienced = 3;
    private const int Capable = 2;

    internal static async Task Agreed(Attempt attempt)
    {
        _ = await Open(attempt, attempt.EchoPort);
        attempt.SawInstead("SYN,ACK with ECE");
    }

    internal static async Task NotAsked(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.SendData("hello");
        Segment answer = connection.PeerSyn!;
        for (bool data = false; !data; answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("an echo", "nothing"))
        {
            if ((answer.Flags & (Ece | Cwr)) != 0 || answer.Ecn != NotCapable)
                throw new Deviation("no sign of ECN", Text(answer));
            data = answer.Payload.Length > 0;
            if (data)
                break;
        }

        attempt.SawInstead("no sign of it");
    }

    internal static async Task CongestionIsEchoed(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.ResponderPort);
        attempt.Step = "data that met congestion";
        connection.Send(Ack, data: "m", ecn: CongestionExperienced);
        connection.SndNxt++;
        await ExpectAck(connection, Ece);
        attempt.Step = "data after it";
        connection.Send(Ack, data: "n", ecn: Capable);
        connection.SndNxt++;
        await ExpectAck(connection, Ece);
        attempt.Step = "CWR";
        connection.Send(Ack | Cwr, data: "o", ecn: Capable);
        connection.SndNxt++;
        await ExpectAck(connection, None);
        attempt.SawInstead("ECE until CWR");
    }

    internal static async Task WindowIsReduced(Attempt attempt)
    {
        const int Mss = 500;
        RawConnection connection = await Open(attempt, attempt.ResponderPort, Mss);
        connection.SendData($"send {8 * Mss}\n");
        Segment first = await Data(connection);
        if (first.Ecn is not (1 or 2))
            throw new Deviation("data that is ECN-capable", Text(first));
        attempt.Step = "ECE";
        connection.RcvNxt += (uint)first.Payload.Length;
        connection.Forget();
        connection.Send(Ack | Ece);
        int reductions = 0;
        uint end = connection.RcvNxt - (uint)first.Payload.Length + (8 * Mss);
        while (connection.RcvNxt != end)
        {
            Segment segment = await connection.Next(Attempt.Answer) ?? throw new Deviation("the rest of the data", "nothing");
            if (segment.Payload.Length == 0)
                continue;
            if (segment.Has(Cwr))
                reductions++;

            // What came while the ECE was on its way, and was not looked at, is acknowledged as well.
            connection.RcvNxt = segment.Sequence + (uint)segment.Payload.Length;
            connection.Send(reductions == 0 ? Ack | Ece : Ack);
        }

        if (reductions == 0)
        {
            connection.SendData("send 500\n");
            reductions += (await Data(connection)).Has(Cwr) ? 1 : 0;
        }

        if (reductions != 1)
            throw new Deviation("one segment with CWR", $"{reductions}");
        attempt.SawInstead("CWR, once");
    }

    internal static async Task NotOnEverySegment(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.ResponderPort);
        if (connection.PeerSyn!.Ecn != NotCapable)
            throw new Deviation("SYN,ACK that is not ECN-capable", Text(connection.PeerSyn));
        attempt.Step = "an ACK alone";
        connection.SendData("send 10\n");
        Segment data = await connection.Next(Attempt.Answer) ?? throw new Deviation("data", "nothing");
        if (data.Payload.Length == 0)
        {
            ExpectNotCapable(data);
            data = await Data(connection);
        }

        attempt.Step = "what is sent again";
        Segment again = await Data(connection);
        if (again.Sequence != data.Sequence)
            throw new Deviation("the data again", connection.Text(again));
        ExpectNotCapable(again);
        attempt.SawInstead("on new data alone");
    }

    private static void ExpectNotCapable(Segment segment)
    {
        if (segment.Ecn != NotCapable)
            throw new Deviation("a packet that is not ECN-capable", Text(segment));
    }

    private static async Task ExpectAck(RawConnection connection, ControlBits ecn)
    {
        Segment answer = await connection.ExpectAck();
        if ((answer.Flags & (Ece | Cwr)) != ecn)
            throw new Deviation(ControlBitsText.ToText(Ack | ecn), Text(answer));
    }

    private static async Task<Segment> Data(RawConnection connection)
    {
        Segment segment;
        do
            segment = await connection.Next(Attempt.Answer) ?? throw new Deviation("data", "nothing");
        while (segment.Payload.Length == 0);
        return segment;
    }

    private static async Task<RawConnection> Open(Attempt attempt, int port, int mss = 1460)
    {
        RawConnection connection = attempt.To(port);
        await connection.Open(RawConnection.Mss(mss), Ece | Cwr);
        if ((connection.PeerSyn!.Flags & (Ece | Cwr)) != Ece)
            throw new Deviation("SYN,ACK with ECE", Text(connection.PeerSyn));
        return connection;
    }

    private static string Text(Segment segment) =>
        ControlBitsText.ToText(segment.Flags & ~Psh) + (segment.Ecn == NotCapable ? "" : $" in a packet with ECN bits {segment.Ecn}");
}
