namespace HandshakeNano.Links;

// Looking: the state of the socket, read in one burst, and that of the PHY.
public sealed partial class W5500Link
{
    private const int BufferSize = 16384;
    private const int SizeInKb = BufferSize / 1024;
    private const int Agreements = 4;
    private const int HopelessLooks = 16;
    private const int MostLost = 4;

    // Microseconds.
    private const ulong LinkInterval = 250_000;
    private const ulong LinkDownInterval = 50_000;

    /// <summary>
    /// Reads the socket's state in one burst: whether the command was accepted, what was sent, what has come. If the two
    /// counts of what has come do not agree, it is read again: the chip changed them while they were read. If the socket is not as
    /// it was left it is read again too: one bit may be wrong on the wire, now, or when something else was written.
    /// </summary>
    /// <returns>False if the socket is not open, or had to be opened again.</returns>
    private bool Look()
    {
        if (!_isOpen)
            return false;
        byte[] look = _look;
        W5500Counts counts = _counts;
        ulong now = _clock.GetMicroseconds();
        ulong begin = now;
        _mustLook = false;
        int waiting;
        int torn = 0;
        int lost = 0;
        while (true)
        {
            _bus.Read(W5500.Socket0, W5500.SnMR, look, LookLength);
            bool isAccepted = look[AtCommand] == 0;
            if (look[AtStatus] != W5500.StatusMacRaw
                || look[AtMode] != _mode
                || look[AtReceiveSize] != SizeInKb
                || look[AtTransmitSize] != SizeInKb
                || look[AtInterruptMask] != W5500.InterruptReceived
                || (isAccepted && ((look[AtReceiveRead] << 8) | look[AtReceiveRead + 1]) != _receiveCommitted))
            {
                counts.TornReadings++;
                if (++lost < MostLost)
                    continue;
                counts.StateLost++;
                Recover();
                return false;
            }

            _seen = look[AtInterrupt] & (W5500.InterruptReceived | W5500.InterruptSent);

            // SENDOK may be that of the frame before, where the chip has not cleared it with the command; the pointer tells. Where the
            // chip does not latch what is masked, it tells alone.
            if (_sending
                && ((look[AtTransmitRead] << 8) | look[AtTransmitRead + 1]) == _transmitWrite
                && ((_seen & W5500.InterruptSent) != 0 || now - _sendBegan >= WireTime))
            {
                _sending = false;
                _sendTimeouts = 0;
            }

            if (!isAccepted)
            {
                if (_clock.GetMicroseconds() - begin < CommandTime)
                    continue;
                counts.CommandTimeouts++;
                Reopen();
                return false;
            }

            _commandPending = false;
            waiting = (look[AtReceived] << 8) | look[AtReceived + 1];
            int written = (((look[AtReceiveWrite] << 8) | look[AtReceiveWrite + 1]) - _receiveCommitted) & 0xFFFF;
            if (waiting == written && waiting <= BufferSize)
            {
                _disagreements = 0;
                break;
            }

            counts.TornReadings++;
            if (++torn < Agreements)
                continue;

            // Under a flood they may never agree; a count that is torn is too low, not too high. After a RECV that the chip did
            // not get they do not agree either: it counts what was read already.
            if (written < waiting)
                waiting = written;
            if (waiting > BufferSize)
                waiting = 0;
            if (++_disagreements < HopelessLooks)
                break;
            _disagreements = 0;
            Reopen();
            return false;
        }

        int available = waiting - ((_receiveNext - _receiveCommitted) & 0xFFFF);
        _available = available > 0 ? available : 0;
        if (waiting > BufferSize - MaximumFrame - LengthHeader)
            counts.NearlyFull++;
        _looked = now;
        if (now - _linkChecked >= (_isLinkUp ? LinkInterval : LinkDownInterval))
            CheckLink(now);
        return true;
    }

    /// <summary>Looks at the PHY, which has no interrupt. If it is held in reset, a read that the chip took for a write has done so.</summary>
    private void CheckLink(ulong now)
    {
        _linkChecked = now;
        W5500Bus bus = _bus;
        int phy = bus.Read8(W5500.Common, W5500.PHYCFGR);
        if ((phy & W5500.PhyRuns) == 0)
        {
            phy = bus.Read8(W5500.Common, W5500.PHYCFGR);
            if ((phy & W5500.PhyRuns) == 0)
                bus.Write8(W5500.Common, W5500.PHYCFGR, W5500.PhyAfterReset);
        }

        bool isUp = (phy & W5500.PhyLinkUp) != 0;
        if (isUp == _isLinkUp)
            return;
        _isLinkUp = isUp;
        if (isUp)
            _counts.LinkUps++;
        else
            _counts.LinkDowns++;
    }
}
