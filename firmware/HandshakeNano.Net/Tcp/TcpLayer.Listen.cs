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
            Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), ack, 0, TcpHeader.Rst, 0, now);
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
        Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), 0, next, TcpHeader.Rst | TcpHeader.Ack, 0, now);
    }

    /// <summary>
    /// A SYN in LISTEN, section 3.10.7.2, opens a connection half, or is answered with a cookie. Its text and FIN are not kept: nobody
    /// knows yet whether the source address is the sender's. They are not acknowledged, so they come again with the ACK of our SYN.
    /// </summary>
    /// <param name="listener">The listener.</param>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="options">The segment's options, null if it has none.</param>
    /// <param name="floor">SND.NXT of an earlier connection with this key, which the ISN must exceed; 0 for none.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>True if a connection is half-open now.</returns>
    private bool ArrivesInListen(TcpListener listener, ulong key, uint ports, uint addressSum, uint seq, int flags,
        TcpOptions options, uint floor, ulong now)
    {
        if ((listener._pending >= listener._backlog || Pool.Free == TcbPool.None) && !HasRoom(listener, false, now))
            return false;

        int offer = 0;
        uint timestamp = 0;
        if (options != null)
        {
            offer = options.Offer;
            timestamp = options.Value;
        }

        if ((flags & (TcpHeader.Ece | TcpHeader.Cwr)) == (TcpHeader.Ece | TcpHeader.Cwr))
            offer |= TcpOptions.OfferedEcn;
        offer &= OfferMask;

        HalfOpenTable halfOpen = HalfOpen;
        int slot = halfOpen.Find(0, key);
        if (slot < 0 || listener._halfOpen >= listener._backlog || _cookiesAlways)
        {
            bool full = slot < 0 || listener._halfOpen >= listener._backlog;
            if (full)
                listener._fullAt = now;

            // A cookie cannot be told to exceed another number.
            if (Settings.SynPolicy != SynPolicy.QueueOnly && floor == 0)
            {
                if (_cookieLimit != null && !_cookieLimit.Allows(key, now))
                {
                    Counters[(int)Counter.CookiesLimited]++;
                    return false;
                }

                SendCookie(listener, key, ports, addressSum, seq, offer, timestamp, now);
                return false;
            }

            if (full)
            {
                Counters[(int)Counter.SynQueueFull]++;
                return false;
            }
        }

        if (listener._handler != null && !Admits(listener, key, ports, addressSum, 0, seq + 1, TcpHeader.Rst | TcpHeader.Ack, now))
            return false;
        uint iss = _isn.Next(listener.IsnState, key, now);
        if (floor != 0 && (int)(iss - floor) <= 0)
        {
            _isn.Skip(floor + 1 - iss);
            iss = floor + 1;
        }

        Counters[(int)Counter.PassiveOpens]++;
        uint timestampOffset = _isn.TimestampOffset;
        halfOpen.Add(slot, listener, key, seq, iss, offer, timestampOffset, timestamp, now);
        Writer.Send((uint)(key >> 32), ports, addressSum, iss, seq + 1, SynAckFlags(offer), ReceiveWindow,
            Writer.WriteSynOptions(offer, timestampOffset + (uint)(now >> Tcb.TimestampBits), timestamp), 0, now);
        return true;
    }

    /// <summary>The control bits of a SYN,ACK to a peer that has offered this.</summary>
    public static int SynAckFlags(int offer)
    {
        return (offer & TcpOptions.OfferedEcn) == 0 ? TcpHeader.Syn | TcpHeader.Ack : TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Ece;
    }

    /// <summary>Whether a connection can be had for a handshake. A slow one may give way to it.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="complete">
    /// Whether the handshake is complete. Until then the peer may not be where it says to be, and no connection gives way to it.
    /// </param>
    /// <param name="now">The time in microseconds.</param>
    private bool HasRoom(TcpListener listener, bool complete, ulong now)
    {
        if (listener._pending >= listener._backlog)
        {
            Counters[(int)Counter.AcceptQueueFull]++;
            return false;
        }

        if (Pool.Free == TcbPool.None && !MakeRoom(complete, now))
        {
            Counters[(int)Counter.ConnectionsExhausted]++;
            return false;
        }

        return true;
    }

    /// <summary>
    /// No connection is free: finds the worst of those that may give way, and ends it for a handshake that is complete. A search is
    /// not repeated for a while, but for one that found a connection to end, which is paid for by that connection's
    /// <see cref="TcpSettings.Grace"/>: so a flood makes little work.
    /// </summary>
    /// <returns>True if there is a free connection now, or could be, and nothing else has changed.</returns>
    private bool MakeRoom(bool complete, ulong now)
    {
        if (now < _noRoomUntil || Settings.LeastRate == 0)
            return false;
        if (!complete && now < _roomUntil)
            return true;
        Tcb[] all = Pool.All;
        Tcb worst = null;
        ulong slowest = Tcb.NotSlow;
        for (int i = 1; i < all.Length; i++)
        {
            ulong slowness = all[i].Slowness(now);
            if (slowness > slowest)
            {
                slowest = slowness;
                worst = all[i];
            }
        }

        if (worst == null)
        {
            // For a SYN too: without room for one no handshake would ever be complete.
            for (int i = 1; i < all.Length; i++)
                all[i].BoundOrphan(now);
            _noRoomUntil = now + SearchInterval;
            return false;
        }

        if (!complete)
        {
            _roomUntil = now + SearchInterval;
            return true;
        }

        int changes = _changes;
        worst.GiveWay(now);
        Flush(now);
        return Pool.Free != TcbPool.None && changes == _changes;
    }

    /// <summary>Asks the listener's handler whether a peer may connect, and answers the peer if it may not.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="key">The key of the connection to be.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="resetSeq">SEG.SEQ of the reset that refuses.</param>
    /// <param name="resetAck">SEG.ACK of it.</param>
    /// <param name="resetFlags">The control bits of it.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>True if it may, and everything is as it was.</returns>
    private bool Admits(TcpListener listener, ulong key, uint ports, uint addressSum, uint resetSeq, uint resetAck, int resetFlags,
        ulong now)
    {
        uint peer = (uint)(key >> 32);
        int changes = _changes;
        SynDecision decision = listener._handler.OnSyn(listener, Ipv4Layer.AddressOf(peer), (int)(ports & 0xFFFF));
        if (decision == SynDecision.Refuse)
        {
            Counters[(int)Counter.SynRefused]++;
            Writer.SendReset(peer, ports, _ipv4.AddressSum(peer), resetSeq, resetAck, resetFlags, 0, now);
            return false;
        }

        if (decision != SynDecision.Accept || (changes != _changes
            && (FindListener((int)(ports >> 16)) != listener || _ipv4.AddressSum(peer) != addressSum || _table.Find(key) != TcbPool.None)))
        {
            Counters[(int)Counter.SynWithheld]++;
            return false;
        }

        return changes == _changes || HasRoom(listener, false, now);
    }
}
