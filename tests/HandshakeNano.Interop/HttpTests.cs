using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The HTTP server with the programs that people fetch by, and with clients that mean harm, over the kernel's TCP.</summary>
[TestClass]
[DoNotParallelize]
public sealed class HttpTests
{
    private const string Page = "http://10.77.0.2/page";
    private const string Echo = "http://10.77.0.2/echo";
    private const int Places = 40;

    private static readonly byte[] s_page = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i}\n")));

    public required TestContext TestContext { get; set; }

    /// <summary>With a connection for each request, and with connections that stay.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AbHasNoneOfTenThousandRequestsFail32AtATime(bool keepsConnections)
    {
        using Lab lab = NewLab(out WebService web);
        string[] options = ["-n", "10000", "-c", "32", "-q", .. keepsConnections ? new[] { "-k" } : []];
        string report = lab.Network.Tool("ab", [.. options, Page]);
        TestContext.WriteLine(report);
        string[] lines = [.. report.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("Complete requests: 10000", lines);
        Assert.Contains("Failed requests: 0", lines);
        Assert.Contains($"Document Length: {s_page.Length} bytes", lines);
        if (keepsConnections)
            Assert.Contains("Keep-Alive requests: 10000", lines);
        Assert.DoesNotContain("Non-2xx", report);
        Assert.IsGreaterThanOrEqualTo(10_000ul, web.Server.Requests);
        Assert.AreEqual(0ul, web.Server.Refused);
        Assert.AreEqual(0ul, web.Server.TurnedAway);
        Assert.AreEqual(0ul, web.Server.Aborted);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WgetFetchesThePageAndSeesWhatIsMissing()
    {
        using Lab lab = NewLab(out _);
        Assert.AreEqual(Encoding.ASCII.GetString(s_page), lab.Network.Tool("wget", "-q", "-O", "-", Page));
        ToolResult missing = lab.Network.TryTool("wget", null, "-O", "-", "--tries=1", "http://10.77.0.2/none");
        Assert.AreEqual(8, missing.ExitCode, missing.Error);
        Assert.Contains("404 Not Found", missing.Error);
        lab.AssertHealthy();
    }

    [TestMethod]
    public void CurlPostsByLengthAndInChunksAndAsksBeforeItSendsMuch()
    {
        using Lab lab = NewLab(out _);
        byte[] body = Encoding.ASCII.GetBytes(Convert.ToBase64String(Traffic.Bytes(1, 30_000)));
        string[][] ways =
        [
            ["--header", "Expect:"],
            ["--header", "Expect: 100-continue", "--expect100-timeout", "60"],
            ["--header", "Transfer-Encoding: chunked"],
            ["--http1.0"],
        ];
        foreach (string[] way in ways)
        {
            ToolResult result = lab.Network.TryTool("curl", body, ["--silent", "--show-error", "--fail", .. way, "--data-binary", "@-", Echo]);
            Assert.AreEqual(0, result.ExitCode, string.Join(' ', way) + "\n" + result.Error);
            Traffic.AssertSame(body, Encoding.ASCII.GetBytes(result.Output));
        }

        lab.AssertHealthy();
    }

    [TestMethod]
    public void WhatCurlHasIsNotSentAgain()
    {
        using Lab lab = NewLab(out _);
        string tag = lab.Network.Tool("curl", "--silent", "--output", "/dev/null", "--write-out", "%header{etag}", Page);
        Assert.StartsWith("\"", tag);
        Assert.AreEqual("304 0", lab.Network.Tool("curl", "--silent", "--write-out", "%{http_code} %{size_download}", "--header", "If-None-Match: " + tag, Page));
        lab.AssertHealthy();
    }

    /// <summary>What no two readers must read in two ways, and what is wrong, as curl can be made to send it; then the page once more.</summary>
    [TestMethod]
    public void CurlIsRefusedWithTheRightStatusAndThePageLivesOn()
    {
        (int Status, string[] Arguments)[] requests =
        [
            (400, ["--header", "Content-Length: 5", "--header", "Transfer-Encoding: chunked", "--data-binary", "hello", Echo]),
            (400, ["--header", "Content-Length: 5", "--header", "Content-Length: 6", "--request", "POST", Echo]),
            (400, ["--header", "Content-Length: +5", "--request", "POST", Echo]),
            (400, ["--header", "Host:", Page]),
            (400, ["--request-target", "page", Page]),
            (400, ["--request-target", "/a b", Page]),
            (400, ["--request-target", "/page#x", Page]),
            (404, ["--path-as-is", "http://10.77.0.2/../etc/passwd"]),
            (404, ["http://10.77.0.2/page/"]),
            (405, ["--request", "DELETE", Page]),
            (411, ["--request", "POST", Echo]),
            (413, ["--header", "Content-Length: 4000000000", "--request", "POST", Echo]),
            (414, ["http://10.77.0.2/" + new string('a', 2000)]),
            (415, ["--header", "Content-Encoding: br", "--data-binary", "hello", Echo]),
            (417, ["--header", "Expect: tea", "--data-binary", "hello", Echo]),
            (431, ["--header", "X: " + new string('a', 2000), Page]),
            (501, ["--request", "BREW", Page]),
            (501, ["--header", "Transfer-Encoding: gzip, chunked", "--request", "POST", Echo]),
        ];
        using Lab lab = NewLab(out _);
        foreach ((int status, string[] arguments) in requests)
        {
            string[] all = ["--silent", "--max-time", "60", "--output", "/dev/null", "--write-out", "%{http_code}", .. arguments];
            Assert.AreEqual($"{status}", lab.Network.TryTool("curl", null, all).Output, string.Join(' ', arguments));
        }

        Assert.AreNotEqual(0, lab.Network.TryTool("curl", null, "--silent", "--max-time", "60", "https://10.77.0.2:80/").ExitCode, "TLS");
        Assert.AreNotEqual(0, lab.Network.TryTool("curl", null, "--silent", "--max-time", "60", "--http2-prior-knowledge", Page).ExitCode, "HTTP/2");
        Assert.AreEqual(Encoding.ASCII.GetString(s_page), lab.Network.Tool("curl", "--silent", "--fail", Page));
        lab.AssertHealthy();
    }

    /// <summary>Each place is taken by a client that sends a byte of its head now and then. Another client comes, and comes again.</summary>
    [TestMethod]
    public void ClientsThatNeverFinishTheirHeadsAreRefusedAndThePageComesAgain()
    {
        using Lab lab = NewLab(out WebService web, headTimeout: 2_000_000);
        List<Socket> slow = [];
        try
        {
            for (int i = 0; i < Places; i++)
            {
                slow.Add(lab.Connect(new IPEndPoint(IPAddress.Parse(Lab.Device), 80)));
                slow[i].Send(Encoding.ASCII.GetBytes("GET /page HTTP/1.1\r\nX: "));
            }

            Lab.WaitUntil(() => web.Server.Connections == Places, "all places are taken");
            Assert.AreEqual("503", lab.Network.Tool("curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", Page));
            foreach (Socket socket in slow)
                socket.Send("a"u8);
            foreach (Socket socket in slow)
                Assert.StartsWith("HTTP/1.1 408 ", ReadToEnd(socket));
            Assert.AreEqual(Encoding.ASCII.GetString(s_page), lab.Network.Tool("curl", "--silent", "--fail", Page));
        }
        finally
        {
            slow.ForEach(socket => socket.Dispose());
        }
    }

    private static string ReadToEnd(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        return new StreamReader(stream, Encoding.ASCII).ReadToEnd();
    }

    private static Lab NewLab(out WebService web, ulong headTimeout = 10_000_000)
    {
        web = new WebService(new HttpSettings { Connections = Places, HeadTimeout = headTimeout });
        return new Lab(services: web).Start();
    }

    private sealed class WebService : Service
    {
        public WebService(HttpSettings settings) : base("HTTP", 80)
        {
            Server = new HttpServer(settings);
            Server.Add("/page", new StaticContent("text/plain", s_page, isGzip: false));
            Server.Add("/echo", new EchoHandler());
        }

        public HttpServer Server { get; }

        public override bool UsesTime => true;

        public override void OnTime(ulong now) => Server.Check(now);

        public override void OnAccepted(TcpConnection connection) => Server.Take(connection);

        protected override bool Serve(TcpConnection connection) => true;
    }

    /// <summary>Answers with what was posted, once all of it is there.</summary>
    private sealed class EchoHandler() : HttpHandler(HttpMethods.Post)
    {
        public override bool Serve(HttpExchange exchange)
        {
            var body = (List<byte>)(exchange.State ??= new List<byte>());
            var buffer = new byte[1000];
            for (int count; (count = exchange.ReadContent(buffer, 0, buffer.Length)) > 0;)
                body.AddRange(buffer.AsSpan(0, count));
            if (!exchange.IsContentRead)
                return false;
            if (exchange.Step == 0)
                exchange.Begin(200, "application/octet-stream", body.Count);
            int done = Math.Max(exchange.Step - 1, 0);
            byte[] all = [.. body];
            for (int count; done < all.Length && (count = exchange.Write(all, done, all.Length - done)) > 0;)
                done += count;
            exchange.Step = done + 1;
            return done == all.Length;
        }
    }
}
