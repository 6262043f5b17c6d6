using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A TCP endpoint on a link: ARP, IPv4, ICMP, DHCP and TCP with their listeners and connections. One thread owns it, with all its
/// listeners and connections; other threads wake that thread by <see cref="TcpLoop.Wake"/> and call nothing else. It has no
/// clock and no thread of its own: <see cref="Poll"/> is told the time and does everything that is due.
/// </summary>
public sealed class TcpEndpoint : IAddressTaker
{
    /// <summary>How many frames a Poll takes before it lets its caller look at something else.</summary>
    private const int FramesPerPoll = 64;

    /// <summary>How many neighbours are known beside those of connections, unless the settings say how many there are.</summary>
    private const int SpareArpEntries = 8;

    /// <summary>Length of the frame that opens a connection.</summary>
    private const int SynFrameLength = TcpHeader.Options + TcpOptions.MaximumSegmentSizeLength - FrameLayout.Ethernet;

    private readonly ILink _link;
    private readonly Counters _counters = new Counters();

    /// <summary>The values of <see cref="Counters"/>: an instruction less for each frame.</summary>
    private readonly ulong[] _counts;

    private readonly Wakeup _wakeup = new Wakeup();
    private readonly EthernetLayer _ethernet;
    private readonly Ipv4Layer _ipv4;
    private readonly ArpLayer _arp;
    private readonly ArpCache _neighbours;
    private readonly IcmpLayer _icmp;
    private readonly UdpLayer _udp;
    private readonly TcpLayer _tcp;
    private readonly DhcpClient _dhcp;
    private readonly MdnsPort _mdns;
    private readonly DnsResolver _dns;

    /// <summary>Null if there is none of them.</summary>
    private readonly UdpServices _services;

    private readonly Ipv6Host _ipv6;
    private readonly byte[] _frame;

    /// <summary>Makes an endpoint; all the memory that it will ever need is taken here.</summary>
    /// <param name="link">Where frames come from and go to.</param>
    /// <param name="entropy">Where the secrets come from; asked here and never again.</param>
    /// <param name="settings">What the endpoint is made of; not to be changed afterwards.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message says which.</exception>
    public TcpEndpoint(ILink link, IEntropy entropy, TcpSettings settings)
    {
        if (link == null)
            throw new ArgumentNullException(nameof(link));
        if (entropy == null)
            throw new ArgumentNullException(nameof(entropy));
        if (settings == null)
            throw new ArgumentNullException(nameof(settings));
        settings.Validate(link);
        if (!BitConverter.IsLittleEndian)
            throw new NotSupportedException("The processor must be little-endian, as the ESP32 and every PC are.");
        _link = link;
        ulong[] counters = _counters.Values;
        _counts = counters;
        _frame = new byte[FrameLayout.BufferSize(link.Mtu)];
        _ethernet = new EthernetLayer(link, _frame, settings.ArpEntries == 0 ? settings.Connections + SpareArpEntries : settings.ArpEntries,
            settings.Connections * SynFrameLength, _wakeup, counters);
        _arp = _ethernet.Arp;
        _neighbours = _ethernet.Neighbours;
        _ipv4 = new Ipv4Layer(_ethernet, link, settings, _wakeup, counters);
        _tcp = new TcpLayer(_ipv4, entropy, settings, _wakeup, counters);
        _neighbours.User = _tcp;
        _neighbours.Multiplier = _tcp.Multiplier;
        _icmp = new IcmpLayer(_ipv4, counters);
        _udp = new UdpLayer(_ipv4, settings, entropy, counters);
        if (settings.MulticastDns)
            _mdns = new MdnsPort(_udp, settings.HostName, entropy, _wakeup, counters);
        TakeAddress(settings.Address, settings.PrefixLength, settings.Gateway);
        if (settings.Ipv6)
        {
            byte[] secret = settings.Ipv6Secret;
            if (secret == null)
            {
                secret = new byte[SipHash.KeyLength];
                entropy.Fill(secret);
            }

            _ipv6 = new Ipv6Host(_ethernet, _ipv4, _tcp, _icmp.Delivery, link, secret, _wakeup, counters);
        }

        if (settings.Dhcp)
        {
            _ipv4.TakesStrays = true;
            _dhcp = new DhcpClient(this, link, _ethernet, _ipv4, _udp, settings, entropy, _wakeup, counters);
        }

        if (settings.DnsQueries != 0)
            _dns = new DnsResolver(_udp, _tcp, _ipv4, _ipv6 == null ? null : _ipv6.Addresses, settings, entropy, _wakeup, counters);
        if (_dhcp != null || _mdns != null || _dns != null)
            _services = new UdpServices { Dhcp = _dhcp, Mdns = _mdns, Dns = _dns };
    }

