using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// Segments without a connection: the states CLOSED and LISTEN.
internal sealed partial class TcpLayer
{
    /// <summary>CLOSED, section 3.10.7.1, and what is not a SYN in LISTEN, section 3.10.7.2.</summary>
    private void ArrivesUnexpected(TcpListener listener, ulong key, uint ports, uint seq, uint ack, int flags, int length, ulong now)
    {
        if ((flags & TcpHeader.Rst) != 0)
        {
            Counters[(int)Counter.NoConnectionReset]++;
            return;
        }

        uint peer = (uint)(key >> 32);
        if ((flags & TcpHeader.Ack) != 0)
        {
            Counters[(int)Counter.NoConnection]++;
            Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), ack, 0, TcpHeader.Rst, now);
            return;
        }

        if (listener != null)
        {
            Counters[(int)Counter.ListenNoSyn]++;
            return;
        }

        Counters[(int)Counter.NoConnection]++;
        uint next = seq + (uint)length;
        if ((flags & TcpHeader.Syn) != 0)
            next++;
        if ((flags & TcpHeader.Fin) != 0)
            next++;
        Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), 0, next, TcpHeader.Rst | TcpHeader.Ack, now);
    }

    /// <summary>
    /// A SYN in LISTEN, section 3.10.7.2. Its text and FIN are not kept: nobody knows yet whether the source address is the
    /// sender's. They are not acknowledged, so they come again with the ACK of our SYN.
    /// </summary>
    /// <param name="listener">The listener.</param>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="window">SEG.WND in bytes.</param>
    /// <param name="options">The segment's options, null if it has none.</param>
    /// <param name="floor">SND.NXT of an earlier connection with this key, which the ISN must exceed; 0 for none.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>True if the SYN opened a connection.</returns>
    private bool ArrivesInListen(TcpListener listener, ulong key, uint ports, uint addressSum, uint seq, uint window, TcpOptions options,
        uint floor, ulong now)
    {
        ulong[] counters = Counters;
        Tcb connection = _free;
        if (listener._halfOpen >= listener._backlog)
        {
            counters[(int)Counter.SynQueueFull]++;
            return false;
        }

        if (listener._pending >= listener._backlog)
        {
            counters[(int)Counter.AcceptQueueFull]++;
            return false;
        }

        if (connection == null)
        {
            counters[(int)Counter.ConnectionsExhausted]++;
            return false;
        }

        uint peer = (uint)(key >> 32);
        TcpListenerHandler handler = listener._handler;
        if (handler != null)
        {
            int changes = _changes;
            SynDecision decision = handler.OnSyn(listener, BigEndian.Reverse(peer), (int)(ports & 0xFFFF));
            if (decision != SynDecision.Accept)
            {
                if (decision == SynDecision.Withhold)
                    counters[(int)Counter.SynWithheld]++;
                else
                {
                    counters[(int)Counter.SynRefused]++;
                    Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), 0, seq + 1, TcpHeader.Rst | TcpHeader.Ack, now);
                }

                return false;
            }

            connection = _free;
            if (changes != _changes)
            {
                if (FindListener((int)(ports >> 16)) != listener || _ipv4.AddressSum(peer) != addressSum
                    || _table.Find(key) != null)
                {
                    counters[(int)Counter.SynWithheld]++;
                    return false;
                }

                if (connection == null)
                {
                    counters[(int)Counter.ConnectionsExhausted]++;
                    return false;
                }
            }
        }

        uint iss = IsnGenerator.Next(listener.IsnState, key, now);
        if (floor != 0 && (int)(iss - floor) <= 0)
            iss = floor + 1;
        counters[(int)Counter.PassiveOpens]++;
        Take(connection);
        connection.OpenPassive(listener, key, peer, ports, addressSum, seq, window, options, iss, now);
        _table.Add(connection);
        return true;
    }
}
