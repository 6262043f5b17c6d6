using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HandshakeNano.Explorer.Snapshots;
using HandshakeNano.Net;

namespace HandshakeNano.Explorer.Model;

/// <summary>A host: an endpoint of the shipped code with one connection, and its link. It can be put into any state it was in.</summary>
internal sealed class Side : ILink
{
    public const uint AddressA = 0x0A4D0001;
    public const uint AddressB = 0x0A4D0002;
    /// <summary>Third hosts, of whom nothing is seen but what a scenario's strays say.</summary>
    public const uint AddressC = 0x0A4D0003;
    public const uint AddressD = 0x0A4D0004;

    public const int PortOfC = 9;
    public const int PortA = 6000;
    public const int PortB = 7;
    public const int BufferSize = 256;

    private const int OutOfOrderRanges = 4;

    // In microseconds.
    private const uint LongRoundTrip = 1_000_000_000;

    // As the core keeps it.
    private static readonly uint s_rawAddressC = BinaryPrimitives.ReverseEndianness(AddressC);

    private readonly Life[] _lives;
    private readonly ulong[] _template;
    private readonly HalfOpenWords _halfOpen;
    private readonly int _fullAt;
    private readonly List<byte[]> _sent = [];
    private readonly bool _sacks;
    private byte[]? _arriving;
    private Image? _loaded;
    private int _life;

    /// <summary>Makes a host that has just started.</summary>
    /// <param name="isB">True for B.</param>
    /// <param name="scenario">What may happen.</param>
    public Side(bool isB, Scenario scenario)
    {
        IsB = isB;
        Mtu = scenario.Mtu;
        _sacks = scenario.SelectiveAcknowledgments;
        Part part = isB ? scenario.B : scenario.A;
        _lives = new Life[1 + part.Reboots];
        for (int i = 0; i < _lives.Length; i++)
            _lives[i] = new Life(this, i, part.Listens, scenario);
        Layout = _lives[0].Graph.Layout;
        Words = new ulong[Layout.Words];
        ConnectionNumber = _lives[0].Graph.NumbersOf("Tcb")[0];
        At = new ConnectionWords(Layout, ConnectionNumber);
        _halfOpen = new HalfOpenWords(Layout, _lives[0].Graph.NumbersOf("HalfOpenTable")[0]);
        _fullAt = Layout.WordOf(_lives[0].Graph.NumbersOf("TcpListener")[0], "TcpListener._fullAt");
        Undone = Layout.WordOf(_lives[0].Graph.NumbersOf("TcpLayer")[0], "TcpLayer.DirtyFirst");
        TimeWaitCount = Layout.WordOf(_lives[0].Graph.NumbersOf("TimeWaitTable")[0], "TimeWaitTable.Count");
        SackedRanges = At.Ranges + OutOfOrderRanges;
        TimeWaitTimestamp = Layout.WordOf(_lives[0].Graph.NumbersOf("TimeWaitEntry")[0], "TimeWaitEntry.TsRecent");
        TimeWaitDeadline = Layout.WordOf(_lives[0].Graph.NumbersOf("TimeWaitEntry")[0], "TimeWaitEntry.Deadline");
        Refresh();
        _template = (ulong[])Words.Clone();
    }

    public bool IsB { get; }

    /// <summary>The other side's address.</summary>
    public uint PeerAddress => IsB ? AddressA : AddressB;

    /// <summary>Where the variables stand in <see cref="Words"/>.</summary>
    public Layout Layout { get; }

    /// <summary>The variables of the endpoint as they were at the last <see cref="Refresh"/>.</summary>
    public ulong[] Words { get; }

    /// <summary>Number of the connection in the object graph.</summary>
    public int ConnectionNumber { get; }

    /// <summary>Where the connection's variables stand.</summary>
    public ConnectionWords At { get; }

    /// <summary>Where it stands whether a connection waits to be looked at.</summary>
    public int Undone { get; }

