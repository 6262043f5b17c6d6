using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>UDP (RFC 768), as much as DHCP needs: checks what comes, and puts headers before what goes.</summary>
internal sealed class UdpLayer
{
    private readonly Ipv4Layer _ipv4;
    private readonly ulong[] _counters;

    /// <summary>Makes the layer.</summary>
    /// <param name="ipv4">The layer below.</param>
    /// <param name="counters">What to count in.</param>
    public UdpLayer(Ipv4Layer ipv4, ulong[] counters)
    {
        _ipv4 = ipv4;
        _counters = counters;
    }

    /// <summary>Checks a datagram that has come.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">How many bytes follow the IP header.</param>
    /// <returns>The length of its data in bytes; -1 if the datagram is dropped.</returns>
    public int Receive(byte[] frame, int length)
    {
        int total = BigEndian.Get16(frame, UdpHeader.TotalLength);
        if (total < UdpHeader.Length || total > length)
        {
            _counters[(int)Counter.UdpHeaderBad]++;
            return -1;
        }

        if (BitConverter.ToUInt16(frame, UdpHeader.Checksum) != 0
            && Sum(frame, total, _ipv4.PeerAddressSum) % InternetChecksum.Modulus != 0)
        {
            _counters[(int)Counter.UdpChecksumBad]++;
            return -1;
        }

        return total - UdpHeader.Length;
    }

    /// <summary>Completes the header before a datagram's data, and sends it.</summary>
    /// <param name="frame">The frame buffer, prepared for UDP, ports and data in their places.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="source">The source address as the processor loads it from the wire: ours, or 0 in a broadcast.</param>
    /// <param name="destination">The destination, likewise; all ones for every host on the link.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(byte[] frame, int length, uint source, uint destination, ulong now)
    {
        length += UdpHeader.Length;
        BigEndian.Put16(frame, UdpHeader.TotalLength, length);
        BigEndian.Put16(frame, UdpHeader.Checksum, 0);

        // Never 0, which would say that there is none: the remainder is less than 65535.
        int checksum = InternetChecksum.Complement(
            (uint)(Sum(frame, length, (ulong)source + destination) % InternetChecksum.Modulus));
        BigEndian.Put16(frame, UdpHeader.Checksum, checksum);
        if (destination == 0xFFFFFFFF)
            _ipv4.SendBroadcast(frame, length, source);
        else
            _ipv4.Send(frame, length, destination, _ipv4.AddressSumIpv4(destination), now);
    }

    /// <summary>The sum over pseudo-header and datagram, in the processor's order; a shift by 8 swaps bytes modulo 65535.</summary>
    private static ulong Sum(byte[] frame, int total, ulong addressSum)
    {
        return addressSum + (ulong)((total << 8) + (Ipv4Header.Udp << 8))
            + InternetChecksum.SumLittleEndian(frame, FrameLayout.Transport, total);
    }
}
