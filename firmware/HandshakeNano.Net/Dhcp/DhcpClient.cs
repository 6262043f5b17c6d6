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
/// there still, and if none answers, all are asked for an address again. A client that gets no address goes on asking for ever,
/// with pauses of up to about a minute: it makes none up, since that one could be another host's.
/// </remarks>
public sealed partial class DhcpClient
{
    private const ulong Second = 1_000_000;

    /// <summary>How often the link is looked at.</summary>
    private const ulong WatchInterval = Second;

    /// <summary>
    /// Devices that get power at the same moment ask at different ones. RFC 2131 section 4.4.1 says 1 to 10 s, which is long
    /// for a user who waits for a board.
    /// </summary>
    private const ulong LongestStartDelay = Second;

    /// <summary>How often a request is sent before the client begins again: that takes 4 + 8 + 16 + 32 s (RFC 2131 section 3.1).</summary>
    private const int MaximumRequests = 4;

    /// <summary>
    /// How often the client asks whether its address is right where the link is back: that takes 4 + 8 s. Many servers say
    /// nothing about an address that they do not know (RFC 2131 section 4.3.2).
    /// </summary>
    private const int MaximumReboots = 2;

    /// <summary>How long our server may take to answer after another one has refused: as long as a first request waits.</summary>
    private const ulong StrangerWait = 4 * Second;

    /// <summary>The least time between two questions, even if the link goes away in between: the shortest first pause.</summary>
    private const ulong LeastPause = 3 * Second;

    /// <summary>The least time between two requests to go on with a lease (RFC 2131 section 4.4.5).</summary>
    private const ulong LeastRenewalInterval = 60 * Second;

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

    private readonly IAddressTaker _taker;
    private readonly ILink _link;
    private readonly EthernetLayer _ethernet;
    private readonly Ipv4Layer _ipv4;
    private readonly ArpLayer _arp;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private readonly byte[] _hardware;
    private readonly DhcpSender _sender;
    private readonly DhcpReply _reply;
    private readonly DhcpRandom _random;

    private DhcpState _state = DhcpState.Init;
    private DhcpLoss _loss = DhcpLoss.None;
    private uint _steps;
    private int _attempts;
    private bool _isUp;
    private bool _stopping;

    /// <summary>Another server than ours has refused the address, and ours may say otherwise yet.</summary>
    private bool _isRefused;

    /// <summary>When the state is over or something is to be sent again.</summary>
    private ulong _due = ulong.MaxValue;

    /// <summary>Until when a link that is back asks nothing.</summary>
    private ulong _quietUntil;

    private uint _transaction;
    private ulong _began;
    private ulong _requested;
    private int _seconds;

    /// <summary>The address that is in use or checked, or was last.</summary>
    private DhcpLease _lease = new DhcpLease();

    /// <summary>The address that is requested.</summary>
    private DhcpLease _offer = new DhcpLease();

    /// <summary>The one of them that the last step was about.</summary>
    private DhcpLease _subject;

    private int _conflicts;
    private int _refusals;

    private uint _oddMessages;
    private Counter _oddity;
    private int _oddOption;
    private uint _oddServer;

    internal DhcpClient(IAddressTaker taker, ILink link, EthernetLayer ethernet, Ipv4Layer ipv4, UdpLayer udp, TcpSettings settings,
        IEntropy entropy, Wakeup wakeup, ulong[] counters)
    {
        _taker = taker;
        _link = link;
        _ipv4 = ipv4;
        _ethernet = ethernet;
        _arp = ethernet.Arp;
        _wakeup = wakeup;
        _counters = counters;
        _hardware = link.PhysicalAddress;
        _sender = new DhcpSender(ipv4, udp, _hardware, settings.HostName, counters);
        _reply = new DhcpReply(counters);
        _random = new DhcpRandom(entropy);
        _subject = _lease;
        _arp.Yields = true;
        Wake();
    }