    /// <summary>Where the number of connections in TIME-WAIT stands.</summary>
    public int TimeWaitCount { get; }

    /// <summary>Where the end of TIME-WAIT stands.</summary>
    public int TimeWaitDeadline { get; }

    /// <summary>Where its timestamp stands.</summary>
    public int TimeWaitTimestamp { get; }

    /// <summary>Where the ranges stand that the peer has acknowledged selectively.</summary>
    public int SackedRanges { get; }

    public TcpEndpoint Endpoint => _lives[_life].Endpoint;

    public TcpListener? Listener => _lives[_life].Listener;

    /// <summary>The one control block that the endpoint has, in use or not, seen from outside.</summary>
    public TcpConnection Connection => _lives[_life].Connection;

    /// <summary>What the user got last for its connection.</summary>
    public TcpConnection Handle => _lives[_life].Handle;

    /// <summary>What the user got before <see cref="Handle"/>, for a connection that is long over.</summary>
    public TcpConnection StaleHandle => _lives[_life].StaleHandle;

    /// <summary>How often the host has started again.</summary>
    public int LifeNumber => _life;

    /// <summary>What the endpoint has sent since this was last cleared.</summary>
    public List<byte[]> Sent => _sent;

    /// <summary>When the endpoint wants to be polled again, as it said last.</summary>
    public ulong Wakeup { get; private set; } = ulong.MaxValue;

    public int Mtu { get; }

    public bool HasEthernetHeader => false;

    public byte[] PhysicalAddress { get; } = new byte[6];

    public bool IsUp => true;

    /// <summary>Is the control block free?</summary>
    public bool IsFree => At.IsFree(Words);

    /// <summary>Has a call to the third host taken the control block?</summary>
    public bool IsCalling => !IsFree && Number(At.Peer) == s_rawAddressC;

    /// <summary>
    /// Is there a connection with the other side, closing ones included? One that is half-open by a listener is none yet.
    /// </summary>
    public bool HasConnection => !IsFree && !IsCalling;

    /// <summary>The half-open connections, sorted by their keys.</summary>
    public IEnumerable<HalfOpen> HalfOpens => Enumerable.Range(0, _halfOpen.Slots).Select(slot => _halfOpen[Words, slot])
        .Where(halfOpen => halfOpen.Key != 0).OrderBy(halfOpen => halfOpen.Key);

    public bool HasTimeWait => Words[TimeWaitCount] != 0;

    public TcpState State
    {
        get
        {
            if (HasConnection)
                return (TcpState)Words[At.State];
            return TryGetHalfOpen(out _) ? TcpState.SynReceived : TcpState.Closed;
        }
    }

    /// <summary>ISS of the connection, which may be half-open; 0 without one.</summary>
    public uint Iss => HasConnection ? Number(At.Iss) : TryGetHalfOpen(out HalfOpen halfOpen) ? halfOpen.Iss : 0;

    /// <summary>IRS of the connection; 0 without one.</summary>
    public uint Irs => HasConnection ? Number(At.Irs) : TryGetHalfOpen(out HalfOpen halfOpen) ? halfOpen.Irs : 0;

    /// <summary>SND.UNA of the connection; 0 without one.</summary>
    public uint SndUna => HasConnection ? Number(At.SndUna) : Iss;

    /// <summary>SND.NXT of the connection; 1 without one.</summary>
    public uint SndNxt => HasConnection ? Number(At.SndNxt) : Iss + 1;

    /// <summary>RCV.NXT of the connection; 1 without one.</summary>
    public uint RcvNxt => HasConnection ? Number(At.RcvNxt) : Irs + 1;

    /// <summary>RCV.WND of the connection.</summary>
    public uint RcvWnd => HasConnection ? Number(At.RcvEdge) - Number(At.RcvNxt) : BufferSize;

