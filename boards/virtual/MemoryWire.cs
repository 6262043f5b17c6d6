#nullable enable
using System;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// A cable in memory: what one end sends, the other receives, in order. Each direction holds a bounded number of frames;
/// one more is dropped. Nothing is allocated per frame, and the two ends may belong to two threads.
/// </summary>
public sealed class MemoryWire
{
    /// <summary>Lays a cable.</summary>
    /// <param name="mtu">The largest IP packet in bytes, 68 to 1500.</param>
    /// <param name="capacity">How many frames each direction holds.</param>
    /// <param name="hasEthernetHeader">False for a cable of bare IP packets.</param>
    public MemoryWire(int mtu = 1500, int capacity = 256, bool hasEthernetHeader = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 68);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, 1500);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var toA = new FrameRing(mtu, capacity, hasEthernetHeader);
        var toB = new FrameRing(mtu, capacity, hasEthernetHeader);
        A = new End(toA, toB, 1);
        B = new End(toB, toA, 2);
    }

    /// <summary>The PC's end, Ethernet address 02:48:4E:00:00:01.</summary>
    public ILink A { get; }

    /// <summary>The device's end, Ethernet address 02:48:4E:00:00:02.</summary>
    public ILink B { get; }

    /// <summary>Frames that A sent and that found no room.</summary>
    public ulong DroppedFromA => ((End)A).Dropped;

    /// <summary>Frames that B sent and that found no room.</summary>
    public ulong DroppedFromB => ((End)B).Dropped;

    private sealed class End : ILink
    {
        private readonly FrameRing _in;
        private readonly FrameRing _out;
        private readonly byte[] _physicalAddress;

        internal End(FrameRing incoming, FrameRing outgoing, byte number)
        {
            _in = incoming;
            _out = outgoing;
            _physicalAddress = new byte[] { 0x02, 0x48, 0x4E, 0x00, 0x00, number };
        }

        public int Mtu => _in.Mtu;

        public bool HasEthernetHeader => _in.HasEthernetHeader;

        public byte[] PhysicalAddress => _physicalAddress;

        public bool IsUp => true;

        internal ulong Dropped => _out.Dropped;

        public int Receive(byte[] buffer)
        {
            return _in.Take(buffer);
        }

        public bool Send(byte[] buffer, int length)
        {
            return _out.Put(buffer, length);
        }

        public void Wait(int millisecondsTimeout)
        {
            _in.Wait(millisecondsTimeout);
        }

        public void Wake()
        {
            _in.Wake();
        }
    }

    private sealed class FrameRing
    {
        private readonly object _lock = new();
        private readonly byte[][] _frames;
        private readonly int[] _lengths;
        private readonly int _start;
        private int _first;
        private int _count;
        private int _waiting;
        private bool _woken;
        private ulong _dropped;

        internal FrameRing(int mtu, int capacity, bool hasEthernetHeader)
        {
            Mtu = mtu;
            HasEthernetHeader = hasEthernetHeader;
            _start = hasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
            _lengths = new int[capacity];
            _frames = new byte[capacity][];
            for (int i = 0; i < capacity; i++)
                _frames[i] = new byte[FrameLayout.Network + mtu - _start];
        }

        internal int Mtu { get; }

        internal bool HasEthernetHeader { get; }

        internal ulong Dropped
        {
            get
            {
                lock (_lock)
                    return _dropped;
            }
        }

        internal bool Put(byte[] buffer, int length)
        {
            lock (_lock)
            {
                if (_count == _frames.Length || length <= 0 || length > _frames[0].Length)
                {
                    _dropped++;
                    return false;
                }

                int last = _first + _count;
                if (last >= _frames.Length)
                    last -= _frames.Length;
                Array.Copy(buffer, _start, _frames[last], 0, length);
                _lengths[last] = length;
                _count++;
                if (_waiting > 0)
                    Monitor.Pulse(_lock);
                return true;
            }
        }

        internal int Take(byte[] buffer)
        {
            lock (_lock)
            {
                while (_count > 0)
                {
                    int length = _lengths[_first];
                    bool fits = length <= buffer.Length - _start;
                    if (fits)
                        Array.Copy(_frames[_first], 0, buffer, _start, length);
                    else
                        _dropped++;
                    _first = _first + 1 == _frames.Length ? 0 : _first + 1;
                    _count--;
                    if (fits)
                        return length;
                }

                return 0;
            }
        }

        internal void Wait(int millisecondsTimeout)
        {
            lock (_lock)
            {
                if (_count > 0 || millisecondsTimeout <= 0)
                    return;
                _waiting++;
                if (!_woken)
                    Monitor.Wait(_lock, millisecondsTimeout);
                _waiting--;
                _woken = false;
            }
        }

        internal void Wake()
        {
            lock (_lock)
            {
                _woken = true;
                Monitor.Pulse(_lock);
            }
        }
    }
}
