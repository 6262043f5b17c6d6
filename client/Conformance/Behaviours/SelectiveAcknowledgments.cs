using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>Selective acknowledgments (RFC 2018), those of duplicates (RFC 2883), and what is sent again because of them.</summary>
internal static class SelectiveAcknowledgments
{
    private const int SackPermitted = 4;
    private const int Kind = 5;
    private const int Size = 100;

    // What a sender may have in flight at once: RFC 5681 allows four segments of this size.
    private const int SmallMss = 500;
    private const int Flight = 4 * SmallMss;

    private static readonly byte[] s_permitted = [SackPermitted, 2, 1, 1];

    internal static async Task Agreed(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort);
        await connection.Echo("hello");
        attempt.SawInstead("agreed");
    }

    internal static async Task Gap(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort);
        SendAt(connection, 1);
        await ExpectBlocks(connection, Piece(1, 2));
        await Fill(connection, 2);
    }

    internal static async Task SeveralGaps(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort);
        SendAt(connection, 3);
        await ExpectBlocks(connection, Piece(3, 4));
        SendAt(connection, 1);
        await ExpectBlocks(connection, Piece(1, 2), Piece(3, 4));
        SendAt(connection, 5);
        await ExpectBlocks(connection, Piece(5, 6), Piece(1, 2), Piece(3, 4));
        attempt.Step = "one of them again";
        SendAt(connection, 2);
        await ExpectBlocks(connection, Piece(1, 4), Piece(5, 6));
    }

    internal static async Task FirstGapFilled(Attempt attempt)
    {
        // The echo of what is in order would mix with the answers.
        RawConnection connection = await Open(attempt, attempt.ResponderPort);
        SendAt(connection, 1);
        await ExpectBlocks(connection, Piece(1, 2));
        SendAt(connection, 3);
        await ExpectBlocks(connection, Piece(3, 4), Piece(1, 2));
        attempt.Step = "the first gap filled";
        SendAt(connection, 0);
        connection.SndNxt += 2 * Size;
        await ExpectBlocks(connection, Piece(1, 2));
        attempt.Step = "the second gap filled";
        SendAt(connection, 0);
        connection.SndNxt += 2 * Size;
        await ExpectBlocks(connection);
    }

    internal static async Task OldData(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort);
        await connection.Echo(new string('o', Size));
        connection.SndNxt -= Size;
        (uint, uint) old = Piece(0, 1);
        SendAt(connection, 0);
        uint before = connection.SndNxt;
        connection.SndNxt += Size;
        await ExpectBlocks(connection, before, old);
    }

    internal static async Task DataAfterAGapTwice(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort);
        SendAt(connection, 1);
        await ExpectBlocks(connection, Piece(1, 2));
        SendAt(connection, 2);
        await ExpectBlocks(connection, Piece(1, 3));
        attempt.Step = "one of them again";
        SendAt(connection, 1);
        await ExpectBlocks(connection, Piece(1, 2), Piece(1, 3));
    }

    internal static async Task NotAgreed(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        SendAt(connection, 1);
        await ExpectBlocks(connection);
        attempt.Step = "permitted too late";
        connection.Send(Ack, connection.SndNxt + (2 * Size), data: new string('s', Size), options: s_permitted);
        await ExpectBlocks(connection);
        await Fill(connection, 3);
        attempt.SawInstead("ACK without blocks");
    }

    internal static async Task OneHole(Attempt attempt)
    {
        (RawConnection connection, List<Segment> flight) = await Order(attempt);
        attempt.Step = "all but the first acknowledged";

        // The last may come again as a tail loss probe, if that was on its way already (RFC 8985 section 7).
        SackOneByOne(connection, flight);
        Segment again;
        do
            again = await connection.Next(Attempt.Answer) ?? throw new Deviation("the first segment again", "nothing");
        while (again.Sequence == flight[^1].Sequence && again.Payload.Length > 0);
        if (again.Payload.Length == 0 || again.Sequence != flight[0].Sequence || again.Sequence + again.SequenceLength != flight[1].Sequence)
            throw new Deviation("the first segment again, and it alone", connection.Text(again));
        connection.RcvNxt += Flight;
        connection.SendAck();
        attempt.Step = "the others";
        await connection.ExpectSilence();
        attempt.SawInstead("the hole alone");
    }

    internal static async Task Reneging(Attempt attempt)
    {
        (RawConnection connection, List<Segment> flight) = await Order(attempt);
        SackOneByOne(connection, flight);
        if (await connection.Next(Attempt.Answer) == null)
            throw new Deviation("the first segment again", "nothing");

        // The peer has thrown away what it had acknowledged selectively, as it may.
        connection.RcvNxt = flight[1].Sequence;
        connection.SendAck();
        attempt.Step = "what was thrown away";
        await connection.Receive(Flight - flight[0].Payload.Length, within: 10_000_000);
        attempt.SawInstead("all of it again");
    }

    internal static async Task LostTail(Attempt attempt)
    {
        (RawConnection connection, List<Segment> flight) = await Order(attempt);
        Segment last = flight[^1];
        Segment probe = await connection.Next(10_000_000) ?? throw new Deviation("the last segment again", "nothing");
        if (probe.Sequence + probe.SequenceLength != last.Sequence + last.SequenceLength)
            throw new Deviation("the last segment again", connection.Text(probe));
        attempt.Step = "the last acknowledged alone";
        connection.Send(Ack, options: Sack((last.Sequence, last.Sequence + last.SequenceLength)));
        Segment first = await connection.Next(Attempt.Answer) ?? throw new Deviation("the first segment again", "nothing");
        if (first.Sequence != flight[0].Sequence)
            throw new Deviation("the first segment again", connection.Text(first));
        attempt.SawInstead("the last segment again, then the others");
    }

    internal static async Task ImpossibleBlocks(Attempt attempt)
    {
        (RawConnection connection, List<Segment> flight) = await Order(attempt);
        uint una = flight[0].Sequence, end = una + Flight;
        foreach ((uint left, uint right) in new[] { (end + 1000, end + 2000), (una + 100, end + 1), (una + 200, una + 100), (una - 2000, una - 1000), (una + 7, una + 7) })
            connection.Send(Ack, options: Sack((left, right)));
        connection.Send(Ack, options: [Kind, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
        connection.Send(Ack, options: [Kind, 2, 1, 1]);
        connection.Forget();
        attempt.Step = "the data again";
        await connection.Receive(Flight, within: 10_000_000);
        await connection.OrderData();
        attempt.SawInstead("all data again");
    }

    /// <summary>A SACK option of some blocks, from the first byte to the one behind the last.</summary>
    private static byte[] Sack(params (uint Left, uint Right)[] blocks) =>
        TcpOption.ToBytes([new TcpOption(Kind, "sack", [.. blocks.SelectMany(block => new[] { block.Left, block.Right })])]);

    private static async Task<RawConnection> Open(Attempt attempt, int port, int mss = 1460)
    {
        RawConnection connection = attempt.To(port);
        await connection.Open([.. RawConnection.Mss(mss), .. s_permitted]);
        if (connection.PeerSyn!.Option(SackPermitted) == null)
            throw new Deviation("SYN,ACK with SACK permitted", connection.Text(connection.PeerSyn) + " without");
        return connection;
    }

    /// <summary>The responder has sent some segments, and nothing is acknowledged.</summary>
    private static async Task<(RawConnection Connection, List<Segment> Flight)> Order(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.ResponderPort, SmallMss);
        connection.SendData($"send {Flight}\n");
        return (connection, await connection.ReceiveUnacknowledged(Flight));
    }

    /// <summary>Acknowledges each segment but the first as it would arrive.</summary>
    private static void SackOneByOne(RawConnection connection, List<Segment> flight)
    {
        connection.Forget();
        for (int i = 1; i < flight.Count; i++)
            connection.Send(Ack, options: Sack((flight[1].Sequence, flight[i].Sequence + flight[i].SequenceLength)));
    }

    /// <summary>Sends a piece of data so many pieces after SND.NXT.</summary>
    private static void SendAt(RawConnection connection, int piece) =>
        connection.Send(Ack, connection.SndNxt + (uint)(piece * Size), data: new string((char)('a' + piece), Size));

    /// <summary>The edges of pieces, counted from SND.NXT.</summary>
    private static (uint Left, uint Right) Piece(int first, int end) => ((uint)(first * Size), (uint)(end * Size));

    private static Task ExpectBlocks(RawConnection connection, params (uint Left, uint Right)[] blocks) =>
        ExpectBlocks(connection, connection.SndNxt, blocks);

    /// <summary>An ACK of what is in order has to come, with these blocks; their edges are counted from a base.</summary>
    private static async Task ExpectBlocks(RawConnection connection, uint from, params (uint Left, uint Right)[] blocks)
    {
        Segment answer = await connection.ExpectAck();
        uint[] edges = [.. blocks.SelectMany(block => new[] { from + block.Left, from + block.Right })];
        uint[] seen = [.. answer.Option(Kind)?.Values ?? []];
        if (!edges.SequenceEqual(seen))
            throw new Deviation(Text(connection, edges), Text(connection, seen));
    }

    private static string Text(RawConnection connection, uint[] edges) =>
        edges.Length == 0 ? "no blocks" : new TcpOption(Kind, "sack", edges).ToText(connection.Iss);

    /// <summary>Fills the first gap; all that was sent has to come back.</summary>
    private static async Task Fill(RawConnection connection, int pieces)
    {
        SendAt(connection, 0);
        if (pieces > 2)
            SendAt(connection, 2);
        connection.SndNxt += (uint)(pieces * Size);
        await connection.Receive(pieces * Size);
    }
}
