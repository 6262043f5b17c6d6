using System;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>An endpoint with a scripted link, its own time, and a listener whose connections get one handler.</summary>
public sealed class Rig
{
    /// <summary>The port listened on.</summary>
    public const int Port = 7;

    private readonly NumberedSegment _syn;
    private readonly NumberedSegment _ack;
    private readonly byte[] _arpRequest = Frames.ArpRequest();
    private readonly byte[] _arpReply = Frames.ArpReply();
    private readonly Acceptor _acceptor;

    /// <summary>Makes an endpoint that knows its peer's Ethernet address.</summary>
    /// <param name="handler">The handler of the connections that the listener takes.</param>
    /// <param name="settings">Null: as many connections as the default, with 4096-byte buffers.</param>
    /// <param name="plain">Whether the peer's SYN offers an MSS alone.</param>
    public Rig(TcpConnectionHandler handler, TcpSettings? settings = null, bool plain = false)
    {
        _syn = plain ? NumberedSegment.PlainSyn() : NumberedSegment.LinuxSyn();
        _ack = plain ? new NumberedSegment(ControlBits.Ack) : NumberedSegment.Stamped(ControlBits.Ack);
        settings ??= new TcpSettings { ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        settings.Address = Frames.DeviceAddress;
        Endpoint = new TcpEndpoint(Link, new FixedEntropy(), settings);
        _acceptor = new Acceptor(handler);
        Endpoint.Listen(Port, settings.Connections).Handler = _acceptor;
        Poll();
        AskPeer();
    }

    /// <summary>The link.</summary>
    public ScriptedLink Link { get; } = new();

    /// <summary>The endpoint.</summary>
    public TcpEndpoint Endpoint { get; }

    /// <summary>The time in microseconds.</summary>
    public ulong Now { get; private set; } = 1_000_000;

    /// <summary>Connections that the listener took.</summary>
    public int Accepted => _acceptor.Count;

    /// <summary>The connection that the listener took last.</summary>
    public TcpConnection LastAccepted => _acceptor.Last ?? throw new InvalidOperationException("No connection was accepted yet.");

    /// <summary>Lets 10 us pass and polls the endpoint until it wants no more.</summary>
    public void Poll()
    {
        Now += 10;
        while (Endpoint.Poll(Now) <= Now)
        {
        }
    }

    /// <summary>Lets time pass and polls the endpoint.</summary>
    /// <param name="microseconds">How much.</param>
    public void Pass(ulong microseconds)
    {
        Now += microseconds;
        Poll();
    }

    /// <summary>Lets a frame arrive and polls the endpoint; asked for its Ethernet address, the peer answers.</summary>
    /// <param name="frame">The frame.</param>
    public void Exchange(byte[] frame)
    {
        Link.Deliver(frame);
        Poll();
        if (Link.ArpRequested)
            AnswerArp();
    }

    /// <summary>The peer asks for our Ethernet address: what is known of its own holds for longer.</summary>
    public void MeetPeer()
    {
        Link.ArpRequested = false;
        Exchange(_arpRequest);
    }

    /// <summary>The peer opens a connection.</summary>
    /// <param name="port">The peer's port.</param>
    /// <param name="sequence">The peer's initial sequence number.</param>
    /// <returns>The peer's end of it.</returns>
    public Peer Open(int port, uint sequence)
    {
        var sent = Link.SentCount;
        Exchange(_syn.Number(port, Port, sequence, 0));
        Require(Link.SentCount == sent + 1 && Link.SentFlags == (ControlBits.Syn | ControlBits.Ack), "a SYN,ACK");
        var accepted = Accepted;
        var acknowledgment = Link.SentSequence + 1;
        Exchange(_ack.Number(port, Port, sequence + 1, acknowledgment));
        Require(Accepted == accepted + 1, "a connection to accept");
        return new Peer(LastAccepted, port, sequence + 1, acknowledgment);
    }

    /// <summary>Throws if something that a scenario relies on did not happen.</summary>
    /// <param name="condition">Whether it happened.</param>
    /// <param name="expected">What was expected.</param>
    public static void Require(bool condition, string expected)
    {
        if (!condition)
            throw new InvalidOperationException($"The scenario expected {expected}.");
    }

    /// <summary>We ask for the peer's Ethernet address, which takes something to send to it.</summary>
    private void AskPeer()
    {
        TcpConnection connection = Endpoint.Connect(Frames.PeerAddress, Port);
        Poll();
        Require(Link.ArpRequested, "an ARP request");
        AnswerArp();
        connection.Abort();
        Poll();
    }

    private void AnswerArp()
    {
        Link.ArpRequested = false;
        Link.Deliver(_arpReply);
        Poll();
    }
}
