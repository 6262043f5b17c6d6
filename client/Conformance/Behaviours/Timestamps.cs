using System.Collections.Generic;
using System.Threading.Tasks;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>The timestamps option, and what is dropped because of it (RFC 7323).</summary>
internal static class Timestamps
{
    private const int Kind = 8;

    // Where the probe's clock stands in the SYN, unless another value is given.
    private const uint Start = 1_000_000;

    internal static async Task Agreed(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        if (Of(clock.Connection, clock.Connection.PeerSyn!).Echo != Start)
            throw new Deviation("the SYN's timestamp echoed", clock.Connection.PeerSyn!.Option(Kind)!.ToText());
        attempt.SawInstead("SYN,ACK with it");
    }

    internal static async Task EverySegment(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        RawConnection connection = clock.Connection;
        foreach (string data in new[] { "one", "two", "three" })
        {
            attempt.Step = $"data \"{data}\"";
            clock.Value += 10;
            connection.SendData(data);
            Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("an echo", "nothing");
            clock.ExpectEchoOf(answer, clock.Value);
            if (answer.Payload.Length == 0)
                clock.ExpectEchoOf(answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("an echo", "nothing"), clock.Value);
            connection.RcvNxt += (uint)answer.Payload.Length;
            connection.SendAck();
        }

        attempt.Step = "FIN";
        clock.Value += 10;
        connection.SendFin();
        while (true)
        {
            Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("FIN,ACK", "nothing");
            clock.ExpectEchoOf(answer, clock.Value);
            if (answer.Has(Fin))
                break;
        }

        attempt.SawInstead("each echoes the last");
    }

    internal static async Task AfterAGap(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        RawConnection connection = clock.Connection;
        await connection.Echo("hello");
        uint last = clock.Value;
        attempt.Step = "after the gap";
        clock.Value += 10;
        connection.Send(Ack, connection.SndNxt + 5, data: "after");
        clock.ExpectEchoOf(await connection.ExpectAck(), last);
        attempt.Step = "the gap filled";
        clock.Value += 10;
        connection.Send(Ack, data: "first");
        connection.SndNxt += 10;
        clock.ExpectEchoOf(await connection.Next(Attempt.Answer) ?? throw new Deviation("ACK of everything", "nothing"), clock.Value);
        attempt.SawInstead("the last in order is echoed");
    }

    internal static async Task TheirClock(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        uint before = Of(clock.Connection, clock.Connection.PeerSyn!).Value;
        ulong since = clock.Connection.PeerSyn!.Time;
        await attempt.Delay(1_500_000);
        clock.Connection.SendData("x");
        Segment answer = await clock.Connection.Next(Attempt.Answer) ?? throw new Deviation("an answer", "nothing");
        double ticks = Of(clock.Connection, answer).Value - before, seconds = (answer.Time - since) / 1e6;

        // A tick is a millisecond to a second; a clock of half a second and a busy computer make the measurement coarse.
        if (ticks < 1 || ticks > (1_100 * seconds) + 50)
            throw new Deviation("1 to 1,000 ticks a second", $"{(int)ticks} in {Quantity.Time(answer.Time - since)}");
        attempt.SawInstead($"some {(int)(ticks / seconds)} a second");
    }

    internal static async Task OldSegment(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        RawConnection connection = clock.Connection;
        await connection.Echo("hello");
        uint now = clock.Value;
        clock.Value = now - 10;
        connection.Send(Ack | Psh, data: "wrong");
        await connection.ExpectAck();
        await connection.ExpectSilence();
        attempt.Step = "the same with the right timestamp";
        clock.Value = now;
        await connection.Echo("right");
    }

    internal static async Task OldReset(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        RawConnection connection = clock.Connection;
        await connection.Echo("hello");
        clock.Value -= 1000;
        connection.Send(Rst);
        await connection.ExpectSilence();
        clock.Value += 1000;
        await connection.ExpectGone();
    }