    /// <summary>
    /// A connection whose SYN is acknowledged, so that both sides' numbers are known to agree. One that was closed in SYN-RECEIVED is
    /// in FIN-WAIT-1 before that.
    /// </summary>
    public bool IsSynchronized => State >= TcpState.Established && !At.IsSynPending(Words);

    /// <summary>True as long as the endpoint is in the state that was loaded.</summary>
    public bool IsLoaded => _loaded != null;

    /// <summary>How many bytes wait to be read.</summary>
    public int Available => HasConnection && State > TcpState.SynSent
        ? (int)(Number(At.RcvNxt) - Number(At.RcvRead)) - (At.IsFinReceived(Words) ? 1 : 0) : 0;

    public uint Number(int word) => (uint)Words[word];

    /// <summary>The earliest of all deadlines; <see cref="ulong.MaxValue"/> if there is none.</summary>
    public ulong NextDeadline()
    {
        ulong next = ulong.MaxValue;
        if (!IsFree)
            next = Math.Min(Math.Min(Words[At.RetransmitAt], Words[At.AckAt]), Math.Min(Words[At.LingerAt], Words[At.KeepAliveAt]));
        foreach (HalfOpen halfOpen in HalfOpens)
            next = Math.Min(next, halfOpen.Deadline);

        return HasTimeWait ? Math.Min(next, Words[TimeWaitDeadline]) : next;
    }

    /// <summary>The half-open connection with the other side.</summary>
    /// <param name="halfOpen">It.</param>
    /// <returns>False if there is none.</returns>
    public bool TryGetHalfOpen(out HalfOpen halfOpen)
    {
        for (int slot = 0; slot < _halfOpen.Slots; slot++)
        {
            halfOpen = _halfOpen[Words, slot];
            if (halfOpen.Peer == PeerAddress)
                return true;
        }

        halfOpen = default;
        return false;
    }

    /// <summary>Says whether another SYN has found no room since a half-open connection has sent its SYN,ACK.</summary>
    /// <param name="halfOpen">The half-open connection.</param>
    /// <returns>True if so: it ends when it is due.</returns>
    public bool GivesWay(HalfOpen halfOpen) => halfOpen.SentAt < Words[_fullAt];

    /// <summary>The user has got a connection.</summary>
    /// <param name="handle">What it got.</param>
    public void Give(TcpConnection handle) => _lives[_life].Give(handle);

    /// <summary>Gives the endpoint a packet with the next poll.</summary>
    public void Arrive(byte[] packet) => _arriving = packet;

    /// <summary>Polls once.</summary>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>True if the endpoint has nothing more to do at this time.</returns>
    public bool Poll(ulong now)
    {
        _loaded = null;
        Wakeup = Endpoint.Poll(now);
        if (_sacks)
            _lives[_life].Numbers[At.RoundTrip] = LongRoundTrip;
        return Wakeup > now;
    }

    /// <summary>The host loses its memory and starts again.</summary>
    public void Reboot()
    {
        _life++;
        _lives[_life].Graph.Restore(_lives[_life].Fresh);
        _loaded = null;
        Wakeup = ulong.MaxValue;
    }

    /// <summary>Reads the endpoint's variables.</summary>
    public void Refresh() => _lives[_life].Graph.Save(Words);

    /// <summary>Packs what <see cref="Refresh"/> has read.</summary>
    public Image Pack() => _loaded = Image.Pack(Words, _template);

    /// <summary>Puts the endpoint into a state.</summary>
    /// <param name="life">How often it had started again.</param>
    /// <param name="image">The state.</param>
    public void Load(int life, Image image)
    {
        if (ReferenceEquals(image, _loaded))
            return;
        _life = life;
        image.Unpack(Words, _template);
        _lives[life].Graph.Restore(Words);
        _loaded = image;
    }

    /// <summary>The user is about to do something: what is in the endpoint is no longer what was loaded.</summary>
    public void Touch() => _loaded = null;

