using System.Net;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Captures;

/// <summary>One connection of a capture.</summary>
public sealed class Flow
{
    /// <summary>Makes a flow of a segment, the first one that was seen.</summary>
    /// <param name="number">Its number, from 1, in the order of first segments.</param>
    /// <param name="first">The segment.</param>
    /// <param name="mostRows">How many of its rows are kept.</param>
    /// <param name="isLive">True: it is drawn while it goes on.</param>
    /// <param name="clientName">What the end is called that sent the first SYN.</param>
    /// <param name="serverName">What the other is called.</param>
    public Flow(int number, Segment first, int mostRows, bool isLive = false, string clientName = "client", string serverName = "server")
    {
        Number = number;
        IPEndPoint client = IsFromClient(first) ? first.Source : first.Destination;
        IPEndPoint server = ReferenceEquals(client, first.Source) ? first.Destination : first.Source;
        Exchange = new Exchange(clientName, client, serverName, server, mostRows) { IsLive = isLive };
    }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; }

    /// <summary>Its segments, and what they say.</summary>
    public Exchange Exchange { get; }

    /// <summary>How many bytes of data its segments have together.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many of the frames are further pictures of segments that the capture had already.</summary>
    public long Copies { get; internal set; }

    /// <summary>How it begins, in a few words.</summary>
    public string Beginning => Exchange.Opening switch
    {
        Opening.Missing => "in the middle",
        Opening.SynAck => "SYN,ACK",
        Opening.Simultaneous => "two SYNs",
        Opening.Split => "split handshake",
        _ => "SYN",
    };

    /// <summary>Takes a segment.</summary>
    /// <param name="segment">One of its segments.</param>
    public void Add(Segment segment)
    {
        Bytes += segment.Length;
        Exchange.Add(segment);
    }

    // Where no SYN tells, a service has the lower port.
    private static bool IsFromClient(Segment first) => first.Has(ControlBits.Syn)
        ? !first.Has(ControlBits.Ack)
        : first.Source.Port >= first.Destination.Port;
}
