using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// IPv4 (RFC 791, RFC 1122 section 3): checks what comes, hands it on, and puts headers before what goes. Addresses are
/// as the processor loads them from the wire, which saves turning them round for every packet.
/// </summary>
internal sealed class Ipv4Layer
{
    /// <summary>Of the first eight bytes as the processor loads them: version, header length, fragment flag and offset.</summary>
    private const ulong PlainMask = 0xFF3F0000000000FF;

    /// <summary>
    /// What names a packet that is sent again: the destination, and the eight bytes after the header, by which hosts tell
    /// packets apart (RFC 792).
    /// </summary>
    private const int PacketName = Ipv4Header.Destination;

    /// <summary>Who sent the packet that <see cref="Receive"/> saw last.</summary>
    public uint Peer;

    /// <summary>The sum of both addresses of that packet, modulo 65535, in the processor's order.</summary>
    public ulong PeerAddressSum;

    /// <summary>
    /// True: UDP to all hosts is taken as well, and before there is an address what is sent to any: so a server answers a host
    /// that asks for one (RFC 2131 section 4.1). <see cref="IsForUs"/> tells it from the rest.
    /// </summary>
    public bool TakesStrays;

    /// <summary>True: UDP to groups and to all hosts is taken, and <see cref="UdpLayer.Takes"/> asked whose it is.</summary>
    public bool TakesGroups;

    /// <summary>True: what is sent to any address is taken even while there is one, as another one may be offered.</summary>
    public bool TakesOffers;

    private readonly EthernetLayer _ethernet;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private readonly bool _hasHeader;
    private readonly int _mtu;
    private readonly int _timeToLive;
    private readonly int _typeOfService;

    /// <summary>The sum of what is the same in all headers that are sent: version, header length, type of service, flags, time to live.</summary>
    private readonly uint _headerSum;

    private uint _address;

    /// <summary>The destination that we take: our address, or a number that is no address.</summary>
    private ulong _destination;

    private uint _netmask;
    private uint _broadcast;
    private uint _gateway;

    /// <summary>Makes the layer.</summary>
    /// <param name="ethernet">The layer below.</param>
    /// <param name="link">For its MTU.</param>
    /// <param name="settings">For the time to live and the Differentiated Services codepoint.</param>
    /// <param name="wakeup">Told of a missing route.</param>
    /// <param name="counters">What to count in.</param>
    public Ipv4Layer(EthernetLayer ethernet, ILink link, TcpSettings settings, Wakeup wakeup, ulong[] counters)
    {
        _ethernet = ethernet;
        _wakeup = wakeup;
        _counters = counters;
        _hasHeader = link.HasEthernetHeader;
        _mtu = link.Mtu;
        _timeToLive = settings.TimeToLive;
        _typeOfService = settings.DifferentiatedServices << 2;
        _headerSum = (uint)((Ipv4Header.VersionIhlPlain << 8) + (Ipv4Header.DontFragment << 8) + (_timeToLive << 8));
    }

    /// <summary>The time to live of what <see cref="Prepare"/> has written, 1 to 255.</summary>
    public int TimeToLive
    {
        get { return _timeToLive; }
    }

    /// <summary>Our address, 0 if none.</summary>
    public uint Address
    {
        get { return _address; }
    }

    /// <summary>The largest packet in bytes.</summary>
    public int Mtu
    {
        get { return _mtu; }
    }

    /// <summary>A packet was not sent because there is no route to its destination.</summary>
    public bool LacksRoute;

    /// <summary>Takes our address.</summary>
    /// <param name="address">The address, most significant byte first; 0 for none.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits.</param>
    /// <param name="gateway">The router, most significant byte first; 0 for none.</param>
    public void SetAddress(uint address, int prefixLength, uint gateway)
    {
        uint mask = prefixLength == 0 ? 0 : 0xFFFFFFFF << (32 - prefixLength);
        _address = BigEndian.Reverse(address);
        _destination = address == 0 ? ulong.MaxValue : _address;

        // Without Ethernet every host is a neighbour.
        _netmask = _hasHeader ? BigEndian.Reverse(mask) : 0;
        // A network of one or two hosts has no broadcast address (RFC 3021).
        _broadcast = prefixLength >= 31 ? 0xFFFFFFFF : BigEndian.Reverse(address | ~mask);
        _gateway = BigEndian.Reverse(gateway);
    }

