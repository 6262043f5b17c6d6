#nullable enable
using System;
using System.Globalization;
using System.Linq;
using HandshakeNano.Http;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The HTTP server, by what it answers to bytes (RFC 9112).</summary>
[TestClass]
public sealed class HttpTests
{
    internal const string Get = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    internal const string Hello = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";

    [TestMethod]
    public void A_GET_gets_the_content_and_the_connection_stays()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        for (int i = 0; i < 3; i++)
        {
            pair.Send(connection, Get);
            Assert.AreEqual(Hello, pair.Receive(connection));
        }

        Assert.IsFalse(connection.PeerClosed);
        Assert.AreEqual(3UL, pair.Server.Requests);
    }

    [TestMethod]
    public void The_end_of_an_answer_does_not_wait_for_the_ACK_of_what_is_before_it()
    {
        // A segment that is full and one that is not.
        const int Length = 1900;
        HttpPair pair = Make();
        pair.Server.Add("/page", new StaticContent("text/plain", new byte[Length], false));
        byte[] request = System.Text.Encoding.ASCII.GetBytes("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
        TcpConnection connection = pair.Connect();
        for (int i = 0; i < 5; i++)
        {
            connection.Write(request, 0, request.Length);
            Assert.AreEqual(10_000UL, pair.TimeUntil(connection, Length + 80), "a round trip");
            pair.Run(1_000_000);
        }
    }

    [TestMethod]
    public void A_HEAD_gets_the_head_and_no_content()
    {
        Assert.AreEqual(Hello[..^6], Make().Ask("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [TestMethod]
    [DataRow("GET", "d\r\n21.5 C, 40 % \r\n0\r\n\r\n")]
    [DataRow("HEAD", "")]
    public void Content_without_a_Begin_is_an_answer_of_200(string method, string content)
    {
        HttpPair pair = Make();
        const HttpMethods Methods = HttpMethods.Get | HttpMethods.Head;
        byte[] value = "21.5 C, 40 % "u8.ToArray();
        pair.Server.Add("/plain", new Handler(Methods, exchange => exchange.Write("21.5 C, 40 % ")));
        pair.Server.Add("/bytes", new Handler(Methods, exchange => exchange.Write(value, 0, value.Length) == value.Length));
        pair.Server.Add("/whole", new Handler(Methods, exchange => exchange.WriteWhole(value, 0, value.Length)));
        foreach (string path in new[] { "/plain", "/bytes", "/whole" })
        {
            string request = method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
            Assert.AreEqual("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + content, pair.Ask(request));
        }

        Assert.AreEqual(Hello, pair.Ask(Get));
    }

    [TestMethod]
    public void A_server_says_what_is_wrong_with_a_path_a_setting_or_a_connection()
    {
        var server = new HttpServer();
        Assert.AreEqual("A path must begin with '/', as in /value.", WhyNot(() => server.Add("value", Nothing())));
        Assert.AreEqual(
            "A path must have no query: its handler finds that by HttpExchange.GetQuery.", WhyNot(() => server.Add("/value?unit=C", Nothing())));
        Assert.AreEqual("A '*' must be the last character of a path, as in /files/*.", WhyNot(() => server.Add("/files/*.css", Nothing())));
        Assert.AreEqual("", WhyNot(() => server.Add("/files/*", Nothing())));
        const string Times = "HttpSettings.HeadTimeout, ContentTimeout and IdleTimeout must be 1,000,000 to 2^60 us.";
        Assert.AreEqual(Times, WhyNot(() => _ = new HttpServer(new HttpSettings { HeadTimeout = ulong.MaxValue })));
        Assert.AreEqual(Times, WhyNot(() => _ = new HttpServer(new HttpSettings { HeadTimeout = 999_999 })));
        Assert.AreEqual(Times, WhyNot(() => _ = new HttpServer(new HttpSettings { IdleTimeout = (1UL << 60) + 1 })));
        Assert.AreEqual("", WhyNot(() => _ = new HttpServer(new HttpSettings { HeadTimeout = 1UL << 60, IdleTimeout = 1_000_000 })));
        const string NoConnection = "There is no connection: TcpListener.Accept gives null";
        Assert.IsTrue(WhyNot(() => server.Take(null!)).StartsWith(NoConnection, StringComparison.Ordinal));

        static HttpHandler Nothing() => new Handler(HttpMethods.Get, _ => true);

        static string WhyNot(Action call)
        {
            try
            {
                call();
                return "";
            }
            catch (ArgumentException e)
            {
                return e.Message;
            }
        }
    }

    [TestMethod]
    public void Requests_in_one_go_are_answered_in_their_order()
    {
        HttpPair pair = Make();
        string post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        string chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nde\r\n1\r\nf\r\n0\r\nTrailer: t\r\n\r\n";
        foreach (int pieces in new[] { int.MaxValue, 1, 5 })
        {
            string answer = pair.Ask(Get + post + chunked + "GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + Get, pieces);
            StartsWith(answer, Hello, "");
            string[] answers = answer.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
            Assert.AreEqual(5, answers.Length, answer);
            Assert.AreEqual("abc", Content(answers[1]));
            Assert.AreEqual("def", Content(answers[2]));
            StartsWith(answers[3], "404 Not Found\r\n", "");
            Assert.AreEqual(Hello, "HTTP/1.1 " + answers[4]);
        }
    }

    [TestMethod]
    public void Another_method_than_a_handler_takes_is_refused_with_those_that_it_takes()
    {
        HttpPair pair = Make();
        string answer = pair.Ask("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
        StartsWith(answer, "HTTP/1.1 405 Method Not Allowed\r\n", "");
        Contains(answer, "\r\nAllow: OPTIONS, GET, HEAD\r\n");
        Assert.AreEqual(1UL, pair.Server.Refused);
        Assert.IsTrue(answer.EndsWith(Hello, StringComparison.Ordinal));
        answer = pair.Ask("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n" + "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.AreEqual("HTTP/1.1 204 No Content\r\nAllow: OPTIONS, GET, HEAD\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", answer);
    }

    [TestMethod]
    public void A_target_in_the_absolute_form_names_the_same_and_a_query_is_read()
    {
        HttpPair pair = Make();
        Assert.AreEqual(Hello, pair.Ask("GET http://b:80/hello HTTP/1.1\r\nHost: a\r\n\r\n"));
        StartsWith(pair.Ask("GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 404 ", "");
        Assert.AreEqual("/query=b", Content(pair.Ask("GET /query?aa=x&a=b&c HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.AreEqual("/query/x=", Content(pair.Ask("GET /query/x?a HTTP/1.1\r\nHost: a\r\n\r\n")));
        Assert.AreEqual("/query=none", Content(pair.Ask("GET /query?b=a HTTP/1.1\r\nHost: a\r\n\r\n")));
    }

    [TestMethod]
    public void A_client_that_waits_for_it_is_told_to_go_on()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.AreEqual("HTTP/1.1 100 Continue\r\n\r\n", pair.Receive(connection));
        pair.Send(connection, "abc");
        Assert.AreEqual("abc", Content(pair.Receive(connection)));

        // Refused without its content: whether that comes nobody knows.
        pair.Send(connection, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        string answer = pair.Receive(connection);
        StartsWith(answer, "HTTP/1.1 405 ", "");
        Contains(answer, "\r\nConnection: close\r\n");
        Assert.IsTrue(connection.PeerClosed);
    }

    [TestMethod]
    public void An_older_client_gets_an_answer_that_ends_with_the_connection_unless_it_asks_to_keep_it()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "GET /hello HTTP/1.0\r\n\r\n");
        Contains(pair.Receive(connection), "\r\nConnection: close\r\n");
        Assert.IsTrue(connection.PeerClosed);
        connection = pair.Connect();
        pair.Send(connection, "GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        Contains(pair.Receive(connection), "\r\nConnection: keep-alive\r\n");
        Assert.IsFalse(connection.PeerClosed);
        pair.Send(connection, "GET /count HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        string answer = pair.Receive(connection);
        Assert.AreEqual(Numbers(), Content(answer), "the end of the connection is that of a content of unknown length");
        Assert.IsTrue(connection.PeerClosed);
        Contains(pair.Ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"), "\r\nConnection: close\r\n");
    }

    [TestMethod]
    public void Content_larger_than_the_send_buffer_comes_whole_in_chunks_or_by_its_length()
    {
        foreach (int buffer in new[] { 512, 2048, 16384 })
        {
            HttpPair pair = Make(sendBuffer: buffer);
            string answer = pair.Ask("GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            Contains(answer, "\r\nTransfer-Encoding: chunked\r\n");
            Assert.AreEqual(Numbers(), Unchunk(Content(answer)));
            answer = pair.Ask("GET /static HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            Assert.AreEqual(Numbers(), Content(answer));
        }
    }

    [TestMethod]
    public void Content_that_a_client_has_already_is_not_sent_again()
    {
        HttpPair pair = Make();
        string answer = pair.Ask("GET /static HTTP/1.1\r\nHost: a\r\n\r\n");
        int at = answer.IndexOf("ETag: ", StringComparison.Ordinal) + 6;
        string tag = answer[at..answer.IndexOf('\r', at)];
        foreach (string list in new[] { tag, "\"x\", " + tag, "*", "W/" + tag })
            Assert.AreEqual($"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n", pair.Ask($"GET /static HTTP/1.1\r\nHost: a\r\nIf-None-Match: {list}\r\n\r\n"));
        StartsWith(pair.Ask("GET /static HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n"), "HTTP/1.1 200 ", "");
    }

    [TestMethod]
    public void Compressed_content_goes_to_who_takes_it()
    {
        HttpPair pair = Make();
        foreach (string list in new[] { "gzip", "deflate, GZIP;q=0.5", "*", "br, *;q=0.1" })
            Contains(pair.Ask($"GET /gzip HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {list}\r\n\r\n"), "\r\nContent-Encoding: gzip\r\n");
        foreach (string field in new[] { "", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: gzip; q=0.000, br\r\n" })
            StartsWith(pair.Ask($"GET /gzip HTTP/1.1\r\nHost: a\r\n{field}\r\n"), "HTTP/1.1 406 ", field);
    }

    [TestMethod]
    public void A_head_that_does_not_end_is_refused_after_its_time_however_much_trickles_in()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "GET /hello HTTP/1.1\r\n");
        for (int i = 0; i < 9; i++)
        {
            pair.Run(1_000_000);
            pair.Send(connection, "X");
            Assert.AreEqual(0, connection.Available);
        }

        pair.Run(2_000_000);
        StartsWith(pair.Receive(connection), "HTTP/1.1 408 Request Timeout\r\n", "");
        Assert.IsTrue(connection.PeerClosed);
    }

    [TestMethod]
    public void A_connection_without_a_request_gives_way_and_one_with_a_request_does_not()
    {
        HttpPair pair = Make();
        TcpConnection idle = pair.Connect();
        TcpConnection busy = pair.Connect();
        pair.Send(busy, "GET /hello HT");
        pair.Run(100_000);
        Assert.AreEqual(Hello, pair.Ask(Get));
        Assert.IsTrue(idle.PeerClosed);
        TcpConnection busyToo = pair.Connect();
        pair.Send(busyToo, "GET /hello HT");
        pair.Run(100_000);
        StartsWith(pair.Ask(Get), "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n", "");
        Assert.AreEqual(1UL, pair.Server.TurnedAway);
        pair.Send(busy, "TP/1.1\r\nHost: a\r\n\r\n");
        Assert.AreEqual(Hello, pair.Receive(busy));
    }

    [TestMethod]
    public void A_client_that_does_not_read_is_reset_and_its_place_is_free()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        for (int i = 0; i < 20; i++)
            pair.Send(connection, "GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
        pair.Run(20_000_000);
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)connection.CloseReason);
        Assert.AreEqual(0, pair.Server.Connections);
    }

    [TestMethod]
    public void A_client_that_goes_in_the_middle_leaves_nothing_behind()
    {
        HttpPair pair = Make();
        string[] requests = [Get[..10], "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc",
            "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc", "GET /count HTTP/1.1\r\nHost: a\r\n\r\n"];
        foreach (string request in requests)
        {
            foreach (bool aborts in new[] { false, true })
            {
                TcpConnection connection = pair.Connect();
                pair.Send(connection, request);
                pair.Run(100_000);
                if (aborts)
                    connection.Abort();
                else
                    connection.Shutdown();
                pair.Receive(connection);
                connection.Close();
                pair.Run(1_000_000);
                Assert.AreEqual(0, pair.Server.Connections, request);
            }
        }

        Assert.AreEqual(Hello, pair.Ask(Get));
    }

    [TestMethod]
    public void A_handler_that_says_nothing_or_too_little_does_not_break_the_next_answer()
    {
        HttpPair pair = Make();
        pair.Server.Add("/silent", new Handler(HttpMethods.Get, _ => true));
        pair.Server.Add("/short", new Handler(HttpMethods.Get, exchange =>
        {
            exchange.Begin(200, "text/plain", 10);
            return exchange.Write("short");
        }));
        pair.Server.Add("/long", new Handler(HttpMethods.Get, exchange =>
        {
            exchange.Begin(200, "text/plain", 4);
            exchange.Write(new byte[10], 0, 10);
            return true;
        }));
        StartsWith(pair.Ask("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 500 ", "");
        Assert.AreEqual("\0\0\0\0", Content(pair.Ask("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")));
        TcpConnection connection = pair.Connect();
        pair.Send(connection, "GET /short HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
        pair.Receive(connection);
        Assert.AreEqual((int)TcpCloseReason.Reset, (int)connection.CloseReason);
        Assert.AreEqual(1UL, pair.Server.Aborted);
    }

    [TestMethod]
    public void Everything_comes_whole_over_a_network_that_loses_a_tenth()
    {
        HttpPair pair = Make(faults: new Faults(Loss: 100, Duplication: 100, Jitter: 20_000));
        TcpConnection connection = pair.Connect();
        for (int i = 0; i < 5; i++)
        {
            pair.Send(connection, "GET /static HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.AreEqual(Numbers(), Content(pair.Receive(connection, 5_000_000)));
        }
    }

    [TestMethod]
    public void Nothing_is_allocated_for_a_request()
    {
        HttpPair pair = Make();
        TcpConnection connection = pair.Connect();
        string known = "GET /static HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n";
        string all = Get + known + "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
            + "GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + "GET /static HTTP/1.1\r\nHost: a\r\n\r\n";
        for (int i = 0; i < 10; i++)
        {
            pair.Send(connection, all);
            pair.Receive(connection);
        }

        long before = pair.Allocated;
        for (int i = 0; i < 10; i++)
        {
            pair.Send(connection, all);
            pair.Receive(connection);
        }

        Assert.AreEqual(before, pair.Allocated);
        Assert.AreEqual(100UL, pair.Server.Requests);
    }

    /// <summary>The site that the tests of HTTP ask.</summary>
    internal static HttpPair Make(int sendBuffer = 2048, Faults? faults = null)
    {
        var pair = new HttpPair(new HttpSettings { Connections = 2, HeadSize = 512, Fields = 16, ContentSize = 1000 }, sendBuffer, faults: faults);
        pair.Server.Add("/hello", new StaticText("hello\n"));
        pair.Server.Add("/echo", new Handler(HttpMethods.Post, Echo));
        pair.Server.Add("/count", new Handler(HttpMethods.Get, Count));
        pair.Server.Add("/query*", new Handler(HttpMethods.Get, Query));
        pair.Server.Add("/static", new StaticContent("text/plain", System.Text.Encoding.ASCII.GetBytes(Numbers()), false));
        pair.Server.Add("/gzip", new StaticContent("text/plain", new byte[100], true) { Fields = ["Cache-Control", "no-cache"] });
        return pair;
    }

    private static bool Echo(HttpExchange exchange)
    {
        byte[] content = (byte[])(exchange.State ??= new byte[1000]);
        int count;
        while ((count = exchange.ReadContent(content, exchange.Step, content.Length - exchange.Step)) != 0)
            exchange.Step += count;
        if (!exchange.IsContentRead)
            return false;
        exchange.Begin(200, "text/plain", exchange.Step);
        exchange.Write(content, 0, exchange.Step);
        return true;
    }

    private static bool Count(HttpExchange exchange)
    {
        exchange.Begin(200, "text/plain", -1);
        while (exchange.Step < 3000)
        {
            if (!exchange.Write(exchange.Step.ToString(CultureInfo.InvariantCulture) + "\n"))
                return false;
            exchange.Step++;
        }

        return true;
    }

    private static bool Query(HttpExchange exchange)
    {
        string answer = exchange.GetPath() + "=" + (exchange.GetQuery("a") ?? "none");
        exchange.Begin(200, "text/plain", answer.Length);
        return exchange.Write(answer);
    }

    private static string Numbers() => string.Concat(Enumerable.Range(0, 3000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n"));

    private static string Content(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Unchunk(string content)
    {
        string whole = "";
        while (true)
        {
            int line = content.IndexOf("\r\n", StringComparison.Ordinal);
            int size = int.Parse(content[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Assert.AreEqual("\r\n", content.Substring(line + 2 + size, 2));
            if (size == 0)
                return whole;
            whole += content.Substring(line + 2, size);
            content = content[(line + 4 + size)..];
        }
    }

    private static void Contains(string text, string part) => Assert.IsTrue(text.Contains(part, StringComparison.Ordinal), part + " is not in: " + text);

    private static void StartsWith(string text, string start, string of) => Assert.IsTrue(text.StartsWith(start, StringComparison.Ordinal), of + " got: " + text);

    private sealed class Handler(HttpMethods methods, Func<HttpExchange, bool> serve) : HttpHandler(methods)
    {
        public override bool Serve(HttpExchange exchange) => serve(exchange);
    }

    private sealed class StaticText(string text) : HttpHandler(HttpMethods.Get | HttpMethods.Head)
    {
        public override bool Serve(HttpExchange exchange)
        {
            exchange.Begin(200, "text/plain", text.Length);
            return exchange.Write(text);
        }
    }
}
