using System.Net;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Trace;

/// <summary>
/// What RFC 9293 says about one end of a connection, judged by the segments that it sent and received alone. The
/// variables carry the RFC's names.
/// </summary>
public sealed class EndTrace
{
    private bool _synSeen;
    private uint? _peerFin;
    private uint? _fin;
    private uint _finAcknowledgment;
    private bool _peerFinTaken, _finDone;
    private uint? _earlyAck;

    /// <summary>Makes an end that has not sent or received anything.</summary>
    /// <param name="name">What it is called in the ladder.</param>
    /// <param name="endPoint">Its address and port.</param>
    public EndTrace(string name, IPEndPoint endPoint)
    {
        Name = name;
        EndPoint = endPoint;
        State = TcpState.Closed;
    }

    /// <summary>What it is called in the ladder.</summary>
    public string Name { get; }

    /// <summary>Its address and port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Its state.</summary>
    public TcpState State { get; private set; }

    /// <summary>Its initial sequence number; null until it sent its SYN.</summary>
    public uint? Iss { get; private set; }

    /// <summary>What its relative sequence numbers are counted from: its ISN, or one before the first number that was seen of it; null until there is one.</summary>
    public uint? Base { get; private set; }

    /// <summary>Oldest sequence number that its peer has not acknowledged.</summary>
    public uint SndUna { get; private set; }

    /// <summary>The next sequence number that it sends.</summary>
    public uint SndNxt { get; private set; }

    /// <summary>The next sequence number that it expects.</summary>
    public uint RcvNxt { get; private set; }

    /// <summary>True if the handshake was completed at this end.</summary>
    public bool WasEstablished { get; private set; }

    /// <summary>True if it sent a FIN and its peer acknowledged it.</summary>
    public bool FinAcknowledged => _fin is uint fin && After(SndUna, fin);

    /// <summary>Its window scale option, -1 if it offered none.</summary>
    public int WindowScale { get; private set; } = -1;

    /// <summary>A program listens at this end, which has not sent or received anything.</summary>
    internal void Listen() => State = TcpState.Listen;

    /// <summary>The end sent a SYN that nobody saw: it was answered.</summary>
    /// <param name="iss">Its initial sequence number.</param>
    internal void AssumeSyn(uint iss)
    {
        Iss = Base = SndUna = iss;
        SndNxt = iss + 1;
        State = TcpState.SynSent;
    }

    /// <summary>The end had a SYN that nobody saw: it answers.</summary>
    /// <param name="rcvNxt">The number after that of the SYN.</param>
    internal void AssumePeerSyn(uint rcvNxt)
    {
        RcvNxt = rcvNxt;
        _synSeen = true;
    }

    /// <summary>The end is in the middle of a connection whose beginning nobody saw.</summary>
    /// <param name="sndNxt">The next sequence number that it sends.</param>
    /// <param name="rcvNxt">The next one that it expects.</param>
    internal void AssumeEstablished(uint sndNxt, uint rcvNxt)
    {
        Base = sndNxt - 1;
        SndUna = SndNxt = sndNxt;
        RcvNxt = rcvNxt;
        _synSeen = true;
        State = TcpState.Established;
    }

    /// <summary>The end sends a segment.</summary>
    /// <param name="segment">The segment.</param>
    public void OnSent(Segment segment)
    {
        if (segment.Has(ControlBits.Rst))
        {
            // A reset with another number answers a stray segment; the connection lives on.
            if (segment.Sequence == SndNxt)
                State = TcpState.Closed;
            return;
        }

        if (segment.Has(ControlBits.Syn))
            OnSynSent(segment);
        uint end = segment.Sequence + segment.SequenceLength;
        if (After(end, SndNxt))
            SndNxt = end;
        if (segment.Has(ControlBits.Ack) && _synSeen && After(segment.Acknowledgment, RcvNxt))
            Advance(segment.Acknowledgment);

        if (segment.Has(ControlBits.Fin) && _fin == null)
        {
            _fin = end - 1;
            _finAcknowledgment = segment.Acknowledgment;
            State = State switch
            {
                TcpState.SynReceived or TcpState.Established => TcpState.FinWait1,
                // A FIN that does not acknowledge the peer's was sent before the peer's came: they crossed.
                TcpState.CloseWait => After(segment.Acknowledgment, _peerFin ?? 0) ? TcpState.LastAck : TcpState.Closing,
                _ => State,
            };
        }

        // A capture may have the answer before what it answers.
        TakeFinAcknowledgment();
        if (_earlyAck is uint early && !After(early, SndNxt))
        {
            _earlyAck = null;
            OnAcknowledged(early);
        }
    }

