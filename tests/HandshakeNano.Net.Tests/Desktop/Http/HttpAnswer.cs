#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HandshakeNano.Net.Tests;

/// <summary>An answer of HTTP/1.1, read as strictly as it can be (RFC 9112).</summary>
/// <param name="Status">The status code.</param>
/// <param name="Fields">The fields by their names in lower case.</param>
/// <param name="Content">The content, chunks put together.</param>
public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Fields, string Content)
{
    private const string Version = "HTTP/1.1 ";

    private static readonly Regex s_statusLine = new(@"\AHTTP/1\.1 [1-5]\d\d [A-Z][A-Za-z -]+\z"), s_field = new(@"\A[A-Za-z-]+: [ -~]+\z");

    /// <summary>Whether the server says that nothing follows.</summary>
    public bool Closes => Fields.TryGetValue("connection", out string? value) && value == "close";

    /// <summary>Reads all answers of a connection.</summary>
    /// <exception cref="FormatException">There is something that is none.</exception>
    public static List<HttpAnswer> ReadAll(string text)
    {
        List<HttpAnswer> answers = [];
        int at = 0;
        while (at < text.Length)
            answers.Add(Read(text, ref at));
        return answers;
    }

    private static HttpAnswer Read(string text, ref int at)
    {
        int end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException("No head: " + text[at..]);
        string[] lines = text[at..end].Split("\r\n");
        if (!s_statusLine.IsMatch(lines[0]))
            throw new FormatException("No status line: " + lines[0]);
        int status = int.Parse(lines[0].AsSpan(Version.Length, 3), CultureInfo.InvariantCulture);
        Dictionary<string, string> fields = [];
        foreach (string line in lines[1..])
        {
            if (!s_field.IsMatch(line) || !fields.TryAdd(line.Split(':')[0].ToLowerInvariant(), line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]))
                throw new FormatException("No field, or one twice: " + line);
        }

        at = end + 4;
        return new HttpAnswer(status, fields, ReadContent(text, ref at, status, fields));
    }

    private static string ReadContent(string text, ref int at, int status, Dictionary<string, string> fields)
    {
        bool hasLength = fields.TryGetValue("content-length", out string? length);
        bool isChunked = fields.TryGetValue("transfer-encoding", out string? coding);
        if (hasLength && isChunked)
            throw new FormatException("Two lengths");
        if (isChunked && coding != "chunked")
            throw new FormatException("Transfer-Encoding: " + coding);

        // That of a HEAD has no content though it says its length.
        if (status is 100 or 204 or 304 || at == text.Length || text.AsSpan(at).StartsWith(Version))
            return "";
        if (hasLength)
            return Take(text, ref at, int.Parse(length!, CultureInfo.InvariantCulture));
        if (!isChunked)
            throw new FormatException("Content without a length: " + text[at..]);
        string content = "";
        while (true)
        {
            int line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0 || !int.TryParse(text.AsSpan(at, line - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size))
                throw new FormatException("No size of a chunk: " + text[at..]);
            at = line + 2;
            content += Take(text, ref at, size);
            if (Take(text, ref at, 2) != "\r\n")
                throw new FormatException("A chunk does not end.");
            if (size == 0)
                return content;
        }
    }

    private static string Take(string text, ref int at, int count)
    {
        if (count > text.Length - at)
            throw new FormatException($"{count} bytes of content, and no more than {text.Length - at} came.");
        at += count;
        return text.Substring(at - count, count);
    }
}
