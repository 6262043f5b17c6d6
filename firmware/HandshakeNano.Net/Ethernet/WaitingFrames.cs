using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// The frames that wait until their neighbours have answered (RFC 1122 section 2.3.2.2), the oldest first. There is room for
/// one of full size, or for many that are small.
/// </summary>
internal sealed class WaitingFrames
{
    /// <summary>Where the Ethernet addresses of a frame will be, its neighbour's IPv4 address stands, and then its length.</summary>
    private const int Neighbour = EthernetHeader.Destination;

    private const int Length = EthernetHeader.Destination + 4;

    /// <summary>Of the two bytes of the length: the frame makes room before those that do not have it.</summary>
    private const int GivesWay = 0x8000;

    private readonly FrameSender _sender;
    private readonly ulong[] _counters;

    // The first frame stands as in any buffer, and each of the others directly after the previous one.
    private readonly byte[] _room;

    /// <summary>How many bytes of the room are in use.</summary>
    internal int _used;

    /// <summary>Makes the room.</summary>
    /// <param name="sender">The way to the link.</param>
    /// <param name="room">How many bytes of frames may wait at the least.</param>
    /// <param name="bufferSize">The size of a frame buffer; a whole frame can always wait.</param>
    /// <param name="counters">What to count in.</param>
    public WaitingFrames(FrameSender sender, int room, int bufferSize, ulong[] counters)
    {
        _sender = sender;
        _counters = counters;
        room += FrameLayout.Ethernet;
        _room = new byte[room > bufferSize ? room : bufferSize];
    }

    /// <summary>Whether no frame waits.</summary>
    public bool IsEmpty
    {
        get { return _used == 0; }
    }

    /// <summary>
    /// Keeps a frame. It takes the place of the one that it is sent in place of. The oldest frames make room for it: those that
    /// give way first, and the others only for one that does not.
    /// </summary>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">The frame's length in bytes.</param>
    /// <param name="neighbour">The neighbour's IPv4 address, or a number of one of IPv6.</param>
    /// <param name="nameAt">Index of 12 bytes that a frame has in common only with what is sent again in its place.</param>
    /// <param name="givesWay">Whether it is dropped before frames that do not give way.</param>
    public void Add(byte[] frame, int length, uint neighbour, int nameAt, bool givesWay)
    {
        int at = 0;
        while (at < _used)
        {
            if (BitConverter.ToUInt32(_room, at + Neighbour) == neighbour
                && BitConverter.ToUInt64(_room, at + nameAt) == BitConverter.ToUInt64(frame, nameAt)
                && BitConverter.ToUInt32(_room, at + nameAt + 8) == BitConverter.ToUInt32(frame, nameAt + 8))
                Drop(at);
            else
                at += LengthAt(at);
        }

        while (FrameLayout.Ethernet + _used + length > _room.Length)
        {
            at = 0;
            while (at < _used && (BigEndian.Get16(_room, at + Length) & GivesWay) == 0)
                at += LengthAt(at);
            if (at == _used)
            {
                if (givesWay)
                {
                    _counters[(int)Counter.ArpUnresolved]++;
                    return;
                }

                at = 0;
            }

            Drop(at);
        }

        Array.Copy(frame, FrameLayout.Ethernet, _room, FrameLayout.Ethernet + _used, length);
        BigEndian.Put32(_room, _used + Neighbour, BigEndian.Reverse(neighbour));
        BigEndian.Put16(_room, _used + Length, givesWay ? length | GivesWay : length);
        _used += length;
    }

    /// <summary>Sends what waits for a neighbour.</summary>
    /// <param name="neighbour">The neighbour's IPv4 address.</param>
    /// <param name="addresses">Where its Ethernet address is.</param>
    /// <param name="index">Index of its first byte.</param>
    /// <param name="buffer">A frame buffer to send from.</param>
    public void Release(uint neighbour, byte[] addresses, int index, byte[] buffer)
    {
        int kept = 0;
        int length;
        for (int at = 0; at < _used; at += length)
        {
            length = LengthAt(at);
            if (BitConverter.ToUInt32(_room, at + Neighbour) != neighbour)
            {
                Array.Copy(_room, FrameLayout.Ethernet + at, _room, FrameLayout.Ethernet + kept, length);
                kept += length;
                continue;
            }

            Array.Copy(_room, FrameLayout.Ethernet + at, buffer, FrameLayout.Ethernet, length);
            Array.Copy(addresses, index, buffer, EthernetHeader.Destination, EthernetHeader.AddressLength);
            _sender.Send(buffer, length);
        }

        _used = kept;
    }

    /// <summary>Drops what waits for a neighbour.</summary>
    /// <param name="neighbour">The neighbour's IPv4 address.</param>
    public void Drop(uint neighbour)
    {
        int at = 0;
        while (at < _used)
        {
            if (BitConverter.ToUInt32(_room, at + Neighbour) == neighbour)
                Drop(at);
            else
                at += LengthAt(at);
        }
    }

    /// <summary>Takes back what waits by a name: it is not to be sent any more.</summary>
    /// <param name="name">The first 8 bytes of the name, as the processor loads them.</param>
    /// <param name="nameAt">Index of the name.</param>
    /// <param name="etherType">What kind of packets has its name there.</param>
    public void TakeBack(ulong name, int nameAt, int etherType)
    {
        int at = 0;
        while (at < _used)
        {
            if (BigEndian.Get16(_room, at + EthernetHeader.EtherType) == etherType && BitConverter.ToUInt64(_room, at + nameAt) == name)
                Remove(at);
            else
                at += LengthAt(at);
        }
    }

    private void Drop(int at)
    {
        _counters[(int)Counter.ArpUnresolved]++;
        Remove(at);
    }

    private void Remove(int at)
    {
        int length = LengthAt(at);
        _used -= length;
        at += FrameLayout.Ethernet;
        Array.Copy(_room, at + length, _room, at, FrameLayout.Ethernet + _used - at);
    }

    private int LengthAt(int at)
    {
        return BigEndian.Get16(_room, at + Length) & ~GivesWay;
    }
}
