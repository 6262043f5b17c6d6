using System;
using System.Net;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Responder;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Conformance;

/// <summary>Where a probe and its peer live: a link between them, and a time that passes.</summary>
public abstract class ProbeWorld
{
    /// <summary>The probe's end of the link.</summary>
    public abstract ILink Link { get; }

    /// <summary>True if time costs nothing: whatever takes long is waited for.</summary>
    public abstract bool IsVirtual { get; }

    /// <summary>The time in microseconds.</summary>
    public abstract ulong Now { get; }

    /// <summary>Lets time pass until a frame may have come or a moment is there.</summary>
    /// <param name="until">The moment, in microseconds.</param>
    public abstract void Wait(ulong until);
}

/// <summary>A peer at the other end of a link, and the computer's clock.</summary>
public sealed class RealWorld : ProbeWorld
{
    private readonly HighResTimerClock _clock = new();

    /// <summary>Makes a world.</summary>
    /// <param name="link">The link that leads to the peer.</param>
    public RealWorld(ILink link)
    {
        Link = link;
    }

    /// <inheritdoc/>
    public override ILink Link { get; }

    /// <inheritdoc/>
    public override bool IsVirtual => false;

    /// <inheritdoc/>
    public override ulong Now => _clock.GetMicroseconds();

    /// <inheritdoc/>
    public override void Wait(ulong until)
    {
        ulong now = Now;
        if (until > now)
            Link.Wait((int)Math.Min((until - now + 999) / 1000, 1000));
    }
}

/// <summary>
/// The firmware and a responder at the other end of a wire in memory. Time stands still while either side has something to do, and
/// jumps to the next moment at which one has.
/// </summary>
public sealed class VirtualWorld : ProbeWorld, IClock
{
    private readonly TcpEndpoint _endpoint;
    private readonly ArrivalLink _link;
    private ulong _now = 1_000_000;

    /// <summary>Makes a world.</summary>
    /// <param name="seed">Chooses the firmware's secret.</param>
    /// <param name="wrap">Puts something between the wire and the probe; null: nothing.</param>
    /// <param name="ipv6">True: the firmware is probed over IPv6.</param>
    public VirtualWorld(int seed, Func<ILink, ILink>? wrap = null, bool ipv6 = false)
        : this(new SeededEntropy(seed), wrap, ipv6)
    {
    }

    /// <summary>Makes a world.</summary>
    /// <param name="entropy">Where the firmware's secret comes from.</param>
    /// <param name="wrap">Puts something between the wire and the probe; null: nothing.</param>
    /// <param name="ipv6">True: the firmware is probed over IPv6.</param>
    public VirtualWorld(IEntropy entropy, Func<ILink, ILink>? wrap = null, bool ipv6 = false)
    {
        var wire = new MemoryWire();
        var settings = new TcpSettings
        {
            Address = Network.Default.Address,
            PrefixLength = Network.Default.PrefixLength,
            Connections = 64,
            TimeWaits = 64,
            ReceiveBufferSize = 16384,
            SendBufferSize = 65536,
            Ipv6 = ipv6,
        };
        var board = new VirtualBoard(wire.B, settings, this, entropy);
        _endpoint = new DeviceFirmware(board, new EchoService(), new DiscardService(), new StackResponder()).Endpoint;
        _link = new ArrivalLink(wrap == null ? wire.A : wrap(wire.A));
        IPAddress address = ipv6 ? WaitForIpv6Address() : Network.ToIPAddress(Network.Default.Address);
        Request = new ProbeRequest(
            address, ipv6 ? ProbeRequest.Beside(address) : Network.ToIPAddress(Network.DefaultPc.Address), EchoService.DefaultPort,
            StackResponder.DefaultPort, ProbeRequest.DefaultClosedPort, true, ProbeRequest.DefaultParallel);
    }

    /// <summary>What there is to probe here: everything, timers and all.</summary>
    public ProbeRequest Request { get; }

    /// <inheritdoc/>
    public ulong GetMicroseconds() => _now;

    /// <inheritdoc/>
    public override ILink Link => _link;

    /// <inheritdoc/>
    public override bool IsVirtual => true;

    /// <inheritdoc/>
    public override ulong Now => _now;

    /// <inheritdoc/>
    public override void Wait(ulong until)
    {
        ulong next = _endpoint.Poll(_now);
        if (next > _now && !_link.HasFrame())
            _now = Math.Max(_now, Math.Min(next, until));
    }

    // The firmware asks whether another host has the address, which takes some time, before it is the firmware's.
    private IPAddress WaitForIpv6Address()
    {
        byte[] address = new byte[16];
        while (!_endpoint.Ipv6.CopyAddress(0, address, 0))
            _now = Math.Max(_now, _endpoint.Poll(_now));
        return new IPAddress(address);
    }

    private sealed class SeededEntropy(int seed) : IEntropy
    {
        public void Fill(byte[] buffer) => new Random(seed).NextBytes(buffer);
    }

    /// <summary>Can say whether a frame has come without giving it away.</summary>
    private sealed class ArrivalLink(ILink inner) : LinkWrapper(inner)
    {
        private readonly byte[] _held = new byte[FrameLayout.BufferSize(inner.Mtu)];
        private int _length;

        public bool HasFrame()
        {
            if (_length == 0)
                _length = Inner.Receive(_held);
            return _length != 0;
        }

        public override int Receive(byte[] buffer)
        {
            if (!HasFrame())
                return 0;
            int length = _length;
            Array.Copy(_held, FrameLayout.Ethernet, buffer, FrameLayout.Ethernet, length);
            _length = 0;
            return length;
        }
    }
}
