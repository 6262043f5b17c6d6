using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using HandshakeNano.Page;
using Json.Schema;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>What the device says of itself on port 80.</summary>
[TestClass]
public sealed class PageTests
{
    [TestMethod]
    public void The_connections_are_those_that_there_are_with_both_sides_numbers()
    {
        var time = new VirtualTime(services: new PageService());
        Client[] clients = [time.Connect(80), time.Connect(80), time.Connect(80)];
        time.Until(() => clients.All(client => client.IsEstablished), "all have shaken hands");
        JsonElement page = Json(time, clients[1], "/api/v1/connections");
        Assert.AreEqual(8, page.GetProperty("capacity").GetInt32());
        Assert.AreEqual(3, page.GetProperty("open").GetInt32());
        Assert.AreEqual(0, page.GetProperty("timeWait").GetInt32());
        JsonElement[] shown = [.. page.GetProperty("connections").EnumerateArray()];
        CollectionAssert.AreEquivalent(
            clients.Select(client => client.Connection.LocalPort).ToArray(),
            shown.Select(connection => connection.GetProperty("remotePort").GetInt32()).ToArray());
        foreach (Client client in clients)
        {
            JsonElement one = shown.Single(connection => connection.GetProperty("remotePort").GetInt32() == client.Connection.LocalPort);
            Assert.AreEqual("ESTABLISHED", one.GetProperty("state").GetString());
            Assert.AreEqual("10.77.0.1", one.GetProperty("remoteAddress").GetString());
            Assert.AreEqual(80, one.GetProperty("localPort").GetInt32());
            Assert.AreEqual(client.Connection.Irs, one.GetProperty("iss").GetUInt32());
            Assert.AreEqual(client.Connection.Iss, one.GetProperty("irs").GetUInt32());
            Assert.AreEqual(client.Connection.SndNxt, one.GetProperty("rcvNxt").GetUInt32());
            Assert.AreEqual(one.GetProperty("iss").GetUInt32() + 1, one.GetProperty("sndUna").GetUInt32());
            Assert.AreEqual(one.GetProperty("iss").GetUInt32() + 1, one.GetProperty("sndNxt").GetUInt32());
        }
    }

