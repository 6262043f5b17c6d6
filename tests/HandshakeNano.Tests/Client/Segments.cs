using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Tests;

/// <summary>Writes a conversation down segment by segment; the clock moves by 1 ms with each.</summary>
internal sealed class Segments
{
    public static readonly IPEndPoint Client = new(IPAddress.Parse("10.77.0.1"), 40000);
    public static readonly IPEndPoint Server = new(IPAddress.Parse("10.77.0.2"), 7);

    private readonly List<Segment> _all = [];
    private ulong _time = 7_000_000;
    private int _window = 2048;

    /// <summary>All segments so far.</summary>
    public IReadOnlyList<Segment> All => _all;

    public Segments FromClient(ControlBits flags, uint seq, uint ack = 0, string data = "", params TcpOption[] options) =>
        Add(Client, Server, flags, seq, ack, data, options);

    public Segments FromServer(ControlBits flags, uint seq, uint ack = 0, string data = "", params TcpOption[] options) =>
        Add(Server, Client, flags, seq, ack, data, options);

    public Segments Handshake(uint iss = 1000, uint irs = 5000) =>
        FromClient(ControlBits.Syn, iss)
            .FromServer(ControlBits.Syn | ControlBits.Ack, irs, iss + 1)
            .FromClient(ControlBits.Ack, iss + 1, irs + 1);

    /// <summary>So much more time passes before the next segment.</summary>
    public Segments Wait(int milliseconds)
    {
        _time += 1_000 * (ulong)milliseconds;
        return this;
    }

    /// <summary>The window field of what comes from now on.</summary>
    public Segments Window(int window)
    {
        _window = window;
        return this;
    }

    public Segments Add(Segment segment)
    {
        _all.Add(segment with { Time = _time });
        _time += 1_000;
        return this;
    }

    /// <summary>The flows of a capture that has just these segments.</summary>
    public FlowTable Flows(FlowChoice? choice = null, int mostRows = 1000, int mostFlows = FlowTable.MostFlows) =>
        FlowsOf(_all, choice, mostRows, mostFlows);

    /// <summary>The flows of a capture that has segments in an order of its own.</summary>
    public static FlowTable FlowsOf(
        IEnumerable<Segment> segments, FlowChoice? choice = null, int mostRows = 1000, int mostFlows = FlowTable.MostFlows)
    {
        var table = new FlowTable(choice, mostRows, mostFlows);
        foreach (Segment segment in segments)
            table.Add(segment);
        table.Finish();
        return table;
    }

    /// <summary>What is drawn of a capture that has just these segments.</summary>
    public DrawReport Report(int mostRows = 1000) => new("test.pcap", _all.Count, Flows(null, mostRows), null);

    public Exchange Read() => Exchange.Read(_all, "PC", Client, "device", Server);

    private Segments Add(IPEndPoint from, IPEndPoint to, ControlBits flags, uint seq, uint ack, string data, TcpOption[] options)
    {
        return Add(new Segment
        {
            Source = from,
            Destination = to,
            Sequence = seq,
            Acknowledgment = ack,
            Flags = flags,
            Window = _window,
            Options = options,
            Payload = Encoding.ASCII.GetBytes(data),
        });
    }
}
