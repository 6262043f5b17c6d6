using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>What ICMP says of a connection, and an attacker in its name (RFC 5927).</summary>
internal static class Icmp
{
    internal static async Task HardError(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.SendData("hello");
        await connection.Expect(Ack, connection.RcvNxt, connection.SndNxt, length: 5, ignoring: segment => segment.Payload.Length == 0);
        attempt.SendPortUnreachable(connection, connection.RcvNxt);
        connection.RcvNxt += 5;
        connection.SendAck();
        await connection.ExpectSilence();
        await connection.Echo("alive");
        attempt.SawInstead("nothing, still ESTABLISHED");
    }

    internal static async Task SmallerPath(Attempt attempt)
    {
        RawConnection connection = await Order(attempt);
        attempt.SendTooBig(connection, connection.RcvNxt);
        int largest = 0;
        await connection.Receive(2 * attempt.Host.Mss, segment => largest = int.Max(largest, segment.Payload.Length), within: 10_000_000);
        if (largest > attempt.Host.SmallMss)
            throw new Deviation($"segments of at most {attempt.Host.SmallMss} bytes", largest.ToString(CultureInfo.InvariantCulture));
        attempt.SawInstead($"segments of {largest} bytes");
    }

    internal static async Task WrongNumber(Attempt attempt)
    {
        RawConnection connection = await Order(attempt);
        foreach (uint wrong in new[] { 1_000_000u, 0x8000_0000u, unchecked((uint)-1_000_000) })
            attempt.SendTooBig(connection, connection.RcvNxt + wrong);

        // Whoever believes it sends smaller segments at once. What comes again whole is late, and nobody's fault but a busy computer's.
        await connection.ExpectSilence(100_000, segment => segment.Payload.Length > attempt.Host.SmallMss);
        attempt.Step = "the next data";
        connection.RcvNxt += 2 * (uint)attempt.Host.Mss;
        connection.SendAck();
        connection.SendData($"send {2 * attempt.Host.Mss}\n");
        int largest = 0;
        await connection.Receive(2 * attempt.Host.Mss, segment => largest = int.Max(largest, segment.Payload.Length), within: 10_000_000);
        if (largest <= attempt.Host.SmallMss)
            throw new Deviation($"segments of more than {attempt.Host.SmallMss} bytes", largest.ToString(CultureInfo.InvariantCulture));
        attempt.SawInstead("nothing");
    }

    /// <summary>Data in full segments has come, and is not acknowledged.</summary>
    private static async Task<RawConnection> Order(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);
        connection.SendData($"send {2 * attempt.Host.Mss}\n");
        int largest = (await connection.ReceiveUnacknowledged(2 * attempt.Host.Mss)).Max(segment => segment.Payload.Length);
        if (largest <= attempt.Host.SmallMss)
            throw new Deviation($"segments of more than {attempt.Host.SmallMss} bytes", largest.ToString(CultureInfo.InvariantCulture));
        return connection;
    }
}
