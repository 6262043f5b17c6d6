using System;
using System.Globalization;
using System.Text;

namespace HandshakeNano.Conformance.Language;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    NewLine,
    Number,
    Word,
    Sign,

    /// <summary>Text in quotes.</summary>
    Quoted,

    /// <summary>Shell commands in backquotes.</summary>
    Shell,
}

/// <summary>A token and where it stands. Times are numbers with a point.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int Line, int Column)
{
    /// <summary>What stands between quotes.</summary>
    public string Inner => Text[1..^1];
}

/// <summary>Cuts a script into tokens; comments vanish, the first one is kept apart.</summary>
internal sealed class Lexer
{
    private static readonly string[] Signs = ["...", "%{", "}%", "==", "!=", "<=", ">=", "--"];

    private readonly string _text;
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private bool _inComment;

    public Lexer(string file, string text)
    {
        File = file;
        _text = text;
        Current = Take();
    }

    public string File { get; }

    /// <summary>The token to look at.</summary>
    public Token Current { get; private set; }

    /// <summary>The ends of lines are blanks: between the brackets of a call.</summary>
    public bool SkipsLines { get; set; }

    /// <summary>Single quotes are quotes: in code. In the note behind a result they are apostrophes.</summary>
    public bool InCode { get; set; }

    /// <summary>The comments before everything else, as one text.</summary>
    public StringBuilder FirstComment { get; } = new();

    public Position Here => new(File, Current.Line, Current.Column);

    /// <summary>The text from an index on up to the current token, as one line.</summary>
    public string TextFrom(int start)
    {
        string text = _text[start..Math.Max(start, Current.Start)].Trim();
        return text.Contains('\n') ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : text;
    }


    public Token Next()
    {
        Token token = Current;
        Current = Take();
        return token;
    }

    public bool Is(string text) => Current.Kind is TokenKind.Sign or TokenKind.Word && Current.Text == text;

    public bool Accept(string text)
    {
        if (!Is(text))
            return false;
        Next();
        return true;
    }

    public void Expect(string text)
    {
        if (!Accept(text))
            throw Unexpected($"'{text}'");
    }

    public ScriptException Unexpected(string wanted)
    {
        string seen = Current.Kind switch
        {
            TokenKind.End => "the script ends",
            TokenKind.NewLine => "the line ends",
            _ => $"'{Current.Text}'",
        };
        return new ScriptException(Here, $"expected {wanted}, but here is {seen}");
    }

    /// <summary>Takes tokens without a blank between them: flags such as <c>S.</c>, addresses, rows of hexadecimal digits.</summary>
    public string TakeAdjacent(Func<Token, bool> belongs)
    {
        var text = new StringBuilder();
        int end = Current.Start;
        while (Current.Start == end && Current.Kind != TokenKind.End && Current.Kind != TokenKind.NewLine && belongs(Current))
        {
            end = Current.Start + Current.Text.Length;
            text.Append(Next().Text);
        }

        return text.ToString();
    }

    private Token Take()
    {
        SkipBlanks();
        int start = _at;
        int line = _line;
        int column = start - _lineStart + 1;
        if (start == _text.Length)
            return new Token(TokenKind.End, "", start, _line, column);
        char c = _text[start];
        if (c == '\n')
        {
            SkipLine();
            return new Token(TokenKind.NewLine, "\n", start, line, column);
        }

        TokenKind kind = TokenKind.Sign;
        if (IsDigit(start) || (c == '.' && IsDigit(start + 1) && !(start > 0 && char.IsLetter(_text[start - 1]))))
        {
            kind = TokenKind.Number;
            bool hex = c == '0' && start + 1 < _text.Length && _text[start + 1] == 'x';
            if (hex)
                _at += 2;
            bool point = false;
            while (_at < _text.Length && (hex ? char.IsAsciiHexDigit(_text[_at]) : IsDigit(_at) || (!point && IsPoint(_at))))
            {
                point |= _text[_at] == '.';
                _at++;
            }
        }
        else if (char.IsLetter(c) || c == '_')
        {
            kind = TokenKind.Word;
            while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
                _at++;
        }
        else if (c is '"' or '`' || (c == '\'' && InCode))
        {
            kind = c == '`' ? TokenKind.Shell : TokenKind.Quoted;
            SkipQuoted(c, column);
        }
        else
        {
            string? sign = Array.Find(Signs, s => string.CompareOrdinal(_text, start, s, 0, s.Length) == 0);
            _at += sign?.Length ?? 1;
        }

        return new Token(kind, _text[start.._at], start, line, column);
    }

    private void SkipQuoted(char quote, int column)
    {
        int line = _line;
        for (_at++; _at < _text.Length && _text[_at] != quote; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] != '\n')
                _at++;
            else if (_text[_at] == '\n')
            {
                // Only shell commands go over lines.
                if (quote != '`')
                    break;
                _line++;
                _lineStart = _at + 1;
            }
        }

        if (_at >= _text.Length || _text[_at] != quote)
            throw new ScriptException(new Position(File, line, column), "the quoted text does not end");
        _at++;
    }

    private bool IsDigit(int index) => index < _text.Length && char.IsAsciiDigit(_text[index]);

    // A point that begins "..." is no decimal point.
    private bool IsPoint(int index) => _text[index] == '.' && !(index + 1 < _text.Length && _text[index + 1] == '.');

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c is ' ' or '\t' or '\r')
                _at++;
            else if (c == '\\' && _at + 1 < _text.Length && _text[_at + 1] == '\n')
            {
                // A line that goes on.
                _at++;
                SkipLine();
            }
            else if (c == '\n' && SkipsLines)
                SkipLine();
            else if (c == '#' || (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/'))
            {
                int end = _text.IndexOf('\n', _at);
                if (end < 0)
                    end = _text.Length;
                Comment(_text[_at..end].TrimStart('#', '/'));
                _at = end;
            }
            else if (c == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0)
                    throw new ScriptException(new Position(File, _line, _at - _lineStart + 1), "the comment does not end");
                Comment(_text[(_at + 2)..end]);
                for (; _at < end + 2; _at++)
                {
                    if (_text[_at] != '\n')
                        continue;
                    _line++;
                    _lineStart = _at + 1;
                }
            }
            else
            {
                // Empty lines in front do not end the first comment.
                if (c != '\n')
                    _inComment = true;
                return;
            }
        }
    }

    private void SkipLine()
    {
        _at++;
        _line++;
        _lineStart = _at;
    }

    private void Comment(string text)
    {
        if (!_inComment)
            FirstComment.Append(CultureInfo.InvariantCulture, $"{(FirstComment.Length == 0 ? "" : " ")}{text.Trim()}");
    }
}
