extern alias NetTests;

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using HandshakeNano.Http;
using HandshakeNano.Page;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NetTests::HandshakeNano.Net.Tests;

namespace HandshakeNano.Links.Tests;

/// <summary>The device's page and requests that mean harm.</summary>
[TestClass]
public sealed class PageCorpusTests
{
    private const string Next = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [TestMethod]
    public void What_is_refused_gets_one_answer_with_its_status_and_what_only_looks_odd_two_and_the_page_lives_on()
    {
        var page = new PageService();
        page.Server.Add("/hello", new StaticContent("text/plain", "hello\n"u8.ToArray(), false));
        page.Server.Add("/echo", new Sink());
        var time = new VirtualTime(services: page);
        foreach (var (request, status) in HttpCorpus.Refused.Concat(HttpCorpus.Taken))
        {
            Client client = time.Connect(80);
            client.Send(Encoding.Latin1.GetBytes(request + Next), shutdown: false);
            bool goesOn = HttpCorpus.Taken.ContainsKey(request);
            time.Until(() => goesOn ? HasBothAnswers(client) : client.HasPeerClosed, request);
            List<HttpAnswer> answers = HttpAnswer.ReadAll(Encoding.Latin1.GetString(client.Data));
            Assert.AreEqual(goesOn ? $"{status} 200" : $"{status}", string.Join(' ', answers.Select(answer => answer.Status)), request);
            Assert.AreEqual(!goesOn, client.HasPeerClosed, request);
            client.Connection.Close();
            time.For(100_000);
        }

        Assert.AreEqual(0, page.Server.Connections);
        Client last = time.Connect(80);
        last.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), shutdown: false);
        time.Until(() => last.HasPeerClosed, "the page");
        Assert.EndsWith("</html>\n", HttpAnswer.ReadAll(Encoding.Latin1.GetString(last.Data)).Single().Content);
    }

    /// <summary>The second one is that to <see cref="Next"/>.</summary>
    private static bool HasBothAnswers(Client client)
    {
        string text = Encoding.Latin1.GetString(client.Data);
        return text.EndsWith("hello\n", StringComparison.Ordinal) && HttpAnswer.ReadAll(text).Count == 2;
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