    internal static async Task Missing(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort);
        RawConnection connection = clock.Connection;
        await connection.Echo("hello");
        connection.Send(Ack | Psh, data: "wrong", options: []);
        await connection.ExpectSilence();
        attempt.Step = "the same with timestamps";
        await connection.Echo("right");
        attempt.Step = "a reset without";
        connection.Send(Rst, options: []);
        await connection.ExpectSilence();
        await connection.ExpectGone();
    }

    internal static async Task NotAgreed(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.Options = () => Option(Start, 7);
        connection.SendData("hello");
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("an echo", "nothing");
        if (answer.Option(Kind) != null)
            throw new Deviation("no timestamps", answer.Option(Kind)!.ToText());
        attempt.Step = "an older one";
        connection.Options = () => Option(Start - 1, 7);
        if (answer.Payload.Length == 0)
            answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("an echo", "nothing");
        connection.RcvNxt += (uint)answer.Payload.Length;
        await connection.Echo("alive");
        attempt.SawInstead("the data is delivered");
    }

    internal static async Task Wrap(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.EchoPort, start: 0xFFFF_FFF0);
        foreach (uint step in new uint[] { 5, 8, 5, 100 })
        {
            clock.Value += step;
            await clock.Connection.Echo("hello");
        }

        attempt.Step = "one from before the wrap";
        clock.Value = 0xFFFF_FFF0;
        clock.Connection.Send(Ack | Psh, data: "wrong");
        await clock.Connection.ExpectAck();
        attempt.SawInstead("delivered; what is from before is not");
    }

    internal static async Task TimeWait(Attempt attempt)
    {
        Clock clock = await Open(attempt, attempt.ResponderPort);
        RawConnection connection = clock.Connection;
        connection.SendData("shutdown\n");
        await connection.Expect(Fin | Ack, connection.RcvNxt, connection.SndNxt, ignoring: segment => segment.Flags == Ack);
        connection.RcvNxt++;
        connection.SendFin();
        await connection.ExpectAck();
        attempt.Step = "a SYN below RCV.NXT with a later timestamp";
        await attempt.Delay(1_200_000);
        clock.Value += 10_000;
        uint syn = connection.SndNxt - 100_000;
        connection.Send(Syn, syn, options: [.. RawConnection.Mss(1460), .. Option(clock.Value, 0)]);
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("SYN,ACK", "nothing");
        if (!answer.Has(Syn | Ack) || answer.Acknowledgment != syn + 1)
            throw new Deviation("SYN,ACK", connection.Text(answer));
        connection.SndNxt = syn + 1;
        attempt.SawInstead("a new connection");
    }

    private static byte[] Option(uint value, uint echo) => TcpOption.ToBytes(
        [new TcpOption(1, "no-operation", []), new TcpOption(1, "no-operation", []), new TcpOption(Kind, "timestamps", [value, echo])]);

    private static (uint Value, uint Echo) Of(RawConnection connection, Segment segment)
    {
        TcpOption option = segment.Option(Kind) ?? throw new Deviation("timestamps", connection.Text(segment) + " without");
        return (option.Values[0], option.Values[1]);
    }

    private static async Task<Clock> Open(Attempt attempt, int port, uint start = Start)
    {
        var clock = new Clock(attempt.To(port)) { Value = start };
        await clock.Connection.Open([.. RawConnection.Mss(1460), .. Option(start, 0)]);
        _ = Of(clock.Connection, clock.Connection.PeerSyn!);
        return clock;
    }

    /// <summary>A connection of which each segment says what this clock shows.</summary>
    private sealed class Clock
    {
        private uint _recent;

        public Clock(RawConnection connection)
        {
            Connection = connection;
            connection.Arrived = segment => _recent = segment.Option(Kind)?.Values[0] ?? _recent;
            connection.Options = () => Option(Value, _recent);
        }

        public RawConnection Connection { get; }

        public uint Value { get; set; }

        public void ExpectEchoOf(Segment segment, uint value)
        {
            uint echo = Of(Connection, segment).Echo;
            if (echo != value)
                throw new Deviation($"timestamp {value} echoed", $"{echo}");
        }
    }
}
