extern alias NetTests;

using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Links.Tests;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Plants;

// Faults of the HTTP server and of the device's page.
public static partial class Catalogue
{
    private const string Answer = "HttpExchange.Answer.cs";
    private const string Content = "HttpExchange.Content.cs";
    private const string Exchange = "HttpExchange.cs";
    private const string Head = "HttpExchange.Head.cs";
    private const string RefusedTest = nameof(HttpCorpusTests.What_is_refused_gets_one_answer_with_its_status_though_each_byte_comes_alone_and_the_connection_ends);
    private const string StatusTest = nameof(HttpStatusTests.Each_status_is_answered_so_and_the_connection_goes_on_or_ends);

    private static IEnumerable<(Plant Plant, string Class, string Test)> ForHttp => new (Plant Plant, string Class, string Test)[]
    {
        // What smuggles.
        (new("a-length-and-chunks", "RFC 9112 section 6.1", Head, "if (_isChunked && (_hasLength || IsVersion10))", "if (_isChunked && IsVersion10)"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("the-last-length-counts", "RFC 9110 section 8.6", Head, "if (_hasLength || length == 0)", "if (length == 0)"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("a-length-overflows", "RFC 9112 section 6.3", Content,
            """
                        if (number <= _settings.ContentSize)
                            number = number > 100_000_000 ? int.MaxValue : number * 10
            """,
            "            number = number * 10"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("any-coding-is-unknown", "RFC 9112 section 6.3", Head, "return before == ',' || IsBlank(before) ? 501 : 400;", "return 501;"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("a-blank-before-the-colon", "RFC 9112 section 5.1", Head,
            "        // No blank before the colon (section 5.1).\n", "        while (i < end && IsBlank(buffer[i]))\n            i++;\n"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("a-line-ends-without-cr", "RFC 9112 section 2.2", Head, "if (i == _line || buffer[i - 1] != '\\r')", "if (i == _line)"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("two-hosts", "RFC 9112 section 3.2", Head, "if (_hasHost || !IsHost(value, length))", "if (!IsHost(value, length))"),
            nameof(HttpCorpusTests), RefusedTest),
        (new("what-is-refused-goes-on", "RFC 9112 section 11.2", Exchange,
            "            Refuse(status, true);\n            return;", "            Refuse(status, false);\n            return;"),
            nameof(HttpCorpusTests), RefusedTest),

        // What is not bounded.
        (new("a-head-of-one-byte-more", "RFC 9112 section 3", Head, "int room = _settings.HeadSize;", "int room = _settings.HeadSize + 1;"),
            nameof(HttpStatusTests), StatusTest),
        (new("a-chunk-without-bound", "RFC 9112 section 7.1", Content,
            "if (_digits > 7 || _left > _settings.ContentSize - _total)", "if (_digits > 7)"),
            nameof(HttpStatusTests), StatusTest),
        (new("content-trickles-for-ever", "RFC 9110 section 15.5.9", Exchange, ": _settings.ContentTimeout)", ": 1UL << 60)"),
            nameof(HttpStatusTests), nameof(HttpStatusTests.A_408_comes_when_content_takes_a_minute_however_much_trickles_in)),
        (new("who-sends-on-is-heard-for-ever", "RFC 9112 section 9.6", "HttpServer.cs", "else if (now >= _limits[i])", "else if (now == 0)"),
            nameof(HttpStatusTests), nameof(HttpStatusTests.Who_sends_on_after_a_refusal_is_reset_after_10_seconds)),

        // What is answered.
        (new("a-head-gets-content", "RFC 9110 section 9.3.2", Answer, "Method == HttpMethods.Head || ", ""),
            nameof(HttpStatusTests), StatusTest),
        (new("a-405-names-no-method", "RFC 9110 section 15.5.6", Answer, "AddAllow(allowed);", "AddAllow(HttpMethods.None);"),
            nameof(HttpStatusTests), StatusTest),
        (new("any-tag-is-known", "RFC 9110 section 13.1.2", Answer,
            "if (!FieldHas(\"if-none-match\", tag) && !FieldHas(\"if-none-match\", \"*\"))", "if (GetField(\"if-none-match\") == null)"),
            nameof(HttpTests), nameof(HttpTests.Content_that_a_client_has_already_is_not_sent_again)),
        (new("a-full-buffer-hides-the-end", "RFC 9112 section 7.1", Content, "(taken < count || _chunk != ChunkData)", "taken < count"),
            nameof(HttpStatusTests), StatusTest),
    }.Select(fault => (fault.Plant with { Project = "HandshakeNano.Http" }, fault.Class, fault.Test));

    private static IEnumerable<(Plant Plant, string Class, string Test)> ForPage => new (Plant Plant, string Class, string Test)[]
    {
        (new("the-page-has-no-policy", "issue: Content-Security-Policy", "Document.cs", "if (Policy != null)", "if (Policy == null)"),
            nameof(PageTests), nameof(PageTests.The_page_has_the_connections_as_a_table)),
        (new("the-page-takes-what-would-change-it", "issue: read-only", "Document.cs",
            ": base(HttpMethods.Get | HttpMethods.Head)", ": base(HttpMethods.Get | HttpMethods.Head | HttpMethods.Post)"),
            nameof(PageTests), nameof(PageTests.Nothing_can_be_changed)),
        (new("the-ring-shows-the-next-frame", "issue: the last segments' headers", "HeaderRing.cs",
            "Array.Copy(_headers, ((int)number & _mask)", "Array.Copy(_headers, ((int)(number + 1) & _mask)"),
            nameof(PageTests), nameof(PageTests.The_frames_are_the_last_ones_with_their_headers)),
        (new("a-member-has-another-name", "issue: JSON with a schema", "DeviceDocument.cs", ",\\\"mtu\\\":", ",\\\"mss\\\":"),
            nameof(PageTests), nameof(PageTests.The_answer_is_as_its_schema_says)),
        (new("a-file-is-sent-again", "RFC 9110 section 13.1.2", "Asset.cs", "exchange.IsKnown(_tag)", "exchange.IsKnown(\"\\\"\\\"\")"),
            nameof(PageTests), nameof(PageTests.A_file_of_the_page_is_the_one_in_the_repository_compressed)),
        (new("a-304-without-its-fields", "RFC 9110 section 15.4.5", "Asset.cs",
            "exchange.AddField(\"Cache-Control\", \"no-cache\");\n            if (isKnown)\n                return true;",
            "if (isKnown)\n                return true;\n            exchange.AddField(\"Cache-Control\", \"no-cache\");"),
            nameof(PageTests), nameof(PageTests.A_file_of_the_page_is_the_one_in_the_repository_compressed)),
    }.Select(fault => (fault.Plant with { Project = "HandshakeNano.Page" }, fault.Class, fault.Test));
}
