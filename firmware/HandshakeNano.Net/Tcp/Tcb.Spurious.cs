using static HandshakeNano.Net.TcbFlags;
using static HandshakeNano.Net.TcbNumbers;

namespace HandshakeNano.Net;

// Spurious timeouts: nothing was lost, and the ACKs were only late. F-RTO (RFC 5682 section 2.1) finds them, and RFC 4015 section 3 says
// what then becomes of the congestion window.
internal sealed partial class Tcb
{
    // What TimeoutDoubt says.
    private const uint NoDoubt = 0;

    /// <summary>The first segment was sent again, and nothing else.</summary>
    private const uint FirstAgain = 1;

    /// <summary>That one is acknowledged, and new data was sent instead of what follows it.</summary>
    private const uint NewSent = 2;

    /// <summary>A timeout that is not one of a row: what it is about to change may have to come back.</summary>
    private void DoubtTimeout()
    {
        uint[] v = Numbers;
        uint flight = FlightSize();
        v[TimeoutDoubt] = FirstAgain;
        v[PriorThreshold] = flight > v[Ssthresh] ? flight : v[Ssthresh];
        if (_layer.CubicAt != 0)
            CubicDoubts();
    }

    /// <summary>An ACK has come after a timeout, the first or the second.</summary>
    /// <param name="ack">SEG.ACK.</param>
    /// <param name="acked">How much is acknowledged with it.</param>
    private void TimeoutAnswered(uint ack, uint acked)
    {
        uint[] v = Numbers;
        uint mss = v[Mss];
        if (v[TimeoutDoubt] == FirstAgain)
        {
            // All that was sent, or nothing, says nothing; and without new data there is no second ACK that would.
            v[TimeoutDoubt] = NoDoubt;
            uint next = v[SndNxt];
            if (acked == 0 || (int)(ack - v[Recover]) >= 0 || (int)(v[SndEnd] - next) <= 0 || (int)(ack + v[SndWnd] - next) <= 0)
                return;
            v[TimeoutDoubt] = NewSent;
            v[SndPtr] = next;
            v[Cwnd] = next - ack + 2 * mss;
            v[OutputDue] = 1;
            return;
        }

        v[TimeoutDoubt] = NoDoubt;
        if (acked == 0)
        {
            // The rest is lost indeed.
            v[SndPtr] = v[SndUna];
            v[Cwnd] = 2 * mss;
            v[OutputDue] = 1;
            return;
        }

        // What was sent before the timeout, and not again, has come.
        _layer.Counters[(int)Counter.SpuriousTimeouts]++;
        uint initial = InitialWindow((int)mss);
        v[Ssthresh] = v[PriorThreshold];
        v[Cwnd] = v[SndNxt] - ack + (acked < initial ? acked : initial);
        if (_layer.CubicAt != 0)
            CubicReturns();
        ResetTimeout(v[Srtt], v[RttVar]);
    }
}
