using System;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>The user of the endpoint: some connections, of which each handler does what a step has told it to do. Takes no memory.</summary>
internal sealed class Application
{
    /// <summary>How many connections it holds at the most.</summary>
    public const int Slots = 8;

    private readonly FuzzTarget _target;
    private readonly byte[] _buffer = new byte[4096];
    private readonly ListenerHandler _listening;
    private readonly TcpListener?[] _listeners = new TcpListener?[2];
    private bool _accepting;
    private readonly int[] _ports = [FuzzedPeer.OpenPort, FuzzedPeer.OtherPort];

    public Application(FuzzTarget target)
    {
        _target = target;
        _listening = new ListenerHandler(this);
        for (int i = 0; i < Slots; i++)
            Held[i] = new Slot(this);
    }

    public Slot[] Held { get; } = new Slot[Slots];

    public TcpListener?[] Listeners => _listeners;

    /// <summary>How often a handler or a step has called the endpoint.</summary>
    public int Calls { get; private set; }

    /// <summary>How many connections handlers have accepted.</summary>
    public int AcceptedInHandlers { get; private set; }

    /// <summary>Opens the ports that are closed.</summary>
    public void Listen()
    {
        for (int i = 0; i < _listeners.Length; i++)
        {
            if (_listeners[i] != null)
                continue;
            _listeners[i] = _target.Endpoint.Listen(_ports[i], 3 - 2 * i);
            _listeners[i]!.Handler = _listening;
        }
    }

    /// <summary>Lets go of everything.</summary>
    public void Leave()
    {
        _listening.Mode = 0;
        foreach (Slot slot in Held)
            slot.Abort();
        foreach (TcpListener? listener in _listeners)
        {
            while (listener?.Accept() is { } connection)
                connection.Abort();
        }
    }

    public void Do(UserCall call, int who, int value, FuzzedPeer with)
    {
        Calls++;
        Slot slot = Held[who % Slots];
        slot.UseStale();
        TcpConnection? connection = slot.Connection;
        switch (call)
        {
            case UserCall.Accept:
            case UserCall.Accept2:
                Accept(_listeners[call == UserCall.Accept ? 0 : value & 1], slot);
                break;
            case UserCall.Connect:
                if (with.IsActive && connection == null)
                    Connect(slot, with);
                break;
            case UserCall.Write:
            case UserCall.WriteUrgent:
                slot.Write(value % 3000, call == UserCall.WriteUrgent);
                break;
            case UserCall.Read:
            case UserCall.Read2:
                slot.Read(value % 3000);
                break;
            case UserCall.Shutdown:
                connection?.Shutdown();
                break;
            case UserCall.Close:
                slot.Close();
                break;
            case UserCall.Abort:
                slot.Abort();
                break;
            case UserCall.KeepAlive:
                if (connection != null)
                {
                    connection.KeepAlive = (value & 3) == 0 ? 0 : (ulong)value * 1000;
                    connection.IdleTimeout = (value & 4) == 0 ? 0 : (ulong)value * 1000;
                }

                break;
            case UserCall.UserTimeout:
                if (connection != null)
                    connection.UserTimeout = (ulong)value * 2000;
                break;
            case UserCall.NoDelay:
                if (connection != null)
                    connection.NoDelay = (value & 1) != 0;
                break;
            case UserCall.Listener:
                if ((value & 7) == 0)
                    CloseListener((value >> 3) & 1);
                else
                    Listen();
                break;
            case UserCall.Behaviour:
                if ((value & 0x300) == 0)
                    _listening.Mode = value;
                else
                    slot.Behaviour = value;
                break;
            default:
                if ((value & 15) == 0)
                {
                    _target.Endpoint.SetAddress((value & 16) == 0 ? 0 : Packet.OurAddress + 1, 24, Packet.RouterAddress);
                    _target.Endpoint.SetAddress(Packet.OurAddress, 24, Packet.RouterAddress);
                }

                break;
        }
    }

    private void Accept(TcpListener? listener, Slot slot)
    {
        TcpConnection? connection = listener?.Accept();
        if (connection == null)
            return;
        _target.Accepted(connection);
        if (_accepting)
            AcceptedInHandlers++;
        if (slot.Connection != null)
            connection.Abort();
        else
            slot.Take(connection, _target.Find(connection));
    }

    private void Connect(Slot slot, FuzzedPeer with)
    {
        foreach (Slot other in Held)
        {
            if (other.Connection is { } taken && taken.LocalPort == with.LocalPort)
                return;
        }

        try
        {
            slot.Take(with.Ipv6 != null ? _target.Endpoint.Connect(with.Ipv6, with.RemotePort, with.LocalPort)
                : _target.Endpoint.Connect(with.Address, with.RemotePort, with.LocalPort), with);
            with.Calls++;
        }
        catch (InvalidOperationException)
        {
            // None is free, or it is in TIME-WAIT, or given back and not over.
        }
    }