    /// <summary>What has happened, by name.</summary>
    public Counters Counters
    {
        get { return _counters; }
    }

    /// <summary>Our IPv4 address, most significant byte first; 0 if there is none.</summary>
    public uint Address
    {
        get { return _tcp.LocalAddress; }
    }

    /// <summary>Gets our address from a server; null without <see cref="TcpSettings.Dhcp"/>.</summary>
    public DhcpClient Dhcp
    {
        get { return _dhcp; }
    }

    /// <summary>Our name on the link, and the services that are told with it; null without <see cref="TcpSettings.MulticastDns"/>.</summary>
    public MdnsResponder Mdns
    {
        get { return _mdns == null ? null : _mdns.Responder; }
    }

    /// <summary>IPv6; null without <see cref="TcpSettings.Ipv6"/>.</summary>
    public Ipv6Host Ipv6
    {
        get { return _ipv6; }
    }

    /// <summary>True while a name can be looked up: <see cref="Resolve(string)"/> throws where <see cref="TcpSettings.DnsQueries"/> are in use.</summary>
    public bool CanResolve
    {
        get { return _dns != null && _dns.CanResolve; }
    }

    /// <summary>How many connections there are, with half-open ones, but without those in TIME-WAIT or closed.</summary>
    public int ConnectionCount
    {
        get { return _tcp.ConnectionCount; }
    }

    /// <summary>
    /// True while a connection is free: <see cref="Connect(uint, int)"/> throws without one, and a SYN is dropped unless a slow
    /// connection gives way (<see cref="TcpSettings.LeastRate"/>).
    /// </summary>
    public bool CanConnect
    {
        get { return _tcp.CanConnect; }
    }

    /// <summary>How many connections are in TIME-WAIT.</summary>
    public int TimeWaitCount
    {
        get { return _tcp.TimeWaits.Count; }
    }

    /// <summary>Copies what is known of a connection. Those that are half-open or in TIME-WAIT are no more than a record, and not among them.</summary>
    /// <param name="index">Which of <see cref="TcpSettings.Connections"/>, from 0 on.</param>
    /// <param name="into">Where it goes.</param>
    /// <returns>False if that one is free; nothing is copied then.</returns>
    /// <exception cref="ArgumentException">There are not so many connections.</exception>
    public bool CopyConnection(int index, TcpConnectionInfo into)
    {
        if (into == null)
            throw new ArgumentNullException(nameof(into));
        if (index < 0 || index >= _tcp.Pool.All.Length - 1)
            throw new ArgumentException("The index must be 0 or more, and less than TcpSettings.Connections.");
        return _tcp.Pool.All[index + 1].CopyInfo(into);
    }

    /// <summary>
    /// Takes an address. If it differs from the old one, connections are reset at once, while the old one still works: no
    /// host answers for it any more. The neighbours are told with the next <see cref="Poll"/>.
    /// </summary>
    /// <param name="address">The IPv4 address, most significant byte first; 0 for none.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
    /// <param name="gateway">The router for destinations outside the prefix; 0 for none.</param>
    /// <exception cref="ArgumentException">
    /// The prefix length is out of range, or no host can have the address or the router's; the message says why.
    /// </exception>
    /// <exception cref="InvalidOperationException">The address comes from a DHCP server.</exception>
    public void SetAddress(uint address, int prefixLength, uint gateway)
    {
        HostAddress.Check(address, prefixLength, gateway);
        if (_dhcp != null && _dhcp.State != DhcpState.Stopped)
            throw new InvalidOperationException("The address comes from a DHCP server: call Dhcp.Stop first, and wait until it has stopped.");
        if (address != Address)
            ResetConnections(0);
        TakeAddress(address, prefixLength, gateway);
    }

