using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What listeners have in SYN-RECEIVED, as a slot of the table or as a cookie that the peer has.
internal sealed partial class TcpLayer
{
    /// <summary>The most challenge ACKs that a half-open connection sends.</summary>
    private const int HalfOpenChallenges = 10;

    /// <summary>Until when a segment may be on its way whose cookie came before it and was dropped, in microseconds.</summary>
    private ulong _crowdedUntil;

    /// <summary>A segment for a half-open connection, section 3.10.7.4. The ACK of our SYN makes a connection of it.</summary>
    private void ArrivesInSynReceived(int slot, byte[] frame, uint ports, uint addressSum, uint seq, uint ack, int flags, uint window,
        TcpOptions options, int payload, int length, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        uint irs = halfOpen.Irs[slot];
        uint iss = halfOpen.Iss[slot];
        uint notes = halfOpen.Notes[slot];
        TcpListener listener = halfOpen.Listeners[slot];
        if (seq != irs + 1 || ack != iss + 1 || (flags & (TcpHeader.Rst | TcpHeader.Syn | TcpHeader.Ack)) != TcpHeader.Ack
            || listener == null || ((notes & TcpOptions.OfferedTimestamps) != 0
                && (options == null || !options.HasTimestamps || (int)(options.Value - halfOpen.TsRecent[slot]) < 0)))
        {
            if (!CompletesHandshake(slot, listener, ports, addressSum, seq, ack, flags, options, length, now))
                return;
            if ((flags & TcpHeader.Syn) != 0)
            {
                // The SYN that we have, and the ACK of ours.
                flags &= ~TcpHeader.Syn;
                seq++;

                // The window of a SYN is not scaled, but would seem to be from here on.
                int scale = (int)(notes & TcpOptions.OfferedScales) / TcpOptions.OfferedScale;
                if (scale != 0)
                    window >>= scale - 1;
            }

            if (ack != iss + 1)
            {
                // The peer has a cookie, so another SYN,ACK was sent as well.
                iss = ack - 1;
                notes = (notes & ~(uint)TcpOptions.Offered)
                    | (uint)CookieOffer((int)(notes & TcpOptions.OfferedSize), halfOpen.TsOffset[slot], options, now);
                halfOpen.Notes[slot] = notes;
                notes |= HalfOpenTable.Retry;
            }
        }

        // Without room the slot stays, and its SYN,ACK is sent again: the peer acknowledges it again.
        if ((listener._pending >= listener._backlog || Pool.Free == TcbPool.None) && !HasRoom(listener, true, now))
        {
            halfOpen.Iss[slot] = iss;
            halfOpen.Notes[slot] |= HalfOpenTable.Acknowledged;
            return;
        }

        ulong key = halfOpen.Keys[slot];
        uint timestamp = halfOpen.TsRecent[slot];
        if (options != null && seq == irs + 1)
            timestamp = options.Value;
        ulong sentAt = notes < HalfOpenTable.Retry ? halfOpen.Deadlines[slot] - Settings.InitialRetransmissionTimeout : ulong.MaxValue;
        halfOpen.Remove(slot);
        Tcb connection = Pool.Take();
        connection.OpenPassive(listener, key, ports, addressSum, irs, iss, (int)(notes & TcpOptions.Offered),
            halfOpen.TsOffset[slot], timestamp, (notes & HalfOpenTable.Retries) != 0, sentAt, window, now);
        _table.Add((int)connection.Numbers[TcbNumbers.Slot], key);
        if (length != 0 || (flags & (TcpHeader.Fin | TcpHeader.Urg)) != 0)
            connection.Arrives(frame, seq, ack, flags, window, options, payload, length, now);
        if (listener._handler == null)
            HasNews = true;
        else if (listener._pending != 0)
            listener._handler.OnAccept(listener);
        Settle(connection, now);
    }

