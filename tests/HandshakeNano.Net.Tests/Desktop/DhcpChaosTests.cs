#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Servers that answer and refuse at random, a link that flaps, other hosts that take the address: what holds whatever comes.</summary>
[TestClass]
public sealed class DhcpChaosTests
{
    private const int Runs = 200;
    private const int Events = 300;
    private const uint Seconds = 100;

    [TestMethod]
    public void No_address_outlives_its_lease_no_question_follows_a_DECLINE_and_every_client_finds_its_way_back()
    {
        HashSet<DhcpState> seen = [];
        HashSet<DhcpLoss> lost = [];
        for (int seed = 1; seed <= Runs; seed++)
            new Network(seed, seen, lost).Run();
        Assert.AreEqual("", string.Join(' ', Enum.GetValues<DhcpState>().Except(seen)), "states that were not seen");
        Assert.AreEqual("", string.Join(' ', Enum.GetValues<DhcpLoss>().Except(lost)), "losses that were not seen");
    }

    private sealed class Network(int seed, HashSet<DhcpState> seen, HashSet<DhcpLoss> lost)
    {
        private static readonly uint[] s_servers = [DhcpServer.First, DhcpServer.Second];
        private static readonly byte[] s_thief = [2, 9, 9, 9, 9, 9];

        private readonly Random _random = new(seed);
        private readonly DhcpServer _server = new() { Lease = Seconds };
        private ulong _declined;
        private ulong _acknowledged;

        private Wire Wire => _server.Wire;

        public void Run()
        {
            for (int i = 0; i < Events; i++)
            {
                Happens();
                Check();
            }

            // When all is well again there is an address soon, whatever came before.
            Wire.IsUp = true;
            Wire.Advance(2 * Wire.Second);
            _server.Client.Start();
            _server.Address = DhcpServer.First;
            ulong end = Wire.Now + 400 * Wire.Second;
            while (_server.Client.State != DhcpState.Bound || Wire.Endpoint.Address == 0)
            {
                Assert.IsTrue(Wire.Now < end, $"seed {seed}: {_server.Client.State} after 400 s");
                Wire.Advance(Wire.Second / 4);
                if (Look(out byte[] message))
                    Answer(message, message[DhcpServer.Options + 2] == DhcpServer.Discover ? DhcpServer.Offer : DhcpServer.Ack);
                Check();
            }
        }

        private void Happens()
        {
            _server.Address = s_servers[_random.Next(2)];
            _server.Offered = Wire.OurAddress + (uint)(_random.Next(4) == 0 ? 1 : 0);
            bool asked = Look(out byte[] message);
            switch (_random.Next(20))
            {
                case 0:
                    Wire.IsUp = !Wire.IsUp;
                    break;
                case 1:
                    Wire.IsUp = true;
                    break;
                case 2:
                    Wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, s_thief, Wire.Endpoint.Address, new byte[6], Wire.PeerAddress));
                    break;
                case 3:
                    Wire.Inject(Packet.Arp(DhcpServer.Everyone, 1, s_thief, _server.Client.Address, new byte[6], Wire.PeerAddress));
                    break;
                case 4 when _random.Next(4) == 0:
                    _server.Client.Stop();
                    break;
                case 5:
                    _server.Client.Start();
                    break;
                case 6 or 7 when asked:
                    Answer(message, DhcpServer.Nak);
                    break;
                case 8 or 9:
                    Wire.Advance((ulong)_random.Next(60_000_000));
                    break;
                default:
                    if (asked)
                        Answer(message, message[DhcpServer.Options + 2] == DhcpServer.Discover ? DhcpServer.Offer : DhcpServer.Ack);
                    Wire.Advance((ulong)_random.Next(3_000_000));
                    break;
            }
        }

        /// <summary>Looks through what was sent for the last question.</summary>
        private bool Look(out byte[] message)
        {
            message = [];
            for (byte[]? frame = Wire.Take(); frame != null; frame = Wire.Take())
            {
                if (frame.Length < DhcpServer.Options || frame[Packet.Ip + 9] != 17)
                    continue;
                int type = frame[DhcpServer.Options + 2];
                if (type is DhcpServer.Discover or DhcpServer.Request)
                    message = frame;
                else if (type == DhcpServer.Decline)
                    _declined = Wire.Now;
            }

            return message.Length != 0;
        }

        private void Answer(byte[] message, int type)
        {
            // For the address that is asked about, by the server that is asked.
            for (int at = DhcpServer.Options; message[at] != 255; at += 2 + message[at + 1])
            {
                if (message[at] == 50)
                    _server.Offered = Packet.Get32(message, at + 2);
                else if (message[at] == 54 && _random.Next(8) != 0)
                    _server.Address = Packet.Get32(message, at + 2);
            }

            if (Packet.Get32(message, DhcpServer.Message + 12) is uint ours and not 0)
                _server.Offered = ours;
            byte[] name = _random.Next(4) == 0 ? [] : DhcpServer.Number(54, _server.Address);
            byte[] options = [.. DhcpServer.Option(53, type), .. name, .. type == DhcpServer.Nak ? [] : _server.Terms()];
            byte[] frame = _server.Frame(type == DhcpServer.Nak || _random.Next(2) == 0 ? 0xFFFFFFFF : _server.Offered, _server.Offered, options, true);
            Array.Copy(message, DhcpServer.Message + 4, frame, DhcpServer.Message + 4, 4);
            Packet.FixUdp(frame);
            Wire.Inject(frame);
            if (type == DhcpServer.Ack)
                _acknowledged = Wire.Now;
        }

        private void Check()
        {
            DhcpClient client = _server.Client;
            seen.Add(client.State);
            lost.Add(client.LastLoss);
            if (Wire.Endpoint.Address != 0)
                Assert.IsTrue(Wire.Now < _acknowledged + Seconds * Wire.Second, $"seed {seed}: an address without a lease");
            if (client.State is DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding or DhcpState.Rebooting)
                Assert.AreEqual(client.Address, Wire.Endpoint.Address, $"seed {seed}: {client.State}");
            if (client.State == DhcpState.Selecting && _declined != 0)
                Assert.IsTrue(Wire.Now >= _declined + 10 * Wire.Second, $"seed {seed}: asked {Wire.Now - _declined} us after a DHCPDECLINE");
        }
    }
}
