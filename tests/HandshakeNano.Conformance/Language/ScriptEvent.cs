using System.Collections.Generic;
using System.Globalization;
using System.Net;
using HandshakeNano.Conformance.Segments;

namespace HandshakeNano.Conformance.Language;

/// <summary>When an event happens.</summary>
internal enum TimeKind
{
    /// <summary>At a time, or in a range of times.</summary>
    At,

    /// <summary>Whenever it happens (<c>*</c>).</summary>
    Any,

    /// <summary>A call that begins at one time and returns at another (<c>...</c>).</summary>
    Blocking,
}

/// <summary>The time of an event, in microseconds.</summary>
/// <param name="Kind">How the numbers are meant.</param>
/// <param name="Relative">Counted from the previous event, not from the script's start.</param>
/// <param name="From">The time, or the first of the range.</param>
/// <param name="To">The last of the range, or the end of the call.</param>
internal sealed record EventTime(TimeKind Kind, bool Relative, ulong From, ulong To);

/// <summary>A line of a script.</summary>
internal abstract record ScriptEvent(EventTime Time, Position At, string Text);

/// <summary>A segment that the peer sends (<c>&lt;</c>) or that the endpoint is to send (<c>&gt;</c>).</summary>
internal sealed record SegmentEvent(EventTime Time, Position At, string Text, bool Inbound, SegmentText Segment)
    : ScriptEvent(Time, At, Text);

/// <summary>An ICMP error about a segment of the endpoint.</summary>
/// <param name="Type">The name of its type.</param>
/// <param name="Code">The name of its code, null for the first.</param>
internal sealed record IcmpEvent(EventTime Time, Position At, string Text, string Type, string? Code, int Mtu, uint QuotedSeq)
    : ScriptEvent(Time, At, Text);

/// <summary>A call of the socket interface, with the result that it must have.</summary>
/// <param name="Result">What it returns.</param>
/// <param name="Error">The name of the error, null for none.</param>
internal sealed record CallEvent(EventTime Time, Position At, string Text, string Name, IReadOnlyList<Argument> Arguments, int Result,
    string? Error) : ScriptEvent(Time, At, Text);

/// <summary><c>%{ ... }%</c>: what must hold.</summary>
internal sealed record CodeEvent(EventTime Time, Position At, string Text, IReadOnlyList<CodeStatement> Statements)
    : ScriptEvent(Time, At, Text);

/// <summary>Shell commands in backquotes. Nothing runs them: they change the settings of a kernel.</summary>
/// <param name="Commands">What stands between the backquotes.</param>
internal sealed record ShellEvent(EventTime Time, Position At, string Text, string Commands) : ScriptEvent(Time, At, Text);

/// <summary>An argument of a call.</summary>
internal abstract record Argument(Position At);

/// <summary><c>...</c>: whatever the runner puts there.</summary>
internal sealed record AnyArgument(Position At) : Argument(At);

/// <summary>A number.</summary>
internal sealed record NumberArgument(Position At, long Value) : Argument(At);

/// <summary>Names joined by <c>|</c>.</summary>
internal sealed record SymbolArgument(Position At, IReadOnlyList<string> Names) : Argument(At);

/// <summary><c>[a, b]</c>: what a pointer points at.</summary>
internal sealed record ListArgument(Position At, IReadOnlyList<Argument> Items) : Argument(At);

/// <summary><c>{name=value, ...}</c>.</summary>
internal sealed record StructArgument(Position At, IReadOnlyDictionary<string, Argument> Fields) : Argument(At);

/// <summary><c>{a, b}</c>: a structure whose fields have no names.</summary>
internal sealed record TupleArgument(Position At, IReadOnlyList<Argument> Items) : Argument(At);

/// <summary><c>htons(8080)</c>, <c>inet_addr("192.0.2.1")</c>.</summary>
internal sealed record FunctionArgument(Position At, string Name, Argument Value) : Argument(At);

/// <summary>Text in quotes.</summary>
internal sealed record TextArgument(Position At, string Text) : Argument(At);

/// <summary>A whole script.</summary>
/// <param name="File">Its path.</param>
/// <param name="Rule">Its first comment: the rule that it shows.</param>
/// <param name="Options">What stands in front: <c>--name=value</c>.</param>
/// <param name="Events">The events in their order.</param>
internal sealed record Script(string File, string Rule, IReadOnlyList<ScriptOption> Options, IReadOnlyList<ScriptEvent> Events);

/// <summary><c>--name=value</c>, or <c>--name</c> with an empty value.</summary>
internal sealed record ScriptOption
{
    public ScriptOption(Position at, string name, string value)
    {
        if (name == "ip_version" && value is not ("ipv4" or "ipv4-mapped-ipv6" or "ipv6"))
            throw new ScriptException(at, $"'{value}' is no version of IP");
        At = at;
        Name = name;
        Value = value;
    }

    public Position At { get; }

    public string Name { get; }

    public string Value { get; }

    /// <summary>The value as a number.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public long Number => long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number : throw new ScriptException(At, $"'{Name}' needs a number, and not '{Value}'");

    /// <summary>The value as an address.</summary>
    /// <exception cref="ScriptException">It is none.</exception>
    public IPAddress Address => Language.Address.Parse(Value) ?? throw new ScriptException(At, $"'{Value}' is no IP address");
}