    /// <summary>The first to the fifth check of section 3.10.7.4, for a segment that is not simply the ACK of our SYN.</summary>
    /// <returns>True if it is an acceptable ACK of our SYN all the same.</returns>
    private bool CompletesHandshake(int slot, TcpListener listener, uint ports, uint addressSum, uint seq, uint ack, int flags,
        TcpOptions options, int length, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        ulong[] counters = Counters;
        uint peer = (uint)(halfOpen.Keys[slot] >> 32);
        uint rcvNxt = halfOpen.Irs[slot] + 1;
        uint iss = halfOpen.Iss[slot];

        // The listener was closed a moment ago: the reset is about to leave.
        if (listener == null)
            return false;

        // Before all, is it from another time (RFC 7323 sections 3.2 and 5.3)?
        bool stamped = options != null && options.HasTimestamps;
        bool old = false;
        if ((halfOpen.Notes[slot] & TcpOptions.OfferedTimestamps) != 0 && (flags & (TcpHeader.Syn | TcpHeader.Rst)) == 0)
        {
            if (!stamped)
            {
                counters[(int)Counter.TimestampMissing]++;
                return false;
            }

            old = (int)(options.Value - halfOpen.TsRecent[slot]) < 0;
        }

        // First, check the sequence number.
        const int Kind = TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Rst;
        bool synAgain = seq + 1 == rcvNxt && (flags & (TcpHeader.Syn | TcpHeader.Rst)) == TcpHeader.Syn;
        if (synAgain && (flags & TcpHeader.Ack) == 0)
        {
            counters[(int)Counter.SynDuplicate]++;
            if (stamped && (int)(options.Value - halfOpen.TsRecent[slot]) > 0)
                halfOpen.TsRecent[slot] = options.Value;
            SendSynAck(slot, ports, addressSum, now);
            return false;
        }

        if (!synAgain)
        {
            int segLength = length;
            if ((flags & TcpHeader.Syn) != 0)
                segLength++;
            if ((flags & TcpHeader.Fin) != 0)
                segLength++;
            uint wnd = ReceiveWindow;
            if (old || (seq - rcvNxt >= wnd && (segLength == 0 || seq + (uint)segLength - 1 - rcvNxt >= wnd)))
            {
                Counter reason = old ? Counter.TimestampOld : Counter.OutOfWindow;
                if ((flags & TcpHeader.Rst) != 0)
                    counters[(int)Counter.OutOfWindowReset]++;
                else if ((flags & TcpHeader.Syn) != 0)
                    Challenge(slot, Counter.ChallengeSyn, ports, addressSum, now);
                else if (segLength != 0)
                {
                    counters[(int)reason]++;
                    SendAck(slot, ports, addressSum, now);
                }
                else
                    Challenge(slot, reason, ports, addressSum, now);
                return false;
            }

            // Second, check the RST bit. Fourth, the SYN bit.
            if ((flags & Kind) != TcpHeader.Ack)
            {
                if ((flags & TcpHeader.Rst) != 0)
                {
                    if (seq != rcvNxt)
                    {
                        Challenge(slot, Counter.ChallengeReset, ports, addressSum, now);
                        return false;
                    }

                    counters[(int)Counter.ResetsReceived]++;
                    halfOpen.Remove(slot);
                }
                else if ((flags & TcpHeader.Syn) != 0)
                {
                    counters[(int)Counter.HandshakeAbandoned]++;
                    halfOpen.Remove(slot);
                }
                else
                    counters[(int)Counter.AckMissing]++;
                return false;
            }
        }

        // Fifth, check the ACK field.
        if (ack == iss + 1)
            return true;

        // Without room the same SYN was answered with a cookie. If both SYN,ACKs arrive, the peer keeps the first one.
        ulong key = halfOpen.Keys[slot];
        if (_cookies.IsAwaited(now) && _cookies.Check(key, (uint)IsnGenerator.Hash(listener.IsnState, key), rcvNxt - 1, ack - 1, now) != 0)
        {
            counters[(int)Counter.CookiesReceived]++;
            return true;
        }

        counters[(int)Counter.HandshakeAckBad]++;
        Writer.SendReset(peer, ports, addressSum, ack, 0, TcpHeader.Rst, 0, now);
        return false;
    }

