using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Language;

/// <summary>Reads a script. What it does not know is an error with file, line and column.</summary>
internal sealed class ScriptParser
{
    private static readonly string[] Calls =
    [
        "socket", "bind", "listen", "accept", "connect", "read", "recv", "write", "send", "close", "shutdown", "setsockopt", "getsockopt",
        "fcntl", "sendto", "recvfrom", "sendmsg", "recvmsg", "poll", "ioctl",
    ];

    private static readonly Dictionary<string, int> EcnMarks = new() { ["noecn"] = 0, ["ect1"] = 1, ["ect0"] = 2, ["ce"] = 3 };

    private readonly Lexer _lexer;
    private readonly CodeParser _code;

    private ScriptParser(string file, string text)
    {
        _lexer = new Lexer(file, text);
        _code = new CodeParser(_lexer);
    }

    /// <summary>Reads a script.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ScriptException">The text is no script.</exception>
    public static Script Parse(string file, string text) => new ScriptParser(file, text).ParseScript();

    private Script ParseScript()
    {
        var options = new List<ScriptOption>();
        var events = new List<ScriptEvent>();
        while (_lexer.Current.Kind != TokenKind.End)
        {
            if (_lexer.Current.Kind == TokenKind.NewLine)
            {
                _lexer.Next();
                continue;
            }

            if (_lexer.Is("--"))
            {
                if (events.Count > 0)
                    throw new ScriptException(_lexer.Here, "options stand in front of all events");
                options.Add(ParseOption());
            }
            else
                events.Add(ParseEvent());
            if (_lexer.Current.Kind is not (TokenKind.NewLine or TokenKind.End))
                throw _lexer.Unexpected("the end of the line");
        }

        return new Script(_lexer.File, _lexer.FirstComment.ToString(), options, events);
    }

    private ScriptOption ParseOption()
    {
        Position at = _lexer.Here;
        _lexer.Next();
        string name = Word("the name of an option");
        string value = _lexer.Accept("=") ? _lexer.TakeAdjacent(_ => true) : "";
        return new ScriptOption(at, name, value);
    }

    private ScriptEvent ParseEvent()
    {
        Position at = _lexer.Here;
        int start = _lexer.Current.Start;

        // Before the first event and after the last one, shell commands have no time.
        EventTime time = _lexer.Current.Kind == TokenKind.Shell ? new EventTime(TimeKind.At, true, 0, 0) : ParseTime();
        if (_lexer.Is("<") || _lexer.Is(">"))
        {
            bool inbound = _lexer.Next().Text == "<";
            if (inbound && time.Kind != TimeKind.At)
                throw new ScriptException(at, "what the peer sends needs one time");
            return ParsePacket(time, at, start, inbound);
        }

        if (_lexer.Is("%{"))
        {
            if (time.Kind != TimeKind.At)
                throw new ScriptException(at, "code needs one time");
            IReadOnlyList<CodeStatement> statements = _code.ParseBlock();
            return new CodeEvent(time, at, _lexer.TextFrom(start), statements);
        }

        if (_lexer.Current.Kind == TokenKind.Shell)
        {
            if (time.Kind != TimeKind.At)
                throw new ScriptException(at, "shell commands need one time");
            string commands = _lexer.Next().Inner;
            return new ShellEvent(time, at, _lexer.TextFrom(start), commands);
        }

        if (_lexer.Current.Kind == TokenKind.Word)
            return ParseCall(time, at, start);
        throw _lexer.Unexpected("a packet ('<' or '>'), a call, or '%{'");
    }

    private EventTime ParseTime()
    {
        if (_lexer.Accept("*"))
            return new EventTime(TimeKind.Any, false, 0, 0);
        bool relative = _lexer.Accept("+");
        ulong from = Time();
        Position here = _lexer.Here;
        TimeKind kind = TimeKind.At;
        ulong to = from;
        if (_lexer.Accept("~") || _lexer.Is("..."))
        {
            if (_lexer.Accept("..."))
                kind = TimeKind.Blocking;
            bool alsoRelative = _lexer.Accept("+");
            if (alsoRelative && !relative)
                throw new ScriptException(here, "both ends of a time must be relative, or none");
            to = Time();
            if (to < from)
                throw new ScriptException(here, "the time ends before it begins");
        }

        return new EventTime(kind, relative, from, to);
    }

