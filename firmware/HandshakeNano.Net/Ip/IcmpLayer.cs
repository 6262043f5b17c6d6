using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>ICMP (RFC 792, RFC 1122 section 3.2.2): answers echoes, says what we do not serve, hears what others say.</summary>
internal sealed class IcmpLayer
{
    /// <summary>How much of a packet an error quotes at the most: its IP header and eight bytes (RFC 792).</summary>
    private const int QuoteLength = Ipv4Header.Length + 8;

    // Ethernet headers differ from the place of the quoted packet, so an error is built in a buffer of its own.
    private readonly byte[] _error = new byte[IcmpHeader.Data + QuoteLength];
    private readonly Ipv4Layer _ipv4;
    private readonly DeliveryError _delivery = new DeliveryError();
    private readonly ulong[] _counters;
    private readonly IcmpErrorLimit _limit;

    /// <summary>Makes the layer.</summary>
    /// <param name="ipv4">The layer below.</param>
    /// <param name="counters">What to count in.</param>
    public IcmpLayer(Ipv4Layer ipv4, ulong[] counters)
    {
        _ipv4 = ipv4;
        _counters = counters;
        _limit = new IcmpErrorLimit(counters);
    }

    /// <summary>What an error says, good until the next one.</summary>
    public DeliveryError Delivery
    {
        get { return _delivery; }
    }

    /// <summary>Handles a message.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The message's length in bytes.</param>
    /// <param name="peer">Who sent it.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>What it says of a TCP segment of ours, good until the next message; null if it is no such error.</returns>
    public DeliveryError Receive(byte[] frame, int length, uint peer, ulong now)
    {
        if (length < IcmpHeader.Length)
        {
            _counters[(int)Counter.IcmpTooShort]++;
            return null;
        }

        if (InternetChecksum.SumLittleEndian(frame, FrameLayout.Transport, length) != InternetChecksum.Modulus)
        {
            _counters[(int)Counter.IcmpChecksumBad]++;
            return null;
        }

        switch ((int)frame[IcmpHeader.Type])
        {
            case IcmpHeader.EchoRequest:
                _counters[(int)Counter.IcmpEchoRequests]++;
                Echo(frame, length, peer, now);
                break;
            case IcmpHeader.DestinationUnreachable:
            case IcmpHeader.TimeExceeded:
            case IcmpHeader.ParameterProblem:
                return ReceiveError(frame, length);
            default:
                // Source quench among them (RFC 6633 section 3).
                _counters[(int)Counter.IcmpIgnored]++;
                break;
        }

        return null;
    }

    /// <summary>Says that a packet is for a protocol or port without a service (RFC 1122 section 3.2.2.1).</summary>
    /// <param name="frame">The frame buffer that holds the packet.</param>
    /// <param name="length">The length in bytes of what follows the packet's IP header.</param>
    /// <param name="peer">Who sent it.</param>
    /// <param name="now">The time in microseconds.</param>
    public void SendUnreachable(byte[] frame, int length, uint peer, ulong now)
    {
        // A packet that had options no longer stands as it came, so it cannot be quoted.
        if (frame[Ipv4Header.VersionIhl] != Ipv4Header.VersionIhlPlain)
            return;
        if (!_limit.Admits(now))
            return;
        byte[] error = _error;
        _ipv4.Prepare(error, Ipv4Header.Icmp);
        error[IcmpHeader.Type] = IcmpHeader.DestinationUnreachable;
        error[IcmpHeader.Code] = frame[Ipv4Header.Protocol] == Ipv4Header.Udp
            ? (byte)IcmpHeader.PortUnreachable : (byte)IcmpHeader.ProtocolUnreachable;
        length += Ipv4Header.Length;
        if (length > QuoteLength)
            length = QuoteLength;
        Array.Copy(frame, FrameLayout.Network, error, IcmpHeader.Data, length);
        length += IcmpHeader.Length;
        WriteChecksum(error, length);
        _ipv4.Send(error, length, peer, _ipv4.AddressSumIpv4(peer), now);
    }

    private static void WriteChecksum(byte[] frame, int length)
    {
        BigEndian.Put16(frame, IcmpHeader.Checksum, 0);
        BigEndian.Put16(frame, IcmpHeader.Checksum,
            InternetChecksum.Complement(InternetChecksum.SumLittleEndian(frame, FrameLayout.Transport, length)));
    }

    private void Echo(byte[] frame, int length, uint peer, ulong now)
    {
        frame[IcmpHeader.Type] = IcmpHeader.EchoReply;
        WriteChecksum(frame, length);
        _ipv4.Prepare(frame, Ipv4Header.Icmp);
        _ipv4.Send(frame, length, peer, _ipv4.AddressSumIpv4(peer), now);
    }

    /// <summary>An error of another host's.</summary>
    private DeliveryError ReceiveError(byte[] frame, int length)
    {
        const int Quote = IcmpHeader.Data;
        int header = (frame[Quote] & 0x0F) << 2;
        if (header < Ipv4Header.Length || length < IcmpHeader.Length + header + 8)
        {
            _counters[(int)Counter.IcmpTooShort]++;
            return null;
        }

        if (frame[Quote + 9] != Ipv4Header.Tcp)
        {
            _counters[(int)Counter.IcmpIgnored]++;
            return null;
        }

        if (BitConverter.ToUInt32(frame, Quote + 12) != _ipv4.Address)
        {
            _counters[(int)Counter.IcmpErrorUnmatched]++;
            return null;
        }

        DeliveryError error = _delivery;
        error.Peer = BitConverter.ToUInt32(frame, Quote + 16);
        error.Data = Quote + header;
        error.Length = BigEndian.Get16(frame, Quote + 2) - Ipv4Header.Length;
        switch ((int)frame[IcmpHeader.Type])
        {
            case IcmpHeader.TimeExceeded:
                error.Kind = DeliveryErrorKind.TimeExceeded;
                break;
            case IcmpHeader.ParameterProblem:
                error.Kind = DeliveryErrorKind.ParameterProblem;
                break;
            default:
                error.Kind = frame[IcmpHeader.Code] == IcmpHeader.FragmentationNeeded
                    ? DeliveryErrorKind.TooBig : DeliveryErrorKind.Unreachable;
                error.Room = BigEndian.Get16(frame, IcmpHeader.NextHopMtu) - Ipv4Header.Length;
                break;
        }

        return error;
    }
}
