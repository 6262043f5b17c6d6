using HandshakeNano.Net.Wire;
using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// Explicit congestion notification, RFC 3168 section 6. A SYN,ACK of ours is never marked as capable of it (RFC 5562): what a router drops
// instead of marking it costs a round trip of one handshake, and the rule would need a second timer.
internal sealed partial class Tcb
{
    /// <summary>In <see cref="TcbNumbers.Ecn"/>: both sides take it.</summary>
    internal const uint EcnAgreed = 1;

    /// <summary>Whether the peer's SYN or SYN,ACK takes what ours has offered (section 6.1.1).</summary>
    private static bool IsEcnSetup(int flags)
    {
        const int Both = TcpHeader.Ece | TcpHeader.Cwr;
        return (flags & Both) == ((flags & TcpHeader.Ack) != 0 ? TcpHeader.Ece : Both);
    }

    /// <summary>What the peer says and what routers say about the way to us (sections 6.1.2 and 6.1.3).</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="ack">SEG.ACK, acceptable.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="length">Length of the data in bytes.</param>
    private void TakeCongestion(byte[] frame, uint ack, int flags, int length)
    {
        uint[] v = Numbers;
        if ((flags & TcpHeader.Cwr) != 0)
            v[Ecn] &= ~(uint)TcpHeader.Ece;
        if (length != 0 && Ipv4Layer.IsMarked(frame))
        {
            _layer.Counters[(int)Counter.CongestionMarks]++;
            v[Ecn] |= TcpHeader.Ece;
        }

        // Once for what is on its way, and not beside a loss.
        if ((flags & TcpHeader.Ece) == 0 || (v[Flags] & Recovering) != 0 || (int)(ack - v[EcnRecover]) <= 0)
            return;
        _layer.Counters[(int)Counter.CongestionEchoes]++;
        LowerThreshold(false);
        v[Cwnd] = v[Ssthresh];
        v[EcnRecover] = v[SndNxt];
    }

    /// <summary>Sends a segment that may be marked on its way: new data, and nothing else (sections 6.1.4 to 6.1.6).</summary>
    private void SendCapable(uint seq, int flags, int length, ulong now)
    {
        uint[] v = Numbers;
        byte[] frame = _layer.Writer.Frame;
        flags |= (int)(v[Ecn] & TcpHeader.Cwr);
        v[Ecn] &= ~(uint)TcpHeader.Cwr;
        byte before = frame[Ipv4Header.TypeOfService];
        frame[Ipv4Header.TypeOfService] = (byte)(before | Ipv4Header.Capable);
        Send(seq, flags, length, now);
        frame[Ipv4Header.TypeOfService] = before;
    }
}
