using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>How much is sent at once, and what is sent again when something is lost (RFC 5681).</summary>
internal static class Recovery
{
    private const int Mss = 500;
    private const int Window = 60_000;
    private const int Much = 40_000;

    // Segments of one flight follow each other without a pause; a timeout is longer.
    private const ulong Pause = 150_000;

    internal static async Task InitialWindow(Attempt attempt)
    {
        const int Most = 10;
        (RawConnection connection, List<Segment> flight) = await Order(attempt, Much);
        long bytes = flight.Sum(segment => segment.Payload.Length);
        if (bytes > Most * Mss)
            throw new Deviation($"at most {Most * Mss} bytes before the first ACK", Quantity.Bytes((int)bytes));
        attempt.Step = "each acknowledged flight";
        int before = flight.Count;
        connection.RcvNxt += (uint)bytes;
        connection.SendAck();
        flight = await Collect(connection);
        if (flight.Count > (2 * before) + 1)
            throw new Deviation($"at most twice {before} segments", $"{flight.Count}");
        attempt.SawInstead($"{before} segments, then {flight.Count}");
    }

    internal static async Task FastRetransmit(Attempt attempt)
    {
        const int Count = 4;
        (RawConnection connection, List<Segment> flight) = await Order(attempt, Count * Mss);
        for (int i = 0; i < 3; i++)
            connection.SendAck();
        Segment again = await connection.Next(Pause) ?? throw new Deviation("the segment again, before its time", "nothing within " + Quantity.Time(Pause));
        if (again.Sequence != flight[0].Sequence || again.Payload.Length != flight[0].Payload.Length)
            throw new Deviation("the first segment again", connection.Text(again));

        // A smaller initial window leaves something new to send.
        if (flight.Count == Count)
        {
            connection.RcvNxt += Count * Mss;
            connection.SendAck();
            await connection.ExpectSilence();
        }

        attempt.SawInstead("at once");
    }

    internal static async Task LimitedTransmit(Attempt attempt)
    {
        // One connection shows how much comes without an ACK, another what two duplicates add, as soon as a receiver would send them.
        int alone = (await Order(attempt, Much)).Flight.Count;
        RawConnection connection = await Open(attempt, Much);
        int count = 0;
        for (uint next = connection.RcvNxt; await connection.Next(Pause) is Segment segment;)
        {
            if (segment.Payload.Length == 0)
                continue;
            if (segment.Sequence != next)
                throw new Deviation("nothing but new segments", connection.Text(segment));
            next += segment.SequenceLength;
            if (++count is 2 or 3)
                connection.SendAck();
        }

        if (count != alone + 2)
            throw new Deviation($"{alone} segments and 2", $"{count}");
        attempt.SawInstead($"{alone} segments and 2");
    }

    internal static async Task Timeout(Attempt attempt)
    {
        const int Judged = 3;
        (RawConnection connection, List<Segment> flight) = await Order(attempt, 4 * Mss);
        var times = new List<ulong>();
        while (times.Count < Judged)
        {
            Segment again = await connection.Next(20_000_000) ?? throw new Deviation("the segment again", "nothing");
            if (again.Payload.Length == 0)
                continue;
            if (times.Count > 0 && again.Time - times[^1] < Pause)
                throw new Deviation("one segment for each timeout", "two within " + Quantity.Time(again.Time - times[^1]));
            times.Add(again.Time);
        }

        attempt.Step = "after an ACK of the first segment";
        connection.Forget();
        connection.RcvNxt = flight[0].Sequence + flight[0].SequenceLength;
        connection.SendAck();
        int more = (await Collect(connection)).Count;
        if (more > 2)
            throw new Deviation("at most two segments", $"{more}");
        attempt.SawInstead($"one for each timeout, then {more}");
    }

    internal static async Task Nagle(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.SendData("a");
        await connection.Expect(Ack, connection.RcvNxt, connection.SndNxt, length: 1, ignoring: segment => segment.Payload.Length == 0);
        connection.RcvNxt++;
        foreach (string data in new[] { "b", "c", "d" })
        {
            connection.Send(Ack | Psh, ack: connection.RcvNxt - 1, data: data);
            connection.SndNxt++;
            await attempt.Delay(2_000);
        }

        await connection.ExpectSilence(Pause, segment => segment.Payload.Length == 0);
        attempt.Step = "when it is acknowledged";
        connection.SendAck();
        Segment rest = await connection.Next(Attempt.Answer) ?? throw new Deviation("the data \"bcd\"", "nothing");
        if (rest.Payload.Length != 3)
            throw new Deviation("the data \"bcd\" in one segment", connection.Text(rest));
        attempt.SawInstead("kept, then sent as one");
    }

    /// <summary>Data has been ordered and sent as far as it may be without an ACK.</summary>
    private static async Task<(RawConnection Connection, List<Segment> Flight)> Order(Attempt attempt, int count)
    {
        RawConnection connection = await Open(attempt, count);
        List<Segment> flight = await Collect(connection);
        if (flight.Count == 0)
            throw new Deviation(Quantity.Bytes(count) + " of data", "nothing");
        return (connection, flight);
    }

    /// <summary>Data has been ordered.</summary>
    private static async Task<RawConnection> Open(Attempt attempt, int count)
    {
        RawConnection connection = attempt.To(attempt.ResponderPort);
        connection.RcvWnd = Window;
        await connection.Open(RawConnection.Mss(Mss));
        connection.SendData($"send {count}\n");
        return connection;
    }

    /// <summary>The new data that comes before a pause.</summary>
    private static async Task<List<Segment>> Collect(RawConnection connection)
    {
        var flight = new List<Segment>();
        uint next = connection.RcvNxt;
        while (await connection.Next(Pause) is Segment segment)
        {
            if (segment.Payload.Length == 0 || segment.Sequence != next)
                continue;
            flight.Add(segment);
            next += segment.SequenceLength;
        }

        return flight;
    }
}