    void IAddressTaker.ResetConnections(ulong now)
    {
        ResetConnections(now);
    }

    void IAddressTaker.TakeAddress(uint address, int prefixLength, uint gateway)
    {
        TakeAddress(address, prefixLength, gateway);
    }

    void IAddressTaker.TakeDnsServers(uint first, uint second)
    {
        if (_dns != null)
            _dns.TakeServers(first, second);
    }

    private void ResetConnections(ulong now)
    {
        if (Address != 0)
            _tcp.ResetConnections(now);
    }

    private void TakeAddress(uint address, int prefixLength, uint gateway)
    {
        bool changed = address == 0 || address != _tcp.LocalAddress;
        if (_mdns != null)
        {
            if (changed)
                _mdns.Withdraw();
            _mdns.TakeAddress(address, prefixLength);
        }

        if (changed && _dns != null)
            _dns.ForgetAnswers();
        _ipv4.SetAddress(address, prefixLength, gateway);
        if (changed)
            _tcp.AddressChanged();
        _ethernet.SetAddress(_ipv4.Address);
    }

    /// <summary>Listens on a port, with a backlog of <see cref="TcpSettings.Connections"/>: as many peers may wait as can be served.</summary>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentException">The port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The port is listened on already, or all of <see cref="TcpSettings.Listeners"/> are in use; the message says which.
    /// </exception>
    public TcpListener Listen(int port)
    {
        return Listen(port, _tcp.Pool.All.Length - 1);
    }

    /// <summary>Listens on a port.</summary>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="backlog">How many connections may be half-open, and how many may wait to be accepted; 1 or more.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentException">The port or the backlog is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The port is listened on already, or all of <see cref="TcpSettings.Listeners"/> are in use; the message says which.
    /// </exception>
    public TcpListener Listen(int port, int backlog)
    {
        CheckPort(port);
        if (backlog < 1)
            throw new ArgumentException("The backlog must be 1 or more.");
        bool inUse;
        TcpListener listener = _tcp.Listen(port, backlog, out inUse);
        if (inUse)
        {
            throw new InvalidOperationException(
                "Port " + port.ToString() + " is listened on already: close its listener first, or take another port.");
        }

        if (listener == null)
            throw new InvalidOperationException("All listeners are in use: close one, or set TcpSettings.Listeners higher.");
        return listener;
    }

    /// <summary>
    /// Opens a UDP port (RFC 768). Its queue is the only memory that is taken after the start: open it at the start, and keep it.
    /// </summary>
    /// <param name="port">The port, 1 to 65535; 0 for one from 49152 on that nobody can guess (RFC 6056).</param>
    /// <returns>The socket.</returns>
    /// <exception cref="ArgumentException">The port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The port is in use, or all of <see cref="TcpSettings.UdpSockets"/> are; the message says which.
    /// </exception>
    public UdpSocket OpenUdp(int port)
    {
        if (port != 0)
            CheckPort(port);
        if (_udp.IsFull)
            throw new InvalidOperationException("All UDP sockets are in use: close one, or set TcpSettings.UdpSockets higher.");
        if (port != 0 && _dns != null)
            _dns.YieldPort(port);
        if (port != 0 && (_udp.Find(port) != null || (_dhcp != null && port == DhcpMessage.ClientPort)))
            throw new InvalidOperationException("UDP port " + port.ToString() + " is in use: close its socket first.");
        return _udp.Open(port);
    }

