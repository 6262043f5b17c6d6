using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>The window scale option (RFC 7323 section 2).</summary>
internal static class WindowScale
{
    private const int Kind = 3;
    private const ulong Pause = 100_000;

    internal static async Task Agreed(Attempt attempt)
    {
        RawConnection connection = await Open(attempt, attempt.EchoPort, 2);
        int shift = (int)connection.PeerSyn!.Option(Kind)!.Values[0];
        if (shift > 14)
            throw new Deviation("a shift of at most 14", $"{shift}");
        await connection.Echo("hello");
        attempt.SawInstead($"SYN,ACK with it, shift {shift}");
    }

    internal static async Task Applied(Attempt attempt)
    {
        // 16 << 6 are 1024 bytes: one segment fits and a part of another.
        const int Shift = 6, Window = 16;
        RawConnection connection = await Open(attempt, attempt.ResponderPort, Shift, Window);
        connection.SendData("send 4000\n");
        int flight = await Flight(connection);
        if (flight is <= Window or > Window << Shift)
            throw new Deviation($"at most {Window << Shift} bytes, and more than {Window}", $"{flight}");
        attempt.SawInstead($"{flight} bytes into a window of {Window} << {Shift}");
    }

    internal static async Task NotInSyn(Attempt attempt)
    {
        // The SYN's window holds for what follows the handshake until another is said.
        const int Window = 100;
        (RawConnection connection, Segment syn) = await attempt.BeConnectedTo();
        if (syn.Option(Kind) == null)
            throw new Deviation("SYN with a window scale", connection.Text(syn) + " without");
        if (syn.Window == 0)
            throw new Deviation("a window in the SYN", "0");
        connection.Send(Syn | Ack, connection.Iss, options: [.. RawConnection.Mss(1460), Kind, 3, 7, 1], window: Window);
        connection.SndNxt = connection.Iss + 1;
        await connection.ExpectAck(connection.IsSynCopy);
        connection.SendData("send 4000\n", window: 1);
        int flight = await Flight(connection);
        if (flight is <= 1 or > 1 << 7)
            throw new Deviation($"at most {1 << 7} bytes", $"{flight}");
        attempt.SawInstead($"{flight} bytes into a window of 1 << 7");
    }

    internal static async Task TooLarge(Attempt attempt)
    {
        const int Shift = 15, Window = 1, Most = Window << 14;
        RawConnection connection = await Open(attempt, attempt.ResponderPort, Shift, Window);
        connection.SendData("send 200000\n");

        // An ACK for each segment lets the congestion window grow beyond the other one.
        await connection.Receive(100_000);
        int flight = await Flight(connection);
        if (flight is <= Window or > Most)
            throw new Deviation($"at most {Most} bytes at once", $"{flight}");
        attempt.SawInstead($"as 14: {flight} bytes at once");
    }

    internal static async Task NotAgreed(Attempt attempt)
    {
        const int Window = 100;
        RawConnection connection = await attempt.Open(attempt.ResponderPort, Window);
        connection.Options = () => [Kind, 3, 7, 1];
        connection.SendData("send 4000\n");
        int flight = await Flight(connection);
        if (flight > Window)
            throw new Deviation($"at most {Window} bytes", $"{flight}");
        attempt.SawInstead($"{flight} bytes into a window of {Window}");
    }

    private static async Task<RawConnection> Open(Attempt attempt, int port, int shift, int window = 8192)
    {
        RawConnection connection = attempt.To(port);
        connection.RcvWnd = window;
        await connection.Open([.. RawConnection.Mss(1460), Kind, 3, (byte)shift, 1]);
        if (connection.PeerSyn!.Option(Kind) == null)
            throw new Deviation("SYN,ACK with a window scale", connection.Text(connection.PeerSyn) + " without");
        return connection;
    }

    /// <summary>How many bytes come without an ACK.</summary>
    private static async Task<int> Flight(RawConnection connection)
    {
        uint next = connection.RcvNxt;
        while (await connection.Next(next == connection.RcvNxt ? Attempt.Answer : Pause) is Segment segment)
        {
            if (segment.Sequence == next)
                next += (uint)segment.Payload.Length;
        }

        return (int)(next - connection.RcvNxt);
    }
}
