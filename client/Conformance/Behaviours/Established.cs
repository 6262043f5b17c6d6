using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>ESTABLISHED: what comes in, in order and out of it, right and wrong.</summary>
internal static class Established
{
    private const ulong LongestDelay = 500_000;
    private const int FullSegment = 1460;

    internal static async Task DelayedAcknowledgment(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);

        // Without a line end the responder has nothing to say to it: no data that the ACK could ride on.
        attempt.Step = "one small segment";
        ulong sent = attempt.Now;
        connection.SendData(new string('d', 20));
        Segment answer = await connection.ExpectAck();
        if (answer.Time - sent >= LongestDelay)
            throw new Deviation("ACK within 500 ms", "ACK after " + Quantity.Time(answer.Time - sent));
        string delay = $"ACK after {(answer.Time - sent) / 1000} ms";

        attempt.Step = "full segments";
        int size = int.Min(FullSegment, connection.SndMss);
        int pairs = int.Min(4, connection.SndWnd / (2 * size));
        uint acknowledged = connection.SndNxt;
        int acks = 0;
        for (int i = 0; i < pairs; i++)
        {
            connection.SendData(new string('f', size));
            await attempt.Delay(2_000);
            connection.SendData(new string('f', size));
            await attempt.Delay(2_000);
        }

        while (acknowledged != connection.SndNxt)
        {
            answer = await connection.Next(LongestDelay) ?? throw new Deviation("ACK of everything", "nothing within 500 ms");
            if (answer.Acknowledgment - acknowledged > 2 * (uint)size)
                throw new Deviation("an ACK for every second full segment", $"one for {answer.Acknowledgment - acknowledged} bytes, MSS {size}");
            if (answer.Acknowledgment != acknowledged)
                acks++;
            acknowledged = answer.Acknowledgment;
        }

