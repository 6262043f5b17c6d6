using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// The Address Resolution Protocol (RFC 826): answers for our address, hands the cache what neighbours say of theirs, and
/// watches for other hosts that use ours (RFC 5227). Addresses are as the processor loads them from the wire.
/// </summary>
internal sealed class ArpLayer
{
    private const ulong DefendInterval = 10_000_000;

    private readonly ArpSender _sender;
    private readonly ArpCache _cache;
    private readonly byte[] _hardware;
    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private bool _announce;
    private ulong _defendedUntil;

    /// <summary>Makes the layer.</summary>
    /// <param name="sender">Who writes ARP packets.</param>
    /// <param name="cache">What is known of the neighbours.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="wakeup">What to tell of a conflict.</param>
    /// <param name="counters">What to count in.</param>
    public ArpLayer(ArpSender sender, ArpCache cache, byte[] hardware, Wakeup wakeup, ulong[] counters)
    {
        _sender = sender;
        _cache = cache;
        _hardware = hardware;
        _wakeup = wakeup;
        _counters = counters;
    }

    /// <summary>An address that is to be ours unless another host uses it; 0 if none.</summary>
    public uint Probed;

    /// <summary>
    /// True: our address is given up if another host does not (RFC 5227 section 2.4 b). False: it is defended for ever (c).
    /// </summary>
    public bool Yields;

    /// <summary>Another host uses <see cref="Probed"/>, or has our address and does not give in.</summary>
    public bool Conflict;

    /// <summary>Takes our address, 0 for none, and tells it with the next <see cref="OnTimer"/>. The neighbours are forgotten.</summary>
    public void SetAddress(uint address)
    {
        _cache.Clear();
        _cache.OwnAddress = address;
        _announce = address != 0;
        if (_announce)
            _cache.Schedule(0);
    }

    /// <summary>
    /// An ARP packet has come. The card that sent it need not be the one that it names: a virtual router answers with an
    /// address of its own from the card of the router that plays it (RFC 5798 section 8.1.2).
    /// </summary>
    public void Receive(byte[] frame, int length, ulong now)
    {
        int operation;
        if (length < ArpPacket.Length
            || BigEndian.Get32(frame, ArpPacket.Types) != 0x00010800
            || BigEndian.Get16(frame, ArpPacket.Types + 4) != 0x0604
            || ((operation = BigEndian.Get16(frame, ArpPacket.Operation)) != ArpPacket.Request && operation != ArpPacket.Reply)
            || (frame[ArpPacket.SenderHardware] & 1) != 0
            || frame[ArpPacket.SenderProtocol] == 127 || frame[ArpPacket.SenderProtocol] >= 224)
        {
            _counters[(int)Counter.ArpMalformed]++;
            return;
        }

        uint own = _cache.OwnAddress;
        if (own == 0)
        {
            if (Probed != 0)
                Watch(frame, operation);
            return;
        }

        uint sender = BitConverter.ToUInt32(frame, ArpPacket.SenderProtocol);
        uint target = BitConverter.ToUInt32(frame, ArpPacket.TargetProtocol);
        if (sender == own)
        {
            Defend(frame, now);
            return;
        }

        bool forUs = target == own;
        if (sender != 0)
            _cache.Hear(sender, frame, forUs && operation == ArpPacket.Reply, now);
        if (forUs && operation == ArpPacket.Request)
        {
            _counters[(int)Counter.ArpRequestsReceived]++;
            _sender.Reply(frame, own, sender);
        }
    }

    /// <summary>Does what is due by <see cref="ArpCache.Deadline"/>.</summary>
    /// <returns>What <see cref="ArpCache.OnTimer"/> returns.</returns>
    public uint OnTimer(ulong now)
    {
        if (_announce)
        {
            _announce = false;
            Announce();
        }

        return _cache.OnTimer(now);
    }

    /// <summary>Asks whether another host uses <see cref="Probed"/> (RFC 5227 section 2.1).</summary>
    public void Probe()
    {
        _sender.Request(0, Probed);
    }

    /// <summary>Tells all hosts that our address is ours (RFC 5227 section 2.3).</summary>
    public void Announce()
    {
        uint own = _cache.OwnAddress;
        _sender.Request(own, own);
    }

    /// <summary>Another host uses our address: says once in a while that it is ours (RFC 5227 section 2.4).</summary>
    private void Defend(byte[] frame, ulong now)
    {
        if (IsOwnHardware(frame))
            return;
        _counters[(int)Counter.ArpConflicts]++;
        if (now < _defendedUntil)
        {
            if (Yields)
                TellConflict();
            return;
        }

        _defendedUntil = now + DefendInterval;
        Announce();
    }

    /// <summary>Looks out for another host that uses the address that is probed, or probes it too (RFC 5227 section 2.1.1).</summary>
    private void Watch(byte[] frame, int operation)
    {
        uint sender = BitConverter.ToUInt32(frame, ArpPacket.SenderProtocol);
        bool probesToo = operation == ArpPacket.Request && sender == 0
            && BitConverter.ToUInt32(frame, ArpPacket.TargetProtocol) == Probed;
        if ((sender != Probed && !probesToo) || IsOwnHardware(frame))
            return;
        _counters[(int)Counter.ArpConflicts]++;
        TellConflict();
    }

    private void TellConflict()
    {
        Conflict = true;
        _wakeup.At = 0;
    }

    private bool IsOwnHardware(byte[] frame)
    {
        return BitConverter.ToUInt32(frame, ArpPacket.SenderHardware) == BitConverter.ToUInt32(_hardware, 0)
            && BitConverter.ToUInt16(frame, ArpPacket.SenderHardware + 4) == BitConverter.ToUInt16(_hardware, 4);
    }
}
