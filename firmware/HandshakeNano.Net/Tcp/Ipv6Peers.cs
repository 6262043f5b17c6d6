using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// TCP over IPv6. To TCP a peer is a number: that of a peer over IPv6 is a keyed hash of its address and ours in 240.0.0.0/4, so it is
/// the same whenever they meet, and nothing has to be kept of a stranger. A segment that comes is moved to where TCP looks for it, one
/// that goes to where IPv6 has it.
/// </summary>
internal sealed class Ipv6Peers : IPeers
{
    private const uint NumberBits = 0xF0;

    private readonly Ipv6Layer _ipv6;
    private readonly NeighbourCache _cache;
    private readonly InterfaceIdentifiers _identifiers;
    private readonly Ipv4Layer _ipv4;
    private readonly TcpLayer _tcp;
    private readonly ulong[] _counters;
    private readonly DeliveryError _delivery;

    /// <summary>The time in microseconds, as far as it is known.</summary>
    private ulong _now;

    /// <summary>The number of the peer whose segment is at hand; 0 if none is.</summary>
    private uint _atHand;

    /// <summary>Makes it.</summary>
    /// <param name="ipv6">The layer below.</param>
    /// <param name="cache">What is known of the peers.</param>
    /// <param name="identifiers">Who makes the hash.</param>
    /// <param name="ipv4">What TCP sends by.</param>
    /// <param name="tcp">The layer above.</param>
    /// <param name="delivery">What an error says.</param>
    /// <param name="counters">What to count in.</param>
    public Ipv6Peers(Ipv6Layer ipv6, NeighbourCache cache, InterfaceIdentifiers identifiers, Ipv4Layer ipv4, TcpLayer tcp,
        DeliveryError delivery, ulong[] counters)
    {
        _ipv6 = ipv6;
        _cache = cache;
        _identifiers = identifiers;
        _ipv4 = ipv4;
        _tcp = tcp;
        _delivery = delivery;
        _counters = counters;
    }

    /// <summary>Takes a segment in a packet that was checked.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the segment.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] frame, int at, ulong now)
    {
        Ipv6Layer ipv6 = _ipv6;
        NeighbourCache cache = _cache;
        _now = now;
        if (ipv6.IsForGroup)
        {
            _counters[(int)Counter.TcpNotUnicast]++;
            return;
        }

        int stranger = cache.Stranger;
        int source = ipv6.Addresses.Find(frame, Ipv6Header.Destination);
        int entry = cache.FindPeer(frame, Ipv6Header.Source, source);
        if (entry < 0)
        {
            uint drawn = NumberOf(frame, Ipv6Header.Source, source);
            if (cache.FindNumber(drawn) >= 0)
            {
                _counters[(int)Counter.PeerNumberTaken]++;
                return;
            }

            entry = stranger;
            int record = entry * NeighbourCache.RecordLength;
            cache.Numbers[entry] = drawn;
            cache.Records[record + NeighbourCache.Source] = (byte)source;
            Array.Copy(frame, Ipv6Header.Source, cache.Records, record, Ipv6Address.Length);
            Array.Copy(frame, EthernetHeader.Source, cache.Records, record + NeighbourCache.Hardware, EthernetHeader.AddressLength);
        }

        ulong sum = InternetChecksum.SumLittleEndian(frame, Ipv6Header.Source, 2 * Ipv6Address.Length) % InternetChecksum.Modulus;
        int length = ipv6.End - at;
        Array.Copy(frame, at, frame, FrameLayout.Transport, length);
        uint ports = BitConverter.ToUInt32(frame, TcpHeader.SourcePort);
        uint number = cache.Numbers[entry];
        TcpLayer tcp = _tcp;
        int largest = tcp.LargestSegment;
        int link = tcp.LinkSegment;
        int most = MostData;
        _atHand = number;
        if (most < largest)
            tcp.LargestSegment = most;
        tcp.LinkSegment = most;
        tcp.Receive(frame, length, number, sum, now);
        tcp.LargestSegment = largest;
        tcp.LinkSegment = link;
        _atHand = 0;
        if (entry != stranger)
            return;
        cache.Numbers[entry] = 0;
        NeighbourUse use = tcp.UseOf(((ulong)number << 32) | ports);
        if (use == NeighbourUse.Passing || cache.FindNumber(number) >= 0)
            return;
        entry = cache.Add(cache.Records, entry * NeighbourCache.RecordLength, source, number, use == NeighbourUse.Lasting, now);
        if (entry >= 0)
            cache.LearnOrigin(entry, now);
    }

