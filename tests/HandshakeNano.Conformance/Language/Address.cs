using System.Net;

namespace HandshakeNano.Conformance.Language;

/// <summary>Addresses of both versions of IP in text.</summary>
internal static class Address
{
    /// <summary>Reads four numbers with points between them, or an address with colons; null if the text is anything else.</summary>
    public static IPAddress? Parse(string text) => (text.Contains(':') ? !text.Contains('%') : text.Split('.').Length == 4)
        && IPAddress.TryParse(text, out IPAddress? address) ? address : null;
}