    int ILink.Receive(byte[] buffer)
    {
        byte[]? packet = _arriving;
        if (packet == null)
            return 0;
        _arriving = null;
        Buffer.BlockCopy(packet, 0, buffer, FrameLayout.Network, packet.Length);
        return packet.Length;
    }

    bool ILink.Send(byte[] buffer, int length)
    {
        _sent.Add(buffer.AsSpan(FrameLayout.Network, length).ToArray());
        return true;
    }

    void ILink.Wake()
    {
    }

    void ILink.Wait(int millisecondsTimeout)
    {
    }

    /// <summary>The host from one start to the next.</summary>
    private sealed class Life
    {
        private readonly int _handleNumber;

        public Life(Side side, int number, bool listens, Scenario scenario)
        {
            var settings = new TcpSettings
            {
                Address = side.IsB ? AddressB : AddressA,
                Connections = 1,
                Listeners = 1,
                HalfOpenConnections = 2,
                SynPolicy = scenario.SynPolicy,
                SynAckRetransmissions = Time.SynAckRetransmissions,
                TimeWaits = 1,
                ReceiveBufferSize = BufferSize,
                SendBufferSize = BufferSize,
                ArpEntries = 4,
                OutOfOrderRanges = OutOfOrderRanges,
                SelectiveAcknowledgments = scenario.SelectiveAcknowledgments,
                WindowScale = false,
                Timestamps = scenario.Timestamps,
                MaximumSegmentLifetime = Time.MaximumSegmentLifetime,
                InitialRetransmissionTimeout = Time.Retransmission,
                MinimumRetransmissionTimeout = Time.Retransmission,
                MaximumRetransmissionTimeout = Time.Retransmission,
                DelayedAcknowledgment = Time.DelayedAcknowledgment,
                SynTimeout = Time.GiveUp,
                UserTimeout = Time.GiveUp,
                FinWait2Timeout = Time.FinWait2,
                OrphanTimeout = Time.GiveUp,

                // With one connection there is none to choose from.
                LeastRate = 0,
            };
            Endpoint = new TcpEndpoint(side, new Secret(side.IsB, number), settings);
            Listener = listens ? Endpoint.Listen(PortB, scenario.Backlog) : null;
            Handle = HandleOf(null);
            StaleHandle = HandleOf(null);
            Graph = new ObjectGraph([Endpoint, Handle], Core.LeadsOn, Core.NamesOf);
            _handleNumber = Graph.NumbersOf(nameof(TcpConnection))[0];
            object tcb = Graph[Graph.NumbersOf("Tcb")[0]];
            Numbers = Core.NumbersOf(tcb);
            Connection = HandleOf(tcb);
            Fresh = new ulong[Graph.Layout.Words];
            Graph.Save(Fresh);
        }

        public TcpEndpoint Endpoint { get; }

        public TcpListener? Listener { get; }

        public TcpConnection Connection { get; }

        /// <summary>The numbers of the control block.</summary>
        public uint[] Numbers { get; }

        public TcpConnection Handle { get; private set; }

        public TcpConnection StaleHandle { get; private set; }

        public ObjectGraph Graph { get; }

        public ulong[] Fresh { get; }

        public void Give(TcpConnection handle)
        {
            StaleHandle = Handle;
            Handle = handle;
            Graph.Replace(_handleNumber, handle);
        }

        private static TcpConnection HandleOf(object? tcb) => (TcpConnection)Activator.CreateInstance(
            typeof(TcpConnection), BindingFlags.Instance | BindingFlags.NonPublic, null, [tcb], null)!;
    }

    /// <summary>A secret for each start of each host, always the same ones.</summary>
    private sealed class Secret(bool isB, int life) : IEntropy
    {
        private readonly Random _random = new(1 + life * 2 + (isB ? 1 : 0));

        public void Fill(byte[] buffer) => _random.NextBytes(buffer);
    }
}
