#nullable enable
using System;
using System.Linq;
using HandshakeNano.Http;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Each status as a whole answer, and whether the connection goes on after it (RFC 9110 section 15, RFC 9112 section 9).</summary>
[TestClass]
public sealed class HttpStatusTests
{
    private const string Host = " HTTP/1.1\r\nHost: a\r\n";
    private const string Post = "POST /echo" + Host;
    private const string Wanted = "HTTP/1.1 100 Continue\r\n\r\n";

    /// <summary>A request, its answer, and whether the next request is answered.</summary>
    private static readonly (string Request, string Answer, bool GoesOn)[] s_cases =
    [
        ("GET /hello" + Host + "\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n", true),
        ("HEAD /hello" + Host + "\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n", true),
        ("GET /hello" + Host + "Connection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n", false),
        (Post + "Content-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc", true),
        ("OPTIONS /echo" + Host + "\r\n", "HTTP/1.1 204 No Content\r\nAllow: OPTIONS, POST\r\n\r\n", true),
        ("OPTIONS *" + Host + "\r\n", "HTTP/1.1 204 No Content\r\n\r\n", true),
        ("GET /gzip" + Host + "If-None-Match: *\r\nAccept-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"e5464095\"\r\nCache-Control: no-cache\r\n\r\n", true),
        ("HEAD /gzip" + Host + "If-None-Match: *\r\nAccept-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"e5464095\"\r\nCache-Control: no-cache\r\n\r\n", true),
        ("GET /hello" + Host + "X : y\r\n\r\n", Refusal("400 Bad Request", closes: true), false),
        ("HEAD /hello HTTP/1.1\r\n\r\n", Refusal("400 Bad Request", closes: true, hasContent: false), false),
        ("HEAD hello" + Host + "\r\n", Refusal("400 Bad Request", closes: true, hasContent: false), false),
        ("GET /none" + Host + "\r\n", Refusal("404 Not Found"), true),
        ("HEAD /none" + Host + "\r\n", Refusal("404 Not Found", hasContent: false), true),
        (Post.Replace("echo", "none", StringComparison.Ordinal) + "Content-Length: 3\r\n\r\nabc", Refusal("404 Not Found"), true),
        ("GET /echo" + Host + "\r\n", Refusal("405 Method Not Allowed", "Allow: OPTIONS, POST\r\n"), true),
        ("HEAD /echo" + Host + "\r\n", Refusal("405 Method Not Allowed", "Allow: OPTIONS, POST\r\n", hasContent: false), true),
        ("DELETE /hello" + Host + "\r\n", Refusal("405 Method Not Allowed", "Allow: OPTIONS, GET, HEAD\r\n"), true),
        ("PUT /hello" + Host + "Content-Length: 3\r\n\r\nabc", Refusal("405 Method Not Allowed", "Allow: OPTIONS, GET, HEAD\r\n"), true),
        ("GET /gzip" + Host + "\r\n", Refusal("406 Not Acceptable"), true),
        ("HEAD /gzip" + Host + "\r\n", Refusal("406 Not Acceptable", hasContent: false), true),
        (Post + "\r\n", Refusal("411 Length Required", closes: true), false),
        (Post + "Content-Length: 1001\r\n\r\n", Refusal("413 Content Too Large", closes: true), false),
        (Post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", Refusal("413 Content Too Large", closes: true), false),
        (Line(513), Refusal("414 URI Too Long", closes: true), false),
        (Post + "Content-Length: 3\r\nContent-Encoding: br\r\n\r\nabc", Refusal("415 Unsupported Media Type", closes: true), false),
        (Post + "Content-Length: 3\r\nExpect: tea\r\n\r\nabc", Refusal("417 Expectation Failed", closes: true), false),
        (Head(513), Refusal("431 Request Header Fields Too Large", closes: true), false),
        (Fields(17), Refusal("431 Request Header Fields Too Large", closes: true), false),
        ("GET /silent" + Host + "\r\n", Refusal("500 Internal Server Error"), true),
        ("BREW /hello" + Host + "\r\n", Refusal("501 Not Implemented", closes: true), false),
        (Post + "Transfer-Encoding: gzip, chunked\r\n\r\n", Refusal("501 Not Implemented", closes: true), false),
        ("GET /hello HTTP/2.0\r\n\r\n", Refusal("505 HTTP Version Not Supported", closes: true), false),
        ("HEAD /hello HTTP/2.0\r\n\r\n", Refusal("505 HTTP Version Not Supported", closes: true, hasContent: false), false),

        // The most that is taken.
        (Head(512), HttpTests.Hello, true),
        (Fields(16), HttpTests.Hello, true),
        (Post + "Content-Length: 1000\r\n\r\n" + new string('a', 1000),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + new string('a', 1000), true),
        (Post + "Transfer-Encoding: chunked\r\n\r\n3e7\r\n" + new string('a', 999) + "\r\n1\r\na\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + new string('a', 1000), true),
    ];

    [TestMethod]
    public void Each_status_is_answered_so_and_the_connection_goes_on_or_ends()
    {
        HttpPair pair = Make();
        foreach (var (request, answer, goesOn) in s_cases)
        {
            TcpConnection connection = pair.Connect();
            pair.Send(connection, request);
            Assert.AreEqual(answer, pair.Receive(connection), request);
            pair.Send(connection, HttpTests.Get);
            Assert.AreEqual(goesOn ? HttpTests.Hello : "", pair.Receive(connection), request);
            Assert.AreEqual(!goesOn, connection.PeerClosed, request);
            connection.Close();
            pair.Run(100_000);
            Assert.AreEqual(0, pair.Server.Connections, request);
        }
    }

    [TestMethod]
    public void A_100_comes_before_the_answer_and_the_connection_goes_on()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        foreach (string[] framing in new[] { new[] { "Content-Length: 3", "abc" }, ["Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"] })
        {
            pair.Send(connection, Post + framing[0] + "\r\nExpect: 100-continue\r\n\r\n");
            Assert.AreEqual(Wanted, pair.Receive(connection));
            pair.Send(connection, framing[1]);
            Assert.AreEqual("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc", pair.Receive(connection));
        }

        pair.Send(connection, HttpTests.Get);
        Assert.AreEqual(HttpTests.Hello, pair.Receive(connection));
    }

    [TestMethod]
    public void An_expectation_of_an_older_client_is_not_heard_and_one_that_came_with_its_content_needs_no_100()
    {
        HttpPair pair = Make();
        Assert.AreEqual(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
            pair.Ask("POST /echo HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"));
        Assert.AreEqual(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc",
            pair.Ask(Post + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"));
    }

    [TestMethod]
    public void A_503_comes_before_any_request_and_the_connection_ends()
    {
        HttpPair pair = Make();
        for (int i = 0; i < 2; i++)
            pair.Send(pair.Connect(), "GET");
        pair.Run(100_000);
        TcpConnection connection = pair.Connect();
        Assert.AreEqual("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", pair.Receive(connection));
        Assert.IsTrue(connection.PeerClosed);
    }

    [TestMethod]
    public void A_408_comes_when_a_head_takes_10_seconds()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "GET /hello");
        pair.Run(9_000_000);
        Assert.AreEqual(0, connection.Available);
        pair.Run(2_000_000);
        Assert.AreEqual(Refusal("408 Request Timeout", closes: true), pair.Receive(connection));
        Assert.IsTrue(connection.PeerClosed);
    }

    /// <summary>A byte every five seconds, for which no idle time is too long.</summary>
    [TestMethod]
    public void A_408_comes_when_content_takes_a_minute_however_much_trickles_in()
    {
        foreach (string[] framing in new[] { new[] { "Content-Length: 100", "" }, ["Transfer-Encoding: chunked", "64\r\n"] })
        {
            HttpPair pair = Make();
            TcpConnection connection = pair.Connect();
            pair.Send(connection, Post + framing[0] + "\r\n\r\n" + framing[1]);
            Trickle(pair, connection, 11);
            Assert.AreEqual(0, connection.Available);
            Trickle(pair, connection, 2);
            Assert.AreEqual(Refusal("408 Request Timeout", closes: true), pair.Receive(connection));
            Assert.AreEqual(0, pair.Server.Connections);
        }
    }

    [TestMethod]
    public void Content_that_trickles_in_after_its_answer_ends_the_connection_after_a_minute()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "POST /hello" + Host + "Content-Length: 100\r\n\r\n");
        Assert.AreEqual(Refusal("405 Method Not Allowed", "Allow: OPTIONS, GET, HEAD\r\n"), pair.Receive(connection));
        Trickle(pair, connection, 13);
        Assert.AreEqual(0, pair.Server.Connections);
        Assert.IsTrue(connection.PeerClosed);
    }

    /// <summary>A connection is the endpoint's until both sides have closed it.</summary>
    [TestMethod]
    public void Who_sends_on_after_a_refusal_is_reset_after_10_seconds()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "nonsense\r\n\r\n");
        Assert.AreEqual(Refusal("400 Bad Request", closes: true), pair.Receive(connection));
        for (int i = 0; i < 9; i++)
        {
            pair.Send(connection, "x");
            pair.Run(1_000_000);
        }

        Assert.AreEqual((int)TcpState.CloseWait, (int)connection.State);
        for (int i = 0; i < 3; i++)
        {
            pair.Send(connection, "x");
            pair.Run(1_000_000);
        }

        Assert.AreEqual((int)TcpCloseReason.Reset, (int)connection.CloseReason);
    }

    private static void Trickle(HttpPair pair, TcpConnection connection, int count)
    {
        for (int i = 0; i < count; i++)
        {
            pair.Send(connection, "x");
            pair.Run(5_000_000);
        }
    }

    private static HttpPair Make()
    {
        HttpPair pair = HttpTests.Make();
        pair.Server.Add("/silent", new Silent());
        return pair;
    }

    private static string Refusal(string status, string fields = "", bool closes = false, bool hasContent = true)
    {
        string text = status[4..] + "\n";
        return $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {text.Length}\r\n{(closes ? "Connection: close\r\n" : "")}{fields}\r\n"
            + (hasContent ? text : "");
    }

    /// <summary>A request line that is longer than a head may be, by itself.</summary>
    private static string Line(int length) => "GET /" + new string('a', length - 5);

    /// <summary>A head of this length.</summary>
    private static string Head(int length)
    {
        const string Start = "GET /hello" + Host + "X: ";
        return Start + new string('a', length - Start.Length - 4) + "\r\n\r\n";
    }

    /// <summary>A head with so many fields.</summary>
    private static string Fields(int count) => "GET /hello" + Host + string.Concat(Enumerable.Repeat("X: y\r\n", count - 1)) + "\r\n";

    private sealed class Silent() : HttpHandler(HttpMethods.Get)
    {
        public override bool Serve(HttpExchange exchange) => true;
    }
}
