using System.Collections.Generic;
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
internal sealed record IcmpEvent(EventTime Time, Position At, string Text, int Type, int Code, int Mtu, uint QuotedSeq)
    : ScriptEvent(Time, At, Text);

/// <summary>A call of the socket interface, with the result that it must have.</summary>
/// <param name="Result">What it returns.</param>
/// <param name="Error">The name of the error, null for none.</param>
internal sealed record CallEvent(EventTime Time, Position At, string Text, string Name, IReadOnlyList<Argument> Arguments, int Result,
    string? Error) : ScriptEvent(Time, At, Text);

/// <summary><c>%{ assert LEFT OP RIGHT }%</c>: a property of the connection, or a counter, compared with a number or a state.</summary>
internal sealed record AssertEvent(EventTime Time, Position At, string Text, string Left, string Operator, string Right)
    : ScriptEvent(Time, At, Text);

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
internal sealed record StructArgument(Position At, IReadOnlyDictionary<string, long> Fields) : Argument(At);

/// <summary>A whole script.</summary>
/// <param name="File">Its path.</param>
/// <param name="Rule">Its first comment: the rule that it shows.</param>
/// <param name="Options">What stands in front: <c>--name=value</c>.</param>
/// <param name="Events">The events in their order.</param>
internal sealed record Script(string File, string Rule, IReadOnlyList<ScriptOption> Options, IReadOnlyList<ScriptEvent> Events);

/// <summary><c>--name=value</c>.</summary>
internal sealed record ScriptOption(Position At, string Name, long Value);
