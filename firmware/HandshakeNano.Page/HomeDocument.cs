using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>
/// The page itself: the connections as a table of HTML, which a browser without JavaScript shows too, and what the script fills. The items
/// are pieces of the page, with the connections between them.
/// </summary>
internal sealed class HomeDocument : Document
{
    // No piece may be longer than Document takes.
    private static readonly string[] Before = new string[]
    {
        "<link rel=\"stylesheet\" href=\"/page.css\"><link rel=\"icon\" href=\"data:,\"><script src=\"/page.js\" defer></script>\n"
            + "<header><h1 id=\"title\">HandshakeNano</h1><p class=\"status\" id=\"status\" role=\"status\"></p><dl id=\"device\"></dl></header>\n<main>\n",
        "<section data-live hidden><h2>Initial sequence numbers</h2>\n<p>The clock of RFC 6528, a tick each 4 &micro;s: <output id=\"clock\"></output></p>\n"
            + "<svg id=\"scatter\" viewBox=\"0 0 640 215\" role=\"img\"></svg></section>\n",
        "<section data-live hidden><h2>The last handshakes</h2>\n<p><label><input type=\"checkbox\" id=\"relative\"> count from the initial sequence numbers</label></p>\n"
            + "<p id=\"no-ladder\">None was seen yet.</p><div id=\"ladders\"></div></section>\n",
        "<section><h2 id=\"c\">Connections</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"c\"><table id=\"connections\"><caption id=\"summary\"></caption><thead><tr>"
            + "<th scope=\"col\">State<th scope=\"col\">Peer<th scope=\"col\">Port",
        "<th scope=\"col\" class=\"number\">Our ISN<th scope=\"col\" class=\"number\">Peer's ISN<th scope=\"col\">RTT"
            + "<th scope=\"col\" class=\"number\">Bytes sent<th scope=\"col\" class=\"number\">Bytes received</tr></thead><tbody>\n",
    };

    private static readonly string[] After = new string[]
    {
        "</tbody></table></div></section>\n<section data-live hidden><h2 id=\"n\">Counters</h2><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"n\">"
            + "<table id=\"counters\"><thead><tr><th scope=\"col\">Event<th scope=\"col\" class=\"number\">How often</tr></thead><tbody></tbody></table></div></section>\n",
        "</main>\n<footer><p><a href=\"/api/v1/device\">device</a>, <a href=\"/api/v1/connections\">connections</a>, <a href=\"/api/v1/counters\">counters</a>"
            + " and <a href=\"/api/v1/frames\">frames</a> in JSON, <a href=\"/metrics\">metrics</a> for Prometheus, ",
        "<a href=\"/capture\" download=\"handshake.pcapng\">the last frames</a> for Wireshark</p></footer>\n</html>\n",
    };

    private readonly TcpEndpoint _endpoint;
    private readonly int _count;
    private readonly TcpConnectionInfo _info = new TcpConnectionInfo();

    /// <summary>Makes the page.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="firmware">Whose connections.</param>
    public HomeDocument(Piece text, DeviceFirmware firmware)
        : base(text, "text/html; charset=utf-8", "")
    {
        _endpoint = firmware.Endpoint;
        _count = firmware.Board.Settings.Connections;
    }

    /// <inheritdoc/>
    protected override int ItemCount
    {
        get { return Before.Length + _count + After.Length; }
    }

    /// <inheritdoc/>
    protected override string Policy
    {
        get
        {
            return "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'";
        }
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Put("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>HandshakeNano</title>\n");
    }

    /// <inheritdoc/>
    protected override bool PutItem(Piece text, int index, int mark)
    {
        if (index < Before.Length)
        {
            text.Put(Before[index]);
            return true;
        }

        index -= Before.Length;
        if (index >= _count)
        {
            text.Put(After[index - _count]);
            return true;
        }

        return PutRow(text, index);
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
    }

    private bool PutRow(Piece text, int index)
    {
        TcpConnectionInfo info = _info;
        if (!_endpoint.CopyConnection(index, info))
            return false;
        text.Put("<tr><td>");
        text.PutState(info);
        text.Put("<td>");
        text.Put(info.IsIpv6 ? "[" : "");
        text.PutPeer(info);
        text.Put(info.IsIpv6 ? "]:" : ":");
        text.Put((ulong)info.RemotePort);
        text.Put("<td>");
        text.Put((ulong)info.LocalPort);
        PutNumber(text, info.Iss);
        PutNumber(text, info.Irs);
        text.Put("<td>");
        text.Put(info.RoundTripTime);
        text.Put(" &micro;s");
        PutNumber(text, info.SndUna - info.Iss == 0 ? 0 : info.SndUna - info.Iss - 1);
        PutNumber(text, info.RcvNxt - info.Irs == 0 ? 0 : info.RcvNxt - info.Irs - 1);
        text.Put("</tr>\n");
        return true;
    }

    private static void PutNumber(Piece text, uint value)
    {
        text.Put("<td class=\"number\">");
        text.Put((ulong)value);
    }
}
