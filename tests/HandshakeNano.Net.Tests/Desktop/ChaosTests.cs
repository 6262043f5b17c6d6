#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Peers that send anything at any time and a user who calls anything at any time, with fixed seeds: whatever happens, what
/// must hold of every segment and every byte does hold, and in the end nothing is left.
/// </summary>
[TestClass]
public sealed class ChaosTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1000)]
    [DataRow(2000)]
    [DataRow(3000)]
    public void Whatever_peers_and_user_do_every_segment_is_sound_and_nothing_is_left(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 75; seed++)
        {
            try
            {
                new Chaos(seed).Run(400);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private sealed class Chaos
    {
        private readonly Random _random;
        private readonly Wire _wire;
        private readonly List<Actor> _actors = [];
        private TcpListener? _listener;
        private int _nextPort = 20000;
        private ulong _byCookie;

        public Chaos(int seed)
        {
            _random = new Random(seed);
            TcpSettings settings = Wire.Settings();
            settings.Connections = 1 + _random.Next(6);
            settings.TimeWaits = 1 + _random.Next(4);
            settings.ReceiveBufferSize = 256 << _random.Next(5);
            settings.SendBufferSize = 256 << _random.Next(5);
            settings.UserTimeout = 100 * Wire.Second;
            settings.HalfOpenConnections = 2 << _random.Next(3);
            settings.SynPolicy = (SynPolicy)_random.Next(3);
            _wire = new Wire(settings, 1500, (ulong)_random.NextInt64(1L << 40));
            _listener = _wire.Endpoint.Listen(7, 1 + _random.Next(4));
        }

        public void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                if (_actors.Count < 5 && _random.Next(4) == 0)
                    Appear();
                Step();
                Judge(0);
            }

            foreach (Actor actor in _actors)
                actor.Connection?.Abort();
            TcpConnection? waiting;
            while ((waiting = _listener?.Accept()) != null)
                waiting.Abort();
            _listener?.Close();
            _wire.Run();
            _wire.Advance(1000 * Wire.Second);
            Judge(0);
            Assert.AreEqual(0, _wire.Endpoint.ConnectionCount, "connections left");
            Assert.AreEqual(0, _wire.Endpoint.TimeWaitCount, "TIME-WAIT left");
            Assert.AreEqual(ulong.MaxValue, _wire.Deadline, "deadline left");
        }

        private void Appear()
        {
            var actor = new Actor(new ScriptedPeer(_wire, _nextPort++, 7), (uint)_random.Next(6000));
            actor.Peer['R'] = (uint)_random.NextInt64(1L << 32);
            actor.Peer['N'] = actor.Peer['R'] + 1;
            if (_random.Next(3) == 0)
            {
                if (!_wire.Endpoint.CanConnect)
                    return;
                actor.Connection = _wire.Endpoint.Connect(actor.Peer.Address, actor.Peer.Port, 7);
                _wire.Run();
                _actors.Add(actor);
                Judge(0);
                if (_random.Next(3) != 0)
                    Send(actor, "S. seq R ack X mss 1460");
                else if (_random.Next(2) == 0)
                    Send(actor, "S seq R mss 536");
            }
            else
            {
                _actors.Add(actor);
                Send(actor, "S seq R mss " + Text(28 + _random.Next(1500)));
                if (_random.Next(4) != 0)
                    Send(actor, ". seq R+1 ack X");
            }
        }

        private void Step()
        {
            while (_listener is { Pending: > 0 } && _random.Next(2) == 0)
            {
                TcpConnection connection = _listener.Accept();
                Actor? owner = _actors.Find(a => a.Peer.Port == connection.RemotePort);
                if (owner == null)
                {
                    connection.Abort();
                    _wire.Run();
                }
                else
                    owner.Connection = connection;
            }

            if (_actors.Count == 0)
                return;
            Actor actor = _actors[_random.Next(_actors.Count)];
            TcpConnection? mine = actor.Connection;
            if (mine != null)
                actor.Peer['N'] = mine.State > TcpState.SynSent ? mine.RcvNxt : actor.Peer['N'];
            switch (_random.Next(40))
            {
                case 0:
                    Send(actor, (_random.Next(2) == 0 ? "R" : "R.") + " seq " + Near(actor) + " ack X");
                    break;
                case 1:
                    Send(actor, "S seq " + Near(actor) + " mss 1000");
                    break;
                case 2:
                    Send(actor, "S. seq R ack X");
                    break;
                case 3:
                    Send(actor, ". seq N ack X+" + Text(_random.Next(70000)));
                    break;
                case 4:
                    Send(actor, ". seq N ack X-" + Text(_random.Next(140000)));
                    break;
                case 5:
                    Send(actor, new[] { "-", "F", "SF", "FRS.", "U.", "SFRPU.", "RF" }[_random.Next(7)] + " seq " + Near(actor) + " ack X");
                    break;
                case 6:
                    _wire.Advance((ulong)_random.NextInt64(100_000_000));
                    break;
                case 7 or 8 or 9:
                    _wire.Advance((ulong)_random.NextInt64(2_000_000));
                    break;
                case 10:
                    mine?.Shutdown();
                    _wire.Run();
                    break;
                case 11:
                    mine?.Close();
                    actor.Connection = null;
                    _wire.Run();
                    break;
                case 12 when _random.Next(4) == 0:
                    mine?.Abort();
                    actor.Connection = null;
                    _wire.Run();
                    break;
                case 13 when _random.Next(4) == 0:
                    _listener?.Close();
                    _listener = null;
                    _wire.Run();
                    break;
                case 14:
                    _listener ??= _wire.Endpoint.Listen(7, 1 + _random.Next(4));
                    break;
                case 15 when mine != null:
                    mine.KeepAlive = _random.Next(2) == 0 ? 0 : (ulong)_random.Next(20_000_000);
                    mine.NoDelay = _random.Next(2) == 0;
                    mine.UserTimeout = (ulong)_random.Next(100_000_000);
                    _wire.Run();
                    break;
                case 16 or 17 or 18 or 19 when mine != null:
                    actor.Write(_random.Next(3000));
                    _wire.Run();
                    break;
                case 20 or 21 or 22 when mine != null:
                    actor.Read(_random.Next(3000));
                    _wire.Run();
                    break;
                case 23 when mine is { State: TcpState.Closed }:
                    actor.Read(100000);
                    mine.Close();
                    actor.Connection = null;
                    _actors.Remove(actor);
                    _wire.Run();
                    break;
                case 24 when mine == null && _actors.Count > 3:
                    _actors.Remove(actor);
                    break;
                default:
                    SendData(actor);
                    break;
            }
        }

        /// <summary>A piece of the actor's stream, often the next one, with an ACK of everything, often.</summary>
        private void SendData(Actor actor)
        {
            uint next = actor.Peer['N'] - actor.Peer['R'] - 1;
            long offset = _random.Next(3) != 0 ? next : next + _random.Next(-2000, 3000);
            offset = Math.Clamp(offset, 0, actor.Total);
            long length = Math.Min(_random.Next(1400), actor.Total - offset);
            bool fin = offset + length == actor.Total && _random.Next(3) == 0;
            string ack = _random.Next(3) != 0 ? "X" : "X-" + Text(_random.Next(2000));
            int window = _random.Next(5) switch { 0 => 0, 1 => _random.Next(100), 2 => 1000, _ => 65535 };
            Send(actor, (fin ? "F. seq R+1+" : ". seq R+1+") + Text(offset) + " ack " + ack + " win " + Text(window) + " len " + Text(length));
        }

        private string Near(Actor actor) => _random.Next(3) switch
        {
            0 => "N",
            1 => "N+" + Text(_random.Next(3000)),
            _ => "N-" + Text(_random.Next(3000)),
        };

        private void Send(Actor actor, string text)
        {
            Judge(0);
            actor.Peer.Sends(text);
            // What the timers owe at this moment went out before: this is the answer.
            Judge(text.Split(' ')[0].Contains('R') ? Segment.Rst : 0);
        }

        private void Judge(int forbidden)
        {
            // With a cookie that comes again the connection is another one, without another SYN.
            ulong byCookie = _wire.Count(Counter.CookiesReceived);
            if (byCookie != _byCookie)
                _actors.ForEach(actor => actor.BeginAnew());
            _byCookie = byCookie;
            byte[]? frame;
            while ((frame = _wire.Take()) != null)
            {
                if (Packet.Get16(frame, 12) != Packet.EtherTypeIpv4)
                    continue;
                Segment segment = Segment.Of(frame);
                Assert.AreEqual(0, segment.Flags & forbidden, "a reset is never answered with a reset");
                Actor? actor = _actors.Find(a => a.Peer.Port == segment.DestinationPort);
                actor?.Judge(segment);
            }
        }

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Actor(ScriptedPeer peer, uint total)
    {
        private readonly byte[] _buffer = new byte[100000];
        private TcpConnection? _connection;
        private bool _synSeen;
        private uint _iss;
        private uint _edge;
        private uint _ack;
        private bool _ackSeen;
        private uint _written;
        private uint _read;

        public ScriptedPeer Peer => peer;

        /// <summary>How many bytes the actor has; its FIN stands after them.</summary>
        public uint Total => total;

        public TcpConnection? Connection
        {
            get => _connection;
            set
            {
                _connection = value;
                _written = 0;
                _read = 0;
            }
        }

        public void Write(int count)
        {
            for (int i = 0; i < count; i++)
                _buffer[i] = Segment.Pattern(_written + (uint)i);
            _written += (uint)Connection!.Write(_buffer, 0, count);
        }

        public void Read(int count)
        {
            int read = Connection!.Read(_buffer, 0, count);
            // A SYN that is not at R begins somewhere else in the stream.
            uint begin = Connection.Irs - peer['R'] + _read;
            for (int i = 0; i < read; i++)
                Assert.AreEqual(Segment.Pattern(begin + (uint)i), _buffer[i], "a byte that was read");
            _read += (uint)read;
        }

        public void BeginAnew() => _ackSeen = false;

        public void Judge(Segment segment)
        {
            if ((segment.Flags & Segment.Rst) != 0)
                return;
            if ((segment.Flags & Segment.Syn) != 0)
            {
                if (_synSeen && segment.SequenceNumber != _iss)
                {
                    // The first connection was refused or forgotten, and this is another.
                    _ackSeen = false;
                }

                _synSeen = true;
                _iss = segment.SequenceNumber;
                peer['I'] = _iss;
                peer['X'] = _iss + 1;
            }

            uint begin = segment.SequenceNumber - _iss - 1;
            for (int i = 0; i < segment.Data.Length; i++)
                Assert.AreEqual(Segment.Pattern(begin + (uint)i), segment.Data[i], "a byte that was sent");
            uint end = segment.SequenceNumber + (uint)segment.Data.Length;
            if ((segment.Flags & (Segment.Fin | Segment.Syn)) != 0)
                end++;
            if ((int)(end - peer['X']) > 0)
                peer['X'] = end;
            if ((segment.Flags & Segment.Ack) == 0)
                return;
            uint edge = segment.AcknowledgmentNumber + (uint)segment.Window;
            if (_ackSeen && (segment.Flags & Segment.Syn) == 0)
            {
                Assert.IsTrue((int)(segment.AcknowledgmentNumber - _ack) >= 0, "an acknowledgment goes back");
                // A TIME-WAIT answer has no window to offer, and a FIN may take its last byte.
                if (segment.Window != 0)
                    Assert.IsTrue((int)(edge - _edge) >= 0, "the window's right edge goes back");
            }

            _ackSeen = true;
            _ack = segment.AcknowledgmentNumber;
            if (segment.Window != 0)
                _edge = edge;
        }
    }
}
