using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What a server says.
public sealed partial class DhcpClient
{
    /// <summary>A datagram for the port of clients has come.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The length of its data in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void Receive(byte[] frame, int length, ulong now)
    {
        DhcpReply reply = _reply;
        if (length < DhcpMessage.HeaderLength || frame[DhcpMessage.Operation] != DhcpMessage.BootReply
            || BigEndian.Get16(frame, DhcpMessage.HardwareType) != 0x0106
            || BigEndian.Get32(frame, DhcpMessage.Cookie) != DhcpMessage.CookieValue)
        {
            Drop(Counter.DhcpHeaderBad);
            return;
        }

        if (BigEndian.Get32(frame, DhcpMessage.TransactionId) != _transaction || !IsOurs(frame, DhcpMessage.ClientHardware))
        {
            Drop(Counter.DhcpNotForUs);
            return;
        }

        // A server that does not say which it is, is the host that the message comes from.
        bool isGood = reply.Read(frame, UdpHeader.Data + length);
        if (reply.Server == 0)
        {
            reply.Server = BigEndian.Reverse(_ipv4.Peer);
            if (isGood)
                reply.Note(Counter.DhcpOptionMissing, DhcpMessage.ServerIdentifier);
        }

        if (!isGood)
            reply.Condemn(Counter.DhcpOptionBad);
        else if (reply.ClientIdentifier != 0 && !NamesUs(frame))
        {
            Drop(Counter.DhcpNotForUs);
            return;
        }
        else
            Take(BigEndian.Get32(frame, DhcpMessage.YourAddress), now);

        if (reply.IsOdd)
        {
            _oddMessages++;
            _oddity = reply.Oddity;
            _oddOption = reply.OddOption;
            _oddServer = reply.Server;
        }

        if (_due < Deadline)
            Schedule(_due);
    }

    private bool IsOurs(byte[] frame, int at)
    {
        return BitConverter.ToUInt32(frame, at) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, at + 4) == BitConverter.ToUInt16(_hardware, 4);
    }

    /// <summary>Whether the client identifier in the reply is the one that we send (RFC 6842 section 3).</summary>
    private bool NamesUs(byte[] frame)
    {
        int at = _reply.ClientIdentifier;
        return frame[at - 1] == 1 + EthernetHeader.AddressLength && frame[at] == 1 && IsOurs(frame, at + 1);
    }

    private void Take(uint address, ulong now)
    {
        DhcpReply reply = _reply;
        if (_state == DhcpState.Selecting)
        {
            // The first offer that will do: others would not be better for us.
            if (reply.Type != DhcpMessage.Offer)
                Drop(Counter.DhcpUnexpected);
            else if (!_offer.Take(reply, address, true))
                reply.Condemn(Counter.DhcpLeaseBad);
            else
            {
                _subject = _offer;
                Enter(DhcpState.Requesting, 0);
                SendRequest(now);
            }

            return;
        }

        bool isRequest = _state == DhcpState.Requesting;
        bool anyServer = _state == DhcpState.Rebinding || _state == DhcpState.Rebooting;
        DhcpLease lease = isRequest ? _offer : _lease;
        bool isOurServer = reply.Server == lease.Server;
        uint mask = lease.Mask;
        uint gateway = lease.Gateway;
        if (!anyServer && (!isOurServer || (!isRequest && _state != DhcpState.Renewing)))
            Drop(Counter.DhcpUnexpected);
        else if (reply.Type == DhcpMessage.Nak)
        {
            if (isOurServer)
                BeRefused(now);
            else
                DoubtLease(now);
        }
        else if (reply.Type != DhcpMessage.Ack || address != lease.Address)
            Drop(Counter.DhcpUnexpected);
        else if (!lease.Take(reply, address, false))
            reply.Condemn(Counter.DhcpLeaseBad);
        else
        {
            lease.Begin(reply, _requested, _random);
            if (isRequest)
                TakeOffer(now);
            else
                KeepLease(mask != lease.Mask || gateway != lease.Gateway, now);
        }
    }

    /// <summary>What was offered is ours.</summary>
    private void TakeOffer(ulong now)
    {
        DhcpLease lease = _offer;
        _offer = _lease;
        _lease = lease;
        if (HasAddress && _ipv4.Address == BigEndian.Reverse(lease.Address))
        {
            // It has been ours all the time.
            KeepLease(true, now);
            return;
        }

        if (HasAddress)
            _loss = DhcpLoss.Replaced;
        GiveAddressUp();
        _arp.Probed = BigEndian.Reverse(lease.Address);
        Enter(DhcpState.Probing, now + _random.Below(ProbeWait));
    }

    /// <summary>The lease goes on.</summary>
    private void KeepLease(bool isChanged, ulong now)
    {
        // After the link was away the neighbours may be others, and are told.
        bool isOver = _state == DhcpState.Rebooting;
        if (isChanged || isOver)
            _taker.TakeAddress(_lease.Address, _lease.PrefixLength, _lease.Gateway);
        BeBound(!isOver && _state != DhcpState.Requesting, now);
    }

    /// <summary>
    /// Another server than ours refuses the address. It may know nothing of our server's leases, so that one's word counts
    /// before it; if none comes in time, the other one is right.
    /// </summary>
    private void DoubtLease(ulong now)
    {
        Drop(Counter.DhcpUnexpected);
        if (_isRefused)
            return;
        _isRefused = true;
        if (now + StrangerWait < _due)
            _due = now + StrangerWait;
    }

    private void BeRefused(ulong now)
    {
        _counters[(int)Counter.DhcpRefused]++;

        // What was only offered leaves the address that there is.
        if (_state != DhcpState.Requesting)
            GiveAddressUp();

        // A server that offers what it then refuses is not asked as fast as it answers.
        BeginAnew(DhcpLoss.Refused, _refusals == 0 ? _random.Below(LongestStartDelay) : _random.BackOff(_refusals), now);
        _refusals++;
    }
}
