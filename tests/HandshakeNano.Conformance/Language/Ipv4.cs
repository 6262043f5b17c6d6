using System.Buffers.Binary;
using System.Net;

namespace HandshakeNano.Conformance.Language;

/// <summary>IPv4 addresses in text.</summary>
internal static class Ipv4
{
    /// <summary>Reads four numbers with points between them; null if the text is anything else.</summary>
    public static uint? Parse(string text) => text.Split('.').Length == 4 && IPAddress.TryParse(text, out IPAddress? address)
        ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) : null;
}