    /// <summary>Answers a SYN with a cookie. Where there are timestamps, ours says what else the peer has offered.</summary>
    private void SendCookie(TcpListener listener, ulong key, uint ports, uint addressSum, uint irs, int offer, uint timestamp, ulong now)
    {
        int peerMss = offer & TcpOptions.OfferedSize;
        if (peerMss == 0)
            peerMss = DefaultSegmentTo((uint)(key >> 32));
        ulong hash = IsnGenerator.Hash(listener.IsnState, key);
        uint iss = _cookies.Make(key, (uint)hash, irs, peerMss, now);
        Counters[(int)Counter.CookiesSent]++;
        uint value = 0;
        if ((offer & TcpOptions.OfferedTimestamps) != 0)
            value = (uint)(hash >> 32) + SynCookies.WriteOffer(offer, (uint)(now >> Tcb.TimestampBits));
        else
            offer = 0;
        Writer.Send((uint)(key >> 32), ports, addressSum, iss, irs + 1, TcpHeader.Syn | TcpHeader.Ack, ReceiveWindow,
            Writer.WriteSynOptions(offer, value, timestamp), 0, now);
    }

    /// <summary>What a peer has offered who has a cookie.</summary>
    /// <param name="peerMss">The largest segment that it takes, in bytes.</param>
    /// <param name="timestampOffset">How far our timestamps are ahead of the clock.</param>
    /// <param name="options">The options of its ACK, null if there are none.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>A <see cref="TcpOptions.Offer"/>.</returns>
    private int CookieOffer(int peerMss, uint timestampOffset, TcpOptions options, ulong now)
    {
        if (options == null || !options.HasTimestamps)
            return peerMss;
        return peerMss | (SynCookies.ReadOffer(options.Echo - timestampOffset, (uint)(now >> Tcb.TimestampBits)) & OfferMask);
    }

    /// <summary>An ACK to a listener, while cookies are awaited: with one it opens a connection.</summary>
    /// <returns>False if there is no right cookie in it, and it is to be reset.</returns>
    private bool ArrivesWithCookie(TcpListener listener, byte[] frame, ulong key, uint ports, uint addressSum, uint seq, uint ack, int flags,
        uint window, TcpOptions options, int payload, int length, ulong now)
    {
        uint irs = seq - 1;
        uint iss = ack - 1;
        ulong hash = IsnGenerator.Hash(listener.IsnState, key);
        int peerMss = _cookies.Check(key, (uint)hash, irs, iss, now);
        if (peerMss == 0)
        {
            // It may follow a segment with a cookie that has just been dropped for want of room: a reset would end that connection.
            Counters[(int)Counter.CookiesBad]++;
            return now < _crowdedUntil;
        }

        Counters[(int)Counter.CookiesReceived]++;
        if (listener._handler != null && !Admits(listener, key, ports, addressSum, ack, 0, TcpHeader.Rst, now))
            return true;
        Counters[(int)Counter.PassiveOpens]++;
        uint timestampOffset = (uint)(hash >> 32);
        int offer = CookieOffer(peerMss, timestampOffset, options, now);
        uint timestamp = options == null ? 0 : options.Value;
        int changes = _changes;
        if (!HasRoom(listener, true, now))
        {
            // Whoever gave way may have closed the listener.
            if (changes == _changes)
                KeepAcknowledged(listener, key, irs, iss, offer, timestampOffset, timestamp, now);
            return true;
        }

        Tcb connection = Pool.Take();
        connection.OpenPassive(listener, key, ports, addressSum, irs, iss, offer, timestampOffset, timestamp, false,
            ulong.MaxValue, window, now);
        _table.Add((int)connection.Numbers[TcbNumbers.Slot], key);
        if (length != 0 || (flags & (TcpHeader.Fin | TcpHeader.Urg)) != 0)
            connection.Arrives(frame, seq, ack, flags, window, options, payload, length, now);
        if (listener._handler == null)
            HasNews = true;
        else if (listener._pending != 0)
            listener._handler.OnAccept(listener);
        Settle(connection, now);
        return true;
    }

