namespace HandshakeNano.Net;

// Congestion control: RFC 5681, RFC 6582, RFC 3042.
internal sealed partial class Tcb
{
    /// <summary>RFC 5681 section 3.2, RFC 6582 section 3.2.</summary>
    private void DuplicateAck()
    {
        _layer.Counters[(int)Counter.DuplicateAcks]++;
        uint mss = (uint)_mss;
        if (_recovering)
        {
            // Another segment has left the network.
            _cwnd += mss;
            OutputDue = true;
            return;
        }

        // Not while what was sent before the last loss is on its way. Long ago, that may lie ahead of SND.NXT.
        int duplicates = ++_duplicateAcks;
        if (duplicates > 3 || _recover - _sndUna <= _sndNxt - _sndUna)
            return;
        OutputDue = true;
        if (duplicates < 3)
        {
            _lossDue = SendOneMore;
            return;
        }

        HalveThreshold();
        _recover = _sndNxt;
        _recovering = true;
        _cwnd = _ssthresh + 3 * mss;
        _lossDue = ResendFirst;
    }

    /// <summary>An ACK of new data: the congestion window grows, or recovery goes on.</summary>
    private void Congestion(uint ack, uint acked)
    {
        uint mss = (uint)_mss;
        _duplicateAcks = 0;
        if (_recovering)
        {
            if ((int)(ack - _recover) >= 0)
            {
                _recovering = false;
                uint flight = FlightSize() + mss;
                _cwnd = flight < _ssthresh ? flight : _ssthresh;
                return;
            }

            // A partial ACK: the next hole is known (RFC 6582 section 3.2).
            _cwnd = _cwnd > acked ? _cwnd - acked + mss : mss;
            _lossDue = ResendFirst;
            OutputDue = true;
            return;
        }

        if (_cwnd < _ssthresh)
            _cwnd += acked < mss ? acked : mss;
        else
        {
            uint step = mss * mss / _cwnd;
            _cwnd += step == 0 ? 1 : step;
        }

        if (_cwnd > 0x100000)
            _cwnd = 0x100000;
    }

    /// <summary>RFC 5681 equation 4. What was sent past the congestion window does not count (section 3.2 step 2).</summary>
    private void HalveThreshold()
    {
        uint flight = FlightSize();
        uint half = (flight < _cwnd ? flight : _cwnd) / 2;
        uint least = 2 * (uint)_mss;
        _ssthresh = half > least ? half : least;
    }

    private uint FlightSize()
    {
        return _sndNxt - _sndUna;
    }

    /// <summary>RFC 5681 section 3.1: what may be sent before anything is known of the network. No link has an MSS over 2190.</summary>
    private static uint InitialWindow(int mss)
    {
        return (uint)(mss > 1095 ? 3 * mss : 4 * mss);
    }
}
