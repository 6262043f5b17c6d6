using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HandshakeNano.Http;
using HandshakeNano.Net.Tests;
using HandshakeNano.Page;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The device's page with the programs that people fetch by, and with clients that mean harm, over the kernel's TCP.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PageLoadTests
{
    private const string Page = "http://" + Lab.Device + "/";
    private const int Places = 40;

    public required TestContext TestContext { get; set; }

    /// <summary>The page changes while it is asked: its length is another one with each connection, and that is no failure.</summary>
    [TestMethod]
    [DataRow("", false)]
    [DataRow("", true)]
    [DataRow("page.js", false)]
    [DataRow("page.js", true)]
    public void AbHasNoneOfTenThousandRequestsFail32AtATime(string path, bool keepsConnections)
    {
        using Lab lab = NewLab(out PageService page);
        string[] options = ["-n", "10000", "-c", "32", "-q", "-l", "-H", "Accept-Encoding: gzip", .. keepsConnections ? new[] { "-k" } : []];
        string report = lab.Network.Tool("ab", [.. options, Page + path]);
        TestContext.WriteLine(report);
        string[] lines = [.. report.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("Complete requests: 10000", lines);
        Assert.Contains("Failed requests: 0", lines);
        Assert.DoesNotContain("Non-2xx", report);
        Assert.IsGreaterThanOrEqualTo(10_000ul, page.Server.Requests);
        Assert.AreEqual("0 0 0", $"{page.Server.Refused} {page.Server.TurnedAway} {page.Server.Aborted}");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WgetAndCurlFetchThePageAndItsScript()
    {
        using Lab lab = NewLab(out _);
        Assert.EndsWith("</html>\n", lab.Network.Tool("wget", "-q", "-O", "-", Page));
        Assert.EndsWith("</html>\n", lab.Network.Tool("curl", "--silent", "--fail", Page));
        string script = File.ReadAllText(Path.Combine(Repository.Root, "firmware/HandshakeNano.Page/page/page.js"));
        Assert.AreEqual(script, lab.Network.Tool("curl", "--silent", "--fail", "--compressed", Page + "page.js"));
        Assert.AreEqual(script, lab.Network.Tool("wget", "-q", "-O", "-", "--compression=gzip", Page + "page.js"));
        Assert.AreEqual("406", lab.Network.Tool("curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", Page + "page.js"));
        lab.AssertHealthy();
    }

    [TestMethod]
    public void WhatMeansHarmIsRefusedOneAnswerEachAndThePageLivesOn()
    {
        using Lab lab = NewLab(out PageService page);
        byte[] next = Encoding.Latin1.GetBytes("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        foreach ((string request, int status) in HttpCorpus.Refused.Concat(HttpCorpus.Taken))
        {
            using Socket socket = lab.Connect(new IPEndPoint(IPAddress.Parse(Lab.Device), 80));
            socket.Send([.. Encoding.Latin1.GetBytes(request), .. next]);
            List<HttpAnswer> answers = HttpAnswer.ReadAll(ReadToEnd(socket));
            string expected = HttpCorpus.Taken.ContainsKey(request) ? $"{status} 200" : $"{status}";
            Assert.AreEqual(expected, string.Join(' ', answers.Select(answer => answer.Status)), request);
        }

        Assert.EndsWith("</html>\n", lab.Network.Tool("curl", "--silent", "--fail", Page));
        Lab.WaitUntil(() => page.Server.Connections == 0, "no place is taken");
        lab.AssertHealthy();
    }

    /// <summary>A third each: heads that never end, content that never ends, answers that nobody reads.</summary>
    [TestMethod]
    public void SlowClientsLoseTheirPlacesAndThePageComesAgain()
    {
        using Lab lab = NewLab(out PageService page, new HttpSettings
        {
            Connections = Places,
            HeadTimeout = 2_000_000,
            ContentTimeout = 3_000_000,
            IdleTimeout = 4_000_000,
        });
        page.Server.Add("/much", new StaticContent("text/plain", new byte[4_000_000], isGzip: false));
        string[] requests = ["GET / HTTP/1.1\r\nX: ", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", "GET /much HTTP/1.1\r\nHost: a\r\n\r\n"];
        List<Socket> slow = [];
        try
        {
            for (int i = 0; i < Places; i++)
            {
                slow.Add(lab.Connect(new IPEndPoint(IPAddress.Parse(Lab.Device), 80)));
                slow[i].Send(Encoding.ASCII.GetBytes(requests[i % requests.Length]));
            }

            // A byte now and then, so that no idle time helps, until all have lost their places.
            Lab.WaitUntil(
                () =>
                {
                    for (int i = 0; i < Places; i++)
                    {
                        if (i % requests.Length != 2)
                            Trickle(slow[i]);
                    }

                    return page.Server.Connections == 0;
                },
                "all have lost their places");
            Assert.EndsWith("</html>\n", lab.Network.Tool("curl", "--silent", "--fail", Page));
            Lab.WaitUntil(() => slow.Where((_, i) => i % requests.Length != 2).All(socket => !Trickle(socket)), "who sends on is reset");
            lab.WaitUntilIdle();
        }
        finally
        {
            slow.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Sends a byte.</summary>
    /// <returns>False if the device has reset the connection.</returns>
    private static bool Trickle(Socket socket)
    {
        socket.Send("a"u8, SocketFlags.None, out SocketError error);
        return error == SocketError.Success;
    }

    private static string ReadToEnd(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        return new StreamReader(stream, Encoding.Latin1).ReadToEnd();
    }

    private static Lab NewLab(out PageService page, HttpSettings? settings = null)
    {
        page = new PageService(settings ?? new HttpSettings { Connections = Places, HeadSize = 1024, Fields = 24 });
        page.Server.Add("/hello", new StaticContent("text/plain", "hello\n"u8.ToArray(), isGzip: false));
        page.Server.Add("/echo", new Sink());
        return new Lab(services: page).Start();
    }

    /// <summary>Takes content and says that it has it.</summary>
    private sealed class Sink() : HttpHandler(HttpMethods.Post)
    {
        private readonly byte[] _content = new byte[100];

        public override bool Serve(HttpExchange exchange)
        {
            while (exchange.ReadContent(_content, 0, _content.Length) != 0)
            {
            }

            if (!exchange.IsContentRead)
                return false;
            exchange.Begin(200, "text/plain", 2);
            return exchange.Write("ok");
        }
    }
}