    /// <summary>Writes what is the same in every packet sent from a buffer.</summary>
    /// <param name="frame">The buffer.</param>
    /// <param name="protocol">The protocol number.</param>
    public void Prepare(byte[] frame, int protocol)
    {
        _ethernet.Prepare(frame, EthernetHeader.Ipv4);
        frame[Ipv4Header.VersionIhl] = Ipv4Header.VersionIhlPlain;
        frame[Ipv4Header.TypeOfService] = (byte)_typeOfService;

        // Never fragmented, so the identification may be anything (RFC 6864 section 4.1).
        BigEndian.Put32(frame, Ipv4Header.TotalLength + 2, (uint)Ipv4Header.DontFragment << 8);
        frame[Ipv4Header.TimeToLive] = (byte)_timeToLive;
        frame[Ipv4Header.Protocol] = (byte)protocol;
        BigEndian.Put32(frame, Ipv4Header.Source, BigEndian.Reverse(_address));
    }

    /// <summary>
    /// Whether the number of a peer is an IPv4 address. That of a peer over IPv6 is in 240.0.0.0/4, which no IPv4 host has.
    /// </summary>
    /// <param name="peer">The peer's number.</param>
    /// <returns>False if the peer is one over IPv6.</returns>
    public static bool IsAddress(uint peer)
    {
        return (peer & 0xF0) != 0xF0;
    }

    /// <summary>
    /// A peer's address. To TCP a peer is a number; for an IPv4 host that is its address as the processor loads it from the wire.
    /// </summary>
    /// <param name="peer">The peer's number.</param>
    /// <returns>The address, most significant byte first.</returns>
    public static uint AddressOf(uint peer)
    {
        return BigEndian.Reverse(peer);
    }

    /// <summary>Copies the address of a peer over IPv6, or ours that it knows.</summary>
    /// <param name="peer">The peer's number.</param>
    /// <param name="ours">True: ours.</param>
    /// <param name="into">The array for the 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if the peer is none, or its address is not known any more.</returns>
    public bool CopyPeer(uint peer, bool ours, byte[] into, int offset)
    {
        return !IsAddress(peer) && _ethernet.Peers != null && _ethernet.Peers.Copy(peer, ours, into, offset);
    }

    /// <summary>Whom a packet of ours is for.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <returns>The peer's number.</returns>
    public static uint ReceiverOf(byte[] frame)
    {
        return BitConverter.ToUInt32(frame, Ipv4Header.Destination);
    }

    /// <summary>The sum of our address and a peer's, for the checksums of what goes to it.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <returns>A number that is the sum in network order modulo 65535.</returns>
    public uint AddressSum(uint peer)
    {
        return IsAddress(peer) ? AddressSumIpv4(peer) : _ethernet.Peers.AddressSum(peer);
    }

    /// <summary>The sum of our address and an IPv4 host's.</summary>
    /// <param name="peer">The host's address.</param>
    /// <returns>A number that is the sum in network order modulo 65535.</returns>
    public uint AddressSumIpv4(uint peer)
    {
        return (uint)(((ulong)_address + peer) % InternetChecksum.Modulus) << 8;
    }

    /// <summary>Checks a packet that has come (RFC 1122 section 3.2.1); its transport header ends up at its place.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">How many bytes there are from the IP header on; negative if the frame is for a group of hosts.</param>
    /// <returns>The length in bytes of what follows the IP header; -1 if the packet is dropped.</returns>
    public int Receive(byte[] frame, int length)
    {
        ulong first = BitConverter.ToUInt64(frame, Ipv4Header.VersionIhl);
        ulong addresses = BitConverter.ToUInt64(frame, Ipv4Header.Source);
        ulong addressSum = addresses % InternetChecksum.Modulus;
        int total = (frame[Ipv4Header.TotalLength] << 8) | frame[Ipv4Header.TotalLength + 1];
        if (total < Ipv4Header.Length || total > length)
            return length < 0 ? ReceiveFromGroup(frame, -length) : DropCut(frame, Counter.Ipv4HeaderBad);
        if ((first & PlainMask) == Ipv4Header.VersionIhlPlain)
        {
            // No overflow: the last of the eight bytes, which is the top one here, is 0.
            if ((first + BitConverter.ToUInt32(frame, Ipv4Header.TimeToLive) + addressSum)
                % InternetChecksum.Modulus != 0)
                return Drop(Counter.Ipv4ChecksumBad);
        }
        else
        {
            total = ReduceHeader(frame, total);
            if (total == 0)
                return -1;
        }

        if (addresses >> 32 != _destination)
        {
            uint destination = (uint)(addresses >> 32);
            bool notUnicast = destination == 0xFFFFFFFF || destination == _broadcast || (destination & 0xF0) == 0xE0;
            if (frame[Ipv4Header.Protocol] != Ipv4Header.Udp || (!(TakesGroups && notUnicast)
                && (!TakesStrays || (destination != 0xFFFFFFFF && ((_address != 0 && !TakesOffers) || notUnicast)))))
                return Drop(notUnicast && frame[Ipv4Header.Protocol] == Ipv4Header.Tcp
                    ? Counter.TcpNotUnicast : Counter.Ipv4NotForUs);
        }

        Peer = (uint)addresses;
        PeerAddressSum = addressSum;
        return total - Ipv4Header.Length;
    }