    /// <summary>Takes an error about a packet of ours, whose checksum is right.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="at">Index of the message.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    public void ReceiveError(byte[] frame, int at, int length, ulong now)
    {
        int quote = at + Icmpv6Header.Length - FrameLayout.Network;
        _now = now;
        if (length < Icmpv6Header.Length + Ipv6Header.Length + 8)
        {
            _counters[(int)Counter.IcmpTooShort]++;
            return;
        }

        if (frame[quote + Ipv6Header.NextHeader] != Ipv6Header.Tcp)
        {
            _counters[(int)Counter.IcmpIgnored]++;
            return;
        }

        int entry = _cache.FindPeer(frame, quote + Ipv6Header.Destination, _ipv6.Addresses.Find(frame, quote + Ipv6Header.Source));
        if (entry < 0)
        {
            _counters[(int)Counter.IcmpErrorUnmatched]++;
            return;
        }

        DeliveryError error = _delivery;
        error.Peer = _cache.Numbers[entry];
        error.Data = quote + Ipv6Header.Payload;
        error.Length = BigEndian.Get16(frame, quote + Ipv6Header.PayloadLength);
        error.Kind = DeliveryErrorKind.Unreachable;
        if (frame[at] == Icmpv6Header.PacketTooBig)
        {
            // Every link carries 1280 bytes: who says less is not believed (RFC 8201 section 4).
            uint mtu = BigEndian.Get32(frame, at + Icmpv6Header.Pointer);
            error.Kind = DeliveryErrorKind.TooBig;
            error.Room = (mtu < Ipv6Header.LeastMtu ? Ipv6Header.LeastMtu : mtu > 0xFFFF ? 0xFFFF : (int)mtu) - Ipv6Header.Length;
        }
        else if (frame[at] == Icmpv6Header.TimeExceeded)
            error.Kind = DeliveryErrorKind.TimeExceeded;
        else if (frame[at] == Icmpv6Header.ParameterProblem)
            error.Kind = DeliveryErrorKind.ParameterProblem;
        _tcp.ReceiveError(frame, error, now);
    }

    /// <summary>Whether a number is that of the peer whose segment is at hand.</summary>
    /// <param name="number">The number.</param>
    /// <returns>True if it is.</returns>
    public bool IsAtHand(uint number)
    {
        return number == _atHand;
    }

    /// <summary>The address of ours to call a peer from.</summary>
    /// <param name="address">The peer's address.</param>
    /// <returns>Its place, -1 if there is none.</returns>
    public int SourceFor(byte[] address)
    {
        return _ipv6.Addresses.SourceFor(address, 0, _now);
    }

    /// <summary>The number of a peer that we call.</summary>
    /// <param name="address">The peer's address.</param>
    /// <returns>The number, 0 if there is none to be had.</returns>
    public uint Call(byte[] address)
    {
        int source = SourceFor(address);
        NeighbourCache cache = _cache;
        int entry = cache.FindPeer(address, 0, source);
        if (entry < 0)
        {
            uint number = NumberOf(address, 0, source);
            int other = cache.FindNumber(number);
            entry = other >= 0 && other != cache.Stranger ? NeighbourCache.None : cache.Add(address, 0, source, number, true, _now);
        }

        return entry < 0 ? 0 : cache.Numbers[entry];
    }

    /// <summary>The sum of our address and a peer's, for the checksums of what goes to it.</summary>
    /// <param name="number">The peer's number.</param>
    /// <returns>A number that is the sum in network order modulo 65535.</returns>
    public uint AddressSum(uint number)
    {
        NeighbourCache cache = _cache;
        int entry = cache.FindNumber(number);
        if (entry < 0)
            return 0;
        int record = entry * NeighbourCache.RecordLength;
        return (uint)((InternetChecksum.SumLittleEndian(cache.Records, record, Ipv6Address.Length)
            + InternetChecksum.SumLittleEndian(_ipv6.Addresses.Bytes,
                cache.Records[record + NeighbourCache.Source] * Ipv6Address.Length, Ipv6Address.Length)) % InternetChecksum.Modulus) << 8;
    }

