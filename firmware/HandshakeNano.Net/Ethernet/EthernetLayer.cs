using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Between the link and IPv4: which frames are for us, and which Ethernet address a packet goes to. On a link of bare IP
/// packets it only passes them on.
/// </summary>
internal sealed class EthernetLayer
{
    private readonly bool _hasHeader;
    private readonly ulong _hardwareNumber;
    private readonly ulong[] _counters;
    private readonly FrameSender _sender;
    internal readonly WaitingFrames _waiting;
    private readonly ArpCache _neighbours;
    private readonly ArpLayer _arp;

    /// <summary>The frame at hand: the one that came last, unless its EtherType says that it is done with.</summary>
    private readonly byte[] _received;

    /// <summary>Makes the layer.</summary>
    /// <param name="link">Where frames come from and go to.</param>
    /// <param name="received">The buffer of the frames that come.</param>
    /// <param name="neighbours">How many neighbours are known at once.</param>
    /// <param name="waitingRoom">How many bytes of packets may wait for neighbours at the least.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public EthernetLayer(ILink link, byte[] received, int neighbours, int waitingRoom, Wakeup wakeup, ulong[] counters)
    {
        _hasHeader = link.HasEthernetHeader;
        _received = received;
        _counters = counters;
        _sender = new FrameSender(link, counters);
        byte[] hardware = _sender.Hardware;
        _hardwareNumber = BitConverter.ToUInt32(hardware, 0) | ((ulong)BitConverter.ToUInt16(hardware, 4) << 32);
        _waiting = new WaitingFrames(_sender, waitingRoom, FrameLayout.BufferSize(link.Mtu), counters);
        ArpSender arp = new ArpSender(_sender, counters);
        _neighbours = new ArpCache(arp, _waiting, neighbours, wakeup, counters);
        _arp = new ArpLayer(arp, _neighbours, hardware, wakeup, counters);
    }

    /// <summary>Who answers for our address.</summary>
    public ArpLayer Arp
    {
        get { return _arp; }
    }

    /// <summary>What is known of the neighbours; it has a deadline.</summary>
    public ArpCache Neighbours
    {
        get { return _neighbours; }
    }

