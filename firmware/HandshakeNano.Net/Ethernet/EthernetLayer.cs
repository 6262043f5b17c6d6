using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Between the link and IPv4: which frames are for us, and which Ethernet address a packet goes to. On a link of bare IP
/// packets it only passes them on.
/// </summary>
internal sealed class EthernetLayer
{
    private readonly ILink _link;
    private readonly bool _hasHeader;
    private readonly byte[] _hardware;
    private readonly ulong _hardwareNumber;
    private readonly ulong[] _counters;
    private readonly ArpCache _arp;

    /// <summary>Makes the layer.</summary>
    /// <param name="link">Where frames come from and go to.</param>
    /// <param name="settings">For the size of the ARP cache, and of what waits for it.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public EthernetLayer(ILink link, TcpSettings settings, Wakeup wakeup, ulong[] counters)
    {
        _link = link;
        _hasHeader = link.HasEthernetHeader;
        _hardware = link.PhysicalAddress;
        _hardwareNumber = BitConverter.ToUInt32(_hardware, 0) | ((ulong)BitConverter.ToUInt16(_hardware, 4) << 32);
        _counters = counters;
        _arp = new ArpCache(this, _hardware, settings.ArpEntries, settings.Connections, FrameLayout.BufferSize(link.Mtu), wakeup,
            counters);
    }

    /// <summary>Who knows the neighbours, and has a deadline.</summary>
    public ArpCache Arp
    {
        get { return _arp; }
    }

    /// <summary>Takes our IPv4 address, and tells the neighbours.</summary>
    /// <param name="address">The address as the processor loads it from the wire, 0 for none.</param>
    public void SetAddress(uint address)
    {
        _arp.SetAddress(_hasHeader ? address : 0);
    }

    /// <summary>Writes what is the same in every frame sent from a buffer.</summary>
    /// <param name="frame">The buffer.</param>
    /// <param name="etherType">The EtherType.</param>
    public void Prepare(byte[] frame, int etherType)
    {
        Array.Copy(_hardware, 0, frame, EthernetHeader.Source, EthernetHeader.AddressLength);
        BigEndian.Put16(frame, EthernetHeader.EtherType, etherType);

        // Something else may have stood in the buffer since a frame was sent from it.
        _arp.ForgetWritten();
    }

    /// <summary>Looks at a frame that has come; answers it here if it is ARP.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The frame's length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>The length in bytes of what follows the Ethernet header if that is IPv4 for us, else 0.</returns>
    public int Receive(byte[] frame, int length, ulong now)
    {
        if (!_hasHeader)
            return length;
        length -= FrameLayout.EthernetHeaderLength;
        if (length <= 0)
        {
            _counters[(int)Counter.FrameTooShort]++;
            return 0;
        }

        if ((BitConverter.ToUInt64(frame, EthernetHeader.Destination) & 0xFFFFFFFFFFFF) != _hardwareNumber && !IsForGroup(frame))
            return 0;
        if (frame[EthernetHeader.EtherType] == EthernetHeader.Ipv4 >> 8
            && frame[EthernetHeader.EtherType + 1] == (EthernetHeader.Ipv4 & 0xFF))
            return length;
        if (BigEndian.Get16(frame, EthernetHeader.EtherType) == EthernetHeader.Arp)
            _arp.Receive(frame, length, now);
        else
            _counters[(int)Counter.EtherTypeUnknown]++;
        return 0;
    }

    /// <summary>Sends an IPv4 packet to a neighbour, or keeps it until the neighbour's address is known.</summary>
    /// <param name="frame">The frame buffer, prepared for IPv4.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    /// <param name="neighbour">The neighbour's IPv4 address as the processor loads it from the wire.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(byte[] frame, int length, uint neighbour, ulong now)
    {
        if (_hasHeader)
        {
            length += FrameLayout.EthernetHeaderLength;
            if (!_arp.WriteDestination(frame, neighbour, now))
            {
                _arp.Queue(frame, length, neighbour, now);
                return;
            }
        }

        SendFrame(frame, length);
    }

    /// <summary>Sends an IPv4 packet to everybody on the link.</summary>
    /// <param name="frame">The frame buffer, prepared for IPv4.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    public void SendBroadcast(byte[] frame, int length)
    {
        for (int i = 0; i < EthernetHeader.AddressLength; i++)
            frame[EthernetHeader.Destination + i] = 0xFF;
        SendFrame(frame, length + FrameLayout.EthernetHeaderLength);
    }

    /// <summary>Gives a whole frame to the link.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The frame's length in bytes.</param>
    public void SendFrame(byte[] frame, int length)
    {
        if (_link.Send(frame, length))
            _counters[(int)Counter.FramesSent]++;
        else
            _counters[(int)Counter.FramesNotSent]++;
    }

    /// <summary>A neighbour does not seem to answer: ask for its Ethernet address anew (RFC 1122 section 2.3.2.1).</summary>
    /// <param name="neighbour">The neighbour's IPv4 address as the processor loads it from the wire.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Doubt(uint neighbour, ulong now)
    {
        _arp.Doubt(neighbour, now);
    }

    /// <summary>Whether a frame that is not to us alone is to be looked at; drops and counts the others.</summary>
    private bool IsForGroup(byte[] frame)
    {
        if ((frame[EthernetHeader.Destination] & 1) == 0)
        {
            _counters[(int)Counter.FrameNotForUs]++;
            return false;
        }

        // What is sent to all is not for one (RFC 1122 section 3.3.6).
        if (BigEndian.Get16(frame, EthernetHeader.EtherType) == EthernetHeader.Ipv4
            && BitConverter.ToUInt32(frame, Ipv4Header.Destination) == _arp.OwnAddress)
        {
            _counters[(int)Counter.Ipv4NotForUs]++;
            return false;
        }

        return true;
    }
}
