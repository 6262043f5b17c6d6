using System.Globalization;
using System.Net;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Captures;

/// <summary>Which flow of a capture is meant: one by its number, or that which has an address and port at one of its ends.</summary>
/// <param name="Number">The number; 0: by an end.</param>
/// <param name="End">The end; null: by the number.</param>
public sealed record FlowChoice(int Number, IPEndPoint? End)
{
    /// <summary>Understands a choice.</summary>
    /// <param name="text">N, or ADDRESS:PORT.</param>
    /// <param name="choice">The choice.</param>
    /// <returns>False if it is neither.</returns>
    public static bool TryParse(string text, out FlowChoice? choice)
    {
        choice = null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            choice = number > 0 ? new FlowChoice(number, null) : null;
        else if (Target.TryParse(text, out Target target) && target.TryResolveAny(out IPEndPoint? end))
            choice = new FlowChoice(0, end);
        return choice != null;
    }

    /// <summary>Says whether a flow is meant.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="exchange">Its exchange.</param>
    /// <returns>True if it is.</returns>
    public bool Means(int number, Exchange exchange) =>
        End == null ? number == Number : exchange.Client.EndPoint.Equals(End) || exchange.Server.EndPoint.Equals(End);

    /// <inheritdoc/>
    public override string ToString() => End?.ToString() ?? Number.ToString(CultureInfo.InvariantCulture);
}
