using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Tests;

/// <summary>What a generator of ISNs may look at.</summary>
/// <param name="Now">The time in microseconds.</param>
/// <param name="Connection">How many connections there were before.</param>
/// <param name="Tuple">The peer's address and port.</param>
internal readonly record struct IsnMoment(ulong Now, uint Connection, ulong Tuple);

/// <summary>A host in virtual time that answers each SYN by a SYN,ACK with the ISN that a test makes up, and does nothing else.</summary>
internal sealed class IsnPeer : ProbeWorld
{
    public const uint Address = 0x0A4D_0002;
    public const uint OwnAddress = 0x0A4D_0010;
    public const int Port = 7;

    private readonly MemoryWire _wire = new();
    private readonly Func<IsnMoment, uint?> _isn;
    private readonly RawHost _host;
    private readonly bool _isVirtual;
    private ulong _now = 5_000_000;
    private uint _connections;

    /// <param name="isn">Makes an ISN; null: no answer.</param>
    /// <param name="isVirtual">False: the time is virtual, but the sampler does not know it.</param>
    public IsnPeer(Func<IsnMoment, uint?> isn, bool isVirtual = false)
    {
        _isn = isn;
        _isVirtual = isVirtual;
        _host = new RawHost(_wire.B, Address) { Received = OnReceived };
    }

    public override ILink Link => _wire.A;

    public override bool IsVirtual => _isVirtual;

    public override ulong Now => _now;

    /// <summary>How many resets came.</summary>
    public int Resets { get; private set; }

    /// <summary>True: each SYN is answered by a reset.</summary>
    public bool Refuses { get; init; }

    /// <summary>How long an answer takes, in microseconds.</summary>
    public ulong AnswerTime { get; init; } = 40;

    public override void Wait(ulong until)
    {
        bool any = false;
        while (_host.Poll(_now))
            any = true;
        _now = any ? _now + AnswerTime : until;
    }

    private void OnReceived(Segment segment)
    {
        if (segment.Has(ControlBits.Rst))
            Resets++;
        if (!segment.Has(ControlBits.Syn))
            return;
        uint source = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(segment.Source.Address.GetAddressBytes());
        if (!_host.Knows(source))
        {
            _host.Ask(source);
            return;
        }

        ulong tuple = ((ulong)source << 16) | (uint)segment.Source.Port;
        uint? isn = _isn(new IsnMoment(_now, _connections++, tuple));
        if (isn is not uint number)
            return;
        _host.Send(source, new RawSegment
        {
            SourcePort = Port,
            DestinationPort = segment.Source.Port,
            Sequence = Refuses ? 0 : number,
            Acknowledgment = segment.Sequence + 1,
            Flags = ControlBits.Ack | (Refuses ? ControlBits.Rst : ControlBits.Syn),
        });
    }
}
