using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A DHCP client (RFC 2131): gets the endpoint its address, keeps the lease, and gives the address up when it ends. It is
/// driven by the Poll of its endpoint; <see cref="State"/> may be read at any time, and <see cref="Steps"/> tells
/// whether there is something new to read.
/// </summary>
/// <remarks>
/// The address is checked by ARP before it is used (RFC 5227), which takes four to seven seconds. While the link is away the
/// address stays, so that connections survive a pulled cable; when it is back a server is asked whether the address is right
/// there still. A client that gets no address goes on asking for ever, with pauses of up to about a minute: it makes none up,
/// since that one could be somebody else's.
/// </remarks>
public sealed class DhcpClient
{
    private const ulong Second = 1_000_000;

    /// <summary>How often the link is looked at.</summary>
    private const ulong WatchInterval = Second;

    /// <summary>
    /// Devices that get power at the same moment ask at different ones. RFC 2131 section 4.4.1 says 1 to 10 s, which is long
    /// for somebody who waits for a board.
    /// </summary>
    private const ulong LongestStartDelay = Second;

    /// <summary>How often a request is sent before the client begins anew: that takes 4 + 8 + 16 + 32 s (RFC 2131 section 3.1).</summary>
    private const int MaximumRequests = 4;

    /// <summary>The least time between two requests to go on with a lease (RFC 2131 section 4.4.5).</summary>
    private const ulong LeastRenewalInterval = 60 * Second;

    /// <summary>A shorter lease in seconds would be over before the check of the address.</summary>
    private const uint ShortestLease = 10;

    // RFC 5227 section 1.1.
    private const ulong ProbeWait = Second;
    private const int ProbeNumber = 3;
    private const ulong ProbeMinimum = Second;
    private const ulong ProbeMaximum = 2 * Second;
    private const ulong AnnounceWait = 2 * Second;
    private const ulong AnnounceInterval = 2 * Second;
    private const int MaximumConflicts = 10;
    private const ulong RateLimitInterval = 60 * Second;

    /// <summary>The pause after DHCPDECLINE (RFC 2131 section 3.1).</summary>
    private const ulong DeclineWait = 10 * Second;

    /// <summary>How long the release of the lease may wait for the server's Ethernet address.</summary>
    private const ulong ReleaseWait = Second;

    private readonly AddressTaker _takeAddress;
    private readonly ILink _link;
    private readonly EthernetLayer _ethernet;
    private readonly Ipv4Layer _ipv4;
    private readonly ArpLayer _arp;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private readonly byte[] _hardware;
    private readonly DhcpSender _sender;
    private readonly DhcpReply _reply = new DhcpReply();
    private readonly DhcpRandom _random;

    private DhcpState _state = DhcpState.Init;
    private DhcpLoss _loss = DhcpLoss.None;
    private uint _steps;
    private int _attempts;
    private bool _isUp;
    private bool _stopping;

    /// <summary>When the state is over or something is to be sent again.</summary>
    private ulong _due = ulong.MaxValue;

    private uint _transaction;
    private ulong _began;
    private ulong _requested;
    private int _seconds;

    private uint _address;
    private int _prefixLength;
    private uint _gateway;
    private uint _server;
    private uint _leaseTime;
    private ulong _renewAt;
    private ulong _rebindAt;
    private ulong _expiresAt;
    private int _conflicts;
    private int _refusals;

    internal DhcpClient(AddressTaker takeAddress, ILink link, EthernetLayer ethernet, Ipv4Layer ipv4, UdpLayer udp, TcpSettings settings,
        IEntropy entropy, Wakeup wakeup, ulong[] counters)
    {
        _takeAddress = takeAddress;
        _link = link;
        _ipv4 = ipv4;
        _ethernet = ethernet;
        _arp = ethernet.Arp;
        _wakeup = wakeup;
        _counters = counters;
        _hardware = link.PhysicalAddress;
        _sender = new DhcpSender(ipv4, udp, _hardware, settings.HostName, counters);
        _random = new DhcpRandom(entropy);
        _arp.Yields = true;
        Wake();
    }

