using System;
using System.Collections.Generic;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Peers;

/// <summary>
/// Tells of each IPv6 address that a device has got, on the thread that owns the endpoint: an address that is new is told to switches,
/// so there is a frame.
/// </summary>
/// <param name="got">Is told the address.</param>
public sealed class AddressObserver(Action<string> got) : FrameObserver
{
    private readonly HashSet<string> _known = [];
    private readonly byte[] _address = new byte[Ipv6Address.Length];

    /// <summary>The endpoint; null until it is there.</summary>
    public TcpEndpoint? Endpoint { get; set; }

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        for (int i = 0; Endpoint != null && i < Ipv6Host.MostAddresses; i++)
        {
            if (Endpoint.Ipv6.CopyAddress(i, _address, 0) && _known.Add(Ipv6Address.ToString(_address, 0)))
                got(Ipv6Address.ToString(_address, 0));
        }
    }
}