    /// <summary>
    /// A cookie has come back while there is no room. Its peer believes to be connected, and may wait for us to speak: it is
    /// asked again as any half-open one is, beyond the listener's bound, and instead of a peer that has not answered for a while. If all
    /// have been asked just now, the cookie is dropped: the peer has it still, while theirs would be no more than a number.
    /// </summary>
    private void KeepAcknowledged(TcpListener listener, ulong key, uint irs, uint iss, int offer, uint timestampOffset, uint timestamp,
        ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        int slot = halfOpen.Find(0, key);
        if (slot < 0)
        {
            slot = halfOpen.FindOverdue(key, now);
            if (slot < 0)
            {
                _crowdedUntil = now + Settings.InitialRetransmissionTimeout;
                return;
            }

            Counters[(int)Counter.SynQueueEvicted]++;
            halfOpen.Remove(slot);
        }

        halfOpen.Add(slot, listener, key, irs, iss, offer, timestampOffset, timestamp, now);
        halfOpen.Notes[slot] |= HalfOpenTable.Acknowledged;
    }

    /// <summary>Sends what is due again, or forgets it.</summary>
    private void HalfOpenOnTimer(ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        ulong[] keys = halfOpen.Keys;
        ulong[] deadlines = halfOpen.Deadlines;
        ulong next = ulong.MaxValue;
        for (int slot = 0; slot < keys.Length && halfOpen.Count != 0; slot++)
        {
            if (keys[slot] == 0 || (deadlines[slot] <= now && !SendAgain(slot, now)))
                continue;
            if (deadlines[slot] < next)
                next = deadlines[slot];
        }

        halfOpen.Deadline = next;
    }

    /// <summary>A half-open connection is due.</summary>
    /// <returns>False if it was forgotten.</returns>
    private bool SendAgain(int slot, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        TcpListener listener = halfOpen.Listeners[slot];
        uint peer = (uint)(halfOpen.Keys[slot] >> 32);
        uint ports = PortsOf((uint)halfOpen.Keys[slot]);
        if (listener == null)
        {
            SendReset(slot, now);
            halfOpen.Remove(slot);
            return false;
        }

        // If others found no room since, it gives way: a peer that is alive sends its SYN again.
        bool acknowledged = halfOpen.Notes[slot] >= HalfOpenTable.Acknowledged;
        if (!acknowledged && halfOpen.SentAt(slot) < listener._fullAt)
        {
            Counters[(int)Counter.SynQueueEvicted]++;
            halfOpen.Remove(slot);
            return false;
        }

        halfOpen.Notes[slot] += HalfOpenTable.Retry;
        int retries = (int)((halfOpen.Notes[slot] & HalfOpenTable.Retries) / HalfOpenTable.Retry);
        if (retries == halfOpen.Waits.Length)
        {
            Counters[(int)Counter.TimedOut]++;
            _ipv4.TakeBack(peer, ports);
            if (acknowledged)
                SendReset(slot, now);
            halfOpen.Remove(slot);
            return false;
        }

        halfOpen.Deadlines[slot] = now + halfOpen.Waits[retries];
        Counters[(int)Counter.Retransmissions]++;
        if (retries >= Tcb.R1)
            _ipv4.Doubt(peer, now);
        SendSynAck(slot, ports, _ipv4.AddressSum(peer), now);
        return true;
    }

    /// <summary>
    /// There is no route to a peer: forgets those whom no SYN,ACK reaches. A neighbour that does not answer ARP is another matter: the
    /// SYN,ACK went to the card that the SYN came from, and the peer may be connected.
    /// </summary>
    private void HalfOpenLoseRoute()
    {
        HalfOpenTable halfOpen = HalfOpen;
        for (int slot = 0; slot < halfOpen.Keys.Length && halfOpen.Count != 0; slot++)
        {
            if (halfOpen.Keys[slot] != 0 && _ipv4.NextHop((uint)(halfOpen.Keys[slot] >> 32)) == 0)
                halfOpen.Remove(slot);
        }
    }