    /// <summary>
    /// Looks a name up (RFC 1035), for its IPv4 address, or IPv6 address if it has no other and IPv6 is on. The next Poll asks a DNS server;
    /// an answer that is kept, or none within 12 s, ends it too.
    /// </summary>
    /// <param name="name">The name, such as <c>www.example.com</c>, in ASCII; or an address as text, which is found at once.</param>
    /// <returns>Where the answer comes.</returns>
    /// <exception cref="ArgumentException">The text cannot be a name, or ends in <c>.local</c>.</exception>
    /// <exception cref="InvalidOperationException">
    /// All <see cref="TcpSettings.DnsQueries"/> are in use, or there is none of them; the message says which.
    /// </exception>
    public DnsQuery Resolve(string name)
    {
        DnsQuery query = new DnsQuery();
        Resolve(name, DnsAddresses.Ipv4First, query);
        return query;
    }

    /// <summary>Looks a name up, without a new object.</summary>
    /// <param name="name">As above.</param>
    /// <param name="which">Which addresses.</param>
    /// <param name="query">Where the answer comes; it must not wait for one.</param>
    /// <exception cref="ArgumentException">The text cannot be a name, or ends in <c>.local</c>.</exception>
    /// <exception cref="InvalidOperationException">
    /// All <see cref="TcpSettings.DnsQueries"/> are in use, or there is none of them; the query waits for an answer; or IPv6 is off. The
    /// message says which.
    /// </exception>
    public void Resolve(string name, DnsAddresses which, DnsQuery query)
    {
        if (_dns == null)
            throw new InvalidOperationException("No names are looked up: set TcpSettings.DnsQueries.");
        _dns.Resolve(name, which, query);
    }

    /// <summary>Opens a connection from a port that the endpoint chooses. The SYN leaves with the next Poll.</summary>
    /// <param name="remoteAddress">The peer's IPv4 address, most significant byte first.</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is no host's, or the port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// We have no address, all connections are in use, or no local port is left; the message says which.
    /// </exception>
    public TcpConnection Connect(uint remoteAddress, int remotePort)
    {
        return Connect(remoteAddress, remotePort, 0);
    }

    /// <summary>Opens a connection. The SYN leaves with the next Poll.</summary>
    /// <param name="remoteAddress">The peer's IPv4 address, most significant byte first.</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <param name="localPort">Our port, 1 to 65535; 0 for any (49152 to 65535, RFC 6056).</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is no host's, or a port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// We have no address, all connections are in use, or there is such a connection already, maybe in TIME-WAIT; the message says which.
    /// </exception>
    public TcpConnection Connect(uint remoteAddress, int remotePort, int localPort)
    {
        CheckPorts(remotePort, localPort);
        uint peer = BigEndian.Reverse(remoteAddress);
        if (!_ipv4.CanBeHost(peer))
        {
            throw new ArgumentException("No other host can have the address " + Ipv4Address.ToString(remoteAddress)
                + ": give a unicast address, most significant byte first.");
        }

        if (_ipv4.Address == 0)
        {
            throw new InvalidOperationException(_dhcp != null && _dhcp.State != DhcpState.Stopped
                ? "There is no address to connect from yet: wait until Dhcp.State is Bound."
                : "There is no address to connect from: call SetAddress first.");
        }

        if (!_tcp.CanConnect)
            throw new InvalidOperationException("All connections are in use: close one, or set TcpSettings.Connections higher.");
        TcpConnection connection = _tcp.Connect(peer, _ipv4.AddressSumIpv4(peer), remotePort, localPort);
        if (connection == null)
            throw NoPort(localPort);
        return connection;
    }

    /// <summary>Opens a connection over IPv6 from a port that the endpoint chooses. The SYN leaves with the next Poll.</summary>
    /// <param name="remoteAddress">The peer's IPv6 address, 16 bytes (<see cref="Ipv6Address.Parse"/>).</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is no host's, or the port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// IPv6 is off, we have no address, all connections are in use, or no local port is left; the message says which.
    /// </exception>
    public TcpConnection Connect(byte[] remoteAddress, int remotePort)
    {
        return Connect(remoteAddress, remotePort, 0);
    }

