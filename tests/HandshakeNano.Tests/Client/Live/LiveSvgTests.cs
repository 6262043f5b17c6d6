using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Client.Output;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The live view as a picture that moves.</summary>
[TestClass]
public sealed class LiveSvgTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void Each_segment_appears_after_the_one_before_it_and_a_longer_wait_is_longer()
    {
        DrawReport report = new Segments().Handshake().Wait(500).FromClient(ControlBits.Ack, 1001, 5001, "hello").Report();
        double[] times = [.. Steps(XDocument.Parse(LiveSvg.Draw(report))).Select(step =>
            double.Parse(step.Attribute("style")!.Value["--at:".Length..].TrimEnd('s'), CultureInfo.InvariantCulture))];
        CollectionAssert.AreEqual(times.Order().ToArray(), times);
        Assert.HasCount(6, times, "The head, four segments, the end.");
        Assert.IsGreaterThan(2 * (times[2] - times[1]), times[4] - times[3]);
    }

    [TestMethod]
    public void All_is_there_for_whoever_has_switched_animation_off()
    {
        XDocument picture = XDocument.Parse(LiveSvg.Draw(VirtualDemo.Run()));
        string style = picture.Descendants(s_svg + "style").Single().Value;
        StringAssert.Contains(style, "@media (prefers-reduced-motion: reduce) { .step, .wipe { animation: none; } }");
        StringAssert.Contains(style, "@media (prefers-color-scheme: dark)");

        // What is hidden is so in the first frame of the animation alone.
        Assert.DoesNotContain("opacity: 0", style.Replace("@keyframes show { from { opacity: 0; } }", "", StringComparison.Ordinal));
        Assert.IsFalse(picture.Descendants().Attributes().Any(attribute => attribute.Name == "opacity" || attribute.Name == "display" || attribute.Name == "visibility"));
        Assert.AreEqual("img", picture.Root!.Attribute("role")!.Value);
        foreach (string id in picture.Root.Attribute("aria-labelledby")!.Value.Split(' '))
            Assert.IsFalse(string.IsNullOrWhiteSpace(picture.Descendants().Single(element => element.Attribute("id")?.Value == id).Value));
    }

    [TestMethod]
    public void Every_column_stands_where_a_terminal_has_it()
    {
        DrawReport report = VirtualDemo.Run();
        XElement[] texts = [.. XDocument.Parse(LiveSvg.Draw(report)).Descendants(s_svg + "text").Where(text => text.Attribute("textLength") != null)];
        foreach (XElement text in texts)
        {
            double right = Number(text, "x") + Number(text, "textLength");
            Assert.IsLessThanOrEqualTo(880 - 20, right, text.Value);
        }

        // The rails of all rows are one below the other.
        double[] rails = [.. texts.Where(text => text.Value.StartsWith('├') || text.Value.StartsWith('│')).Select(text => Number(text, "x")).Distinct()];
        Assert.HasCount(2, rails);
    }

    private static IEnumerable<XElement> Steps(XDocument picture) =>
        picture.Descendants(s_svg + "g").Where(group => group.Attribute("class")!.Value == "step");

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
