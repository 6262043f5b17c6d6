using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Tests;

/// <summary>Writes a conversation down segment by segment; the clock moves by 1 ms with each.</summary>
internal sealed class Segments
{
    public static readonly IPEndPoint Client = new(IPAddress.Parse("10.77.0.1"), 40000);
    public static readonly IPEndPoint Server = new(IPAddress.Parse("10.77.0.2"), 7);

    private readonly List<Segment> _all = [];

    public Segments FromClient(ControlBits flags, uint seq, uint ack = 0, string data = "", params TcpOption[] options) =>
        Add(Client, Server, flags, seq, ack, data, options);

    public Segments FromServer(ControlBits flags, uint seq, uint ack = 0, string data = "", params TcpOption[] options) =>
        Add(Server, Client, flags, seq, ack, data, options);

    public Segments Handshake(uint iss = 1000, uint irs = 5000) =>
        FromClient(ControlBits.Syn, iss)
            .FromServer(ControlBits.Syn | ControlBits.Ack, irs, iss + 1)
            .FromClient(ControlBits.Ack, iss + 1, irs + 1);

    public Exchange Read() => Exchange.Read(_all, "PC", Client, "device", Server);

    private Segments Add(IPEndPoint from, IPEndPoint to, ControlBits flags, uint seq, uint ack, string data, TcpOption[] options)
    {
        _all.Add(new Segment
        {
            Time = 7_000_000 + 1_000 * (ulong)_all.Count,
            Source = from,
            Destination = to,
            Sequence = seq,
            Acknowledgment = ack,
            Flags = flags,
            Window = 2048,
            Options = options,
            Payload = Encoding.ASCII.GetBytes(data),
        });
        return this;
    }
}
