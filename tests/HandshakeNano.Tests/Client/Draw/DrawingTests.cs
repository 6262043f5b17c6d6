using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>One flow in every form.</summary>
[TestClass]
public sealed class DrawingTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void The_text_for_mail_has_72_columns_of_ASCII_and_says_what_is_odd()
    {
        const string Expected = """
            test.pcap, flow 1 of 1: 3 segments, 0 bytes of data, refused

                        client                                            server
                        10.77.0.1:40000                             10.77.0.2:7
                        CLOSED        |                              |  CLOSED
                                      |                              |
                  0 us  SYN-SENT      |-- SYN      seq 1000 (0) ---->|  CLOSED
                                      |   win 2048,                  |
                                      |   timestamps 4000000000 echo |
                                      |     4000000000               |
                                      |   ! no answer: it was        |
                                      |     dropped on the way, or   |
                                      |     its answer was           |
                                      |                              |
              1.000 s   SYN-SENT      |-- SYN      seq 1000 (0) ---->|  CLOSED
                                      |   win 2048                   |
                                      |   ! retransmission: SYN sent |
                                      |     again after 1.000 s      |
                                      |     without an answer        |
                                      |                              |
              1.001 s   CLOSED        |<- RST,ACK  seq 0 (0) --------|  CLOSED
                                      |   ack 1001 (1)               |
                                      |   ! refuses the connection   |

            - The client sent its SYN again once, the first time after 1.000 s: it
              had no answer.
            - Refused: nothing listens on 10.77.0.2:7, whose RST answers the SYN.

            """;
        string text = Text(Refused(), toScale: false);
        Assert.IsTrue(text.All(char.IsAscii));
        foreach (string line in text.Split('\n'))
            Assert.IsLessThanOrEqualTo(72, line.Length, line);
        Assert.AreEqual(Squeeze(Expected), Squeeze(text), text);
    }

    [TestMethod]
    public void To_scale_a_second_takes_more_room_than_a_millisecond()
    {
        string[] even = Text(Refused(), toScale: false).Split('\n'), scaled = Text(Refused(), toScale: true).Split('\n');
        Assert.IsGreaterThan(even.Length + 50, scaled.Length);
        Assert.IsLessThan(even.Length + 70, scaled.Length);
        StringAssert.Contains(scaled[1], "Time is to scale: a line more stands for 16.683 ms.");
        double[] Tops(bool toScale) => [.. XDocument.Parse(LadderSvg.Draw(Refused(), toScale)).Descendants(s_svg + "line")
            .Where(line => line.Attribute("class")!.Value.Contains("-line") && line.Attribute("y1")!.Value == line.Attribute("y2")!.Value)
            .Select(line => double.Parse(line.Attribute("y1")!.Value, System.Globalization.CultureInfo.InvariantCulture))];
        double[] places = Tops(true);
        Assert.IsGreaterThan(Tops(false)[1] - Tops(false)[0], places[1] - places[0]);
        Assert.IsGreaterThan(3 * (places[2] - places[1]), places[1] - places[0]);
    }

    [TestMethod]
    public void The_SVG_is_XML_with_title_description_an_arrow_for_each_segment_and_no_overlap()
    {
        XElement svg = XDocument.Parse(LadderSvg.Draw(Odd(), toScale: false)).Root!;
        Assert.AreEqual(s_svg + "svg", svg.Name);
        StringAssert.Contains(svg.Element(s_svg + "title")!.Value, "test.pcap, flow 1 of 1");
        StringAssert.Contains(svg.Element(s_svg + "desc")!.Value, "the client sends SYN  seq 1000 (0).");
        XElement[] arrows = [.. svg.Elements(s_svg + "line").Where(line => line.Attribute("class")!.Value.StartsWith("client-line") || line.Attribute("class")!.Value.StartsWith("server-line"))];
        Assert.HasCount(Odd().Flow!.Exchange.Count, arrows);
        Assert.HasCount(1, arrows.Where(line => line.Attribute("class")!.Value.EndsWith(" again")).ToArray());
        StringAssert.Contains(svg.Value, "len 6, \"<&\\\"'\\x00\\x01\", win 2048");

        // What stands in the middle stands below what came before it.
        double[] heights = [.. svg.Elements(s_svg + "text").Where(text => text.Attribute("x")!.Value == "480")
            .Select(text => double.Parse(text.Attribute("y")!.Value, System.Globalization.CultureInfo.InvariantCulture))];
        for (int i = 1; i < heights.Length; i++)
            Assert.IsGreaterThanOrEqualTo(heights[i - 1] + 12, heights[i]);
        Assert.AreEqual("no script", svg.Descendants(s_svg + "script").Any() ? "a script" : "no script");
    }

    [TestMethod]
    public void The_page_has_the_picture_and_a_table_and_needs_nothing_else()
    {
        string html = LadderPage.Draw(Odd(), toScale: false);
        foreach (string outside in new[] { "<script", "src=", "href=", "url(", "@import" })
            Assert.DoesNotContain(outside, html);
        Assert.DoesNotContain("<&", html, "text is text");
        StringAssert.StartsWith(html, "<!DOCTYPE html>\n<html lang=\"en\">");
        XElement main = XDocument.Parse(html[html.IndexOf("<main>", StringComparison.Ordinal)..(html.IndexOf("</main>", StringComparison.Ordinal) + 7)]).Root!;
        XElement table = main.Descendants("table").Single();
        Assert.HasCount(Odd().Flow!.Exchange.Count, table.Element("tbody")!.Elements().ToArray());
        Assert.HasCount(12, table.Element("thead")!.Descendants("th").ToArray());
        Assert.IsTrue(table.Descendants("th").All(head => head.Attribute("scope") != null));
        Assert.IsTrue(main.Descendants().Where(element => element.Attribute("tabindex") != null).All(region => region.Attribute("role")!.Value == "region"));
        Assert.HasCount(1, main.Descendants(s_svg + "svg").ToArray());
    }

    [TestMethod]
    public void The_JSON_is_as_its_schema_says()
    {
        DrawReport[] reports = [Odd(), Refused(), new Segments().Report(), new Segments().Handshake().FromClient(ControlBits.Rst, 1001).Handshake(7, 8).Report(), Odd() with { Failure = "cut" }];
        foreach (DrawReport report in reports)
        {
            using var text = new StringWriter();
            report.WriteJson(text);
            Schemas.Check("draw", text.ToString());
        }
    }

    [TestMethod]
    public void A_list_names_both_ends_segments_bytes_beginning_and_end_of_each_flow()
    {
        DrawReport report = new Segments().Handshake().FromClient(ControlBits.Ack, 1001, 5001, "hello").FromServer(ControlBits.Rst, 5001)
            .FromClient(ControlBits.Syn, 9000).Report();
        string text = Text(report, toScale: false);
        StringAssert.Contains(text, "test.pcap: 6 frames, 6 TCP segments, 2 flows. --flow N draws one:");
        StringAssert.Contains(Squeeze(text), "1 10.77.0.1:40000 -> 10.77.0.2:7\n 5 segments, 5 bytes, SYN, reset by server");
        StringAssert.Contains(Squeeze(text), "2 10.77.0.1:40000 -> 10.77.0.2:7\n 1 segment, 0 bytes, SYN, no answer");
        foreach (string line in text.Split('\n'))
            Assert.IsLessThanOrEqualTo(72, line.Length, line);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_byte_at_which_a_damaged_capture_ends_is_that_of_the_first_record_that_is_not_whole(bool isNg)
    {
        byte[] packet = new byte[60];
        byte[] record = isNg ? Block(6, [.. new byte[12], 60, 0, 0, 0, 60, 0, 0, 0, .. packet]) : [.. new byte[8], 60, 0, 0, 0, 60, 0, 0, 0, .. packet];
        byte[] head = isNg
            ? [.. Block(0x0A0D0D0A, [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)]), .. Block(1, [1, 0, 0, 0, 0, 0, 0, 0])]
            : [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[8], 0, 0, 4, 0, 1, 0, 0, 0];
        byte[] whole = [.. head, .. record, .. record];
        Assert.AreEqual(whole.Length, Whole(whole));
        for (int length = head.Length + record.Length; length < whole.Length; length++)
            Assert.AreEqual(head.Length + record.Length, Whole(whole[..length]), $"{length} bytes");
        byte[] damaged = (byte[])whole.Clone();
        damaged[head.Length + record.Length + (isNg ? 7 : 11)] = 0x7F;
        Assert.AreEqual(head.Length + record.Length, Whole(damaged));
    }

    private static byte[] Block(uint type, byte[] body)
    {
        var block = new byte[12 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4), block.Length);
        body.CopyTo(block, 8);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(block.Length - 4), block.Length);
        return block;
    }

    private static int Whole(byte[] capture)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, capture);
            return (int)CaptureExtent.WholeBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static DrawReport Refused() => new Segments()
        .FromClient(ControlBits.Syn, 1000, 0, "", new TcpOption(8, "timestamps", [4_000_000_000, 4_000_000_000])).Wait(999)
        .FromClient(ControlBits.Syn, 1000).FromServer(ControlBits.Rst | ControlBits.Ack, 0, 1001).Report();

    private static DrawReport Odd() => new Segments().Handshake()
        .FromClient(ControlBits.Psh | ControlBits.Ack, 1001, 5001, "<&\"'\0\u0001").Wait(300)
        .FromClient(ControlBits.Psh | ControlBits.Ack, 1001, 5001, "<&\"'\0\u0001").FromServer(ControlBits.Ack, 5001, 1007)
        .FromServer(ControlBits.Rst | ControlBits.Ack, 5001, 1007).Report();

    private static string Text(DrawReport report, bool toScale)
    {
        using var text = new StringWriter { NewLine = "\n" };
        report.Write(Screen.ForMail(text), toScale);
        return text.ToString();
    }

    // What counts is what stands where in a line, not how many blanks are between.
    private static string Squeeze(string text) => System.Text.RegularExpressions.Regex.Replace(text, " +", " ").Trim();
}