    /// <summary>A listener closes: the peers of its half-open connections are reset with the next Poll.</summary>
    private void DoomHalfOpen(TcpListener listener)
    {
        HalfOpenTable halfOpen = HalfOpen;
        for (int slot = 0; slot < halfOpen.Keys.Length && halfOpen.Count != 0; slot++)
        {
            if (halfOpen.Keys[slot] != 0 && halfOpen.Listeners[slot] == listener)
                halfOpen.Doom(slot);
        }
    }

    /// <summary>Our IPv4 address goes, and with it what is half-open over IPv4.</summary>
    /// <param name="tellPeers">True to reset the peers.</param>
    /// <param name="now">The time in microseconds.</param>
    private void ForgetHalfOpen(bool tellPeers, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        for (int slot = 0; slot < halfOpen.Keys.Length && halfOpen.Count != 0; slot++)
        {
            if (halfOpen.Keys[slot] == 0 || !Ipv4Layer.IsAddress((uint)(halfOpen.Keys[slot] >> 32)))
                continue;
            if (tellPeers)
                SendReset(slot, now);
            halfOpen.Remove(slot);
        }
    }

    private void SendSynAck(int slot, uint ports, uint addressSum, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        int offer = (int)(halfOpen.Notes[slot] & TcpOptions.Offered);
        Writer.Send((uint)(halfOpen.Keys[slot] >> 32), ports, addressSum, halfOpen.Iss[slot], halfOpen.Irs[slot] + 1,
            SynAckFlags(offer), ReceiveWindow,
            Writer.WriteSynOptions(offer, TimestampOf(slot, now), halfOpen.TsRecent[slot]), 0, now);
    }

    private void SendAck(int slot, uint ports, uint addressSum, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;

        // The window of an ACK is scaled.
        int scale = (halfOpen.Notes[slot] & TcpOptions.OfferedScales) != 0 ? Writer.WindowScale : 0;
        Writer.Send((uint)(halfOpen.Keys[slot] >> 32), ports, addressSum, halfOpen.Iss[slot] + 1, halfOpen.Irs[slot] + 1,
            TcpHeader.Ack, ReceiveWindow >> scale, WriteTimestamps(slot, now), 0, now);
    }

    private void SendReset(int slot, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        ulong key = halfOpen.Keys[slot];
        uint peer = (uint)(key >> 32);
        Writer.SendReset(peer, PortsOf((uint)key), _ipv4.AddressSum(peer), halfOpen.Iss[slot] + 1, halfOpen.Irs[slot] + 1,
            TcpHeader.Rst | TcpHeader.Ack, WriteTimestamps(slot, now), now);
    }

    /// <summary>Sends an ACK that is out of turn, unless there were too many (RFC 5961 section 7).</summary>
    private void Challenge(int slot, Counter reason, uint ports, uint addressSum, ulong now)
    {
        HalfOpenTable halfOpen = HalfOpen;
        if ((halfOpen.Notes[slot] & ~HalfOpenTable.Acknowledged) >= HalfOpenChallenges * HalfOpenTable.Challenge)
        {
            Counters[(int)Counter.ChallengeLimited]++;
            return;
        }

        halfOpen.Notes[slot] += HalfOpenTable.Challenge;
        Counters[(int)reason]++;
        SendAck(slot, ports, addressSum, now);
    }

    /// <summary>Writes the timestamps of a segment that is no SYN, if the peer has offered any.</summary>
    /// <returns>The length of the options in bytes.</returns>
    private int WriteTimestamps(int slot, ulong now)
    {
        return (HalfOpen.Notes[slot] & TcpOptions.OfferedTimestamps) == 0
            ? 0
            : Writer.WriteTimestamps(TimestampOf(slot, now), HalfOpen.TsRecent[slot]);
    }

    private uint TimestampOf(int slot, ulong now)
    {
        return HalfOpen.TsOffset[slot] + (uint)(now >> Tcb.TimestampBits);
    }
}