    /// <summary>Copies a peer's address, or ours that it knows.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="ours">True: ours.</param>
    /// <param name="into">The array for the 16 bytes.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <returns>False if it is not known any more.</returns>
    public bool Copy(uint number, bool ours, byte[] into, int offset)
    {
        int entry = _cache.FindNumber(number);
        if (entry < 0)
            return false;
        int record = entry * NeighbourCache.RecordLength;
        if (ours)
            Array.Copy(_ipv6.Addresses.Bytes, _cache.Records[record + NeighbourCache.Source] * Ipv6Address.Length, into, offset,
                Ipv6Address.Length);
        else
            Array.Copy(_cache.Records, record, into, offset, Ipv6Address.Length);
        return true;
    }

    /// <summary>Whether there is a way to a peer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <returns>False if there is none.</returns>
    public bool HasWay(uint number)
    {
        int entry = _cache.FindNumber(number);
        return entry >= 0 && _cache.HasWay(entry, _now);
    }

    /// <summary>A peer does not seem to answer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Doubt(uint number, ulong now)
    {
        int entry = _cache.FindNumber(number);
        if (entry >= 0)
            _cache.Doubt(entry, now);
    }

    /// <summary>Takes segments back that wait for the neighbour on the way to a peer.</summary>
    /// <param name="number">The peer's number.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    public void TakeBack(uint number, uint ports)
    {
        int entry = _cache.FindNumber(number);
        if (entry >= 0)
            _cache.TakeBack(entry, BigEndian.Reverse(ports));
    }

    /// <summary>Sends a segment that IPv4 has put its header before. The buffer is ready for the next one of IPv4 afterwards.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length in bytes of header and segment.</param>
    /// <param name="number">The peer's number.</param>
    /// <param name="use">What it is sent for.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(byte[] frame, int length, uint number, NeighbourUse use, ulong now)
    {
        NeighbourCache cache = _cache;
        _now = now;
        int entry = cache.FindNumber(number);
        bool isSent = entry >= 0;
        if (isSent)
        {
            Ipv6Layer ipv6 = _ipv6;
            length -= Ipv4Header.Length;
            if ((frame[TcpHeader.Flags] & TcpHeader.Syn) != 0)
                OfferLess(frame);
            uint ports = BitConverter.ToUInt32(frame, TcpHeader.SourcePort);
            uint trafficClass = frame[Ipv4Header.TypeOfService];
            Array.Copy(frame, FrameLayout.Transport, frame, Ipv6Header.Payload, length);
            ipv6.WriteHeader(frame, length, Ipv6Header.Tcp, 0);

            // The flow label differs from connection to connection, and nobody can guess it (RFC 6437).
            BigEndian.Put32(frame, Ipv6Header.VersionClassFlow, 0x60000000 | (trafficClass << 20)
                | (uint)(((number ^ ports) * _tcp.Multiplier) >> 44));
            int record = entry * NeighbourCache.RecordLength;
            Array.Copy(ipv6.Addresses.Bytes, cache.Records[record + NeighbourCache.Source] * Ipv6Address.Length, frame, Ipv6Header.Source,
                Ipv6Address.Length);
            Array.Copy(cache.Records, record, frame, Ipv6Header.Destination, Ipv6Address.Length);
            isSent = cache.Send(frame, entry, use, now);

            // What every segment of IPv4 finds in its buffer.
            _ipv4.Prepare(frame, Ipv4Header.Tcp);
            BigEndian.Put16(frame, TcpHeader.UrgentPointer, 0);
        }

        if (!isSent)
        {
            _counters[(int)Counter.Ipv6NoRoute]++;
            _ipv4.MissRoute();
        }
    }

    /// <summary>The largest segment that fits a packet, in bytes of data.</summary>
    private int MostData
    {
        get { return (_ipv6.RouterMtu == 0 ? _ipv6.LinkMtu : _ipv6.RouterMtu) - Ipv6Header.Length - TcpHeader.Length; }
    }

    private uint NumberOf(byte[] address, int offset, int source)
    {
        return _identifiers.Digest(address, offset, _ipv6.Addresses.Bytes, source * Ipv6Address.Length) | NumberBits;
    }

    /// <summary>A SYN offers the segment size of IPv4, as its first option: that of IPv6 is less.</summary>
    private void OfferLess(byte[] frame)
    {
        const int Size = TcpHeader.Options + 2;
        int less = BigEndian.Get16(frame, Size) - MostData;
        int checksum = BigEndian.Get16(frame, TcpHeader.Checksum) + less;
        BigEndian.Put16(frame, Size, MostData);
        BigEndian.Put16(frame, TcpHeader.Checksum, (checksum & 0xFFFF) + (checksum >> 16));
    }
}
