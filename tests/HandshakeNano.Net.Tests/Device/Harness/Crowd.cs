using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Peers that are slow in one way, against an endpoint of 64 connections, and one that is honest. Each of the slow ones calls once a
/// second until it is let in, and does not come back when it was thrown out. The honest one calls as often, and always last.
/// </summary>
internal sealed class Crowd
{
    public const int Table = 64;

    // Peers whose connection the application holds.
    public const int Silent = 0;
    public const int ByteASecond = 1;
    public const int NeverAcknowledges = 2;
    public const int ZeroWindow = 3;
    public const int HoldsAGap = 4;

    // Peers of connections that the application has closed.
    public const int NeverCloses = 5;
    public const int IgnoresOurFin = 6;
    public const int IgnoresOurLastFin = 7;
    public const int IgnoresOurCrossingFin = 8;
    public const int ByteASecondAfterClose = 9;

    private const int Honest = 10;
    private const int FirstPort = 10000;
    private const uint Irs = 5000;

    private readonly Wire _wire;
    private readonly Peer[] _peers;
    private readonly Peer _honest;

    public Crowd(int kind, int count, TcpSettings settings)
    {
        settings.Connections = Table;
        _wire = new Wire(settings);
        _wire.Endpoint.Listen(7, Table).Handler = new Application(kind, FirstPort + count);
        _peers = new Peer[count];
        for (int i = 0; i < count; i++)
            _peers[i] = new Peer { Port = FirstPort + i, Kind = kind };
        _honest = new Peer { Port = FirstPort + count, Kind = Honest };
    }

    public Wire Wire
    {
        get { return _wire; }
    }

    /// <summary>How many seconds the honest one waits until it has back what it sent; all call for the first time in the same one.</summary>
    public int HonestWaits(int most)
    {
        int seconds = 0;
        while (true)
        {
            // Who is refused now would be refused a moment later too.
            bool refused = false;
            for (int i = 0; i < _peers.Length; i++)
            {
                if (_peers[i].IsOpen)
                    ActEachSecond(_peers[i]);
                else if (!_peers[i].IsGone && !refused)
                {
                    Call(_peers[i]);
                    refused = !_peers[i].IsOpen;
                }
            }

            if (!_honest.IsOpen)
                Call(_honest);
            Assert.IsFalse(_honest.IsGone, "the honest one was thrown out");
            if (_honest.Bytes == 10 || seconds == most)
                return _honest.Bytes == 10 ? seconds : -1;
            seconds++;
            _wire.Advance(Wire.Second);
            Hear();
        }
    }

    private void Call(Peer peer)
    {
        Send(peer, Segment.Syn, Irs, 0, 0);
        Hear();
    }

    private void Hear()
    {
        byte[] frame = _wire.Take();
        while (frame != null)
        {
            Segment segment = Segment.Of(frame);
            int index = segment.DestinationPort - FirstPort;
            Hear(index == _peers.Length ? _honest : _peers[index], segment);
            frame = _wire.Take();
        }
    }

    private void Hear(Peer peer, Segment segment)
    {
        if ((segment.Flags & Segment.Rst) != 0)
        {
            peer.IsOpen = false;
            peer.IsGone = true;
            return;
        }

        if ((segment.Flags & Segment.Syn) != 0)
        {
            peer.IsOpen = true;
            peer.SndNxt = Irs + 1;
            peer.RcvNxt = segment.SequenceNumber + 1;
            Send(peer, Segment.Ack, peer.SndNxt, peer.RcvNxt, 0);
            Begin(peer);
            return;
        }

        uint next = segment.SequenceNumber + (uint)segment.Data.Length + (uint)(segment.Flags & Segment.Fin);
        if (peer.Kind == ZeroWindow)
            Send(peer, Segment.Ack, peer.SndNxt, peer.RcvNxt, 0);
        else if ((peer.Kind == ByteASecond || peer.Kind == NeverCloses || peer.Kind == Honest) && next != segment.SequenceNumber)
        {
            peer.Bytes += segment.Data.Length;
            peer.RcvNxt = next;
            Send(peer, Segment.Ack, peer.SndNxt, next, 0);
        }
    }

    private void Begin(Peer peer)
    {
        switch (peer.Kind)
        {
            case Honest:
                Send(peer, Segment.Ack | Segment.Psh, peer.SndNxt, peer.RcvNxt, 10);
                peer.SndNxt += 10;
                break;
            case NeverAcknowledges:
            case ZeroWindow:
                Send(peer, Segment.Ack, peer.SndNxt, peer.RcvNxt, 100);
                peer.SndNxt += 100;
                break;
            case HoldsAGap:
                Send(peer, Segment.Ack, peer.SndNxt + 1, peer.RcvNxt, 100);
                break;
            case IgnoresOurLastFin:
            case IgnoresOurCrossingFin:
                Send(peer, Segment.Ack | Segment.Fin, peer.SndNxt, peer.RcvNxt, 0);
                break;
        }
    }

    private void ActEachSecond(Peer peer)
    {
        switch (peer.Kind)
        {
            case ByteASecond:
                Send(peer, Segment.Ack, peer.SndNxt, peer.RcvNxt, 1);
                peer.SndNxt++;
                break;
            case ByteASecondAfterClose:
                peer.RcvNxt++;
                Send(peer, Segment.Ack, peer.SndNxt, peer.RcvNxt, 0);
                break;
            case HoldsAGap:
                peer.Bytes += 100;
                Send(peer, Segment.Ack, peer.SndNxt + 1 + (uint)peer.Bytes, peer.RcvNxt, 100);
                break;
            default:
                return;
        }

        Hear();
    }

    private void Send(Peer peer, int flags, uint seq, uint ack, int length)
    {
        Segment segment = new Segment
        {
            SourcePort = peer.Port,
            DestinationPort = 7,
            SequenceNumber = seq,
            AcknowledgmentNumber = ack,
            Flags = flags,
            Window = peer.Kind == ZeroWindow ? 0 : peer.Kind == ByteASecondAfterClose ? 1 : 65535,
            Data = new byte[length],
        };
        _wire.Inject(segment.ToFrame(Packet.PeerAddress, Packet.OurAddress));
    }

    private sealed class Peer
    {
        public int Port;
        public int Kind;
        public bool IsOpen;
        public bool IsGone;
        public uint SndNxt;
        public uint RcvNxt;
        public int Bytes;
    }

    /// <summary>Echoes, with an idle timeout; or closes at once, where that is what the peers wait for.</summary>
    private sealed class Application : TcpListenerHandler
    {
        private readonly Echo _echo = new Echo();
        private readonly int _kind;
        private readonly int _honestPort;

        public Application(int kind, int honestPort)
        {
            _kind = kind;
            _honestPort = honestPort;
        }

        public override void OnAccept(TcpListener listener)
        {
            TcpConnection connection = listener.Accept();
            if (connection.RemotePort == _honestPort || _kind < NeverCloses || _kind == IgnoresOurLastFin)
            {
                connection.Handler = _echo;
                connection.IdleTimeout = 60 * Wire.Second;
                return;
            }

            if (_kind == ByteASecondAfterClose)
                connection.Write(new byte[2000], 0, 2000);
            connection.Close();
        }
    }

    private sealed class Echo : TcpConnectionHandler
    {
        private readonly byte[] _buffer = new byte[2048];

        public override void OnReceived(TcpConnection connection)
        {
            int count = connection.SendSpace;
            count = connection.Read(_buffer, 0, count);
            connection.Write(_buffer, 0, count);
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            connection.Close();
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            connection.Close();
        }
    }
}
