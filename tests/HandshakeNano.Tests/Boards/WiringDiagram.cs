using System.Collections.Generic;
using System.Globalization;
using System.Text;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>Draws a board's wiring as SVG.</summary>
internal static class WiringDiagram
{
    private const int Width = 640;
    private const int LeftEdge = 210;
    private const int RightEdge = 430;
    private const int FirstWire = 84;
    private const int WireDistance = 30;

    private const string Style = """
          <style>
            text { fill: #1f2328; }
            .paper { fill: #ffffff; }
            .box { fill: #f6f8fa; stroke: #1f2328; }
            .line { stroke: #1f2328; }
            @media (prefers-color-scheme: dark) {
              text { fill: #f0f6fc; }
              .paper { fill: #0d1117; }
              .box { fill: #151b23; stroke: #9198a1; }
              .line { stroke: #9198a1; }
            }
          </style>

        """;

    // Its value is a class of the style, which knows the reader's colour scheme.
    private const string Ink = "ink";

    public static string Draw(BoardDefinition board)
    {
        return board.Link == LinkKind.W5500 ? DrawW5500(board) : DrawTunnel(board);
    }

    private static string DrawW5500(BoardDefinition board)
    {
        W5500Pins pins = board.Pins!;
        var wires = new List<(string Left, string Right, string Colour)>
        {
            (Gpio(pins.Sclk), "SCLK", "#b58900"),
            (Gpio(pins.Mosi), "MOSI", "#268bd2"),
            (Gpio(pins.Miso), "MISO", "#2aa198"),
            (Gpio(pins.Scsn), "SCSn", "#6c71c4"),
        };
        if (pins.Intn is int interrupt)
            wires.Add((Gpio(interrupt), "INTn", "#859900"));
        if (pins.Rstn is int reset)
            wires.Add((Gpio(reset), "RSTn", "#d33682"));
        if (!board.OnBoard)
        {
            wires.Add((Place("3V3", "3V3"), "3V3", "#dc322f"));
            wires.Add((Place("GND", "GND"), "GND", Ink));
        }

        int bottom = FirstWire + wires.Count * WireDistance;
        var svg = new StringBuilder();
        Begin(svg, bottom + 62, board.Title);
        Box(svg, 20, LeftEdge, 50, bottom, board.Chip);
        Box(svg, RightEdge, Width - 20, 50, bottom, board.OnBoard ? "W5500, on the board" : "W5500 module");
        for (int i = 0; i < wires.Count; i++)
        {
            (string left, string right, string colour) = wires[i];
            int y = FirstWire + 14 + i * WireDistance;
            Line(svg, LeftEdge, y, RightEdge, y, colour, board.OnBoard ? "6 4" : null);
            Text(svg, LeftEdge - 10, y + 5, "end", left);
            Text(svg, RightEdge + 10, y + 5, "start", right);
        }

        Line(svg, 525, bottom, 525, bottom + 20, Ink, null);
        Text(svg, 525, bottom + 38, "middle", "RJ45: the PC or a switch");
        Text(svg, 115, bottom + 38, "middle", $"SPI bus {board.Spi!.Bus}, {board.Spi.Clock / 1_000_000} MHz");
        return End(svg);

        string Gpio(int number) => Place("GPIO" + number.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture));
        string Place(string text, string pin) => board.OnBoard ? text : $"{PinHeaders.PlaceOf(board.Name, pin)} · {text}";
    }

    private static string DrawTunnel(BoardDefinition board)
    {
        bool wifi = board.Underlay == UnderlayKind.Wifi;
        var svg = new StringBuilder();
        Begin(svg, 222, board.Title);
        Box(svg, 20, LeftEdge, 50, 140, wifi ? "ESP32, S3 or C3" : $"{board.Chip} and {board.Phy}");
        Box(svg, RightEdge, Width - 20, 50, 140, "PC");
        Text(svg, 115, 112, "middle", "10.77.0.2");
        Text(svg, 525, 112, "middle", "10.77.0.1 on vx0");
        Line(svg, LeftEdge, 108, RightEdge, 108, "#268bd2", wifi ? "6 4" : null);
        Text(svg, 320, 98, "middle", "VXLAN, UDP 4789");
        Text(svg, 320, 128, "middle", wifi ? "over Wi-Fi" : "over Ethernet, RJ45");
        Line(svg, 115, 140, 115, 170, Ink, null);
        bool usb = wifi || board.Usb;
        Text(svg, 115, 190, "middle", usb ? "USB: power and flashing" : "TXD, RXD, GND, 5V, IO0:");
        if (!usb)
            Text(svg, 115, 208, "middle", "3.3 V serial adapter");
        return End(svg);
    }

    private static void Begin(StringBuilder svg, int height, string title)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"14\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"  <title>{title}</title>\n");
        svg.Append(Style);
        svg.Append(CultureInfo.InvariantCulture, $"  <rect class=\"paper\" width=\"{Width}\" height=\"{height}\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"  <text x=\"{Width / 2}\" y=\"30\" text-anchor=\"middle\" font-size=\"16\" font-weight=\"bold\">{title}</text>\n");
    }

    private static string End(StringBuilder svg) => svg.Append("</svg>\n").ToString();

    private static void Box(StringBuilder svg, int left, int right, int top, int bottom, string title)
    {
        svg.Append(CultureInfo.InvariantCulture, $"  <rect x=\"{left}\" y=\"{top}\" width=\"{right - left}\" height=\"{bottom - top}\" rx=\"8\" class=\"box\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"  <text x=\"{(left + right) / 2}\" y=\"{top + 22}\" text-anchor=\"middle\" font-weight=\"bold\">{title}</text>\n");
    }

    private static void Line(StringBuilder svg, int x1, int y1, int x2, int y2, string colour, string? dashes)
    {
        string dashArray = dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"";
        string stroke = colour == Ink ? "class=\"line\"" : $"stroke=\"{colour}\"";
        svg.Append(CultureInfo.InvariantCulture, $"  <line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {stroke} stroke-width=\"3\"{dashArray}/>\n");
    }

    private static void Text(StringBuilder svg, int x, int y, string anchor, string text)
    {
        svg.Append(CultureInfo.InvariantCulture, $"  <text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>\n");
    }
}
