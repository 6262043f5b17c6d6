using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>What ICMP says of a connection, and an attacker in its name (RFC 5927).</summary>
internal static class Icmp
{
    private const int PortUnreachable = 3;
    private const int FragmentationNeeded = 4;
    private const int Mss = 1460;
    private const int SmallMtu = 1000;

    internal static async Task HardError(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        connection.SendData("hello");
        await connection.Expect(Ack, connection.RcvNxt, connection.SndNxt, length: 5, ignoring: segment => segment.Payload.Length == 0);
        attempt.SendUnreachable(connection, PortUnreachable, connection.RcvNxt);
        connection.RcvNxt += 5;
        connection.SendAck();
        await connection.ExpectSilence();
        await connection.Echo("alive");
        attempt.SawInstead("nothing, still ESTABLISHED");
    }

    internal static async Task SmallerPath(Attempt attempt)
    {
        RawConnection connection = await Order(attempt);
        attempt.SendUnreachable(connection, FragmentationNeeded, connection.RcvNxt, SmallMtu);
        int largest = 0;
        await connection.Receive(2 * Mss, segment => largest = int.Max(largest, segment.Payload.Length), within: 10_000_000);
        if (largest > SmallMtu - 40)
            throw new Deviation($"segments of at most {SmallMtu - 40} bytes", largest.ToString(CultureInfo.InvariantCulture));
        attempt.SawInstead($"segments of {largest} bytes");
    }

    internal static async Task WrongNumber(Attempt attempt)
    {
        RawConnection connection = await Order(attempt);
        foreach (uint wrong in new[] { 1_000_000u, 0x8000_0000u, unchecked((uint)-1_000_000) })
            attempt.SendUnreachable(connection, FragmentationNeeded, connection.RcvNxt + wrong, SmallMtu);
        await connection.ExpectSilence(100_000);
        attempt.Step = "the next data";
        connection.RcvNxt += 2 * Mss;
        connection.SendAck();
        connection.SendData($"send {2 * Mss}\n");
        int largest = 0;
        await connection.Receive(2 * Mss, segment => largest = int.Max(largest, segment.Payload.Length), within: 10_000_000);
        if (largest <= SmallMtu - 40)
            throw new Deviation($"segments of more than {SmallMtu - 40} bytes", largest.ToString(CultureInfo.InvariantCulture));
        attempt.SawInstead("nothing");
    }

    /// <summary>Data in full segments has come, and is not acknowledged.</summary>
    private static async Task<RawConnection> Order(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.ResponderPort);
        connection.SendData($"send {2 * Mss}\n");
        int largest = (await connection.ReceiveUnacknowledged(2 * Mss)).Max(segment => segment.Payload.Length);
        if (largest <= SmallMtu - 40)
            throw new Deviation($"segments of more than {SmallMtu - 40} bytes", largest.ToString(CultureInfo.InvariantCulture));
        return connection;
    }
}
