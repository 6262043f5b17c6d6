using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace HandshakeNano.Client.Commands;

/// <summary>Where to connect to.</summary>
/// <param name="Host">A name or an IPv4 address.</param>
/// <param name="Port">A TCP port, 1 to 65535.</param>
public readonly record struct Target(string Host, int Port)
{
    /// <summary>Reads HOST:PORT.</summary>
    /// <param name="text">For example example.org:80.</param>
    /// <param name="target">The result.</param>
    /// <returns>True if it is one.</returns>
    public static bool TryParse(string text, out Target target)
    {
        target = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || text.IndexOf(':') != colon || text.Any(char.IsWhiteSpace)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
            return false;
        target = new Target(text[..colon], port);
        return true;
    }

    /// <summary>Finds the host's IPv4 address.</summary>
    /// <param name="endPoint">The address and port; null if there is none.</param>
    /// <returns>True if there is one.</returns>
    public bool TryResolve(out IPEndPoint? endPoint)
    {
        endPoint = null;
        try
        {
            IPAddress? address = IPAddress.TryParse(Host, out IPAddress? literal)
                ? literal
                : Dns.GetHostAddresses(Host, AddressFamily.InterNetwork).FirstOrDefault();
            if (address?.AddressFamily == AddressFamily.InterNetwork)
                endPoint = new IPEndPoint(address, Port);
        }
        catch (SocketException)
        {
            // The name is not known.
        }

        return endPoint != null;
    }

    /// <inheritdoc/>
    public override string ToString() => Host + ":" + Port.ToString(CultureInfo.InvariantCulture);
}