    /// <summary>Whether a router has marked a packet that was taken: it has met congestion (RFC 3168 section 5).</summary>
    /// <param name="frame">The frame buffer, the header of IPv4 or IPv6 as it came.</param>
    public static bool IsMarked(byte[] frame)
    {
        // The traffic class of IPv6 stands four bits higher.
        int field = frame[Ipv4Header.TypeOfService];
        if (frame[Ipv4Header.VersionIhl] >= 0x60)
            field >>= 4;
        return (field & 3) == Ipv4Header.Marked;
    }

    /// <summary>Whether a packet that was taken is for our address, and no stray.</summary>
    /// <param name="frame">The frame buffer.</param>
    public bool IsForUs(byte[] frame)
    {
        return BitConverter.ToUInt32(frame, Ipv4Header.Destination) == _destination;
    }

    /// <summary>
    /// Whether an address can be a host's, and not ours (RFC 1122 section 3.2.1.3), or is the number of the peer over IPv6 that has just
    /// sent something. The source of a packet of a connection
    /// need not be asked: it was, when the connection was opened.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <returns>False for an address of many hosts, of none, or of the loopback.</returns>
    public bool CanBeHost(uint address)
    {
        uint first = address & 0xFF;
        return first < 224 ? first != 0 && first != 127 && address != _address && address != _broadcast
            : first >= 240 && _ethernet.Peers != null && _ethernet.Peers.IsAtHand(address);
    }

    /// <summary>Puts the header before a packet and sends it.</summary>
    /// <param name="frame">The frame buffer, prepared for its protocol, what follows the header at its place.</param>
    /// <param name="length">The length in bytes of what follows the header.</param>
    /// <param name="peer">The destination.</param>
    /// <param name="addressSum">What <see cref="AddressSum"/> gave for it.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(byte[] frame, int length, uint peer, uint addressSum, ulong now)
    {
        length += Ipv4Header.Length;
        frame[Ipv4Header.TotalLength] = (byte)(length >> 8);
        frame[Ipv4Header.TotalLength + 1] = (byte)length;

        uint sum = (_headerSum + frame[Ipv4Header.TypeOfService] + frame[Ipv4Header.Protocol] + (uint)length + addressSum)
            % InternetChecksum.Modulus;
        if (sum != 0)
            sum = InternetChecksum.Modulus - sum;
        frame[Ipv4Header.Checksum] = (byte)(sum >> 8);
        frame[Ipv4Header.Checksum + 1] = (byte)sum;
        frame[Ipv4Header.Destination] = (byte)peer;
        frame[Ipv4Header.Destination + 1] = (byte)(peer >> 8);
        frame[Ipv4Header.Destination + 2] = (byte)(peer >> 16);
        frame[Ipv4Header.Destination + 3] = (byte)(peer >> 24);
        uint neighbour = peer;

        // IsAddress, in line.
        if (((peer ^ _address) & _netmask) != 0 && (peer & 0xF0) != 0xF0)
        {
            neighbour = _gateway;
            if (neighbour == 0)
            {
                _counters[(int)Counter.Ipv4NoRoute]++;
                LacksRoute = true;
                _wakeup.At = 0;
                return;
            }
        }

        if (!_ethernet.Send(frame, length, neighbour, now))
            _ethernet.SendUncertain(frame, length, neighbour, PacketName, now);
    }

    /// <summary>A packet over IPv6 was not sent because there is no route.</summary>
    public void MissRoute()
    {
        LacksRoute = true;
        _wakeup.At = 0;
    }

    /// <summary>Whether an address means every host on the link.</summary>
    /// <param name="address">The address.</param>
    public bool IsBroadcast(uint address)
    {
        return address == 0xFFFFFFFF || address == _broadcast;
    }

