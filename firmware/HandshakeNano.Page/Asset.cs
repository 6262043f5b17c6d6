using HandshakeNano.Http;

namespace HandshakeNano.Page;

/// <summary>
/// A file that does not change, compressed (RFC 1952) and in base64: the text stays in the program's image, and a line at a time is turned
/// into bytes.
/// </summary>
internal sealed class Asset : HttpHandler
{
    private const int LineLength = 256;
    private const int LineBytes = LineLength / 4 * 3;

    private readonly string _contentType;
    private readonly string _tag;
    private readonly string[] _lines;
    private readonly int _length;
    private readonly byte[] _bytes = new byte[LineBytes];

    /// <summary>Makes a handler.</summary>
    /// <param name="contentType">The type of the content.</param>
    /// <param name="tag">The entity tag without its quotation marks.</param>
    /// <param name="lines">The content, 256 letters of base64 in each line but the last.</param>
    public Asset(string contentType, string tag, string[] lines)
        : base(HttpMethods.Get | HttpMethods.Head)
    {
        _contentType = contentType;
        _tag = "\"" + tag + "\"";
        _lines = lines;
        _length = (lines.Length - 1) * LineBytes + Decode(lines[lines.Length - 1]);
    }

    /// <inheritdoc/>
    public override bool Serve(HttpExchange exchange)
    {
        if (exchange.Step == 0)
        {
            if (!exchange.FieldHas("accept-encoding", "gzip") && !exchange.FieldHas("accept-encoding", "*"))
            {
                exchange.Refuse(406);
                return true;
            }

            bool isKnown = exchange.IsKnown(_tag);
            if (!isKnown)
            {
                exchange.Begin(200, _contentType, _length);
                exchange.AddField("ETag", _tag);
                exchange.AddField("Content-Encoding", "gzip");
            }

            exchange.AddField("Cache-Control", "no-cache");
            if (isKnown)
                return true;
        }

        // Step is how many lines are written.
        string[] lines = _lines;
        while (exchange.Step < lines.Length)
        {
            if (!exchange.WriteWhole(_bytes, 0, Decode(lines[exchange.Step])))
                return false;
            exchange.Step++;
        }

        return true;
    }

    /// <summary>Turns a line into bytes.</summary>
    /// <param name="line">The line.</param>
    /// <returns>How many bytes.</returns>
    private int Decode(string line)
    {
        byte[] bytes = _bytes;
        int count = 0;
        for (int i = 0; i < line.Length; i += 4)
        {
            int group = (ValueOf(line[i]) << 18) | (ValueOf(line[i + 1]) << 12) | (ValueOf(line[i + 2]) << 6) | ValueOf(line[i + 3]);
            bytes[count] = (byte)(group >> 16);
            bytes[count + 1] = (byte)(group >> 8);
            bytes[count + 2] = (byte)group;
            count += line[i + 3] != '=' ? 3 : line[i + 2] != '=' ? 2 : 1;
        }

        return count;
    }

    private static int ValueOf(char letter)
    {
        if (letter >= 'a')
            return letter - 'a' + 26;
        if (letter >= 'A')
            return letter - 'A';
        if (letter >= '0')
            return letter == '=' ? 0 : letter - '0' + 52;
        return letter == '+' ? 62 : 63;
    }
}
