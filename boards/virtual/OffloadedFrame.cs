#nullable enable
using System;
using HandshakeNano.Net;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// A frame as a kernel hands it to a network card, which is to do what the struct virtio_net_hdr before it says: fill the checksum in
/// (checksum offload), and cut what is longer than the MTU into segments (GSO: TSO for TCP, USO for UDP). This is where we are the card.
/// </summary>
/// <remarks>
/// Between two kernels of one computer, as in containers, there is no card that would have done it. Behind a real one the kernel merges
/// what has arrived (GRO, LRO), and cutting gives the segments of the sender again. Nothing is allocated per frame.
/// </remarks>
public sealed class OffloadedFrame
{
    /// <summary>The length of struct virtio_net_hdr in bytes (virtio 1.3, section 5.1.6).</summary>
    public const int HeaderLength = 10;

    // Its hdr_len is a hint that may be wrong: the headers themselves say how long they are.
    private const int Flags = 0, GsoType = 1, GsoSize = 4, ChecksumStart = 6, ChecksumOffset = 8;
    private const int NeedsChecksum = 1;
    private const int None = 0, Tcp4 = 1, Tcp6 = 4, Udp = 5, EcnFlag = 0x80;

    private const int EtherTypeOffset = 12;
    private const int TcpChecksum = TcpHeader.Checksum - FrameLayout.Transport, UdpChecksum = UdpHeader.Checksum - FrameLayout.Transport;

    // The longest packets that IP has, and a byte more: the kernel cuts what does not fit without a word.
    private readonly byte[] _bytes = new byte[
        HeaderLength + FrameLayout.EthernetHeaderLength + EthernetHeader.TagLength + Ipv6Header.Length + ushort.MaxValue + 1];

    // Indices into the frame: where the headers and the data begin, how far the data are handed out, and where they end.
    private int _network, _transport, _data, _next, _end;
    private int _segmentSize, _index;
    private bool _isIpv4, _isTcp;

    /// <summary>Where the struct virtio_net_hdr is put, and the frame behind it.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>True if there is something to hand out.</summary>
    public bool HasNext => _next < _end;

    private bool IsMerged => _bytes[GsoType] != None;

    /// <summary>Looks at what was put into <see cref="Bytes"/>. What was there before is forgotten.</summary>
    /// <param name="length">How many bytes, the header's with them.</param>
    /// <returns>False if there is nothing to hand out: it does not fit, or cannot be cut.</returns>
    public bool Take(int length)
    {
        _next = _data = _index = _end = 0;
        if (length <= HeaderLength || length >= _bytes.Length)
            return false;
        int end = length - HeaderLength;
        if (IsMerged)
            return FindSegments(end);
        if ((_bytes[Flags] & NeedsChecksum) != 0)
            FillChecksum(end);
        _end = _segmentSize = end;
        return true;
    }

    /// <summary>Says whether it is merged and for one host that is another, so that cutting it is a waste.</summary>
    /// <param name="physicalAddress">Our Ethernet address.</param>
    /// <returns>True if so.</returns>
    public bool IsMergedForOthers(byte[] physicalAddress)
    {
        ReadOnlySpan<byte> destination = _bytes.AsSpan(HeaderLength, EthernetHeader.AddressLength);
        return IsMerged && (destination[0] & 1) == 0 && !destination.SequenceEqual(physicalAddress);
    }

    /// <summary>Hands out the next frame that a cable would carry.</summary>
    /// <param name="buffer">Where it goes, by <see cref="FrameLayout"/>.</param>
    /// <returns>Its length; 0 if there is none, or it does not fit, which ends what was taken.</returns>
    public int Next(byte[] buffer)
    {
        int count = Math.Min(_segmentSize, _end - _next), length = _data + count;
        if (count <= 0 || length > buffer.Length - FrameLayout.Ethernet)
        {
            _next = _end;
            return 0;
        }

        Array.Copy(_bytes, HeaderLength, buffer, FrameLayout.Ethernet, _data);
        Array.Copy(_bytes, HeaderLength + _next, buffer, FrameLayout.Ethernet + _data, count);
        if (IsMerged)
            WriteHeaders(buffer, length, _next + count == _end);
        _next += count;
        _index++;
        return length;
    }

    private bool FindSegments(int end)
    {
        int type = _bytes[GsoType] & ~EcnFlag;
        _network = FrameLayout.EthernetHeaderLength;
        int etherType = end < _network ? 0 : Get16(EtherTypeOffset);
        if (etherType == EthernetHeader.Tagged && end >= _network + EthernetHeader.TagLength)
        {
            etherType = Get16(EtherTypeOffset + EthernetHeader.TagLength);
            _network += EthernetHeader.TagLength;
        }

        _isIpv4 = etherType == EthernetHeader.Ipv4 && type is Tcp4 or Udp;
        _isTcp = type != Udp;
        bool isIpv6 = etherType == EthernetHeader.Ipv6 && type is Tcp6 or Udp;
        if (!(_isIpv4 ? FindTransport4(ref end) : isIpv6 && FindTransport6(ref end)))
            return false;
        int least = _isTcp ? TcpHeader.Length : UdpHeader.Length;
        if (_transport + least > end)
            return false;
        int header = _isTcp ? (At(_transport + TcpHeader.DataOffset - FrameLayout.Transport) >> 4) * 4 : least;
        _data = _transport + header;
        _segmentSize = BitConverter.ToUInt16(_bytes, GsoSize);
        if (header < least || _data >= end || _segmentSize == 0)
            return false;
        _next = _data;
        _end = end;
        return true;
    }

