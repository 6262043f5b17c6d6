using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using HandshakeNano.Packets;
using static HandshakeNano.Packets.ControlBits;

namespace HandshakeNano.Client.Conformance.Behaviours;

/// <summary>What a SYN offers, what the answer agrees to, and what comes with a SYN besides.</summary>
internal static class Options
{
    private const int MssKind = 2;

    internal static async Task Unknown(Attempt attempt)
    {
        // An experiment (RFC 6994), Multipath TCP's kind with nonsense in it, and one that nobody has assigned.
        byte[] unknown = [253, 4, 0xAB, 0xCD, 30, 7, 1, 2, 3, 4, 5, 199, 5, 1, 2, 3, 1, 1, 1, 1];
        RawConnection connection = attempt.To(attempt.EchoPort);
        await connection.Open([.. unknown, .. RawConnection.Mss(1460)]);
        if (connection.PeerSyn!.Option(MssKind) == null)
            throw new Deviation("SYN,ACK with an MSS", connection.Text(connection.PeerSyn));
        attempt.Step = "with data";
        connection.Send(Ack | Psh, data: "hello", options: unknown);
        connection.SndNxt += 5;
        await connection.ExpectEcho("hello");
        attempt.SawInstead("as without them");
    }

    internal static async Task NotOffered(Attempt attempt)
    {
        RawConnection connection = await attempt.Open(attempt.EchoPort);
        string[] more = [.. connection.PeerSyn!.Options.Where(option => !option.IsPadding && option.Kind != MssKind).Select(option => option.ToText())];
        if (more.Length > 0)
            throw new Deviation("SYN,ACK with an MSS alone", string.Join(", ", more));
        await connection.Echo("hello");
        attempt.SawInstead("MSS " + connection.SndMss.ToString(CultureInfo.InvariantCulture) + " alone");
    }

    internal static async Task SynWithData(Attempt attempt)
    {
        const string Data = "hello";
        RawConnection connection = attempt.To(attempt.EchoPort);
        connection.Send(Syn, data: Data, options: RawConnection.Mss(1460));
        Segment answer = await connection.Next(Attempt.Answer) ?? throw new Deviation("SYN,ACK", "nothing");
        uint taken = answer.Acknowledgment - connection.Iss - 1;
        if (!answer.Has(Syn | Ack) || taken > Data.Length)
            throw new Deviation("SYN,ACK ack 1 to 6", connection.Text(answer));
        connection.SndNxt = answer.Acknowledgment;
        connection.SendData(Data[(int)taken..]);
        await connection.ExpectEcho(Data);
        attempt.SawInstead(taken == 0 ? "SYN,ACK of the SYN; delivered when it comes again" : $"SYN,ACK of the SYN and {taken} bytes; delivered");
    }

    internal static async Task NotForOne(Attempt attempt)
    {
        foreach ((string kind, IPAddress address) in attempt.Host.NotForOne)
        {
            attempt.Step = "SYN for " + kind;
            RawConnection connection = attempt.To(attempt.EchoPort);
            attempt.Host.Send(
                new RawSegment
                {
                    SourcePort = connection.LocalPort,
                    DestinationPort = connection.RemotePort,
                    Sequence = connection.Iss,
                    Flags = Syn,
                },
                address);
            await connection.ExpectSilence();
        }
    }
}