    private void CloseListener(int number)
    {
        _listeners[number]?.Close();
        _listeners[number] = null;
    }

    /// <summary>A connection and its handler.</summary>
    internal sealed class Slot(Application application) : TcpConnectionHandler
    {
        private uint _written;
        private uint _read;
        private FuzzedPeer? _with;
        private TcpConnection? _stale;

        public TcpConnection? Connection { get; private set; }

        /// <summary>What the handler does, bit by bit.</summary>
        public int Behaviour { get; set; }

        public void Take(TcpConnection connection, FuzzedPeer? with)
        {
            Connection = connection;
            _with = with;
            _written = 0;
            _read = 0;
            connection.Handler = this;
        }

        public void Write(int count, bool urgent = false)
        {
            byte[] buffer = application._buffer;
            if (Connection == null)
                return;
            for (int i = 0; i < count; i++)
                buffer[i] = Segment.Pattern(_written + (uint)i);
            _written += (uint)(urgent ? Connection.WriteUrgent(buffer, 0, count) : Connection.Write(buffer, 0, count));
        }

        public void Read(int count)
        {
            byte[] buffer = application._buffer;
            if (Connection == null)
                return;
            int read = Connection.Read(buffer, 0, count);
            if (_with is { Tainted: false })
            {
                // A SYN that does not stand where the peer's stream begins moves the place of every byte.
                uint begin = Connection.Irs - _with.Irs + _read;
                for (int i = 0; i < read; i++)
                {
                    if (buffer[i] != Segment.Pattern(begin + (uint)i))
                        throw new Judging.InvariantException($"byte {_read + i} that was read is not what was sent");
                }
            }

            _read += (uint)read;
        }

        public void Close()
        {
            Connection?.Close();
            LetGo();
        }

        public void Abort()
        {
            Connection?.Abort();
            LetGo();
        }

        /// <summary>Does all that can be done with a connection that is over, which is nothing.</summary>
        public void UseStale()
        {
            TcpConnection? stale = _stale;
            if (stale == null || stale.State != TcpState.Closed)
                return;
            if (stale.Write(application._buffer, 0, 5) != 0)
                throw new Judging.InvariantException("a connection that is over takes bytes");
            stale.Handler = this;
            stale.NoDelay = true;
            stale.KeepAlive = 1000;
            stale.UserTimeout = 1000;
            stale.Shutdown();
            stale.Close();
            stale.Abort();
        }

        private void LetGo()
        {
            _stale = Connection ?? _stale;
            Connection = null;
        }

        public override void OnEstablished(TcpConnection connection)
        {
            Demand(connection);
            if (Does(1))
                Write(700);
        }

        public override void OnReceived(TcpConnection connection)
        {
            Demand(connection);
            if (Does(2))
                Read(4096);
            if (Does(4))
                Write(200);
            if (Does(8) && connection.Available > 1000)
                Abort();
        }

        public override void OnSent(TcpConnection connection)
        {
            Demand(connection);
            if (Does(16))
                Write(300);
        }

        public override void OnPeerClosed(TcpConnection connection)
        {
            Demand(connection);
            if (Does(32))
                connection.Shutdown();
            if (Does(64))
                Close();
        }

        public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
        {
            Demand(connection);
            if (reason == TcpCloseReason.None || reason != connection.CloseReason)
                throw new Judging.InvariantException($"told that the connection ended: {reason}");
            if (Does(128))
            {
                Read(4096);
                Close();
            }
        }

        private bool Does(int bit)
        {
            if ((Behaviour & bit) == 0 || Connection == null)
                return false;
            application.Calls++;
            return true;
        }

        private void Demand(TcpConnection connection)
        {
            if (connection != Connection)
                throw new Judging.InvariantException("a handler is told about a connection that is not its own");
        }
    }

    private sealed class ListenerHandler(Application application) : TcpListenerHandler
    {
        public int Mode { get; set; }

        public override SynDecision OnSyn(TcpListener listener, uint remoteAddress, int remotePort)
        {
            switch (Mode & 15)
            {
                case 8:
                    return SynDecision.Withhold;
                case 9:
                    return SynDecision.Refuse;
                case 10:
                    application.Calls++;
                    application.Held[0].Abort();
                    return SynDecision.Accept;
                case 11:
                    application.Calls++;
                    application.CloseListener(listener == application._listeners[0] ? 0 : 1);
                    return SynDecision.Accept;
                default:
                    return SynDecision.Accept;
            }
        }

        public override void OnAccept(TcpListener listener)
        {
            application._target.Opened();
            if ((Mode & 16) == 0)
                return;
            foreach (Slot slot in application.Held)
            {
                if (slot.Connection == null)
                {
                    application.Calls++;
                    application._accepting = true;
                    application.Accept(listener, slot);
                    application._accepting = false;
                    return;
                }
            }
        }
    }
}