    private bool FindTransport4(ref int end)
    {
        if (_network + Ipv4Header.Length > end || At(_network) >> 4 != 4)
            return false;
        int header = (At(_network) & 0x0F) * 4, total = Get16(_network + 2);
        bool isFragment = (Get16(_network + 6) & 0x3FFF) != 0;
        if (header < Ipv4Header.Length || isFragment || _network + total > end || At(_network + 9) != Protocol)
            return false;
        _transport = _network + header;
        end = _network + total;
        return true;
    }

    // A routing header would have another destination in the checksum.
    private bool FindTransport6(ref int end)
    {
        if (_network + Ipv6Header.Length > end || At(_network) >> 4 != 6)
            return false;
        int next = At(_network + 6), packetEnd = _network + Ipv6Header.Length + Get16(_network + 4);
        if (packetEnd > end)
            return false;
        _transport = _network + Ipv6Header.Length;
        while (next is Ipv6Header.HopByHop or Ipv6Header.DestinationOptions && _transport + 8 <= packetEnd)
        {
            next = At(_transport);
            _transport += 8 + (8 * At(_transport + 1));
        }

        end = packetEnd;
        return next == Protocol;
    }

    private int Protocol => _isTcp ? Ipv4Header.Tcp : Ipv4Header.Udp;

    // As tcp_gso_segment and __udp_gso_segment of Linux do it.
    private void WriteHeaders(byte[] buffer, int length, bool isLast)
    {
        int network = FrameLayout.Ethernet + _network, transport = FrameLayout.Ethernet + _transport, end = FrameLayout.Ethernet + length;
        if (_isIpv4)
        {
            BigEndian.Put16(buffer, network + 2, end - network);
            BigEndian.Put16(buffer, network + 4, BigEndian.Get16(buffer, network + 4) + _index);
            BigEndian.Put16(buffer, network + 10, 0);
            BigEndian.Put16(buffer, network + 10, InternetChecksum.Complement(InternetChecksum.SumLittleEndian(buffer, network, transport - network)));
        }
        else
        {
            BigEndian.Put16(buffer, network + 4, end - network - Ipv6Header.Length);
        }

        if (_isTcp)
        {
            BigEndian.Put32(buffer, transport + 4, BigEndian.Get32(buffer, transport + 4) + (uint)(_next - _data));
            int notHere = (_index > 0 ? TcpHeader.Cwr : 0) | (isLast ? 0 : TcpHeader.Fin | TcpHeader.Psh);
            buffer[transport + 13] &= (byte)~notHere;
            WriteChecksum(buffer, network, transport, end, transport + TcpChecksum);
            return;
        }

        BigEndian.Put16(buffer, transport + 4, end - transport);

        // A 0 that is not to be filled in is no checksum (RFC 768), and a checksum of 0 is written as its other form.
        int place = transport + UdpChecksum;
        if ((_bytes[Flags] & NeedsChecksum) == 0 && BigEndian.Get16(buffer, place) == 0)
            return;
        WriteChecksum(buffer, network, transport, end, place);
        if (BigEndian.Get16(buffer, place) == 0)
            BigEndian.Put16(buffer, place, 0xFFFF);
    }

    private void WriteChecksum(byte[] buffer, int network, int transport, int end, int place)
    {
        BigEndian.Put16(buffer, place, 0);
        int addresses = _isIpv4 ? 8 : 32, source = network + (_isIpv4 ? 12 : 8);
        uint sum = InternetChecksum.SumLittleEndian(buffer, source, addresses) + InternetChecksum.SumLittleEndian(buffer, transport, end - transport);
        uint lengthAndProtocol = (uint)(end - transport + Protocol);
        sum += BigEndian.Reverse(lengthAndProtocol) >> 16;
        BigEndian.Put16(buffer, place, InternetChecksum.Complement(Fold(sum)));
    }

    // The field has the sum of the pseudo-header.
    private void FillChecksum(int end)
    {
        int start = BitConverter.ToUInt16(_bytes, ChecksumStart), place = start + BitConverter.ToUInt16(_bytes, ChecksumOffset);
        if (place + 2 > end)
            return;
        uint sum = InternetChecksum.SumLittleEndian(_bytes, HeaderLength + start, end - start);
        BigEndian.Put16(_bytes, HeaderLength + place, InternetChecksum.Complement(sum));
    }

    private static uint Fold(uint sum)
    {
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return sum;
    }

    private int At(int index) => _bytes[HeaderLength + index];

    private int Get16(int index) => BigEndian.Get16(_bytes, HeaderLength + index);
}