    /// <summary>What it is doing.</summary>
    public DhcpState State
    {
        get { return _state; }
    }

    /// <summary>Why it last lost its address or began again.</summary>
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
        get { return _subject.Address; }
    }

    /// <summary>Length of the network's prefix in bits, for <see cref="Address"/>.</summary>
    public int PrefixLength
    {
        get { return _subject.PrefixLength; }
    }

    /// <summary>The router that the server named, most significant byte first; 0 if none.</summary>
    public uint Gateway
    {
        get { return _subject.Gateway; }
    }

    /// <summary>The DNS server that the server named first, most significant byte first; 0 if none.</summary>
    public uint DnsServer
    {
        get { return _subject.DnsServer; }
    }

    /// <summary>The DNS server that it named second, likewise.</summary>
    public uint SecondDnsServer
    {
        get { return _subject.SecondDnsServer; }
    }

    /// <summary>The server that offered or gave the address, most significant byte first.</summary>
    public uint Server
    {
        get { return _subject.Server; }
    }

    /// <summary>How long the server says that the lease lasts from its beginning, in seconds; 0xFFFFFFFF: for ever.</summary>
    public uint LeaseTime
    {
        get { return _subject.Seconds; }
    }

    /// <summary>How many messages of servers had something odd about them; wraps. The three below tell of the last one.</summary>
    public uint OddMessages
    {
        get { return _oddMessages; }
    }

    /// <summary>
    /// What was odd: DhcpOptionRepeated, DhcpOptionLengthBad, DhcpOptionValueBad or DhcpOptionMissing, and the message was of
    /// use all the same; or DhcpOptionBad or DhcpLeaseBad, and it was dropped.
    /// </summary>
    public Counter Oddity
    {
        get { return _oddity; }
    }

    /// <summary>The code of the option that was odd (RFC 2132); 0 if it was none.</summary>
    public int OddOption
    {
        get { return _oddOption; }
    }

    /// <summary>The server whose message it was, most significant byte first.</summary>
    public uint OddServer
    {
        get { return _oddServer; }
    }

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    internal ulong Deadline { get; private set; }

    /// <summary>Whether there is an address in use; while another is asked for there may be.</summary>
    private bool HasAddress
    {
        get { return _ipv4.Address != 0; }
    }

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
        _taker.ResetConnections(0);
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

    /// <summary>Back to INIT.</summary>
    private void BeginAnew(DhcpLoss loss, ulong wait, ulong now)
    {
        _loss = loss;
        ulong begin = now + wait;
        if (_quietUntil < begin)
            _quietUntil = begin;
        Enter(DhcpState.Init, _isUp ? begin : ulong.MaxValue);
    }

    private void GiveAddressUp()
    {
        _arp.Probed = 0;
        _arp.Conflict = false;
        _taker.TakeDnsServers(0, 0);
        if (HasAddress)
            _taker.TakeAddress(0, 0, 0);
    }

    private void Leave(ulong now)
    {
        _stopping = false;
        if (!HasAddress)
        {
            BeStopped();
            return;
        }

        _subject = _lease;
        _taker.ResetConnections(now);
        Enter(DhcpState.Releasing, 0);
        _sender.Begin(DhcpMessage.Release, _transaction, 0, _lease.Address);
        _sender.PutNumber(DhcpMessage.ServerIdentifier, _lease.Server);
        _sender.Send(_lease.Server, now);
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
        _isRefused = false;

        // Some servers answer to the address that they give, though we ask for answers to all.
        _ipv4.TakesOffers = state == DhcpState.Selecting || state == DhcpState.Requesting;
        _attempts = 0;
        _steps++;
        DueAt(due);
    }

    private void Sent(ulong due)
    {
        _attempts++;
        _steps++;
        DueAt(due);
    }

    /// <summary>Sets when something is due; the end of the lease comes first.</summary>
    private void DueAt(ulong due)
    {
        ulong end = _lease.ExpiresAt;
        _due = HasAddress && end < due ? end : due;
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
}
