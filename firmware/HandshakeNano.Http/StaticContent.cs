using System;

namespace HandshakeNano.Http;

/// <summary>Answers with content that does not change, with an entity tag, so that a client that has it does not fetch it again.</summary>
public sealed class StaticContent : HttpHandler
{
    private readonly string _contentType;
    private readonly string _tag;
    private readonly byte[] _content;
    private readonly bool _isGzip;

    /// <summary>Makes a handler.</summary>
    /// <param name="contentType">The type of the content.</param>
    /// <param name="content">The content; it is not copied.</param>
    /// <param name="isGzip">Whether it is compressed (RFC 1952). A client that does not take that is refused (406).</param>
    public StaticContent(string contentType, byte[] content, bool isGzip)
        : base(HttpMethods.Get | HttpMethods.Head)
    {
        if (contentType == null || content == null)
            throw new ArgumentNullException(contentType == null ? nameof(contentType) : nameof(content));
        _contentType = contentType;
        _content = content;
        _isGzip = isGzip;

        // FNV-1a.
        uint hash = 2166136261;
        for (int i = 0; i < content.Length; i++)
            hash = (hash ^ content[i]) * 16777619;
        _tag = "\"" + hash.ToString("x8") + "\"";
    }

    /// <summary>Fields that stand in each answer, as pairs of name and value; none by default.</summary>
    public string[] Fields { get; set; } = new string[0];

    /// <inheritdoc/>
    public override bool Serve(HttpExchange exchange)
    {
        if (exchange.Step == 0)
        {
            if (_isGzip && !exchange.FieldHas("accept-encoding", "gzip") && !exchange.FieldHas("accept-encoding", "*"))
            {
                exchange.Refuse(406);
                return true;
            }

            bool isKnown = exchange.IsKnown(_tag);
            if (!isKnown)
            {
                exchange.Begin(200, _contentType, _content.Length);
                exchange.AddField("ETag", _tag);
                if (_isGzip)
                    exchange.AddField("Content-Encoding", "gzip");
            }

            // A cache needs them with a 304 too (RFC 9110 section 15.4.5).
            for (int i = 0; i + 1 < Fields.Length; i += 2)
                exchange.AddField(Fields[i], Fields[i + 1]);
            if (isKnown)
                return true;
        }

        // Step is the number of bytes written, and one more.
        int done = exchange.Step == 0 ? 0 : exchange.Step - 1;
        while (done < _content.Length)
        {
            int count = exchange.Write(_content, done, _content.Length - done);
            if (count == 0)
                break;
            done += count;
        }

        exchange.Step = done + 1;
        return done == _content.Length;
    }
}
