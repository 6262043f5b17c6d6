using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What it asks.
public sealed partial class DhcpClient
{
    /// <summary>Looks for servers.</summary>
    private void Discover(ulong now)
    {
        _began = now;
        _transaction = (uint)_random.Next();
        Enter(DhcpState.Selecting, 0);
        SendDiscover(now);
    }

    private void SendDiscover(ulong now)
    {
        CountSeconds(now);
        BeginBroadcast(DhcpMessage.Discover);
        _sender.PutWishes();
        _sender.Broadcast(now);
        BeQuiet(now);
        Sent(now + _random.BackOff(_attempts + 1));
    }

    /// <summary>Asks for what was offered; by its seconds relay agents know what to do with it (RFC 2131 section 3.1).</summary>
    private void SendRequest(ulong now)
    {
        // The lease counts from the first: no later one can have begun it earlier.
        if (_attempts == 0)
            _requested = now;
        BeginBroadcast(DhcpMessage.Request);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _offer.Address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _offer.Server);
        _sender.PutWishes();
        _sender.Broadcast(now);
        Sent(now + _random.BackOff(_attempts + 1));
    }

    /// <summary>
    /// Begins a question for another address than there is. While there is none we take what is sent to the one that is
    /// offered; while there is one the answers must go to all (RFC 2131 section 4.1).
    /// </summary>
    private void BeginBroadcast(int type)
    {
        _sender.Begin(type, _transaction, _seconds, 0);
        if (HasAddress)
            _sender.AskForBroadcast();
    }

    /// <summary>INIT-REBOOT: asks whether the address is right in this network.</summary>
    private void SendReboot(ulong now)
    {
        BeginTransaction(now);
        _sender.Begin(DhcpMessage.Request, _transaction, _seconds, 0);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _lease.Address);
        _sender.PutWishes();
        _sender.Broadcast(now);
        BeQuiet(now);
        Sent(now + _random.BackOff(_attempts + 1));
    }

    /// <summary>RENEWING asks the server that gave the address, REBINDING asks all (RFC 2131 section 4.4.5).</summary>
    private void SendRenewal(ulong now)
    {
        DhcpLease lease = _lease;
        bool rebinding = now >= lease.RebindAt;
        DhcpState state = rebinding ? DhcpState.Rebinding : DhcpState.Renewing;
        if (_state != state)
            Enter(state, 0);
        BeginTransaction(now);
        _sender.Begin(DhcpMessage.Request, _transaction, _seconds, lease.Address);
        _sender.PutWishes();
        if (rebinding)
            _sender.Broadcast(now);
        else
            _sender.Send(lease.Server, now);
        ulong end = rebinding ? lease.ExpiresAt : lease.RebindAt;
        ulong wait = (end - now) / 2;
        if (wait < LeastRenewalInterval)
            wait = LeastRenewalInterval;
        Sent(wait < end - now ? now + wait : end);
    }

    /// <summary>Each request about a lease that we have is a transaction of its own, so that an answer tells when it began.</summary>
    private void BeginTransaction(ulong now)
    {
        _transaction = (uint)_random.Next();
        _requested = now;
        if (_attempts == 0 && _state != DhcpState.Rebinding)
            _began = now;
        CountSeconds(now);
    }

    private void CountSeconds(ulong now)
    {
        ulong seconds = (now - _began) / Second;
        _seconds = seconds > 0xFFFF ? 0xFFFF : (int)seconds;
    }

    private void BeQuiet(ulong now)
    {
        if (_quietUntil < now + LeastPause)
            _quietUntil = now + LeastPause;
    }
}
