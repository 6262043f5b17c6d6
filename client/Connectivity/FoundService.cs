using System.Collections.Generic;
using System.Net;

namespace HandshakeNano.Client.Connectivity;

/// <summary>A service that a device on the link has told about by multicast DNS.</summary>
/// <param name="Name">What it is called; a device of HandshakeNano calls it as itself.</param>
/// <param name="Type">Its type, such as _http._tcp.</param>
/// <param name="Host">The device's name, such as handshake-0A1B.local; empty if it has not said.</param>
/// <param name="Port">The port; 0 if it has not said.</param>
/// <param name="Addresses">The device's addresses, as far as it has said.</param>
public sealed record FoundService(string Name, string Type, string Host, int Port, IReadOnlyList<IPAddress> Addresses);
