using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// Segments for what is left of a connection: the state TIME-WAIT.
internal sealed partial class TcpLayer
{
    private const ulong TimeWaitAnswerInterval = 500_000;

    /// <summary>TIME-WAIT, section 3.10.7.4, RFC 1337, RFC 6191.</summary>
    private void ArrivesInTimeWait(TimeWaitEntry entry, uint seq, uint ack, int flags, TcpOptions options, int length, ulong now)
    {
        ulong[] counters = Counters;
        if ((flags & TcpHeader.Rst) != 0)
        {
            counters[(int)Counter.TimeWaitReset]++;
            return;
        }

        ulong key = entry.Key;
        if ((flags & (TcpHeader.Syn | TcpHeader.Ack)) == TcpHeader.Syn && IsNewIncarnation(entry, seq, options))
        {
            uint ports = PortsOf((uint)key);
            TcpListener listener = FindListener((int)(ports >> 16));
            if (listener != null)
            {
                uint floor = entry.SndNxt == 0 ? 1 : entry.SndNxt;
                if (ArrivesInListen(listener, key, ports, _ipv4.AddressSum((uint)(key >> 32)), seq, flags, options, floor, now))
                {
                    counters[(int)Counter.TimeWaitReopened]++;

                    // The listener's handler may have forgotten it already.
                    if (TimeWaits.Find(key) == entry)
                        TimeWaits.Remove(entry);
                }

                return;
            }
        }

        bool fin = (flags & TcpHeader.Fin) != 0;
        if ((flags & (TcpHeader.Syn | TcpHeader.Ack)) == 0)
        {
            counters[(int)Counter.AckMissing]++;
            return;
        }

        if (fin && seq + (uint)length + 1 == entry.RcvNxt)
            TimeWaits.Restart(entry, now);
        else
        {
            // An ACK of our last ACK needs no answer; what else comes gets one once in a while.
            if (seq == entry.RcvNxt && length == 0 && (flags & TcpHeader.Syn) == 0)
                return;
            if (now < entry.AnsweredUntil)
            {
                counters[(int)Counter.ChallengeLimited]++;
                return;
            }

            entry.AnsweredUntil = now + TimeWaitAnswerInterval;
        }

        counters[(int)Counter.TimeWaitAnswered]++;
        uint peer = (uint)(key >> 32);
        uint local = PortsOf((uint)key);
        int timestamps = 0;
        if (entry.TsRecent != 0)
        {
            _isn.Begin(_ipv4.Address, (int)(local >> 16), _isnState);
            uint offset = (uint)(IsnGenerator.Hash(_isnState, key) >> 32);
            timestamps = Writer.WriteTimestamps(offset + (uint)(now >> Tcb.TimestampBits), (uint)entry.TsRecent);
        }

        Writer.SendReset(peer, local, _ipv4.AddressSum(peer), entry.SndNxt, entry.RcvNxt, TcpHeader.Ack, timestamps, now);
    }

    /// <summary>Whether a SYN is of a connection that follows the one in TIME-WAIT, RFC 6191 section 2.</summary>
    private bool IsNewIncarnation(TimeWaitEntry entry, uint seq, TcpOptions options)
    {
        if (options != null && (options.Offer & OfferMask & TcpOptions.OfferedTimestamps) != 0)
        {
            if (entry.TsRecent == 0)
                return true;
            int later = (int)(options.Value - (uint)entry.TsRecent);
            if (later != 0)
                return later > 0;
        }

        return (int)(seq - entry.RcvNxt) >= 0;
    }
}