    /// <summary>What it is doing.</summary>
    public DhcpState State
    {
        get { return _state; }
    }

    /// <summary>Why it last lost its address or began anew.</summary>
    public DhcpLoss LastLoss
    {
        get { return _loss; }
    }

    /// <summary>Grows with every change of state and every message sent; wraps.</summary>
    public uint Steps
    {
        get { return _steps; }
    }

    /// <summary>How many messages or probes have been sent in this state.</summary>
    public int Attempts
    {
        get { return _attempts; }
    }

    /// <summary>
    /// The address that was offered, or is ours, or was lost last; most significant byte first, 0 before the first offer.
    /// The endpoint's Address is the one that is in use.
    /// </summary>
    public uint Address
    {
        get { return _address; }
    }

    /// <summary>Length of the network's prefix in bits, for <see cref="Address"/>.</summary>
    public int PrefixLength
    {
        get { return _prefixLength; }
    }

    /// <summary>The router that the server named, most significant byte first; 0 if none.</summary>
    public uint Gateway
    {
        get { return _gateway; }
    }

    /// <summary>The server that offered or gave the address, most significant byte first.</summary>
    public uint Server
    {
        get { return _server; }
    }

    /// <summary>How long the lease lasts from its beginning, in seconds; 0xFFFFFFFF: for ever.</summary>
    public uint LeaseTime
    {
        get { return _leaseTime; }
    }

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    internal ulong Deadline { get; private set; }

    /// <summary>
    /// Begins to ask for an address again, once <see cref="State"/> is Stopped. An address that was set meanwhile is given up,
    /// and with it its connections. The first time a client begins by itself.
    /// </summary>
    public void Start()
    {
        _stopping = false;
        if (_state != DhcpState.Stopped)
            return;
        _arp.Yields = true;
        _isUp = false;
        GiveAddressUp();
        Enter(DhcpState.Init, ulong.MaxValue);
        Wake();
    }

    /// <summary>
    /// Gives the lease back (DHCPRELEASE) and the address up, with the next Polls: <see cref="State"/> is Stopped after a
    /// second at the most.
    /// </summary>
    public void Stop()
    {
        if (_state == DhcpState.Stopped || _state == DhcpState.Releasing)
            return;
        _stopping = true;
        Wake();
    }

    /// <summary>Does what is due.</summary>
    internal void OnTimer(ulong now)
    {
        if (now < Deadline && !_arp.Conflict)
            return;
        if (_stopping)
            Leave(now);
        if (_state != DhcpState.Stopped)
        {
            WatchLink(now);
            if (_arp.Conflict && _state != DhcpState.Releasing)
                LoseToConflict(now);
            if (_due <= now)
                OnDue(now);
        }

        ulong look = _state == DhcpState.Stopped ? ulong.MaxValue : now + WatchInterval;
        Deadline = _due < look ? _due : look;
    }

    /// <summary>A datagram for the port of clients has come.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The length of its data in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    internal void Receive(byte[] frame, int length, ulong now)
    {
        if (length < DhcpMessage.HeaderLength || frame[DhcpMessage.Operation] != DhcpMessage.BootReply
            || BigEndian.Get16(frame, DhcpMessage.HardwareType) != 0x0106
            || BigEndian.Get32(frame, DhcpMessage.Cookie) != DhcpMessage.CookieValue)
            Drop(Counter.DhcpHeaderBad);
        else if (BigEndian.Get32(frame, DhcpMessage.TransactionId) != _transaction || !IsOurs(frame))
            Drop(Counter.DhcpNotForUs);
        else if (!_reply.Read(frame, UdpHeader.Data + length))
            Drop(Counter.DhcpOptionBad);
        else if (_reply.ClientIdentifier != 0 && !NamesUs(frame))
            Drop(Counter.DhcpNotForUs);
        else
        {
            Take(BigEndian.Get32(frame, DhcpMessage.YourAddress), now);
            if (_due < Deadline)
                Schedule(_due);
        }
    }