    [TestMethod]
    public void The_counters_are_those_of_the_endpoint_and_none_that_is_0()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        JsonElement page = Json(time, client, "/api/v1/counters");
        foreach (JsonProperty counter in page.EnumerateObject())
            Assert.IsGreaterThan(0ul, counter.Value.GetUInt64(), counter.Name);
        Assert.AreEqual(1, page.GetProperty(nameof(Counter.PassiveOpens)).GetInt32());
        Assert.IsFalse(page.TryGetProperty(nameof(Counter.ResetsSent), out _));
    }

    [TestMethod]
    public void The_device_says_what_it_is_and_where()
    {
        var time = new VirtualTime(services: new PageService());
        JsonElement page = Json(time, time.Connect(80), "/api/v1/device");
        Assert.AreEqual(time.Board.Name, page.GetProperty("board").GetString());
        Assert.AreEqual(typeof(TcpEndpoint).Assembly.GetName().Version!.ToString(), page.GetProperty("version").GetString());
        Assert.AreEqual("10.77.0.2", page.GetProperty("address").GetString());
        Assert.IsTrue(page.GetProperty("linkUp").GetBoolean());
        Assert.IsFalse(page.GetProperty("dhcp").GetBoolean());
        Assert.AreEqual(0, page.GetProperty("ipv6Addresses").GetArrayLength());
        Assert.IsGreaterThan(0L, page.GetProperty("freeMemory").GetInt64());
        Assert.IsFalse(page.TryGetProperty("leaseTime", out _));
        Assert.AreEqual(1500, page.GetProperty("mtu").GetInt32());
        Assert.AreEqual(
            string.Join(':', time.Board.Link.PhysicalAddress.Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture))),
            page.GetProperty("physicalAddress").GetString());
        Assert.IsLessThanOrEqualTo(time.Clock.Now, page.GetProperty("time").GetUInt64());
    }

    [TestMethod]
    public void The_metrics_have_every_counter_once_by_its_name()
    {
        var time = new VirtualTime(services: new PageService());
        string[] lines = Content(Ask(time, time.Connect(80), "/metrics")).TrimEnd('\n').Split('\n');
        Dictionary<string, ulong> events = lines.Where(line => line.StartsWith("handshake_events_total{event=\"", StringComparison.Ordinal))
            .ToDictionary(line => line.Split('"')[1], line => ulong.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        CollectionAssert.AreEquivalent(Enum.GetNames<Counter>(), events.Keys.ToArray());
        Assert.AreEqual(1ul, events[nameof(Counter.Established)]);
        Assert.Contains("handshake_connections 1", lines);
        Assert.Contains("handshake_time_wait_connections 0", lines);
        Assert.Contains($"handshake_uptime_seconds {time.Clock.Now / 1_000_000}", lines);
    }

    [TestMethod]
    public void The_frames_are_the_last_ones_with_their_headers()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        time.Until(() => client.IsEstablished, "a handshake");
        JsonElement[] frames = [.. Json(time, client, "/api/v1/frames").GetProperty("frames").EnumerateArray()];

        IEnumerable<string> seen = frames.Where(frame => Kind(frame) != "ARP").Select(frame => (frame.GetProperty("sent").GetBoolean() ? "> " : "< ") + Kind(frame));
        Assert.AreEqual("< SYN, > SYN,ACK, < ACK, < PSH,ACK", string.Join(", ", seen));
        JsonElement syn = frames.Single(frame => Kind(frame) == "SYN"), answer = frames.Single(frame => Kind(frame) == "SYN,ACK");
        Assert.AreEqual(client.Connection.Iss, Number(syn, 38));
        Assert.AreEqual(client.Connection.Irs, Number(answer, 38));
        Assert.AreEqual(client.Connection.Iss + 1, Number(answer, 42));
        Assert.AreEqual(Hex(syn).Length, syn.GetProperty("length").GetInt32());
        Assert.IsLessThanOrEqualTo(answer.GetProperty("time").GetUInt64(), syn.GetProperty("time").GetUInt64());
        CollectionAssert.AreEqual(Enumerable.Range(0, frames.Length).ToArray(), frames.Select(frame => frame.GetProperty("number").GetInt32()).ToArray());
    }

    [TestMethod]
    public void Of_many_frames_the_last_32_are_kept_and_those_that_come_meanwhile_are_left_out()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        for (int i = 0; i < 60; i++)
        {
            Json(time, client, "/api/v1/device");
            client.Forget();
        }

        JsonElement[] frames = [.. Json(time, client, "/api/v1/frames").GetProperty("frames").EnumerateArray()];
        int[] numbers = [.. frames.Select(frame => frame.GetProperty("number").GetInt32())];
        Assert.IsGreaterThan(32, numbers[0]);

        // An answer of several segments overwrites some before they leave: those that do follow each other.
        Assert.IsGreaterThan(8, numbers.Length);
        Assert.IsLessThanOrEqualTo(32, numbers.Length);
        for (int i = 1; i < numbers.Length; i++)
            Assert.IsGreaterThan(numbers[i - 1], numbers[i]);
    }

    [TestMethod]
    public void The_handshakes_stay_when_other_frames_have_overwritten_theirs()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        time.Until(() => client.IsEstablished, "a handshake");
        for (int i = 0; i < 60; i++)
        {
            Json(time, client, "/api/v1/device");
            client.Forget();
        }

        Client other = time.Connect(80);
        time.Until(() => other.IsEstablished, "a second handshake");
        JsonElement[] frames = [.. Json(time, client, "/api/v1/handshakes").GetProperty("frames").EnumerateArray()];
        Assert.AreEqual(
            "< SYN, > SYN,ACK, < ACK, < SYN, > SYN,ACK, < ACK",
            string.Join(", ", frames.Select(frame => (frame.GetProperty("sent").GetBoolean() ? "> " : "< ") + Kind(frame))));
        Client[] clients = [client, other];
        for (int i = 0; i < frames.Length; i++)
        {
            TcpConnection connection = clients[i / 3].Connection;
            Assert.AreEqual(i, frames[i].GetProperty("number").GetInt32());
            Assert.AreEqual(i % 3 == 1 ? connection.Irs : i % 3 == 0 ? connection.Iss : connection.Iss + 1, Number(frames[i], 38));
            Assert.AreEqual(i % 3 == 0 ? 0 : i % 3 == 1 ? connection.Iss + 1 : connection.Irs + 1, Number(frames[i], 42));
        }
    }

    /// <summary>Segments of IPv4 with options and of IPv6; what only looks like one is left out.</summary>
    [TestMethod]
    public void A_segment_of_a_handshake_is_known_by_its_bytes()
    {
        var page = new PageService();
        var time = new VirtualTime(services: page);
        byte[] address = new byte[16], syn = Segment(5, 0, ControlBits.Syn);
        Show(Ipv4(syn, words: 6));
        Show(Ipv4(Segment(8, 6, ControlBits.Syn | ControlBits.Ack), words: 5));
        Show(Ipv4(Segment(9, 9, ControlBits.Ack), words: 5));
        Show(Ipv4(Segment(6, 9, ControlBits.Ack | ControlBits.Psh), words: 15));
        Show(Ipv4(Segment(6, 9, ControlBits.Ack), words: 5));
        Show([.. new byte[12], 0x86, 0xDD, .. Ipv6Packet.Create(address, address, 6, syn)]);
        Show([.. new byte[12], 0x86, 0xDD, .. Ipv6Packet.Create(address, address, 17, syn)]);
        Show(Ipv4(syn[..19], words: 5));
        Show(Ipv4(syn, words: 5, protocol: 17));
        JsonElement[] frames = [.. Json(time, time.Connect(80), "/api/v1/handshakes").GetProperty("frames").EnumerateArray()];
        Assert.AreEqual("58 54 94 74", string.Join(' ', frames[..^3].Select(frame => frame.GetProperty("length").GetInt32())));

        void Show(byte[] frame)
        {
            byte[] buffer = new byte[FrameLayout.Ethernet + 200];
            Array.Fill(buffer, (byte)0x02);
            frame.CopyTo(buffer, FrameLayout.Ethernet);
            page.Observer.OnFrame(sent: false, buffer, frame.Length);
        }

        static byte[] Ipv4(byte[] segment, int words, byte protocol = 6)
        {
            byte[] header = new byte[4 * words];
            header[0] = (byte)(0x40 | words);
            header[9] = protocol;
            return [.. new byte[12], 0x08, 0x00, .. header, .. segment];
        }

        static byte[] Segment(uint sequence, uint acknowledgment, ControlBits flags)
        {
            byte[] bytes = new byte[20];
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), sequence);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), acknowledgment);
            bytes[12] = 0x50;
            bytes[13] = (byte)flags;
            return bytes;
        }
    }

    [TestMethod]
    public void Of_nine_open_handshakes_the_end_of_the_oldest_is_not_known()
    {
        var page = new PageService();
        var time = new VirtualTime(services: page);
        for (byte i = 1; i <= 9; i++)
            Show(ControlBits.Syn | ControlBits.Ack, sequence: (byte)(100 + i), acknowledgment: i);
        for (byte i = 1; i <= 9; i++)
            Show(ControlBits.Ack, sequence: i, acknowledgment: (byte)(101 + i));
        JsonElement[] frames = [.. Json(time, time.Connect(80), "/api/v1/handshakes").GetProperty("frames").EnumerateArray()];
        CollectionAssert.AreEqual(
            Enumerable.Range(2, 8).Select(i => (uint)i).ToArray(), frames[^11..^3].Select(frame => Number(frame, 38)).ToArray());
        Assert.AreEqual(109u, Number(frames[^12], 38));

        void Show(ControlBits flags, byte sequence, byte acknowledgment)
        {
            byte[] buffer = new byte[FrameLayout.Ethernet + 54];
            buffer[FrameLayout.Network] = 0x45;
            buffer[FrameLayout.Network + 9] = 6;
            buffer[FrameLayout.Transport + 7] = sequence;
            buffer[FrameLayout.Transport + 11] = acknowledgment;
            buffer[FrameLayout.Transport + 13] = (byte)flags;
            page.Observer.OnFrame(sent: false, buffer, 54);
        }
    }

    [TestMethod]
    [DataRow("device", "device")]
    [DataRow("connections", "connections")]
    [DataRow("counters", "counters")]
    [DataRow("frames", "frames")]
    [DataRow("handshakes", "frames")]
    public void The_answer_is_as_its_schema_says(string path, string schema)
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        time.Until(() => client.IsEstablished, "a handshake");
        JsonSchema rules = JsonSchema.FromFile(Path.Combine(Repository.Root, "docs/schemas", schema + ".json"));
        JsonElement answer = Json(time, client, "/api/v1/" + path);
        EvaluationResults result = rules.Evaluate(answer, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.IsTrue(result.IsValid, string.Join("\n", result.Details.Where(one => one.HasErrors).Select(one => one.InstanceLocation + ": " + string.Join(", ", one.Errors!.Values))));

        // The schema says no to an answer with one member more.
        JsonNode more = JsonNode.Parse(answer.GetRawText())!;
        more["Unknown"] = "text";
        Assert.IsFalse(rules.Evaluate(more).IsValid);
    }

    [TestMethod]
    public void The_capture_is_a_section_an_interface_and_a_block_for_each_frame()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        byte[] capture = Encoding.Latin1.GetBytes(Content(Ask(time, client, "/capture")));
        var blocks = new List<uint>();
        for (int at = 0; at < capture.Length;)
        {
            blocks.Add(BitConverter.ToUInt32(capture, at));
            int length = BitConverter.ToInt32(capture, at + 4);
            Assert.AreEqual(length, BitConverter.ToInt32(capture, at + length - 4));
            at += length;
        }

        Assert.AreEqual("A0D0D0A 1 6 6 6 6", string.Join(' ', blocks.Take(6).Select(type => type.ToString("X", CultureInfo.InvariantCulture))));
        Assert.IsTrue(blocks.Skip(2).All(type => type == 6));
    }

    [TestMethod]
    [DataRow("/api/v1/device")]
    [DataRow("/api/v1/frames")]
    [DataRow("/capture")]
    [DataRow("/api/v1/connections")]
    [DataRow("/api/v1/counters")]
    [DataRow("/metrics")]
    public void Nothing_can_be_changed(string path)
    {
        var time = new VirtualTime(services: new PageService());
        foreach (string method in new[] { "POST", "PUT", "DELETE", "PATCH" })
        {
            Client client = time.Connect(80);
            client.Send(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"), shutdown: true);
            time.Until(() => client.HasPeerClosed, "an answer");
            Assert.StartsWith("HTTP/1.1 405 ", Encoding.ASCII.GetString(client.Data));
        }
    }

    /// <summary>Without its script the page is a table of the connections; the policy lets nothing else than the device's own files in.</summary>
    [TestMethod]
    public void The_page_has_the_connections_as_a_table()
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        string answer = Ask(time, client, "/");
        Assert.Contains("\r\nContent-Type: text/html; charset=utf-8\r\n", answer);
        Assert.Contains("\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; ", answer);
        string page = Content(answer);
        Assert.Contains(
            $"<tr><td>ESTABLISHED<td>10.77.0.1:{client.Connection.LocalPort}<td>80<td class=\"number\">{client.Connection.Irs}<td class=\"number\">{client.Connection.Iss}"
            + $"<td>{page.Split("<td>80")[1].Split("<td>")[1].Split(' ')[0]} &micro;s<td class=\"number\">0<td class=\"number\">", page);
        Assert.EndsWith("</html>\n", page);
    }

    [TestMethod]
    [DataRow("page.css", "text/css")]
    [DataRow("page.js", "text/javascript")]
    public void A_file_of_the_page_is_the_one_in_the_repository_compressed(string name, string type)
    {
        var time = new VirtualTime(services: new PageService());
        Client client = time.Connect(80);
        Say(client, $"GET /{name} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n");
        time.Until(() => client.HasPeerClosed, "the file");
        string answer = Encoding.Latin1.GetString(client.Data);
        Assert.Contains($"\r\nContent-Type: {type}\r\n", answer);
        Assert.Contains("\r\nContent-Encoding: gzip\r\n", answer);
        int at = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Assert.Contains($"\r\nContent-Length: {answer.Length - at}\r\n", answer);
        using var gzip = new GZipStream(new MemoryStream(client.Data, at, answer.Length - at), CompressionMode.Decompress);
        Assert.AreEqual(
            File.ReadAllText(Path.Combine(Repository.Root, "firmware/HandshakeNano.Page/page", name)), new StreamReader(gzip).ReadToEnd(),
            "Type: dotnet run build/PackPage.cs");
        string tag = answer.Split("ETag: ")[1].Split("\r\n")[0];

        // Who has it does not get it again, and who cannot take it gets no bytes that it cannot read.
        Client other = time.Connect(80);
        Say(other, $"GET /{name} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n");
        time.Until(() => other.HasPeerClosed, "no file");
        Assert.AreEqual(
            $"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: {tag}\r\nCache-Control: no-cache\r\n\r\n", Encoding.Latin1.GetString(other.Data));
        Client plain = time.Connect(80);
        Say(plain, $"GET /{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        time.Until(() => plain.HasPeerClosed, "no file");
        Assert.StartsWith("HTTP/1.1 406 ", Encoding.Latin1.GetString(plain.Data));
    }

    [TestMethod]
    public void The_page_and_its_files_are_smaller_than_12_KB()
    {
        var time = new VirtualTime(services: new PageService());
        int size = Ask(time, time.Connect(80), "/").Length;
        foreach (string name in new[] { "page.css", "page.js" })
        {
            Client client = time.Connect(80);
            Say(client, $"GET /{name} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
            time.Until(() => client.HasPeerClosed, name);
            size += client.Received;
        }

        Assert.IsLessThan(12_000, size);
    }

    private static void Say(Client client, string request) => client.Send(Encoding.ASCII.GetBytes(request), shutdown: false);

    private static byte[] Hex(JsonElement frame) => Convert.FromHexString(frame.GetProperty("bytes").GetString()!);

    private static uint Number(JsonElement frame, int at) => BinaryPrimitives.ReadUInt32BigEndian(Hex(frame).AsSpan(at));

    private static string Kind(JsonElement frame)
    {
        byte[] bytes = Hex(frame);
        return bytes[12] == 8 && bytes[13] == 6 ? "ARP" : Packets.ControlBitsText.ToText((Packets.ControlBits)bytes[47]);
    }

    private static JsonElement Json(VirtualTime time, Client client, string path)
    {
        string answer = Ask(time, client, path);
        Assert.Contains("\r\nContent-Type: application/json\r\n", answer);
        Assert.Contains("\r\nCache-Control: no-store\r\n", answer);
        return JsonDocument.Parse(Content(answer)).RootElement;
    }

    private static string Ask(VirtualTime time, Client client, string path)
    {
        client.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), shutdown: false);
        time.Until(() => Encoding.Latin1.GetString(client.Data).EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the last chunk of " + path);
        return Encoding.Latin1.GetString(client.Data);
    }

    /// <summary>The content of an answer in chunks (RFC 9112 section 7.1).</summary>
    private static string Content(string answer)
    {
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        var content = new StringBuilder();
        int at = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        while (true)
        {
            int line = answer.IndexOf("\r\n", at, StringComparison.Ordinal);
            int length = int.Parse(answer[at..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return content.ToString();
            content.Append(answer, line + 2, length);
            at = line + 2 + length + 2;
        }
    }
}