    /// <summary>Whether a packet waits for its neighbour's answer.</summary>
    public bool IsWaiting
    {
        get { return !_waiting.IsEmpty; }
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
        // The answer is built where the question stands: this is all that is left of who sent it.
        if (frame == _received)
            Array.Copy(frame, EthernetHeader.Source, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        _sender.Prepare(frame, etherType);

        // Something else may have stood in the buffer since a frame was sent from it.
        _neighbours.WrittenNeighbour = 0;
    }

    /// <summary>
    /// The length in bytes of an IPv6 packet in the frame that came last, negative if the frame is for a group of hosts; 0 if
    /// there is none. So a frame with IPv4 costs nothing more.
    /// </summary>
    public int Ipv6Length;

    /// <summary>TCP's peers over IPv6; null if nobody takes IPv6 packets.</summary>
    public IPeers Peers;

    /// <summary>Sends a packet to the Ethernet address that is in its buffer.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    public void SendPrepared(byte[] frame, int length)
    {
        _sender.Send(frame, length + FrameLayout.EthernetHeaderLength);
    }

    /// <summary>Looks at a frame that has come; answers it here if it is ARP.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The frame's length in bytes.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>
    /// The length in bytes of what follows the Ethernet header if that is IPv4 for us, negative if the frame is for a group of
    /// hosts; 0 if there is nothing more to be done.
    /// </returns>
    public int Receive(byte[] frame, int length, ulong now)
    {
        if (!_hasHeader)
            return length;
        length -= FrameLayout.EthernetHeaderLength;
        if (length <= 0)
        {
            // What follows is of the frame before: it does not say whom an answer is for.
            frame[EthernetHeader.EtherType] = 0;
            _counters[(int)Counter.FrameTooShort]++;
            return 0;
        }

        if ((BitConverter.ToUInt64(frame, EthernetHeader.Destination) & 0xFFFFFFFFFFFF) != _hardwareNumber)
        {
            if ((frame[EthernetHeader.Destination] & 1) == 0)
            {
                frame[EthernetHeader.EtherType] = 0;
                _counters[(int)Counter.FrameNotForUs]++;
                return 0;
            }

            length = -ReceiveContent(frame, length, now);
            Ipv6Length = -Ipv6Length;
            return length;
        }

        // As the processor loads it.
        if (BitConverter.ToUInt16(frame, EthernetHeader.EtherType) == EthernetHeader.Ipv4 >> 8)
            return length;
        return ReceiveContent(frame, length, now);
    }

    /// <summary>Sends an IPv4 packet to a neighbour.</summary>
    /// <param name="frame">The frame buffer, prepared for IPv4.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    /// <param name="neighbour">The neighbour's IPv4 address as the processor loads it from the wire.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>
    /// False if the neighbour's Ethernet address is not known for certain: then it is for <see cref="SendUncertain"/> to send
    /// the packet.
    /// </returns>
    public bool Send(byte[] frame, int length, uint neighbour, ulong now)
    {
        if (_hasHeader)
        {
            length += FrameLayout.EthernetHeaderLength;
            ArpCache neighbours = _neighbours;
            if ((neighbour != neighbours.WrittenNeighbour || frame != neighbours.WrittenFrame || now >= neighbours.WrittenExpires)
                && !neighbours.WriteDestination(frame, neighbour, now))
                return false;
        }

        _sender.Send(frame, length);
        return true;
    }

    /// <summary>
    /// Sends an IPv4 packet to a neighbour whose Ethernet address is not known for certain. What answers a host that we have
    /// nothing to do with goes back to where that host's frame came from, so that no stranger makes us ask or remember. All
    /// else goes to the address that is in doubt, or waits until the neighbour has answered.
    /// </summary>
    /// <param name="frame">The frame buffer, prepared for IPv4.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    /// <param name="neighbour">
    /// The neighbour's IPv4 address as the processor loads it from the wire, or the number of a peer over IPv6: then the packet is turned
    /// into one of IPv6.
    /// </param>
    /// <param name="nameAt">Index of 12 bytes that the packet has in common only with what is sent again in its place.</param>
    /// <param name="now">The time in microseconds.</param>
    public void SendUncertain(byte[] frame, int length, uint neighbour, int nameAt, ulong now)
    {
        ArpCache neighbours = _neighbours;
        NeighbourUse use = neighbours.User.UseOf(frame);

        if ((neighbour & 0xF0) == 0xF0)
        {
            Peers.Send(frame, length, neighbour, use, now);
            return;
        }

        length += FrameLayout.EthernetHeaderLength;
        neighbours.WrittenNeighbour = 0;
        bool answers = WriteOrigin(frame);
        if (!answers || use != NeighbourUse.Passing)
        {
            bool isOrigin = answers && neighbour == BitConverter.ToUInt32(frame, Ipv4Header.Destination);
            bool asked = neighbours.Resolve(neighbour, use, isOrigin ? frame : null, now);
            if ((!answers || use == NeighbourUse.Lasting) && !neighbours.WriteDoubtful(frame, neighbour))
            {
                if (asked)
                    _waiting.Add(frame, length, neighbour, nameAt, use != NeighbourUse.Lasting);
                else
                    _counters[(int)Counter.ArpFull]++;
                return;
            }
        }

        _sender.Send(frame, length);
    }

    /// <summary>Takes packets back that wait for a neighbour.</summary>
    /// <param name="name">The first 8 bytes of their name, as the processor loads them.</param>
    /// <param name="nameAt">Index of the name, as <see cref="SendUncertain"/> was told.</param>
    public void TakeBack(ulong name, int nameAt)
    {
        _waiting.TakeBack(name, nameAt, EthernetHeader.Ipv4);
    }

    /// <summary>Sends an IPv4 packet to all hosts on the link.</summary>
    /// <param name="frame">The frame buffer, prepared for IPv4.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    public void SendBroadcast(byte[] frame, int length)
    {
        for (int i = 0; i < EthernetHeader.AddressLength; i++)
            frame[EthernetHeader.Destination + i] = 0xFF;
        _sender.Send(frame, length + FrameLayout.EthernetHeaderLength);
    }

    /// <summary>Sends an IPv4 packet to the group that its destination is (RFC 1112 section 6.4).</summary>
    /// <param name="frame">The frame buffer, prepared for IPv4, with the whole header.</param>
    /// <param name="length">The packet's length in bytes, Ethernet header not counted.</param>
    public void SendToGroup(byte[] frame, int length)
    {
        frame[EthernetHeader.Destination] = 0x01;
        frame[EthernetHeader.Destination + 1] = 0x00;
        frame[EthernetHeader.Destination + 2] = 0x5E;
        frame[EthernetHeader.Destination + 3] = (byte)(frame[Ipv4Header.Destination + 1] & 0x7F);
        frame[EthernetHeader.Destination + 4] = frame[Ipv4Header.Destination + 2];
        frame[EthernetHeader.Destination + 5] = frame[Ipv4Header.Destination + 3];
        _sender.Send(frame, length + FrameLayout.EthernetHeaderLength);
    }

    /// <summary>A neighbour does not seem to answer: ask for its Ethernet address again (RFC 1122 section 2.3.2.1).</summary>
    /// <param name="neighbour">The neighbour's IPv4 address as the processor loads it from the wire.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Doubt(uint neighbour, ulong now)
    {
        if ((neighbour & 0xF0) == 0xF0)
            Peers.Doubt(neighbour, now);
        else
            _neighbours.Doubt(neighbour, now);
    }

    /// <summary>Writes the destination of a packet that answers the frame at hand: where that came from.</summary>
    /// <returns>False if it does not answer it.</returns>
    private bool WriteOrigin(byte[] frame)
    {
        byte[] received = _received;
        if (frame != received)
        {
            if (BitConverter.ToUInt32(received, Ipv4Header.Source) != BitConverter.ToUInt32(frame, Ipv4Header.Destination)
                || BigEndian.Get16(received, EthernetHeader.EtherType) != EthernetHeader.Ipv4)
                return false;
            Array.Copy(received, EthernetHeader.Source, frame, EthernetHeader.Destination, EthernetHeader.AddressLength);
        }

        // Nobody sends from the address of a group.
        return (frame[EthernetHeader.Destination] & 1) == 0;
    }

    /// <summary>Looks at what is in a frame for us or a group.</summary>
    /// <returns>The length in bytes of an IPv4 packet; 0 if the frame is done with.</returns>
    private int ReceiveContent(byte[] frame, int length, ulong now)
    {
        int etherType = BigEndian.Get16(frame, EthernetHeader.EtherType);
        if (etherType == EthernetHeader.Tagged)
        {
            length -= EthernetHeader.TagLength;
            if (length <= 0)
            {
                _counters[(int)Counter.FrameTooShort]++;
                return 0;
            }

            if ((BigEndian.Get16(frame, EthernetHeader.Tag) & 0x0FFF) != 0)
            {
                _counters[(int)Counter.FrameOtherVlan]++;
                return 0;
            }

            // VLAN 0 is none: the tag says a priority alone. Type and content move to where they stand without it.
            Array.Copy(frame, EthernetHeader.EtherType + EthernetHeader.TagLength, frame, EthernetHeader.EtherType, length + 2);
            etherType = BigEndian.Get16(frame, EthernetHeader.EtherType);
        }

        if (etherType == EthernetHeader.Ipv4)
            return length;
        if (etherType == EthernetHeader.Arp)
            _arp.Receive(frame, length, now);
        else if (etherType == EthernetHeader.Ipv6 && Peers != null)
            Ipv6Length = length;
        else
            _counters[(int)Counter.EtherTypeUnknown]++;
        return 0;
    }
}