    /// <summary>Puts the header before a packet and sends it to a group (RFC 1112 section 6.4) or to every host on the link.</summary>
    /// <param name="frame">The frame buffer, prepared for its protocol, what follows the header at its place.</param>
    /// <param name="length">The length in bytes of what follows the header.</param>
    /// <param name="source">The source address: ours, or 0 if we have none.</param>
    /// <param name="destination">The group, or a broadcast address.</param>
    public void SendToMany(byte[] frame, int length, uint source, uint destination)
    {
        length += Ipv4Header.Length;
        BigEndian.Put16(frame, Ipv4Header.TotalLength, length);
        BigEndian.Put16(frame, Ipv4Header.Checksum, 0);
        BigEndian.Put32(frame, Ipv4Header.Source, BigEndian.Reverse(source));
        BigEndian.Put32(frame, Ipv4Header.Destination, BigEndian.Reverse(destination));
        BigEndian.Put16(frame, Ipv4Header.Checksum, InternetChecksum.Complement(
            InternetChecksum.SumLittleEndian(frame, FrameLayout.Network, Ipv4Header.Length)));
        if (IsBroadcast(destination))
            _ethernet.SendBroadcast(frame, length);
        else
            _ethernet.SendToGroup(frame, length);
    }

    /// <summary>The neighbour on the way to a peer: the peer itself or the router. Over IPv6 the peer's number stands for it.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <returns>The neighbour's address; 0 if there is no route.</returns>
    public uint NextHop(uint peer)
    {
        if (!IsAddress(peer))
            return _ethernet.Peers.HasWay(peer) ? peer : 0;
        return ((peer ^ _address) & _netmask) != 0 ? _gateway : peer;
    }

    /// <summary>A peer does not seem to answer: doubt the neighbour on the way to it.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Doubt(uint peer, ulong now)
    {
        _ethernet.Doubt(NextHop(peer), now);
    }

    /// <summary>Takes packets back that wait for the neighbour on the way to a peer.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <param name="begin">The first four bytes after their header, most significant byte first.</param>
    public void TakeBack(uint peer, uint begin)
    {
        if (_ethernet._waiting._used == 0)
            return;
        if (IsAddress(peer))
            _ethernet.TakeBack(peer | ((ulong)BigEndian.Reverse(begin) << 32), PacketName);
        else
            _ethernet.Peers.TakeBack(peer, begin);
    }

    /// <summary>
    /// Checks a header with options, or one that something is wrong with. Options are stepped over: what follows them moves
    /// to where it stands without them.
    /// </summary>
    /// <returns>The packet's length in bytes without the options; 0 if it is dropped.</returns>
    private int ReduceHeader(byte[] frame, int total)
    {
        int versionIhl = frame[Ipv4Header.VersionIhl];
        int header = (versionIhl & 0x0F) << 2;
        Counter reason;
        if (versionIhl >> 4 != 4 || header < Ipv4Header.Length || header > total)
            reason = Counter.Ipv4HeaderBad;
        else if (InternetChecksum.SumLittleEndian(frame, Ipv4Header.VersionIhl, header) != InternetChecksum.Modulus)
            reason = Counter.Ipv4ChecksumBad;
        else if (((frame[Ipv4Header.FlagsFragment] & 0x3F) | frame[Ipv4Header.FlagsFragment + 1]) != 0)
            reason = Counter.Ipv4Fragment;
        else
        {
            total -= header;
            Array.Copy(frame, FrameLayout.Network + header, frame, FrameLayout.Transport, total);
            return total + Ipv4Header.Length;
        }

        _counters[(int)reason]++;
        return 0;
    }

    /// <summary>A packet in a frame for a group of hosts: what is sent to all is not for one (RFC 1122 section 3.3.6).</summary>
    private int ReceiveFromGroup(byte[] frame, int length)
    {
        return BitConverter.ToUInt32(frame, Ipv4Header.Destination) == _address
            ? DropCut(frame, Counter.Ipv4NotForUs) : Receive(frame, length);
    }

    /// <summary>
    /// Drops a packet that may end before its source. What stands there is then of an earlier one, and must not say that an answer to that
    /// one's sender goes to where this one came from.
    /// </summary>
    private int DropCut(byte[] frame, Counter reason)
    {
        for (int i = Ipv4Header.Source; i < Ipv4Header.Destination; i++)
            frame[i] = 0;
        return Drop(reason);
    }

    private int Drop(Counter reason)
    {
        _counters[(int)reason]++;
        return -1;
    }
}
