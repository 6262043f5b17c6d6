using System;
using System.Globalization;
using System.Text;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>
/// One thing that happens to the endpoint, as 16 bytes that any bytes may be: what a fuzzer changes is still a step. A life of
/// the endpoint is one header of the same size and then steps.
/// </summary>
internal static class Step
{
    public const int Size = 16;

    // What stands where.
    public const int Kind = 0;
    public const int Who = 1;
    public const int What = 2;
    public const int Sequence = 3;
    public const int Acknowledgment = 4;
    public const int Window = 5;
    public const int Length = 6;
    public const int Options = 7;
    public const int Value = 8;
    public const int Mutation = 10;
    public const int Place = 11;
    public const int Byte = 12;
    public const int Mutation2 = 13;
    public const int Place2 = 14;
    public const int Fix = 15;

    /// <summary>Below: the usual number; what else there is begins here.</summary>
    public const int Usual = 160;

    /// <summary>Below: the frame stays as it was built.</summary>
    public const int Unmutated = 144;

    private static readonly string[] Lines =
    [
        "TCP", "TCP", "TCP", "TCP", "TCP", "TCP", "TCP", "TCP", "TCP", "ICMP", "ARP", "other IPv4", "rubbish", "time", "user", "user",
    ];

    /// <summary>What a step is about, as one of <see cref="StepKind"/>.</summary>
    public static StepKind KindOf(ReadOnlySpan<byte> step) => (step[Kind] & 15) switch
    {
        15 when step[Kind] == 0xFF && step[What] == 0xFF => StepKind.End,
        <= 8 => StepKind.Tcp,
        9 => StepKind.Icmp,
        10 => StepKind.Arp,
        11 => StepKind.Other,
        12 => StepKind.Rubbish,
        13 => StepKind.Time,
        _ => StepKind.User,
    };

    public static int ValueOf(ReadOnlySpan<byte> step) => step[Value] | (step[Value + 1] << 8);

    /// <summary>The control bits of a TCP step.</summary>
    public static int FlagsOf(ReadOnlySpan<byte> step) => step[What] switch
    {
        < 96 => 0x10,
        < 128 => 0x18,
        < 160 => 0x02,
        < 180 => 0x11,
        < 192 => 0x04,
        < 204 => 0x14,
        < 220 => 0x12,
        < 226 => 0x19,
        _ => step[Value + 1],
    };

    /// <summary>The step of <see cref="StepKind.End"/>.</summary>
    public static byte[] End { get; } = [0xFF, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Writes a step as a person reads it.</summary>
    public static string Describe(ReadOnlySpan<byte> step)
    {
        if (KindOf(step) == StepKind.End)
            return "end";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Lines[step[Kind] & 15]}, who {step[Who] & 15}");
        if (KindOf(step) == StepKind.Tcp)
        {
            text.Append(", flags ");
            int flags = FlagsOf(step);
            for (int i = 0; i < 8; i++)
            {
                if (((flags >> i) & 1) != 0)
                    text.Append(HandshakeNano.Net.Tests.Segment.FlagLetters[i]);
            }
        }

        if (KindOf(step) == StepKind.User)
            text.Append(CultureInfo.InvariantCulture, $", {(UserCall)(step[What] & 15)}");
        text.Append(CultureInfo.InvariantCulture, $", value {ValueOf(step)}");
        if (step[Mutation] >= Unmutated && KindOf(step) < StepKind.Time)
            text.Append(", mutated");
        return text.ToString();
    }

    /// <summary>Steps as lines of hexadecimal digits, each with what it says after it.</summary>
    public static string Print(ReadOnlySpan<byte> life)
    {
        var text = new StringBuilder();
        for (int i = 0; i + Size <= life.Length; i += Size)
        {
            ReadOnlySpan<byte> step = life.Slice(i, Size);
            text.Append(Convert.ToHexString(step)).Append("  # ").AppendLine(i == 0 ? "the endpoint" : Describe(step));
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Print"/> writes; a # begins a comment.</summary>
    public static byte[] Parse(string text)
    {
        var digits = new StringBuilder();
        foreach (string line in text.Split('\n'))
            digits.Append(line.Split('#')[0].Trim());
        byte[] life = Convert.FromHexString(digits.ToString());
        return life.Length % Size == 0 ? life : throw new FormatException($"A life is made of steps of {Size} bytes.");
    }
}

internal enum StepKind
{
    Tcp,
    Icmp,
    Arp,
    Other,
    Rubbish,
    Time,
    User,

    /// <summary>Everything ends, and a handshake by the book follows.</summary>
    End,
}

/// <summary>What the application does in a step.</summary>
internal enum UserCall
{
    Accept,
    Accept2,
    Connect,
    Write,
    WriteUrgent,
    Read,
    Read2,
    Shutdown,
    Close,
    Abort,
    KeepAlive,
    UserTimeout,
    NoDelay,
    Listener,
    Behaviour,
    Address,
}