    /// <summary>The end receives a segment.</summary>
    /// <param name="segment">The segment.</param>
    public void OnReceived(Segment segment)
    {
        if (segment.Has(ControlBits.Rst))
        {
            bool acceptable = State == TcpState.SynSent
                ? segment.Has(ControlBits.Ack) && segment.Acknowledgment == SndNxt
                : _synSeen && segment.Sequence == RcvNxt; // RFC 5961 section 3
            if (acceptable && State != TcpState.TimeWait)
                State = TcpState.Closed;
            return;
        }

        if (segment.Has(ControlBits.Syn) && !_synSeen)
        {
            AssumePeerSyn(segment.Sequence + 1);
            State = State is TcpState.Listen or TcpState.SynSent ? TcpState.SynReceived : State;
        }

        // In SYN-SENT what has neither SYN nor RST is dropped (RFC 9293 section 3.10.7.3).
        if (!_synSeen)
            return;
        if (segment.Has(ControlBits.Ack))
            OnAcknowledged(segment.Acknowledgment);
        if (segment.Has(ControlBits.Fin))
            _peerFin = segment.Sequence + segment.SequenceLength - 1;
        if (!After(segment.Sequence, RcvNxt))
            Advance(segment.Sequence + segment.SequenceLength);
    }

    private void OnSynSent(Segment segment)
    {
        if (Iss == null)
            Iss = Base = SndUna = SndNxt = segment.Sequence;
        if (WindowScale < 0 && segment.Option(3) is TcpOption scale)
            WindowScale = (int)uint.Min(scale.Values[0], 14);

        if (State is TcpState.Closed or TcpState.Listen)
            State = segment.Has(ControlBits.Ack) ? TcpState.SynReceived : TcpState.SynSent;
        else if (State == TcpState.SynSent && _synSeen && segment.Has(ControlBits.Ack))
            State = TcpState.SynReceived; // A simultaneous open.
    }

    private void OnAcknowledged(uint acknowledgment)
    {
        if (Base == null || After(acknowledgment, SndNxt))
        {
            _earlyAck = acknowledgment;
            return;
        }

        if (!After(acknowledgment, SndUna))
            return;
        SndUna = acknowledgment;
        if (State is TcpState.SynReceived or TcpState.SynSent && _synSeen)
        {
            State = TcpState.Established;
            WasEstablished = true;
        }

        TakeFinAcknowledgment();
    }

    private void TakeFinAcknowledgment()
    {
        if (_finDone || !FinAcknowledged)
            return;
        _finDone = true;
        State = State switch
        {
            TcpState.FinWait1 => TcpState.FinWait2,
            TcpState.Closing => TcpState.TimeWait,
            TcpState.LastAck => TcpState.Closed,
            _ => State,
        };
    }

    // The end has everything up to a sequence number; that may take in the peer's FIN.
    private void Advance(uint next)
    {
        if (After(next, RcvNxt))
            RcvNxt = next;
        if (_peerFinTaken || _peerFin is not uint fin || !After(RcvNxt, fin))
            return;
        _peerFinTaken = true;

        // If its own FIN acknowledged the peer's, the peer's was there first, wherever it stands in the capture.
        bool hadItBefore = _fin != null && After(_finAcknowledgment, fin);
        State = State switch
        {
            TcpState.SynReceived or TcpState.Established => TcpState.CloseWait,
            TcpState.FinWait1 => hadItBefore ? TcpState.LastAck : TcpState.Closing,
            TcpState.FinWait2 => hadItBefore ? TcpState.Closed : TcpState.TimeWait,
            _ => State,
        };
    }

    internal static bool After(uint a, uint b) => unchecked((int)(a - b)) > 0;
}
