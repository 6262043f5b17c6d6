using HandshakeNano.Meter;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Scenarios;

/// <summary>A scenario on a connection that is established.</summary>
public abstract class EstablishedScenario : Scenario
{
    private readonly NumberedSegment _ack = NumberedSegment.Stamped(ControlBits.Ack);
    private readonly byte[] _data = new byte[100];

    /// <summary>Opens the connection.</summary>
    /// <param name="handler">The application.</param>
    /// <param name="plain">Whether the peer's SYN offers an MSS alone.</param>
    protected EstablishedScenario(DiscardHandler handler, bool plain = false)
    {
        Handler = handler;
        Plain = plain;
        Rig = new Rig(handler, plain: plain);
        Peer = Rig.Open(40_000, 0xFFFF_FC00);
    }

    /// <summary>The application.</summary>
    protected DiscardHandler Handler { get; }

    /// <summary>Whether the peer's SYN has offered an MSS alone.</summary>
    protected bool Plain { get; }

    /// <summary>The endpoint and its link.</summary>
    protected Rig Rig { get; }

    /// <summary>The peer's end of the connection.</summary>
    protected Peer Peer { get; }

    /// <summary>The application sends 100 bytes.</summary>
    protected void SendData()
    {
        Scenarios.Rig.Require(Peer.Connection.Write(_data, 0, _data.Length) == _data.Length, "room in the send buffer");
        var sent = Rig.Link.SentCount;
        Rig.Poll();
        Scenarios.Rig.Require(Rig.Link.SentCount == sent + 1, "a data segment");
        Peer.Expected += (uint)_data.Length;
    }

    /// <summary>The peer acknowledges all that it expects nothing of any more.</summary>
    protected void Acknowledge()
    {
        Rig.Exchange(Peer.Number(_ack));
    }

    /// <summary>One segment of ours must have gone out since.</summary>
    /// <param name="sent">The number of frames sent before.</param>
    /// <param name="length">Its length in bytes with all headers.</param>
    protected void RequireSegment(int sent, int length)
    {
        Scenarios.Rig.Require(Rig.Link.SentCount == sent + 1 && Rig.Link.SentLength == length, "one frame of the right length");
    }
}

/// <summary>1448 bytes come and are sent back in one segment, which carries the acknowledgment.</summary>
public sealed class EchoSegment() : EstablishedScenario(new EchoHandler())
{
    private readonly NumberedSegment _data = NumberedSegment.Stamped(ControlBits.Ack | ControlBits.Psh, dataLength: 1448);

    /// <inheritdoc/>
    public override string Name => "1448-byte segment in, echoed";

    /// <inheritdoc/>
    public override void Run()
    {
        var sent = Rig.Link.SentCount;
        Rig.Exchange(Peer.Number(_data));
        RequireSegment(sent, 66 + 1448);
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        Peer.Next += 1448;
        Peer.Expected += 1448;
        Acknowledge();
        Scenarios.Rig.Require(Peer.Connection.Unacknowledged == 0, "everything acknowledged");
    }
}

/// <summary>Full segments come and are read. Every second one is acknowledged at once.</summary>
/// <param name="plain">Whether there are no timestamps.</param>
public sealed class DataSegment(bool plain = false) : EstablishedScenario(new DiscardHandler(), plain)
{
    // Either fills a packet of 1500 bytes.
    private readonly int _length = plain ? 1460 : 1448;
    private readonly NumberedSegment _data = plain
        ? new NumberedSegment(ControlBits.Ack, dataLength: 1460)
        : NumberedSegment.Stamped(ControlBits.Ack, dataLength: 1448);

    /// <inheritdoc/>
    public override string Name => $"2 x {_length}-byte segment in, read, acknowledged" + (Plain ? ", no timestamps" : "");

    /// <inheritdoc/>
    public override void Run()
    {
        var received = Handler.Received;
        var sent = Rig.Link.SentCount;
        Rig.Exchange(Peer.Number(_data));
        Peer.Next += (uint)_length;
        Rig.Exchange(Peer.Number(_data));
        Peer.Next += (uint)_length;
        Scenarios.Rig.Require(Handler.Received == received + (2 * _length), "all bytes to read");
        RequireSegment(sent, Plain ? 54 : 66);
    }
}

/// <summary>The peer acknowledges 100 bytes that we sent.</summary>
public sealed class PureAcknowledgment() : EstablishedScenario(new DiscardHandler())
{
    /// <inheritdoc/>
    public override string Name => "pure ACK in";

    /// <inheritdoc/>
    public override void Prepare()
    {
        SendData();
    }

    /// <inheritdoc/>
    public override void Run()
    {
        Acknowledge();
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        Scenarios.Rig.Require(Peer.Connection.Unacknowledged == 0, "everything acknowledged");
    }
}

/// <summary>A SYN on the established connection is answered with a challenge ACK (RFC 5961 section 4).</summary>
public sealed class ChallengeAcknowledgment() : EstablishedScenario(new DiscardHandler())
{
    private readonly NumberedSegment _syn = NumberedSegment.LinuxSyn();

    /// <inheritdoc/>
    public override string Name => "SYN on an established connection, challenge ACK";

    /// <inheritdoc/>
    public override void Prepare()
    {
        // Challenge ACKs are limited to some in a while.
        Rig.Pass(5_000_000);
        Rig.MeetPeer();
    }

    /// <inheritdoc/>
    public override void Run()
    {
        var sent = Rig.Link.SentCount;
        Rig.Exchange(Peer.Number(_syn));
        RequireSegment(sent, 66);
    }
}

/// <summary>The retransmission timer expires and 100 bytes are sent again.</summary>
public sealed class Retransmission() : EstablishedScenario(new DiscardHandler())
{
    private ulong _timeout;

    /// <inheritdoc/>
    public override string Name => "retransmission of 100 bytes";

    /// <inheritdoc/>
    public override void Prepare()
    {
        // A round trip without retransmission takes the backoff of the run before away (RFC 6298 section 5).
        SendData();
        Acknowledge();
        SendData();
        _timeout = Peer.Connection.RetransmissionTimeout;
    }

    /// <inheritdoc/>
    public override void Run()
    {
        var sent = Rig.Link.SentCount;
        Rig.Pass(_timeout);
        RequireSegment(sent, 66 + 100);
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        Acknowledge();
        Scenarios.Rig.Require(Peer.Connection.Unacknowledged == 0, "everything acknowledged");
        Rig.MeetPeer();
    }
}
