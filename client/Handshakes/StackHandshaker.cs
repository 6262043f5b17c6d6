using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Peers;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Handshakes;

/// <summary>Shakes hands by our own stack.</summary>
public sealed class StackHandshaker : Handshaker
{
    // Those that close still need a connection.
    private const int ConnectionsForEach = 4;

    // How long the last ones may take to close.
    private const ulong CloseTime = 1_000_000;

    private readonly TcpEndpoint _endpoint;
    private readonly TcpLoop _loop;
    private readonly IPEndPoint _remote;
    private readonly ulong _timeout;
    private readonly Dictionary<int, Attempt> _open = [];
    private readonly Queue<HandshakeResult> _finished = new();

    /// <summary>Makes one.</summary>
    /// <param name="link">The link.</param>
    /// <param name="entropy">Where the stack's secrets come from.</param>
    /// <param name="clock">The time.</param>
    /// <param name="network">Our stack's address.</param>
    /// <param name="gateway">The router, most significant byte first; 0: none.</param>
    /// <param name="remote">With whom.</param>
    /// <param name="parallel">How many are under way at once, at most.</param>
    /// <param name="timeout">How long to wait for an answer.</param>
    /// <exception cref="IOException">Our stack gets no IPv6 address.</exception>
    public StackHandshaker(
        ILink link, IEntropy entropy, IClock clock, Network network, uint gateway, IPEndPoint remote, int parallel, TimeSpan timeout)
    {
        // On our link there is no other zone.
        _remote = new IPEndPoint(new IPAddress(remote.Address.GetAddressBytes()), remote.Port);
        _timeout = (ulong)timeout.TotalMicroseconds;
        bool isIpv6 = remote.AddressFamily == AddressFamily.InterNetworkV6;
        link = new TracerLink(link, new SynObserver(_open));
        _endpoint = new TcpEndpoint(link, entropy, new TcpSettings
        {
            Address = network.Address,
            PrefixLength = network.PrefixLength,
            Gateway = gateway,
            Connections = ConnectionsForEach * parallel,
            TimeWaits = 4096,
            Ipv6 = isIpv6,
        });
        _loop = new TcpLoop(_endpoint, link, clock);
        ulong limit = Now + (ulong)StackClient.AddressTime.TotalMicroseconds;
        while (isIpv6 && !StackClient.HasAddressFor(_endpoint, _remote.Address))
        {
            if (Now > limit)
                throw new IOException(StackClient.NoAddressFor(_remote.Address) + "; type: handshake probe without --tap, --interface or --via");
            _loop.Step(1);
        }
    }

    /// <inheritdoc/>
    public override ulong Now => _loop.Now;

    /// <inheritdoc/>
    public override bool TryStart()
    {
        if (!_endpoint.CanConnect)
            return false;
        TcpConnection connection;
        try
        {
            connection = _remote.AddressFamily == AddressFamily.InterNetworkV6
                ? _endpoint.Connect(_remote.Address.GetAddressBytes(), _remote.Port)
                : _endpoint.Connect(Network.FromIPAddress(_remote.Address), _remote.Port);
        }
        catch (InvalidOperationException)
        {
            // Every port that we have is in TIME-WAIT.
            return false;
        }

        connection.ConnectTimeout = _timeout;
        var attempt = new Attempt(this, connection, Now);
        _open[connection.LocalPort] = attempt;
        connection.Handler = attempt;
        return true;
    }

    /// <inheritdoc/>
    public override void Wait(ulong until, Action<HandshakeResult> done)
    {
        // Even if there is no time: what TryStart began leaves with it.
        do
        {
            ulong now = Now;
            _loop.Step(until <= now ? 0 : (int)Math.Min(1000, (until - now + 999) / 1000));
        }
        while (_finished.Count == 0 && Now < until);
        while (_finished.TryDequeue(out HandshakeResult result))
            done(result);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Attempt attempt in new List<Attempt>(_open.Values))
            attempt.GiveUp();
        ulong limit = Now + CloseTime;
        _loop.Step(0);
        while (_endpoint.ConnectionCount > 0 && Now < limit)
            _loop.Step(1);
    }

    private sealed class Attempt(StackHandshaker owner, TcpConnection opened, ulong began) : TcpConnectionHandler
    {
        private readonly int _port = opened.LocalPort;

        public int Syns { get; set; }

        public override void OnEstablished(TcpConnection connection)
        {
            Finish(Outcome.Connected, null);
            connection.Close();
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Finish(
                reason switch { TcpCloseReason.Refused => Outcome.Refused, TcpCloseReason.TimedOut => Outcome.TimedOut, _ => Outcome.Failed },
                StackClient.Explain(reason));
            connection.Close();
        }

        public void GiveUp()
        {
            owner._open.Remove(_port);
            opened.Abort();
        }

        private void Finish(Outcome outcome, string? reason)
        {
            if (owner._open.Remove(_port))
                owner._finished.Enqueue(new HandshakeResult(outcome, owner.Now - began, Math.Max(0, Syns - 1), reason));
        }
    }

    private sealed class SynObserver(Dictionary<int, Attempt> open) : FrameObserver
    {
        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
            if (sent && Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), 0) is { } segment
                && segment.Has(ControlBits.Syn) && open.TryGetValue(segment.Source.Port, out Attempt? attempt))
                attempt.Syns++;
        }
    }
}