    /// <summary>Opens a connection over IPv6. The SYN leaves with the next Poll.</summary>
    /// <param name="remoteAddress">The peer's IPv6 address, 16 bytes (<see cref="Ipv6Address.Parse"/>).</param>
    /// <param name="remotePort">The peer's port, 1 to 65535.</param>
    /// <param name="localPort">Our port, 1 to 65535; 0 for any (49152 to 65535, RFC 6056).</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">The address is no host's, or a port is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// IPv6 is off, we have no address, all connections are in use, or there is such a connection already, maybe in TIME-WAIT; the message
    /// says which.
    /// </exception>
    public TcpConnection Connect(byte[] remoteAddress, int remotePort, int localPort)
    {
        CheckPorts(remotePort, localPort);
        if (_ipv6 == null)
            throw new InvalidOperationException("IPv6 is off: set TcpSettings.Ipv6.");
        if (remoteAddress == null)
            throw new ArgumentNullException(nameof(remoteAddress));
        if (remoteAddress.Length != Ipv6Address.Length)
            throw new ArgumentException("An IPv6 address must be 16 bytes, as Ipv6Address.Parse gives them.");
        if (!_ipv6.CanBeHost(remoteAddress))
        {
            throw new ArgumentException(
                "No other host can have the address " + Ipv6Address.ToString(remoteAddress, 0) + ": give a unicast address.");
        }

        if (!_ipv6.CanCall(remoteAddress))
            throw new InvalidOperationException("There is no IPv6 address to connect from yet: wait until Ipv6.CopyAddress gives one.");
        if (!_tcp.CanConnect)
            throw new InvalidOperationException("All connections are in use: close one, or set TcpSettings.Connections higher.");
        uint peer = _ipv6.Call(remoteAddress);
        if (peer == 0)
            throw new InvalidOperationException("There is no room for another peer: close a connection first.");
        TcpConnection connection = _tcp.Connect(peer, _ipv4.AddressSum(peer), remotePort, localPort);
        if (connection == null)
            throw NoPort(localPort);
        return connection;
    }

    /// <summary>Takes the frames that have come, does what is due, and sends.</summary>
    /// <param name="now">The time in microseconds; it must never go back.</param>
    /// <returns>
    /// When Poll wants to be called again at the latest, in the same time: <paramref name="now"/> if there is more to do at
    /// once, <see cref="ulong.MaxValue"/> if only a frame or the application can give it something to do.
    /// </returns>
    public ulong Poll(ulong now)
    {
        ILink link = _link;
        TcpLayer tcp = _tcp;
        byte[] frame = _frame;
        if (tcp.DirtyFirst != TcbPool.None)
            tcp.Flush(now);
        int left = FramesPerPoll;
        int length;
        while ((length = link.Receive(frame)) != 0)
        {
            _counts[(int)Counter.FramesReceived]++;
            length = _ethernet.Receive(frame, length, now);
            if (length != 0)
            {
                Ipv4Layer ipv4 = _ipv4;
                length = ipv4.Receive(frame, length);
                if (length < 0)
                {
                    // Dropped.
                }
                else if (frame[Ipv4Header.Protocol] == Ipv4Header.Tcp)
                    tcp.Receive(frame, length, ipv4.Peer, ipv4.PeerAddressSum, now);
                else
                    ReceiveOther(frame, length, now);
            }
            else if (_ethernet.Ipv6Length != 0)
            {
                length = _ethernet.Ipv6Length;
                _ethernet.Ipv6Length = 0;
                _ipv6.Receive(frame, length, now);
            }

            if (--left == 0)
                break;
        }

        if (_wakeup.At <= now)
            OnTimer(now);
        return left == 0 || tcp.DirtyFirst != TcbPool.None ? now : _wakeup.At;
    }

    /// <summary>Whether something has happened since the last call that no handler was told: the application is to look before it waits.</summary>
    internal bool TakeNews()
    {
        TcpLayer tcp = _tcp;
        bool hasNews = tcp.HasNews;
        tcp.HasNews = false;
        return hasNews;
    }