    private ulong Time()
    {
        if (_lexer.Current.Kind != TokenKind.Number)
            throw _lexer.Unexpected("a time in seconds");
        Position at = _lexer.Here;
        string text = _lexer.Next().Text;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds))
            throw new ScriptException(at, $"'{text}' is no time in seconds");
        decimal microseconds = seconds * 1_000_000;
        if (microseconds != decimal.Truncate(microseconds) || microseconds > 1_000_000_000_000_000)
            throw new ScriptException(at, $"'{text}' is finer than a microsecond, or too large");
        return (ulong)microseconds;
    }

    private ScriptEvent ParsePacket(EventTime time, Position at, int start, bool inbound)
    {
        if (_lexer.Is("ipv6") || _lexer.Is("ipv4"))
            throw new ScriptException(_lexer.Here, "a packet within a packet is not there; --ip_version=ipv6 is for segments over IPv6");
        (uint Seq, int Length)? quoted = null;
        int? ecn = null;
        if (_lexer.Is("[") || _lexer.Is("("))
        {
            string end = _lexer.Next().Text == "[" ? "]" : ")";
            if (_lexer.Current.Kind == TokenKind.Number)
                quoted = ParseRange();
            else
                ecn = ParseEcn();
            _lexer.Expect(end);
        }

        if (quoted == null && !(inbound && _lexer.Is("icmp")))
            return ParseSegment(time, at, start, inbound, ecn);
        if (!inbound || ecn != null)
            throw new ScriptException(at, "ICMP is what the peer sends, without a mark of ECN");
        return ParseIcmp(time, at, start, quoted);
    }

    private int ParseEcn()
    {
        Position here = _lexer.Here;
        string word = Word("a mark of ECN");
        return EcnMarks.TryGetValue(word, out int mark)
            ? mark : throw new ScriptException(here, $"'{word}' is no mark of ECN that is known here; they are ect0, ect1, ce and noecn");
    }

    private SegmentEvent ParseSegment(EventTime time, Position at, int start, bool inbound, int? ecn)
    {
        if (time.Kind == TimeKind.Blocking)
            throw new ScriptException(at, "only calls have a time with '...'");
        ControlBits flags = ParseFlags();
        (uint seq, int length) = ParseRange();
        var segment = new SegmentText { Flags = flags, Seq = seq, Length = length, Ecn = ecn };
        while (_lexer.Current.Kind is not (TokenKind.NewLine or TokenKind.End))
        {
            Position here = _lexer.Here;
            if (_lexer.Is("<"))
            {
                (byte[]? options, IReadOnlyList<int> edges) = ParseOptions(inbound);
                segment = segment with { Options = options, Edges = edges };
                continue;
            }

            string word = Word("a part of a segment");
            if (!inbound && word is not ("ack" or "win" or "urg" or "port" or "sport"))
                throw new ScriptException(here, $"'{word}' is no part of a segment that is expected");
            segment = word switch
            {
                "ack" => segment with { Ack = (uint)Ranged(0, uint.MaxValue) },
                "win" => segment with { Window = (int)Ranged(0, 65535) },
                "urg" => segment with { Urgent = (int)Ranged(0, 65535) },
                "port" => segment with { Port = (int)Ranged(1, 65535) },
                "sport" or "dport" => segment with { LocalPort = (int)Ranged(1, 65535) },
                "from" => segment with { From = Address() },
                "to" => segment with { To = Address() },
                "bad_checksum" => segment with { BadChecksum = true },
                "data_offset" => segment with { DataOffset = (int)Ranged(0, 15) },
                "reserved" => segment with { Reserved = (int)Ranged(0, 15) },
                "cut" => segment with { Cut = (int)Ranged(0, 1480) },
                _ => throw new ScriptException(here, $"'{word}' is no part of a segment"),
            };
        }

        if (segment.Ack != null && (flags & ControlBits.Ack) == 0)
            throw new ScriptException(at, "'ack' needs the flag '.'");
        if (segment.Ack == null && (flags & ControlBits.Ack) != 0)
            throw new ScriptException(at, "the flag '.' needs 'ack'");
        return new SegmentEvent(time, at, _lexer.TextFrom(start), inbound, segment);
    }

    private ControlBits ParseFlags()
    {
        Position at = _lexer.Here;
        string letters = _lexer.TakeAdjacent(token => token.Kind is TokenKind.Word or TokenKind.Sign);
        if (letters.Length == 0)
            throw _lexer.Unexpected("flags (FSRP.UEW, or - for none)");
        if (letters == "-")
            return ControlBits.None;
        ControlBits flags = ControlBits.None;
        foreach (char letter in letters)
        {
            if (letter == 'A')
                throw new ScriptException(at, "'A' is a flag of AccECN (RFC 9768), which is not there");
            int bit = "FSRP.UEW".IndexOf(letter, StringComparison.Ordinal);
            if (bit < 0)
                throw new ScriptException(at, $"'{letter}' is no flag; flags are FSRP.UEW, or - for none");
            var flag = (ControlBits)(1 << bit);
            if ((flags & flag) != 0)
                throw new ScriptException(at, $"the flag '{letter}' stands there twice");
            flags |= flag;
        }

        return flags;
    }

    private (uint Seq, int Length) ParseRange()
    {
        Position at = _lexer.Here;
        uint seq = (uint)Ranged(0, uint.MaxValue);
        _lexer.Expect(":");
        uint end = (uint)Ranged(0, uint.MaxValue);
        _lexer.Expect("(");
        int length = (int)Ranged(0, 65535);
        _lexer.Expect(")");
        if (end - seq != (uint)length)
            throw new ScriptException(at, $"{seq}:{end} are {end - seq} bytes, and not {length}");
        return (seq, length);
    }

    private (byte[]? Options, IReadOnlyList<int> Edges) ParseOptions(bool inbound)
    {
        Position at = _lexer.Here;
        _lexer.Expect("<");
        if (_lexer.Accept("..."))
        {
            if (inbound)
                throw new ScriptException(at, "what the peer sends needs its options");
            _lexer.Expect(">");
            return (null, []);
        }

        var bytes = new List<byte>();
        var places = new List<int>();
        do
        {
            Position here = _lexer.Here;
            string word = Word("a TCP option");
            switch (word)
            {
                case "eol":
                    bytes.Add(0);
                    break;
                case "nop":
                    bytes.Add(1);
                    break;
                case "mss":
                    long mss = Ranged(0, 65535);
                    bytes.AddRange([2, 4, (byte)(mss >> 8), (byte)mss]);
                    break;
                case "wscale":
                    bytes.AddRange([3, 3, (byte)Ranged(0, 255)]);
                    break;
                case "sackOK":
                    bytes.AddRange([4, 2]);
                    break;
                case "sack":
                    var edges = new List<byte>();
                    while (_lexer.Current.Kind == TokenKind.Number)
                    {
                        Put32(edges, (uint)Ranged(0, uint.MaxValue));
                        _lexer.Expect(":");
                        Put32(edges, (uint)Ranged(0, uint.MaxValue));
                    }

                    if (edges.Count == 0)
                        throw _lexer.Unexpected("the edges of a block");
                    bytes.AddRange([5, (byte)(2 + edges.Count)]);
                    for (int i = 0; i < edges.Count; i += 4)
                        places.Add(bytes.Count + i);
                    bytes.AddRange(edges);
                    break;
                case "TS":
                    bytes.AddRange([8, 10]);
                    _lexer.Expect("val");
                    Put32(bytes, (uint)Ranged(0, uint.MaxValue));
                    _lexer.Expect("ecr");
                    Put32(bytes, (uint)Ranged(0, uint.MaxValue));
                    break;
                case "FO":
                    byte[] cookie = HexDigits(here);
                    bytes.AddRange([34, (byte)(2 + cookie.Length)]);
                    bytes.AddRange(cookie);
                    break;
                case "FOEXP":
                    cookie = HexDigits(here);
                    bytes.AddRange([254, (byte)(4 + cookie.Length), 0xF9, 0x89]);
                    bytes.AddRange(cookie);
                    break;
                case "hex":
                    bytes.AddRange(HexDigits(here));
                    break;
                default:
                    throw new ScriptException(here, $"'{word}' is no TCP option");
            }
        }
        while (_lexer.Accept(","));
        _lexer.Expect(">");
        if (bytes.Count % 4 != 0 || bytes.Count > 40)
            throw new ScriptException(at, $"the options take {bytes.Count} bytes; it must be a multiple of 4, up to 40");
        return ([.. bytes], places);
    }

    private byte[] HexDigits(Position at)
    {
        string digits = _lexer.TakeAdjacent(token => token.Kind is TokenKind.Number or TokenKind.Word);
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            throw new ScriptException(at, $"'{digits}' are no bytes in hexadecimal digits");
        }
    }

    private static void Put32(List<byte> bytes, uint value)
        => bytes.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    private IcmpEvent ParseIcmp(EventTime time, Position at, int start, (uint Seq, int Length)? quoted)
    {
        _lexer.Expect("icmp");
        Position here = _lexer.Here;
        string type = Word("an ICMP type");
        if (!IcmpNames.IsType(type))
            throw new ScriptException(here, $"'{type}' is no ICMP type that is known here");
        string? code = null;
        int mtu = 0;
        if (_lexer.Current.Kind == TokenKind.Word && !_lexer.Is("mtu"))
        {
            here = _lexer.Here;
            code = Word("an ICMP code");
            if (!IcmpNames.IsCode(type, code))
                throw new ScriptException(here, $"'{code}' is no code of ICMP {type}");
        }

        if (_lexer.Accept("mtu"))
            mtu = (int)Ranged(0, 65535);

        // packetdrill names the quoted segment last; in front it may stand here too.
        if (quoted == null && _lexer.Accept("["))
        {
            quoted = ParseRange();
            _lexer.Expect("]");
        }

        return new IcmpEvent(time, at, _lexer.TextFrom(start), type, code, mtu, quoted?.Seq ?? 0);
    }

    private CallEvent ParseCall(EventTime time, Position at, int start)
    {
        if (time.Kind == TimeKind.Any)
            throw new ScriptException(at, "a call needs a time");
        Position here = _lexer.Here;
        string name = _lexer.Next().Text;
        if (Array.IndexOf(Calls, name) < 0)
            throw new ScriptException(here, $"'{name}' is no call that an endpoint has");
        _lexer.SkipsLines = true;
        _lexer.Expect("(");
        var arguments = new List<Argument>();
        if (!_lexer.Is(")"))
        {
            do
                arguments.Add(ParseArgument());
            while (_lexer.Accept(","));
        }

        _lexer.Expect(")");
        _lexer.SkipsLines = false;
        _lexer.Expect("=");
        int result = (int)Signed(int.MinValue, int.MaxValue);
        string? error = null;
        if (_lexer.Current.Kind == TokenKind.Word)
        {
            error = _lexer.Next().Text;
            if (result != -1)
                throw new ScriptException(at, "a call that has an error returns -1");
        }
        else if (result == -1)
            throw _lexer.Unexpected("the name of the error");

        // The note in parentheses is for the reader.
        if (_lexer.Accept("("))
        {
            while (!_lexer.Is(")"))
            {
                if (_lexer.Current.Kind is TokenKind.NewLine or TokenKind.End)
                    throw _lexer.Unexpected("')'");
                _lexer.Next();
            }

            _lexer.Next();
        }

        return new CallEvent(time, at, _lexer.TextFrom(start), name, arguments, result, error);
    }

    private Argument ParseArgument()
    {
        Position at = _lexer.Here;
        if (_lexer.Accept("..."))
            return new AnyArgument(at);
        if (_lexer.Accept("["))
        {
            var items = new List<Argument>();
            while (!_lexer.Is("]"))
            {
                items.Add(ParseArgument());
                if (!_lexer.Accept(","))
                    break;
            }

            _lexer.Expect("]");
            return new ListArgument(at, items);
        }

        if (_lexer.Accept("{"))
            return ParseStruct(at);
        if (_lexer.Current.Kind == TokenKind.Quoted)
            return new TextArgument(at, _lexer.Next().Inner);
        if (_lexer.Current.Kind == TokenKind.Word)
        {
            var names = new List<string> { _lexer.Next().Text };
            if (_lexer.Accept("("))
            {
                Argument value = ParseArgument();
                _lexer.Expect(")");
                return new FunctionArgument(at, names[0], value);
            }

            while (_lexer.Accept("|"))
                names.Add(Word("a name"));
            return new SymbolArgument(at, names);
        }

        return new NumberArgument(at, Signed(long.MinValue, long.MaxValue));
    }

    /// <summary>Reads <c>{name=value, name(count)=value}</c>, or <c>{value, value}</c>.</summary>
    private Argument ParseStruct(Position at)
    {
        var fields = new Dictionary<string, Argument>();
        var items = new List<Argument>();
        do
        {
            Argument item = ParseArgument();
            string? name = item switch
            {
                SymbolArgument { Names: [string word] } => word,
                FunctionArgument function => function.Name,
                _ => null,
            };
            if (name == null || !_lexer.Accept("="))
            {
                items.Add(item);
                continue;
            }

            fields[name] = ParseArgument();
            if (item is FunctionArgument { Value: NumberArgument count } && fields[name] is ListArgument list && list.Items.Count != count.Value)
                throw new ScriptException(at, $"{name} has {list.Items.Count} members, and not {count.Value}");
        }
        while (_lexer.Accept(","));
        _lexer.Expect("}");
        if (fields.Count > 0 && items.Count > 0)
            throw new ScriptException(at, "either all fields have names, or none");
        return fields.Count > 0 ? new StructArgument(at, fields) : new TupleArgument(at, items);
    }

    private string Word(string wanted)
    {
        if (_lexer.Current.Kind != TokenKind.Word)
            throw _lexer.Unexpected(wanted);
        return _lexer.Next().Text;
    }

    private IPAddress Address()
    {
        Position at = _lexer.Here;
        string text = _lexer.TakeAdjacent(token => token.Kind is TokenKind.Number or TokenKind.Word || token.Text is "." or ":");
        return Language.Address.Parse(text) ?? throw new ScriptException(at, $"'{text}' is no IP address");
    }

    private long Signed(long least, long most)
    {
        Position at = _lexer.Here;
        bool negative = _lexer.Accept("-");
        long value = Integer("a number");
        if (negative)
            value = -value;
        if (value < least || value > most)
            throw new ScriptException(at, $"the number must be {least} to {most}");
        return value;
    }

    private long Ranged(long least, long most)
    {
        Position at = _lexer.Here;
        long value = Integer("a number");
        if (value < least || value > most)
            throw new ScriptException(at, $"the number must be {least} to {most}");
        return value;
    }

    private long Integer(string wanted)
    {
        if (_lexer.Current.Kind != TokenKind.Number)
            throw _lexer.Unexpected(wanted);
        Position at = _lexer.Here;
        string text = _lexer.Next().Text;
        bool good = text.StartsWith("0x", StringComparison.Ordinal)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return good ? value : throw new ScriptException(at, $"'{text}' is no integer");
    }
}
