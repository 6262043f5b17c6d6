using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What time brings: the next message, the end of a check or of the lease, and the looks at the link.
public sealed partial class DhcpClient
{
    private void OnDue(ulong now)
    {
        if (HasAddress && now >= _lease.ExpiresAt && _state != DhcpState.Releasing)
        {
            Expire(now);
            return;
        }

        switch (_state)
        {
            case DhcpState.Init:
                Discover(now);
                break;
            case DhcpState.Selecting:
                SendDiscover(now);
                break;
            case DhcpState.Requesting:
                if (_attempts == MaximumRequests)
                    BeginAnew(DhcpLoss.NoAnswer, _random.Below(LongestStartDelay), now);
                else
                    SendRequest(now);
                break;
            case DhcpState.Probing:
                Probe(now);
                break;
            case DhcpState.Releasing:
                BeStopped();
                break;
            default:
                AskAboutLease(now);
                break;
        }
    }

    /// <summary>Something is due while there is a lease.</summary>
    private void AskAboutLease(ulong now)
    {
        if (_isRefused)
            BeRefused(now);
        else if (_state == DhcpState.Rebooting)
        {
            if (_attempts == MaximumReboots)
                Discover(now);
            else
                SendReboot(now);
        }
        else if (now >= _lease.RenewAt)
            SendRenewal(now);
        else
        {
            _arp.Announce();
            _due = _lease.RenewAt;
        }
    }

    private void Expire(ulong now)
    {
        _counters[(int)Counter.DhcpExpired]++;
        GiveAddressUp();
        BeginAnew(DhcpLoss.Expired, _random.Below(LongestStartDelay), now);
    }

    /// <summary>The next probe, or the end of the check (RFC 5227 section 2.1.1).</summary>
    private void Probe(ulong now)
    {
        if (_attempts < ProbeNumber)
        {
            _arp.Probe();
            Sent(_attempts + 1 < ProbeNumber ? now + ProbeMinimum + _random.Below(ProbeMaximum - ProbeMinimum) : now + AnnounceWait);
            return;
        }

        // A server that is slow to acknowledge can leave nothing of a short lease.
        if (now >= _lease.ExpiresAt)
        {
            Expire(now);
            return;
        }

        _arp.Probed = 0;
        _conflicts = 0;
        _refusals = 0;
        _taker.TakeAddress(_lease.Address, _lease.PrefixLength, _lease.Gateway);
        BeBound(false, now);
    }

    private void BeBound(bool announced, ulong now)
    {
        ulong renewAt = _lease.RenewAt;
        _taker.TakeDnsServers(_lease.DnsServer, _lease.SecondDnsServer);
        Enter(DhcpState.Bound, announced || now + AnnounceInterval > renewAt ? renewAt : now + AnnounceInterval);
    }

    private void LoseToConflict(ulong now)
    {
        _taker.ResetConnections(now);
        _sender.Begin(DhcpMessage.Decline, _transaction, 0, 0);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _lease.Address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _lease.Server);
        _sender.Broadcast(now);
        _conflicts++;
        _subject = _lease;
        GiveAddressUp();
        BeginAnew(DhcpLoss.Conflict, _conflicts > MaximumConflicts ? RateLimitInterval : DeclineWait, now);
    }

    private void WatchLink(ulong now)
    {
        bool isUp = _link.IsUp;
        if (isUp == _isUp)
            return;
        _isUp = isUp;
        if (isUp)
        {
            ulong begin = now + _random.Below(LongestStartDelay);
            if (begin < _quietUntil)
                begin = _quietUntil;
            if (!HasAddress)
                Enter(DhcpState.Init, begin);
            else if (_state != DhcpState.Releasing)
                AskLater(begin);
        }
        else if (!HasAddress)
        {
            GiveAddressUp();
            BeginAnew(DhcpLoss.LinkDown, 0, now);
        }
        else if (_state == DhcpState.Rebooting || _state == DhcpState.Init || _state == DhcpState.Selecting
            || _state == DhcpState.Requesting)
            AskLater(ulong.MaxValue);
    }

    /// <summary>Asks whether the address is right, once the link is back for a while.</summary>
    private void AskLater(ulong begin)
    {
        _subject = _lease;
        Enter(DhcpState.Rebooting, begin);
    }
}