    private bool IsOurs(byte[] frame)
    {
        return BitConverter.ToUInt32(frame, DhcpMessage.ClientHardware) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, DhcpMessage.ClientHardware + 4) == BitConverter.ToUInt16(_hardware, 4);
    }

    /// <summary>Whether the client identifier in the reply is the one that we send (RFC 6842 section 3).</summary>
    private bool NamesUs(byte[] frame)
    {
        int at = _reply.ClientIdentifier;
        return frame[at - 1] == 1 + EthernetHeader.AddressLength && frame[at] == 1
            && BitConverter.ToUInt32(frame, at + 1) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, at + 5) == BitConverter.ToUInt16(_hardware, 4);
    }

    // ---- What a server says

    private void Take(uint address, ulong now)
    {
        DhcpReply reply = _reply;
        if (_state == DhcpState.Selecting)
        {
            // The first offer that will do: others would not be better for us.
            if (reply.Type != DhcpMessage.Offer)
                Drop(Counter.DhcpUnexpected);
            else if (!IsUsable(address))
                Drop(Counter.DhcpLeaseBad);
            else
            {
                _address = address;
                _server = reply.Server;
                Enter(DhcpState.Requesting, 0);
                SendRequest(now);
            }

            return;
        }

        bool anyServer = _state == DhcpState.Rebinding || _state == DhcpState.Rebooting;
        if ((!anyServer && _state != DhcpState.Requesting && _state != DhcpState.Renewing)
            || (!anyServer && reply.Server != _server))
            Drop(Counter.DhcpUnexpected);
        else if (reply.Type == DhcpMessage.Nak && reply.Server != 0)
            BeRefused(now);
        else if (reply.Type != DhcpMessage.Ack || address != _address)
            Drop(Counter.DhcpUnexpected);
        else if (!IsUsable(address))
            Drop(Counter.DhcpLeaseBad);
        else
            TakeLease(now);
    }

    /// <summary>Whether the reply names a server, an address that a host can have in its network, and a lease of some length.</summary>
    private bool IsUsable(uint address)
    {
        DhcpReply reply = _reply;
        uint mask = MaskOf(address);
        uint host = ~mask;
        uint first = address >> 24;
        return reply.Server != 0 && reply.LeaseTime >= ShortestLease && first != 0 && first != 127 && first < 224
            && (host & (host + 1)) == 0 && (host <= 1 || ((address & host) != 0 && (address & host) != host));
    }

    /// <summary>The mask that the server gave; without one, that of the address's class (RFC 950).</summary>
    private uint MaskOf(uint address)
    {
        uint mask = _reply.Mask;
        if (mask != 0)
            return mask;
        uint first = address >> 24;
        return first < 128 ? 0xFF000000 : first < 192 ? 0xFFFF0000 : 0xFFFFFF00;
    }

    private void TakeLease(ulong now)
    {
        DhcpReply reply = _reply;
        uint router = reply.Router;
        int prefixLength = 32;
        for (uint host = ~MaskOf(_address); host != 0; host >>= 1)
            prefixLength--;
        uint first = router >> 24;
        if (first == 0 || first == 127 || first >= 224 || router == _address)
            router = 0;
        bool changed = prefixLength != _prefixLength || router != _gateway || _state == DhcpState.Rebooting;
        _prefixLength = prefixLength;
        _gateway = router;
        _server = reply.Server;
        SetTimes(reply.LeaseTime, reply.RenewalTime, reply.RebindingTime);
        if (_state == DhcpState.Requesting)
        {
            _arp.Probed = BigEndian.Reverse(_address);
            Enter(DhcpState.Probing, now + _random.Below(ProbeWait));
            return;
        }

        // After the link was away the neighbours may be others, and are told.
        if (changed)
            _takeAddress(_address, _prefixLength, _gateway);
        BeBound(_state != DhcpState.Rebooting, now);
    }

    /// <summary>Sets T1, T2 and the end of the lease, which all count from the request (RFC 2131 section 4.4.5).</summary>
    private void SetTimes(uint lease, uint t1, uint t2)
    {
        _leaseTime = lease;
        _renewAt = ulong.MaxValue;
        _rebindAt = ulong.MaxValue;
        _expiresAt = ulong.MaxValue;
        if (lease == DhcpMessage.Infinite)
            return;
        ulong end = lease * Second;
        ulong renew = t1 == 0 ? end / 2 : t1 * Second;
        ulong rebind = t2 == 0 ? end / 8 * 7 : t2 * Second;
        if (renew >= rebind || rebind >= end)
        {
            renew = end / 2;
            rebind = end / 8 * 7;
        }

        // Some fuzz, so that devices that began together do not stay together.
        _renewAt = _requested + renew - _random.Below(renew / 32);
        _rebindAt = _requested + rebind - _random.Below((rebind - renew) / 32);
        _expiresAt = _requested + end;
    }

    private void BeRefused(ulong now)
    {
        _counters[(int)Counter.DhcpRefused]++;

        // A server that offers what it then refuses is not asked as fast as it answers.
        Restart(DhcpLoss.Refused, _refusals == 0 ? _random.Below(LongestStartDelay) : _random.BackOff(_refusals), now);
        _refusals++;
    }

    // ---- Time

    private void OnDue(ulong now)
    {
        switch (_state)
        {
            case DhcpState.Init:
                _began = now;
                _transaction = (uint)_random.Next();
                Enter(DhcpState.Selecting, 0);
                SendDiscover(now);
                break;
            case DhcpState.Selecting:
                SendDiscover(now);
                break;
            case DhcpState.Requesting:
                if (_attempts == MaximumRequests)
                    Restart(DhcpLoss.NoAnswer, _random.Below(LongestStartDelay), now);
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
                KeepLease(now);
                break;
        }
    }

    /// <summary>Something is due while there is a lease.</summary>
    private void KeepLease(ulong now)
    {
        if (now >= _expiresAt)
            Expire(now);
        else if (_state == DhcpState.Rebooting)
        {
            if (_attempts == MaximumRequests)
            {
                // Nobody says no, and the lease goes on (RFC 2131 section 3.2).
                BeBound(false, now);
            }
            else
                SendReboot(now);
        }
        else if (now >= _renewAt)
            SendRenewal(now);
        else
        {
            _arp.Announce();
            _due = _renewAt;
        }
    }

    private void Expire(ulong now)
    {
        _counters[(int)Counter.DhcpExpired]++;
        Restart(DhcpLoss.Expired, _random.Below(LongestStartDelay), now);
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
        if (now >= _expiresAt)
        {
            Expire(now);
            return;
        }

        _arp.Probed = 0;
        _conflicts = 0;
        _refusals = 0;
        _takeAddress(_address, _prefixLength, _gateway);
        BeBound(false, now);
    }

    private void BeBound(bool announced, ulong now)
    {
        Enter(DhcpState.Bound, announced || now + AnnounceInterval > _renewAt ? _renewAt : now + AnnounceInterval);
    }

    private void LoseToConflict(ulong now)
    {
        _sender.Begin(DhcpMessage.Decline, _transaction, 0, 0);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _server);
        _sender.Broadcast(now);
        _conflicts++;
        Restart(DhcpLoss.Conflict, _conflicts > MaximumConflicts ? RateLimitInterval : DeclineWait, now);
    }

    private void WatchLink(ulong now)
    {
        bool isUp = _link.IsUp;
        if (isUp == _isUp)
            return;
        _isUp = isUp;
        bool hasAddress = _ipv4.Address != 0;
        if (isUp)
        {
            ulong begin = now + _random.Below(LongestStartDelay);
            if (!hasAddress)
                Enter(DhcpState.Init, begin);
            else if (_state != DhcpState.Releasing)
                Enter(DhcpState.Rebooting, begin < _expiresAt ? begin : _expiresAt);
        }
        else if (!hasAddress)
            Restart(DhcpLoss.LinkDown, 0, now);
    }

    /// <summary>Back to INIT, without an address.</summary>
    private void Restart(DhcpLoss loss, ulong wait, ulong now)
    {
        _loss = loss;
        GiveAddressUp();
        Enter(DhcpState.Init, _isUp ? now + wait : ulong.MaxValue);
    }

    private void GiveAddressUp()
    {
        _arp.Probed = 0;
        _arp.Conflict = false;
        if (_ipv4.Address != 0)
            _takeAddress(0, 0, 0);
    }

    private void Leave(ulong now)
    {
        _stopping = false;
        if (_ipv4.Address == 0)
        {
            BeStopped();
            return;
        }

        Enter(DhcpState.Releasing, 0);
        _sender.Begin(DhcpMessage.Release, _transaction, 0, _address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _server);
        _sender.Send(_server, now);
        _due = _ethernet.IsWaiting ? now + ReleaseWait : now;
    }

    private void BeStopped()
    {
        _loss = DhcpLoss.Stopped;
        _arp.Yields = false;
        GiveAddressUp();
        Enter(DhcpState.Stopped, ulong.MaxValue);
    }

    private void Enter(DhcpState state, ulong due)
    {
        _state = state;
        _attempts = 0;
        _steps++;
        _due = due;
    }

    private void Sent(ulong due)
    {
        _attempts++;
        _steps++;
        _due = due;
    }

    private void Wake()
    {
        Schedule(0);
    }

    private void Schedule(ulong deadline)
    {
        Deadline = deadline;
        if (deadline < _wakeup.At)
            _wakeup.At = deadline;
    }

    private void Drop(Counter reason)
    {
        _counters[(int)reason]++;
    }

    // ---- Sending

    private void SendDiscover(ulong now)
    {
        CountSeconds(now);
        _sender.Begin(DhcpMessage.Discover, _transaction, _seconds, 0);
        _sender.PutWishes();
        _sender.Broadcast(now);
        Sent(now + _random.BackOff(_attempts + 1));
    }

    /// <summary>Asks for what was offered; by its seconds relay agents know what to do with it (RFC 2131 section 3.1).</summary>
    private void SendRequest(ulong now)
    {
        // The lease counts from the first: no later one can have begun it earlier.
        if (_attempts == 0)
            _requested = now;
        _sender.Begin(DhcpMessage.Request, _transaction, _seconds, 0);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _server);
        _sender.PutWishes();
        _sender.Broadcast(now);
        Sent(now + _random.BackOff(_attempts + 1));
    }

    /// <summary>INIT-REBOOT: asks whether the address is right in this network.</summary>
    private void SendReboot(ulong now)
    {
        BeginTransaction(now);
        _sender.Begin(DhcpMessage.Request, _transaction, _seconds, 0);
        _sender.PutNumber(DhcpMessage.RequestedAddress, _address);
        _sender.PutWishes();
        _sender.Broadcast(now);
        ulong again = now + _random.BackOff(_attempts + 1);
        Sent(again < _expiresAt ? again : _expiresAt);
    }

    /// <summary>RENEWING asks the server that gave the address, REBINDING asks all (RFC 2131 section 4.4.5).</summary>
    private void SendRenewal(ulong now)
    {
        bool rebinding = now >= _rebindAt;
        DhcpState state = rebinding ? DhcpState.Rebinding : DhcpState.Renewing;
        if (_state != state)
            Enter(state, 0);
        BeginTransaction(now);
        _sender.Begin(DhcpMessage.Request, _transaction, _seconds, _address);
        _sender.PutWishes();
        if (rebinding)
            _sender.Broadcast(now);
        else
            _sender.Send(_server, now);
        ulong end = rebinding ? _expiresAt : _rebindAt;
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
}
