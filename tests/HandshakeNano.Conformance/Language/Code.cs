using System.Collections.Generic;

namespace HandshakeNano.Conformance.Language;

/// <summary>A statement between <c>%{</c> and <c>}%</c>.</summary>
internal abstract record CodeStatement(Position At);

/// <summary><c>assert CONDITION, MESSAGE</c>.</summary>
/// <param name="Text">The condition as it stands there.</param>
/// <param name="Message">What to say when it does not hold, null for nothing.</param>
internal sealed record AssertStatement(Position At, string Text, CodeExpression Condition, CodeMessage? Message) : CodeStatement(At);

/// <summary><c>NAME = VALUE</c>.</summary>
internal sealed record AssignStatement(Position At, string Name, CodeExpression Value) : CodeStatement(At);

/// <summary>What an assertion says: text with <c>%d</c> for each value, or without text the values.</summary>
internal sealed record CodeMessage(string? Format, IReadOnlyList<CodeExpression> Values);

/// <summary>A part of a condition. A truth is 1, all else is 0.</summary>
internal abstract record CodeExpression(Position At);

/// <summary>A number.</summary>
internal sealed record NumberExpression(Position At, long Value) : CodeExpression(At);

/// <summary>A name that stands for a number.</summary>
internal sealed record NameExpression(Position At, string Name) : CodeExpression(At);

/// <summary><c>not</c> or <c>-</c>.</summary>
internal sealed record UnaryExpression(Position At, string Operator, CodeExpression Operand) : CodeExpression(At);

/// <summary><c>and</c>, <c>or</c>, <c>+</c>, <c>-</c>, <c>*</c>, <c>&amp;</c>, <c>|</c>.</summary>
internal sealed record BinaryExpression(Position At, CodeExpression Left, string Operator, CodeExpression Right) : CodeExpression(At);

/// <summary><c>A &lt;= B &lt;= C</c>: every operator holds between its neighbours.</summary>
internal sealed record CompareExpression(Position At, IReadOnlyList<CodeExpression> Operands, IReadOnlyList<string> Operators)
    : CodeExpression(At);
