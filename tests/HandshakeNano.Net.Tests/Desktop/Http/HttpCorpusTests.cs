#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>The HTTP server and requests that mean harm: <see cref="HttpCorpus"/>, and what chance makes of it.</summary>
[TestClass]
public sealed class HttpCorpusTests
{
    private const string Next = HttpTests.Get;

    [TestMethod]
    public void What_is_refused_gets_one_answer_with_its_status_though_each_byte_comes_alone_and_the_connection_ends()
    {
        HttpPair pair = HttpTests.Make();
        foreach (var (request, status) in HttpCorpus.Refused)
        {
            foreach (int pieces in request.Length < 400 ? [int.MaxValue, 7, 1] : new[] { int.MaxValue, 97 })
                IsRefused(pair, request, status, pair.Connect(), (connection, text) => pair.Send(connection, text, pieces));
        }

        Assert.AreEqual(HttpTests.Hello, pair.Ask(Next), "the server serves on");
    }

    [TestMethod]
    public void What_only_looks_odd_is_answered_though_each_byte_comes_alone_and_so_is_the_next_request()
    {
        HttpPair pair = HttpTests.Make();
        foreach (var (request, status) in HttpCorpus.Taken)
        {
            foreach (int pieces in new[] { int.MaxValue, 7, 1 })
                IsTaken(request, status, pair.Ask(request + Next, pieces));
        }
    }

    [TestMethod]
    [Microsoft.VisualStudio.TestTools.UnitTesting.TestCategory("Long")]
    public void Wherever_the_bytes_are_cut_in_two_the_answer_is_the_same()
    {
        HttpPair pair = HttpTests.Make();
        foreach (var (request, status) in HttpCorpus.Refused.Concat(HttpCorpus.Taken))
        {
            for (int i = 1; i <= request.Length && i < 400; i++)
            {
                TcpConnection connection = pair.Connect();
                pair.Send(connection, request[..i]);
                pair.Run(20_000);
                if (HttpCorpus.Refused.ContainsKey(request))
                    IsRefused(pair, request[i..], status, connection, (to, text) => pair.Send(to, text));
                else
                {
                    pair.Send(connection, request[i..] + Next);
                    IsTaken(request, status, pair.Receive(connection));
                    connection.Close();
                    pair.Run(100_000);
                }
            }
        }
    }

    [TestMethod]
    public void Garbage_gets_well_formed_answers_and_the_server_serves_on()
        => Throw(requests: 2000, seed: 1);

    [TestMethod]
    [Microsoft.VisualStudio.TestTools.UnitTesting.TestCategory("Long")]
    public void A_hundred_thousand_pieces_of_garbage_get_well_formed_answers_and_the_server_serves_on()
        => Throw(requests: 100_000, seed: 2);

    private static void Throw(int requests, int seed)
    {
        HttpPair pair = HttpTests.Make();
        var random = new Random(seed);
        string[] valid = [.. HttpCorpus.Refused.Keys.Where(request => request.Length < 400), .. HttpCorpus.Taken.Keys];
        long allocated = 0;
        ulong served = 0;
        HashSet<int> seen = [];
        for (int i = 0; i < requests; i++)
        {
            string request = NewGarbage(random, valid);
            string answer = pair.Ask(request, random.Next(8) != 0 ? int.MaxValue : random.Next(1, 60));
            try
            {
                List<HttpAnswer> answers = HttpAnswer.ReadAll(answer);
                seen.UnionWith(answers.Select(one => one.Status));
                Assert.IsTrue(answers.TakeWhile(one => !one.Closes).Count() >= answers.Count - 1, "an answer after the last one");
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException)
            {
                Assert.IsTrue(false, $"{i}: {Escape(request)} got {Escape(answer)}: {e.Message}");
            }

            // Each handler has made what it makes by then.
            if (i == requests / 2)
            {
                allocated = pair.Allocated;
                served = pair.Server.Requests;
            }
        }

        // What /echo takes for content is the test's own, 1 KB for a request.
        Assert.IsTrue(pair.Allocated - allocated <= 1024L * (long)(pair.Server.Requests - served), $"{pair.Allocated - allocated} bytes");
        foreach (int status in new[] { 200, 400, 404, 405, 411, 413, 414, 415, 417, 431, 501, 505 })
            Assert.IsTrue(seen.Contains(status), status + " was never answered");
        pair.Run(80_000_000);
        Assert.AreEqual(0, pair.Server.Connections);
        Assert.AreEqual(HttpTests.Hello, pair.Ask(Next));
    }

    /// <summary>Some requests in a row, with bytes changed, left out, put in and doubled, or bytes of chance alone.</summary>
    private static string NewGarbage(Random random, string[] valid)
    {
        if (random.Next(20) == 0)
            return new string([.. Enumerable.Range(0, random.Next(1, 700)).Select(_ => (char)random.Next(256))]);
        string text = "";
        for (int i = random.Next(1, 4); i > 0; i--)
            text += valid[random.Next(valid.Length)];
        string special = "\r\n\0\t :;,/?#%0fFxX\x7F\xFF";
        for (int i = random.Next(5); i > 0; i--)
        {
            int at = random.Next(text.Length), length = random.Next(Math.Min(20, text.Length - at));
            char c = random.Next(2) == 0 ? special[random.Next(special.Length)] : (char)random.Next(256);
            text = random.Next(4) switch
            {
                0 => text[..at] + c + text[(at + 1)..],
                1 => text[..at] + c + text[at..],
                2 => text.Remove(at, Math.Max(1, length)),
                _ => text.Insert(at, text.Substring(at, length)),
            };
            if (text.Length == 0)
                text = "\r\n";
        }

        return text;
    }

    private static void IsRefused(HttpPair pair, string request, int status, TcpConnection connection, Action<TcpConnection, string> send)
    {
        send(connection, request + Next);
        string answer = pair.Receive(connection);
        List<HttpAnswer> answers = HttpAnswer.ReadAll(answer);
        Assert.AreEqual(1, answers.Count, Escape(request) + " got " + Escape(answer));
        Assert.AreEqual(status, answers[0].Status, Escape(request));
        Assert.IsTrue(answers[0].Closes && connection.PeerClosed, Escape(request) + " does not end its connection");
        connection.Close();
        pair.Run(100_000);
        Assert.AreEqual(0, pair.Server.Connections);
    }

    private static void IsTaken(string request, int status, string answer)
    {
        List<HttpAnswer> answers = HttpAnswer.ReadAll(answer);
        Assert.AreEqual($"{status} 200", string.Join(' ', answers.Select(one => one.Status)), Escape(request) + " got " + Escape(answer));
        Assert.AreEqual("hello\n", answers[1].Content);
    }

    private static string Escape(string text) => System.Text.RegularExpressions.Regex.Escape(text);
}