    private static InvalidOperationException NoPort(int localPort)
    {
        return new InvalidOperationException(localPort != 0
            ? "There is such a connection already, maybe in TIME-WAIT: wait, or use another local port."
            : "No local port is left for this peer: wait until connections have left TIME-WAIT.");
    }

    private static void CheckPort(int port)
    {
        if (port < 1 || port > 65535)
            throw new ArgumentException("A port must be 1 to 65535, and is " + port.ToString() + ".");
    }

    private static void CheckPorts(int remotePort, int localPort)
    {
        CheckPort(remotePort);
        if (localPort < 0 || localPort > 65535)
            throw new ArgumentException("The local port must be 1 to 65535, or 0 for any, and is " + localPort.ToString() + ".");
    }

    private void OnTimer(ulong now)
    {
        ArpCache neighbours = _neighbours;
        TcpLayer tcp = _tcp;

        // The frame that came last is done with: nothing of what follows answers it.
        _frame[EthernetHeader.EtherType] = 0;
        if (_services != null)
            _services.OnTimer(now);
        while (neighbours.Deadline <= now)
        {
            uint lost = _arp.OnTimer(now);
            if (lost != 0)
                tcp.LoseNeighbour(lost);
        }

        if (_ipv6 != null)
            _ipv6.OnTimer(now);
        tcp.OnTimer(now);
        if (tcp.DirtyFirst != TcbPool.None)
            tcp.Flush(now);
        if (_ipv4.LacksRoute)
        {
            _ipv4.LacksRoute = false;
            tcp.LoseNeighbour(0);
        }

        ulong next = neighbours.Deadline;
        if (tcp.Timers.Deadline < next)
            next = tcp.Timers.Deadline;
        if (tcp.HalfOpen.Deadline < next)
            next = tcp.HalfOpen.Deadline;
        if (tcp.TimeWaits.Deadline < next)
            next = tcp.TimeWaits.Deadline;
        if (_services != null && _services.Deadline < next)
            next = _services.Deadline;
        if (_ipv6 != null && _ipv6.Deadline < next)
            next = _ipv6.Deadline;
        _wakeup.At = next;
    }

    /// <summary>A packet for us that is not TCP.</summary>
    private void ReceiveOther(byte[] frame, int length, ulong now)
    {
        bool isUdp = frame[Ipv4Header.Protocol] == Ipv4Header.Udp;
        bool isDhcp = isUdp && _dhcp != null && BigEndian.Get16(frame, UdpHeader.DestinationPort) == DhcpMessage.ClientPort;
        if (!isDhcp && !_ipv4.IsForUs(frame) && (!isUdp || !_udp.Takes(frame, length)))
        {
            _counts[(int)Counter.Ipv4NotForUs]++;
            return;
        }

        if (!_ipv4.CanBeHost(_ipv4.Peer))
        {
            _counts[(int)Counter.Ipv4SourceBad]++;
            return;
        }

        if (frame[Ipv4Header.Protocol] == Ipv4Header.Icmp)
        {
            DeliveryError error = _icmp.Receive(frame, length, _ipv4.Peer, now);
            if (error != null)
                _tcp.ReceiveError(frame, error, now);
            return;
        }

        if (isUdp)
        {
            int data = _udp.Receive(frame, length);
            if (data < 0)
                return;
            if (isDhcp)
            {
                _dhcp.Receive(frame, data, now);
                return;
            }

            if (_udp.Deliver(frame, data, now))
            {
                _tcp.HasNews = true;
                return;
            }

            _counts[(int)Counter.UdpPortUnknown]++;

            // A late answer. And the limit of errors would tell who forges answers which ports are open (CVE-2020-25705).
            if (_dns != null && BigEndian.Get16(frame, UdpHeader.SourcePort) == DnsMessage.ServerPort)
                return;
        }
        else
            _counts[(int)Counter.Ipv4ProtocolUnknown]++;

        _icmp.SendUnreachable(frame, length, _ipv4.Peer, now);
    }
}
