using System;
using System.Collections.Generic;
using System.Globalization;

namespace HandshakeNano.Conformance.Language;

/// <summary>Reads what stands between <c>%{</c> and <c>}%</c>: as much of Python as assertions need.</summary>
internal sealed class CodeParser(Lexer lexer)
{
    /// <summary>The operators of numbers, those that bind least first.</summary>
    private static readonly string[][] Levels = [["|"], ["&"], ["+", "-"], ["*"]];

    private readonly HashSet<string> _variables = [];

    /// <summary>Reads a block from its <c>%{</c> to its <c>}%</c>.</summary>
    public IReadOnlyList<CodeStatement> ParseBlock()
    {
        lexer.InCode = true;
        lexer.Expect("%{");
        var statements = new List<CodeStatement>();
        while (true)
        {
            while (lexer.Current.Kind == TokenKind.NewLine || lexer.Is(";"))
                lexer.Next();
            if (lexer.Is("}%"))
                break;
            statements.Add(ParseStatement());
            if (lexer.Current.Kind != TokenKind.NewLine && !lexer.Is(";") && !lexer.Is("}%"))
                throw lexer.Unexpected("';', the end of the line or '}%'");
        }

        if (statements.Count == 0)
            throw lexer.Unexpected("'assert'");
        lexer.InCode = false;
        lexer.Next();
        return statements;
    }

    private CodeStatement ParseStatement()
    {
        Position at = lexer.Here;
        if (lexer.Accept("assert"))
        {
            int start = lexer.Current.Start;
            CodeExpression condition = ParseOr();
            string text = lexer.TextFrom(start);
            return new AssertStatement(at, text, condition, lexer.Accept(",") ? ParseMessage() : null);
        }

        if (lexer.Current.Kind != TokenKind.Word)
            throw lexer.Unexpected("'assert'");
        string name = lexer.Next().Text;
        if (!lexer.Accept("="))
            throw new ScriptException(at, $"expected 'assert' or an assignment, but here is '{name}'");
        CodeExpression value = ParseOr();
        _variables.Add(name);
        return new AssignStatement(at, name, value);
    }

    private CodeMessage ParseMessage()
    {
        if (lexer.Current.Kind != TokenKind.Quoted)
            return new CodeMessage(null, [ParseOr()]);
        string format = lexer.Next().Inner;
        if (!lexer.Accept("%"))
            return new CodeMessage(format, []);
        if (!lexer.Is("("))
            return new CodeMessage(format, [ParseLevel(0)]);
        return new CodeMessage(format, InBrackets(() =>
        {
            var values = new List<CodeExpression>();
            do
                values.Add(ParseOr());
            while (lexer.Accept(","));
            return values;
        }));
    }

    private CodeExpression ParseOr() => ParseJoined("or", () => ParseJoined("and", ParseNot));

    private CodeExpression ParseJoined(string word, Func<CodeExpression> parseSide)
    {
        Position at = lexer.Here;
        CodeExpression left = parseSide();
        while (lexer.Accept(word))
            left = new BinaryExpression(at, left, word, parseSide());
        return left;
    }

    private CodeExpression ParseNot()
    {
        Position at = lexer.Here;
        return lexer.Accept("not") ? new UnaryExpression(at, "not", ParseNot()) : ParseComparison();
    }

    private CodeExpression ParseComparison()
    {
        Position at = lexer.Here;
        var operands = new List<CodeExpression> { ParseLevel(0) };
        var operators = new List<string>();
        while (lexer.Current is { Kind: TokenKind.Sign, Text: "==" or "!=" or "<" or ">" or "<=" or ">=" or "=" })
        {
            if (lexer.Is("="))
                throw new ScriptException(lexer.Here, "'=' is no comparison");
            operators.Add(lexer.Next().Text);
            operands.Add(ParseLevel(0));
        }

        return operators.Count == 0 ? operands[0] : new CompareExpression(at, operands, operators);
    }

    private CodeExpression ParseLevel(int level)
    {
        if (level == Levels.Length)
            return ParseOperand();
        Position at = lexer.Here;
        CodeExpression left = ParseLevel(level + 1);
        while (lexer.Current.Kind == TokenKind.Sign && Array.IndexOf(Levels[level], lexer.Current.Text) >= 0)
            left = new BinaryExpression(at, left, lexer.Next().Text, ParseLevel(level + 1));
        return left;
    }

    private CodeExpression ParseOperand()
    {
        Position at = lexer.Here;
        if (lexer.Accept("-"))
            return new UnaryExpression(at, "-", ParseOperand());
        if (lexer.Is("("))
            return InBrackets(ParseOr);
        if (lexer.Current.Kind is not (TokenKind.Word or TokenKind.Number))
            throw lexer.Unexpected("a name or a number");
        string text = lexer.TakeAdjacent(token => token.Kind is TokenKind.Word or TokenKind.Number || token.Text == ".");
        if (text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number))
            return new NumberExpression(at, number);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return new NumberExpression(at, number);
        if (!_variables.Contains(text) && CodeNames.Problem(text) is string problem)
            throw new ScriptException(at, problem);
        return new NameExpression(at, text);
    }

    private T InBrackets<T>(Func<T> parse)
    {
        // Between brackets a statement goes on over the end of a line.
        bool before = lexer.SkipsLines;
        lexer.SkipsLines = true;
        lexer.Expect("(");
        T inside = parse();
        lexer.SkipsLines = before;
        lexer.Expect(")");
        return inside;
    }
}
