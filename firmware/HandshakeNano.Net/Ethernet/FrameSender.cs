using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>The way out: puts our Ethernet address into frames, and gives them to the link.</summary>
internal sealed class FrameSender
{
    private readonly ILink _link;
    private readonly byte[] _hardware;
    private readonly ulong[] _counters;

    /// <summary>Makes the way out.</summary>
    /// <param name="link">Where frames go to.</param>
    /// <param name="counters">What to count in.</param>
    public FrameSender(ILink link, ulong[] counters)
    {
        _link = link;
        _hardware = link.PhysicalAddress;
        _counters = counters;
    }

    /// <summary>Our Ethernet address, 6 bytes in the order of the wire.</summary>
    public byte[] Hardware
    {
        get { return _hardware; }
    }

    /// <summary>Writes what is the same in every frame sent from a buffer.</summary>
    /// <param name="frame">The buffer.</param>
    /// <param name="etherType">The EtherType.</param>
    public void Prepare(byte[] frame, int etherType)
    {
        Array.Copy(_hardware, 0, frame, EthernetHeader.Source, EthernetHeader.AddressLength);
        BigEndian.Put16(frame, EthernetHeader.EtherType, etherType);
    }

    /// <summary>Gives a whole frame to the link.</summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The frame's length in bytes.</param>
    public void Send(byte[] frame, int length)
    {
        if (_link.Send(frame, length))
            _counters[(int)Counter.FramesSent]++;
        else
            _counters[(int)Counter.FramesNotSent]++;
    }
}
