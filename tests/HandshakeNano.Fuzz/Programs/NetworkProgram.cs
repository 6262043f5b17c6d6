using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Programs;

/// <summary>Who calls whom.</summary>
internal enum Opening
{
    ACalls,
    BCalls,
    BothCall,
}

/// <summary>What a user does.</summary>
internal enum UserAction
{
    /// <summary>Writes so many bytes, and waits while there is no room.</summary>
    Write,

    /// <summary>Does the same, and announces the bytes as urgent.</summary>
    WriteUrgent,

    /// <summary>Reads so many bytes, and waits while there are none.</summary>
    Read,

    /// <summary>Does nothing for so many milliseconds.</summary>
    Wait,

    /// <summary>Sends a FIN after what was written.</summary>
    Shutdown,

    /// <summary>Closes and forgets the connection.</summary>
    Close,

    /// <summary>Resets and forgets the connection.</summary>
    Abort,

    /// <summary>Sets the keep-alive to so many milliseconds.</summary>
    KeepAlive,

    /// <summary>Sets the user timeout to so many milliseconds.</summary>
    UserTimeout,

    /// <summary>Switches Nagle's algorithm on (0) or off.</summary>
    NoDelay,
}

/// <summary>One end of a connection: what its user does, one thing after another, before reading the rest and closing.</summary>
/// <param name="InCallbacks">True if the user works in the calls of a handler, false if in the loop around Poll.</param>
/// <param name="Delay">How long the user waits before calling or accepting, in milliseconds.</param>
/// <param name="Actions">What, and how much of it.</param>
internal sealed record UserProgram(bool InCallbacks, int Delay, IReadOnlyList<(UserAction What, int Amount)> Actions);

/// <summary>A connection and its two users.</summary>
internal sealed record ConversationProgram(Opening Opening, UserProgram A, UserProgram B);

/// <summary>How a host takes connections.</summary>
/// <param name="Policy">What answers a SYN.</param>
/// <param name="HalfOpen">How many connections may be half-open.</param>
/// <param name="SynAcks">How often a SYN,ACK is sent again.</param>
internal sealed record Listening(SynPolicy Policy = SynPolicy.CookiesWhenFull, int HalfOpen = 16, int SynAcks = 15);

/// <summary>Two hosts, the network between them, and what their users do: everything that happens follows from it.</summary>
/// <param name="Seed">What the network's luck follows from.</param>
/// <param name="Faults">What the network does to frames.</param>
/// <param name="Cut">When the network stops carrying anything, in milliseconds; 0 for never.</param>
/// <param name="BuffersA">A's receive and send buffer: 256 bytes times two to this power.</param>
/// <param name="BuffersB">The same of B.</param>
/// <param name="Listening">How both take connections.</param>
/// <param name="Conversations">The connections.</param>
internal sealed record NetworkProgram(int Seed, Faults Faults, int Cut, (int Receive, int Send) BuffersA, (int Receive, int Send) BuffersB,
    Listening Listening, IReadOnlyList<ConversationProgram> Conversations)
{
    /// <summary>The program as text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"network seed {Seed} loss {Faults.Loss} duplication {Faults.Duplication} corruption {Faults.Corruption} "
            + $"delay {Faults.Delay} jitter {Faults.Jitter} cut {Cut} mtu {Faults.PathMtu}\n"
            + $"buffers {BuffersA.Receive} {BuffersA.Send} {BuffersB.Receive} {BuffersB.Send} "
            + $"listening {Listening.Policy} {Listening.HalfOpen} {Listening.SynAcks}\n");
        foreach (ConversationProgram conversation in Conversations)
        {
            text.Append(CultureInfo.InvariantCulture, $"conversation {conversation.Opening}\n");
            Append(text, "a", conversation.A);
            Append(text, "b", conversation.B);
        }

        return text.ToString();
    }

    /// <summary>Reads a program; a # begins a comment.</summary>
    /// <exception cref="FormatException">It is none; the message has the line.</exception>
    public static NetworkProgram Parse(string text)
    {
        Line[] lines = [.. text.Split('\n').Select((l, i) => new Line(i + 1, l.Split('#')[0].Split((char[])[' ', ',', '\r'], StringSplitOptions.RemoveEmptyEntries)))
            .Where(l => l.Words.Length != 0)];
        if (lines.Length == 0)
            throw new FormatException("line 1: the line 'network seed N ...' is missing");
        int[] network = [.. Enumerable.Range(0, 7).Select(i => lines[0].Number(2 + 2 * i))];
        int mtu = lines[0].Words.Length > 16 ? lines[0].Number(16) : 0;
        Line second = lines.Length > 1 ? lines[1] : new Line(lines[0].At + 1, []);
        int[] buffers = [.. Enumerable.Range(1, 4).Select(second.Number)];
        Listening listening = second.Words.Length > 5
            ? new Listening(second.One<SynPolicy>(6), second.Number(7), second.Number(8)) : new Listening();
        var conversations = new List<ConversationProgram>();
        for (int i = 2; i < lines.Length; i += 3)
        {
            if (i + 2 >= lines.Length)
                throw new FormatException($"line {lines[i].At}: a conversation has two more lines, for a and b");
            conversations.Add(new ConversationProgram(lines[i].One<Opening>(1), User(lines[i + 1]), User(lines[i + 2])));
        }

        return new NetworkProgram(network[0],
            new Faults(network[1], network[2], network[3], (ulong)network[4], (ulong)network[5], mtu), network[6],
            (buffers[0], buffers[1]), (buffers[2], buffers[3]), listening, conversations);
    }

    private static void Append(StringBuilder text, string name, UserProgram user)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {name} {(user.InCallbacks ? "callbacks" : "loop")} delay {user.Delay}");
        foreach ((UserAction what, int amount) in user.Actions)
            text.Append(CultureInfo.InvariantCulture, $", {what} {amount}");
        text.Append('\n');
    }

    private static UserProgram User(Line line)
    {
        var actions = new List<(UserAction, int)>();
        for (int i = 4; i < line.Words.Length; i += 2)
            actions.Add((line.One<UserAction>(i), line.Number(i + 1)));
        return new UserProgram(line.Word(1) == "callbacks", line.Number(3), actions);
    }

    private sealed record Line(int At, string[] Words)
    {
        public string Word(int index) => index < Words.Length ? Words[index] : throw new FormatException($"line {At}: the line ends too early");

        public int Number(int index) => int.TryParse(Word(index), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : throw new FormatException($"line {At}: '{Word(index)}' is no number");

        public T One<T>(int index)
            where T : struct, Enum => Enum.TryParse(Word(index), out T value) && Enum.IsDefined(value)
            ? value : throw new FormatException($"line {At}: '{Word(index)}' is nothing that stands there");
    }
}
