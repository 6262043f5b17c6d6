using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using HandshakeNano.Conformance.Language;

namespace HandshakeNano.Conformance.Run;

/// <summary>Runs what stands between <c>%{</c> and <c>}%</c>.</summary>
/// <param name="valueOf">What a name of the runner stands for.</param>
internal sealed class CodeRunner(Func<NameExpression, long> valueOf)
{
    private readonly Dictionary<string, long> _variables = [];

    /// <summary>Runs statements.</summary>
    /// <exception cref="ScriptException">An assertion does not hold.</exception>
    public void Run(IReadOnlyList<CodeStatement> statements)
    {
        foreach (CodeStatement statement in statements)
        {
            if (statement is AssignStatement assign)
                _variables[assign.Name] = Evaluate(assign.Value);
            else if (statement is AssertStatement assert && Evaluate(assert.Condition) == 0)
                throw new ScriptException(assert.At, Failure(assert));
        }
    }

    private long Evaluate(CodeExpression expression) => expression switch
    {
        NumberExpression number => number.Value,
        NameExpression name => ValueOf(name),
        UnaryExpression { Operator: "not" } not => Truth(Evaluate(not.Operand) == 0),
        UnaryExpression minus => -Evaluate(minus.Operand),
        CompareExpression compare => Truth(Holds(compare)),
        BinaryExpression binary => Evaluate(binary),
        _ => throw new InvalidOperationException("There is no other expression."),
    };

    private long Evaluate(BinaryExpression binary)
    {
        long left = Evaluate(binary.Left);
        return binary.Operator switch
        {
            "and" => left == 0 ? left : Evaluate(binary.Right),
            "or" => left != 0 ? left : Evaluate(binary.Right),
            "+" => left + Evaluate(binary.Right),
            "-" => left - Evaluate(binary.Right),
            "*" => left * Evaluate(binary.Right),
            "&" => left & Evaluate(binary.Right),
            _ => left | Evaluate(binary.Right),
        };
    }

    private bool Holds(CompareExpression compare)
    {
        long[] values = [.. compare.Operands.Select(Evaluate)];
        for (int i = 0; i < compare.Operators.Count; i++)
        {
            bool holds = compare.Operators[i] switch
            {
                "==" => values[i] == values[i + 1],
                "!=" => values[i] != values[i + 1],
                "<" => values[i] < values[i + 1],
                ">" => values[i] > values[i + 1],
                "<=" => values[i] <= values[i + 1],
                _ => values[i] >= values[i + 1],
            };
            if (!holds)
                return false;
        }

        return true;
    }

    private static long Truth(bool holds) => holds ? 1 : 0;

    private long ValueOf(NameExpression name) => _variables.TryGetValue(name.Name, out long variable) ? variable
        : CodeNames.Constants.TryGetValue(name.Name, out long constant) ? constant : valueOf(name);

    private string Failure(AssertStatement assert)
    {
        var text = new StringBuilder("it is not so\n  expected: ").Append(assert.Text);
        foreach (string seen in Names(assert.Condition).Select(Seen).Distinct())
            text.Append("\n  seen:     ").Append(seen);
        if (assert.Message is { Format: not null } message)
            text.Append("\n  message:  ").Append(Message(message));
        return text.ToString();
    }

    private string Seen(NameExpression name)
    {
        long value = ValueOf(name);
        return $"{name.Name} is {(name.Name == "tcpi_state" ? CodeNames.StateOf(value) : value.ToString(CultureInfo.InvariantCulture))}";
    }

    private static IEnumerable<NameExpression> Names(CodeExpression expression) => expression switch
    {
        NameExpression name => CodeNames.Constants.ContainsKey(name.Name) ? [] : [name],
        UnaryExpression unary => Names(unary.Operand),
        BinaryExpression binary => Names(binary.Left).Concat(Names(binary.Right)),
        CompareExpression compare => compare.Operands.SelectMany(Names),
        _ => [],
    };

    private string Message(CodeMessage message)
    {
        string text = message.Format!;
        foreach (CodeExpression value in message.Values)
        {
            int place = text.IndexOf("%d", StringComparison.Ordinal);
            if (place < 0)
                break;
            text = string.Concat(text.AsSpan(0, place), Evaluate(value).ToString(CultureInfo.InvariantCulture), text.AsSpan(place + 2));
        }

        return text;
    }
}
