using System;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>Entropy that is the same every time.</summary>
internal sealed class FixedEntropy(byte seed) : IEntropy
{
    public void Fill(byte[] buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)(seed + i * 7);
    }
}

/// <summary>
/// The firmware on a virtual board and an endpoint of the same stack as its peer, on one wire, in virtual time: the clock
/// jumps to the next moment at which something can happen.
/// </summary>
internal sealed class VirtualTime
{
    private readonly Counter _frames = new();
    private readonly FaultLink _faults;

    internal VirtualTime(Action<FaultSettings>? spoil = null, int connections = 8, int wireCapacity = 256,
        params Service[] services)
        : this(spoil, null, connections, wireCapacity, services)
    {
    }

    /// <summary>With somebody who sees what the peer sends and receives.</summary>
    internal VirtualTime(Action<FaultSettings>? spoil, FrameObserver? watcher, int connections = 8, int wireCapacity = 256,
        params Service[] services)
    {
        var wire = new MemoryWire(capacity: wireCapacity);
        var settings = new FaultSettings { QueueLength = 256 };
        spoil?.Invoke(settings);
        _faults = new FaultLink(new TracerLink(wire.A, _frames), Clock, settings);
        Peer = new TcpEndpoint(watcher == null ? _faults : new TracerLink(_faults, watcher), new FixedEntropy(1), new TcpSettings
        {
            Address = 0x0A4D0001,
            Connections = connections,
            TimeWaits = 64,
        });
        Board = new VirtualBoard(
            new TracerLink(wire.B, _frames),
            new TcpSettings { Address = 0x0A4D0002, Connections = connections },
            Clock,
            new FixedEntropy(2))
        {
            Output = _ => { },
        };
        Firmware = new DeviceFirmware(Board, services.Length != 0 ? services : [new EchoService(), new DiscardService()]);
    }

    internal const uint DeviceAddress = 0x0A4D0002;

    internal ManualClock Clock { get; } = new() { Now = 1_000_000 };

    internal VirtualBoard Board { get; }

    internal TcpEndpoint Peer { get; }

    internal DeviceFirmware Firmware { get; }

    internal TcpEndpoint Device => Firmware.Endpoint;

    internal Client Connect(int port)
    {
        TcpConnection connection = Peer.Connect(DeviceAddress, port);
        Assert.IsNotNull(connection, "The peer has no connection free.");
        return new Client(connection);
    }

    /// <summary>Turns both loops until the condition holds, or fails.</summary>
    internal void Until(Func<bool> condition, string what, ulong limit = 600_000_000)
    {
        ulong end = Clock.Now + limit;
        while (!condition())
        {
            bool more = Turn(end);
            if ((Clock.Now > end || !more) && !condition())
                Assert.Fail("Not in " + limit / 1_000_000 + " virtual seconds: " + what);
        }
    }

    /// <summary>Turns both loops for some microseconds.</summary>
    internal void For(ulong duration)
    {
        ulong end = Clock.Now + duration;
        while (Clock.Now < end && Turn(end))
        {
        }
    }

    private bool Turn(ulong end)
    {
        int before = _frames.Count;
        ulong next = Math.Min(Peer.Poll(Clock.Now), Device.Poll(Clock.Now));
        next = Math.Min(next, _faults.NextDue);
        if (_frames.Count != before)
            next = Clock.Now + 1;
        if (next == ulong.MaxValue)
            return false;
        Clock.Now = Math.Min(Math.Max(next, Clock.Now + 1), end + 1);
        return true;
    }

    private sealed class Counter : FrameObserver
    {
        internal int Count { get; private set; }

        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
            Count++;
        }
    }
}

/// <summary>The peer's side of one connection: sends all of an array, keeps what comes.</summary>
internal sealed class Client : TcpConnectionHandler
{
    private readonly byte[] _buffer = new byte[2000];
    private byte[] _outgoing = [];
    private byte[] _incoming = new byte[256];
    private int _sent;
    private bool _shutdown;

    internal Client(TcpConnection connection)
    {
        Connection = connection;
        connection.Handler = this;
    }

    internal TcpConnection Connection { get; }

    internal bool IsEstablished { get; private set; }

    internal bool HasPeerClosed { get; private set; }

    internal bool IsClosed { get; private set; }

    internal TcpCloseReason Reason { get; private set; }

    internal int Received { get; private set; }

    /// <summary>False: leaves in the receive buffer what comes.</summary>
    internal bool Reads { get; set; } = true;

    internal byte[] Data => _incoming[..Received];

    internal void Send(byte[] data, bool shutdown)
    {
        _outgoing = data;
        _sent = 0;
        _shutdown = shutdown;
        Push();
    }

    internal void Read()
    {
        if (!Reads)
            return;
        for (int count = Connection.Read(_buffer, 0, _buffer.Length); count > 0;
            count = Connection.Read(_buffer, 0, _buffer.Length))
        {
            if (_incoming.Length < Received + count)
                Array.Resize(ref _incoming, 2 * (Received + count));
            Array.Copy(_buffer, 0, _incoming, Received, count);
            Received += count;
        }
    }

    /// <summary>Starts to keep from the beginning again.</summary>
    internal void Forget()
    {
        Received = 0;
    }

    public override void OnEstablished(TcpConnection connection)
    {
        IsEstablished = true;
        Push();
    }

    public override void OnReceived(TcpConnection connection)
    {
        Read();
    }

    public override void OnSent(TcpConnection connection)
    {
        Push();
    }

    public override void OnPeerClosed(TcpConnection connection)
    {
        HasPeerClosed = true;
        Read();
    }

    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        IsClosed = true;
        Reason = reason;
        Read();
        connection.Close();
    }

    private void Push()
    {
        if (!IsEstablished)
            return;
        _sent += Connection.Write(_outgoing, _sent, _outgoing.Length - _sent);
        if (_sent == _outgoing.Length && _shutdown)
        {
            _shutdown = false;
            Connection.Shutdown();
        }
    }
}

/// <summary>Bytes that tell their place.</summary>
internal static class Pattern
{
    internal static byte[] Make(int length, int salt = 0)
    {
        return [.. Enumerable.Range(0, length).Select(i => (byte)((i + salt) * 31 + (i >> 8) * 7))];
    }
}
