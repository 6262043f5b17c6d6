using System;
using System.Collections.Generic;
using System.IO;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Isn;

/// <summary>
/// Gets ISNs by shaking hands: SYN, SYN,ACK, and a reset in place of the ACK, so that the service on the port never hears of it and the
/// target has nothing to keep. The frames are written here, without a TCP, so each tuple is the one that is wanted.
/// </summary>
public sealed class IsnSampler
{
    private const int Tries = 4;
    private const ulong AnswerTime = 1_000_000;
    private const int ArpTries = 5;
    private const ulong ArpTime = 500_000;

    private readonly IsnTarget _target;
    private readonly ProbeWorld _world;
    private readonly RawHost _host;
    private readonly Random _random;
    private readonly List<Opening> _openings = [];
    private int _unanswered;
    private int _nextTuple;

    /// <summary>Makes a sampler.</summary>
    /// <param name="target">Whose ISNs.</param>
    /// <param name="random">Chooses our own ISNs and the first tuple.</param>
    public IsnSampler(IsnTarget target, Random random)
    {
        _target = target;
        _world = target.World;
        _random = random;
        _host = new RawHost(_world.Link, target.OwnAddress, target.OwnAddresses) { Received = OnReceived };
        _nextTuple = random.Next(IsnTarget.TuplesPerAddress);
    }

    /// <summary>How many SYNs got no answer.</summary>
    public int Lost { get; private set; }

    /// <summary>Asks by ARP where the target is.</summary>
    /// <exception cref="IOException">No host answers.</exception>
    public void FindTarget()
    {
        for (int i = 0; i < ArpTries && !_host.Knows(_target.Address); i++)
        {
            _host.Ask(_target.Address);
            PassUntil(_world.Now + ArpTime, () => _host.Knows(_target.Address));
        }

        if (!_host.Knows(_target.Address))
            throw new IOException($"no host answers ARP for {Ipv4Address.ToString(_target.Address)}");
    }

    /// <summary>Samples.</summary>
    /// <param name="count">How many ISNs; fewer come if answers are lost.</param>
    /// <param name="oneTuple">True: of one tuple, which is opened and reset again and again. False: of as many tuples, port by port.</param>
    /// <param name="pace">When.</param>
    /// <returns>The samples in the order in which their SYNs left.</returns>
    /// <exception cref="IOException">Nothing listens there, or nothing answers; the message says which.</exception>
    public IReadOnlyList<IsnSample> Sample(int count, bool oneTuple, Pace pace)
    {
        var samples = new List<IsnSample>(count);
        ulong due = _world.Now;
        int wanted = count;
        while (wanted > 0)
        {
            PassUntil(due, () => false);
            int together = Math.Min(wanted, pace.Together());
            Open(together, oneTuple);
            foreach (Opening opening in _openings)
            {
                if (opening.Answer is IsnSample sample)
                    samples.Add(sample);
                else
                    Lost++;
            }

            wanted -= together;
            due += pace.Gap(together);
        }

        if (oneTuple)
            _nextTuple++;
        return samples;
    }

    // Several openings of one tuple: a reset follows each SYN at once, so that the next finds the tuple free.
    private void Open(int count, bool oneTuple)
    {
        bool blind = oneTuple && count > 1;
        _openings.Clear();
        for (int i = 0; i < count; i++)
        {
            uint address = _target.OwnAddress + (uint)(_nextTuple / IsnTarget.TuplesPerAddress % _target.OwnAddresses);
            int port = IsnTarget.FirstPort + (_nextTuple % IsnTarget.TuplesPerAddress);
            _openings.Add(new Opening(address, port, (uint)_random.NextInt64(1L << 32), blind));
            if (!oneTuple)
                _nextTuple++;
        }

        _unanswered = count;
        for (int tries = 0; tries < Tries && _unanswered > 0; tries++)
        {
            // What was opened again on the same tuple would not be the same opening.
            if (tries > 0 && blind)
                break;
            foreach (Opening opening in _openings)
            {
                if (opening.Answer == null)
                    SendSyn(opening, tries == 0);
            }

            PassUntil(_world.Now + AnswerTime, () => _unanswered == 0);
        }

        if (_unanswered == count)
            throw new IOException($"{Ipv4Address.ToString(_target.Address)} does not answer a SYN to port {_target.Port}");
    }

    // The answer to a copy may have been chosen for the first: its time counts from there.
    private void SendSyn(Opening opening, bool first)
    {
        if (first)
            opening.Sent = _world.Now;
        Send(opening, ControlBits.Syn);
        if (opening.IsBlind)
            Send(opening, ControlBits.Rst);
    }

    private void OnReceived(Segment segment)
    {
        if (segment.Source.Port != _target.Port || !segment.Has(ControlBits.Ack))
            return;
        Opening? opening = _openings.Find(opening =>
            segment.Acknowledgment == opening.Iss + 1 && segment.Destination.Port == opening.Port && opening.Answer == null);
        if (opening == null)
            return;
        if (segment.Has(ControlBits.Rst))
            throw new IOException($"{Ipv4Address.ToString(_target.Address)} refuses port {_target.Port}: nothing listens there");
        if (!segment.Has(ControlBits.Syn))
            return;
        opening.Answer = new IsnSample(opening.Sent, segment.Time, segment.Sequence);
        _unanswered--;
        if (!opening.IsBlind)
            Send(opening, ControlBits.Rst);
    }

    private void Send(Opening opening, ControlBits flags) => _host.Send(opening.Address, _target.Address, new RawSegment
    {
        SourcePort = opening.Port,
        DestinationPort = _target.Port,
        Sequence = flags == ControlBits.Syn ? opening.Iss : opening.Iss + 1,
        Flags = flags,
    });

    private void PassUntil(ulong moment, Func<bool> done)
    {
        while (!done())
        {
            ulong now = _world.Now;
            if (_host.Poll(now))
                continue;
            if (now >= moment)
                return;
            _world.Wait(moment);
        }
    }

    /// <summary>A SYN of ours, and what came of it.</summary>
    private sealed class Opening(uint address, int port, uint iss, bool isBlind)
    {
        public uint Address { get; } = address;

        public int Port { get; } = port;

        public uint Iss { get; } = iss;

        public bool IsBlind { get; } = isBlind;

        public ulong Sent { get; set; }

        public IsnSample? Answer { get; set; }
    }
}