        attempt.SawInstead(pairs == 0
            ? delay + "; the window has no room for two full segments"
            : $"{delay}; {acks} ACKs for {2 * pairs} full segments");
    }

    internal static async Task Gap(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        string all = new string('1', 100) + new string('2', 100) + new string('3', 100);
        for (int i = 1; i <= 2; i++)
        {
            attempt.Step = "after a gap";
            connection.Send(Ack, connection.SndNxt + (uint)(100 * i), data: all.Substring(100 * i, 100));
            await connection.ExpectAck();
        }

        attempt.Step = "the gap filled";
        connection.Send(Ack, data: all[..100]);
        connection.SndNxt += 300;
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("ACK of everything", "nothing");
        if (!answer.Has(Ack) || answer.Acknowledgment != connection.SndNxt)
            throw new Deviation("ACK ack " + (connection.SndNxt - connection.Iss), connection.Text(answer));
        attempt.Saw(connection.Text(answer));
        if (answer.Payload.Length > 0)
        {
            // The echo is in the answer already.
            connection.RcvNxt += (uint)answer.Payload.Length;
            connection.SendAck();
            all = all[answer.Payload.Length..];
        }

        await connection.ExpectEcho(all);
    }

    internal static async Task OutOfWindow(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        await connection.Echo("0123456789");
        attempt.Step = "old data";
        connection.Send(Ack, connection.SndNxt - 10, data: "0123456789");
        await connection.ExpectAck();
        attempt.Step = "data beyond the window";
        connection.Send(Ack, connection.SndNxt + 100_000, data: "0123456789");
        await connection.ExpectAck();
        attempt.Step = "RST outside the window";
        connection.Send(Rst, connection.SndNxt - 10);
        connection.Send(Rst, connection.SndNxt + 100_000);
        await connection.ExpectSilence();
        attempt.Step = "still ESTABLISHED";
        await connection.Echo("alive");
    }

    internal static async Task ResetInWindow(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        attempt.Step = "RST in the window, not at RCV.NXT";
        connection.Send(Rst, connection.SndNxt + 1);
        await connection.ExpectAck();
        await connection.Echo("alive");
        attempt.Step = "RST at RCV.NXT";
        connection.Send(Rst);
        await connection.ExpectSilence();
        await connection.ExpectGone();
    }

    internal static async Task SynOnConnection(Attempt attempt)
    {
        foreach ((string name, uint offset) in new[] { ("old", uint.MaxValue), ("at RCV.NXT", 0u), ("beyond the window", 100_000u) })
        {
            attempt.Step = "SYN " + name;
            RawConnection connection = await attempt.Open(attempt.EchoPort);
            connection.Send(Syn, connection.SndNxt + offset);
            await connection.ExpectAck();
            await connection.Echo("alive");
        }

        const int Burst = 200;
        attempt.Step = $"{Burst} SYNs at once";
        RawConnection attacked = await attempt.Open(attempt.EchoPort);
        int answers = 0;
        for (int i = 0; i < Burst; i++)
        {
            attacked.Send(Syn, attacked.SndNxt + (uint)i);

            // A queue of the network that overflows would look like a limit.
            if (i % 10 == 9)
                await attempt.Delay(1_000);
        }

        while (await attacked.Next(Attempt.Silence) is Segment answer)
        {
            if (answer.Flags != Ack || answer.Sequence != attacked.RcvNxt || answer.Acknowledgment != attacked.SndNxt)
                throw new Deviation("nothing but challenge ACKs", attacked.Text(answer));
            answers++;
        }

        if (answers is 0 or Burst)
            throw new Deviation("fewer challenge ACKs than SYNs, but one", answers + " for " + Burst);
        await attacked.Echo("alive");
        attempt.SawInstead($"ACK 1 ack 1 to each; {answers} for {Burst} at once");
    }

    internal static async Task WithoutAck(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        attempt.Step = "data without ACK";
        connection.Send(Psh, data: "wrong");
        await connection.ExpectSilence();
        attempt.Step = "FIN without ACK";
        connection.Send(Fin);
        await connection.ExpectSilence();
        attempt.Step = "the same with ACK";
        await connection.Echo("right");
    }

    internal static async Task AckOfUnsent(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.Send(Ack | Psh, ack: connection.RcvNxt + 1, data: "wrong");
        await connection.ExpectAck();
        await connection.ExpectSilence();
        attempt.Step = "the same with the right ACK";
        await connection.Echo("right");
    }

    internal static async Task OldAck(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        await connection.Echo(new string('o', 200));
        attempt.Step = "an ACK that is 200 bytes old";
        connection.Send(Ack | Psh, ack: connection.RcvNxt - 200, data: "new data");
        connection.SndNxt += 8;
        await connection.ExpectEcho("new data");
    }

    internal static async Task OldWindow(Attempt attempt)
    {
        const int Small = 20, Large = 4000, Half = 50;
        RawConnection connection = await attempt.Open(attempt.EchoPort, Large);

        // Two segments change places on the way: the later one has the larger window.
        connection.Send(Ack, connection.SndNxt + Half, data: new string('2', Half), window: Large);
        await connection.ExpectAck();
        connection.Send(Ack, data: new string('1', Half), window: Small);
        connection.SndNxt += Half;
        uint end = connection.SndNxt + Half;
        int flight = 0;
        bool kept = false;
        for (ulong until = attempt.Now + 500_000; attempt.Now < until && flight < 2 * Half;)
        {
            Segment? segment = await connection.Next(until - attempt.Now);
            if (segment == null)
                break;
            kept |= segment.Acknowledgment == end;
            if (segment.Payload.Length > 0 && segment.Sequence == connection.RcvNxt + (uint)flight)
                flight += segment.Payload.Length;
        }

        if (!kept)
        {
            attempt.SawInstead("does not keep what comes after a gap, so that nothing is old");
            return;
        }

        connection.SndNxt = end;
        if (flight <= Small)
            throw new Deviation("100 bytes into the window of 4000", $"{flight} bytes: the older window of {Small} was taken");
        attempt.SawInstead($"{flight} bytes at once into the window of {Large}");
    }

    internal static async Task KeepAlive(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        await connection.Echo("hello");
        foreach (string data in new[] { "", "x" })
        {
            // More often than a peer may be told of what is wrong (RFC 5961 section 7): its life is no such thing.
            for (int i = 0; i < 5; i++)
            {
                attempt.Step = data == "" ? "without data" : "with an old byte";
                connection.Send(Ack, connection.SndNxt - 1, data: data);
                await connection.ExpectAck();
                await attempt.Delay(100_000);
            }
        }

        attempt.SawInstead("ACK to each of ten in a second");
    }

    internal static async Task Malformed(Attempt attempt)
    {
        attempt.Step = "LISTEN";
        RawConnection connection = attempt.To(attempt.EchoPort);
        connection.Send(Syn, badChecksum: true);
        connection.Send(Syn, dataOffset: 4);
        connection.Send(Syn, dataOffset: 15);
        await connection.ExpectSilence();

        // RFC 9293 section 3.1 (MUST-7) leaves open what is said to an illegal option length, but not that one lives through it.
        attempt.Step = "illegal option lengths";
        var answers = new HashSet<string>();
        foreach (byte[] options in new byte[][] { [2, 0, 0, 0], [2, 1, 1, 1], [2, 255, 1, 1], [1, 1, 1, 2], [8, 3, 0, 2], [254, 0, 0, 0] })
        {
            RawConnection other = attempt.To(attempt.EchoPort);
            other.Send(Syn, options: options);
            Segment? answer = await other.Next(100_000);
            answers.Add(answer == null ? "nothing" : ControlBitsText.ToText(answer.Flags & ~(Ece | Cwr)));
            other.SndNxt++;
            other.Reset();
        }

        attempt.Step = "ESTABLISHED";
        await connection.Open();
        connection.Send(Ack | Psh, data: "wrong", badChecksum: true);
        connection.Send(Ack | Psh, data: "wrong", dataOffset: 4);
        connection.Send(Ack | Psh, data: "wrong", dataOffset: 15);
        await connection.ExpectSilence();
        await connection.Echo("right");
        attempt.SawInstead("nothing; to option lengths " + string.Join(" or ", answers.Order()));
    }
}
