using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Peers;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Programs reach the firmware behind a VXLAN tunnel over loopback, without root.</summary>
[TestClass]
public sealed class ProxyTests
{
    [TestMethod]
    public async Task Six_connections_at_once_get_a_megabyte_back_whole()
    {
        using var rig = new Rig();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => rig.EchoAsync(i, 1 << 20)));
        Assert.AreEqual(6, rig.Proxy.Taken);
        Assert.IsEmpty(rig.Lines);
    }

    [TestMethod]
    public async Task More_connections_than_the_device_has_wait_until_there_is_room()
    {
        using var rig = new Rig();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rig.EchoAsync(i, 1000 + i)));
        Assert.AreEqual(20, rig.Proxy.Taken);
    }

    [TestMethod]
    public void The_devices_half_can_stay_open_after_the_programs_is_closed()
    {
        using var rig = new Rig();
        using Socket program = rig.Connect();
        program.Send("over and out"u8);
        program.Shutdown(SocketShutdown.Send);
        byte[] buffer = new byte[100];
        int count = 0;
        for (int more = -1; more != 0; count += more)
            more = program.Receive(buffer, count, buffer.Length - count, SocketFlags.None);
        Assert.AreEqual("over and out", System.Text.Encoding.ASCII.GetString(buffer, 0, count));
    }

    [TestMethod]
    public async Task A_program_that_resets_its_connection_resets_the_devices()
    {
        using var rig = new Rig();
        using (Socket program = rig.Connect())
        {
            program.Send([1]);
            Assert.AreEqual(1, program.Receive(new byte[1]));
            program.Close(0);
        }

        // Its end is seen on the device, which serves the next one all the same.
        await rig.EchoAsync(1, 1000);
        Counters counters = rig.StopDevice();
        Assert.AreEqual(1UL, counters.Get(Counter.ResetsReceived));
        Assert.AreEqual(2UL, counters.Get(Counter.Established));
    }

    [TestMethod]
    public void A_port_that_refuses_is_a_reset_and_a_line()
    {
        using var rig = new Rig(port: 8);
        using Socket program = rig.Connect();
        Assert.AreEqual(
            SocketError.ConnectionReset, Assert.ThrowsExactly<SocketException>(() => program.Receive(new byte[1])).SocketErrorCode);
        Assert.IsTrue(SpinWait.SpinUntil(() => !rig.Lines.IsEmpty, TimeSpan.FromSeconds(30)));
        Assert.AreEqual("10.77.0.2:8: ended: refused: no program listens there", rig.Lines.Single());
    }

    [TestMethod]
    public void A_device_that_is_not_there_is_a_reset_and_a_line()
    {
        using var rig = new Rig(target: "10.77.0.3", timeout: 0.2);
        using Socket program = rig.Connect();
        Assert.AreEqual(
            SocketError.ConnectionReset, Assert.ThrowsExactly<SocketException>(() => program.Receive(new byte[1])).SocketErrorCode);
        Assert.IsTrue(SpinWait.SpinUntil(() => !rig.Lines.IsEmpty, TimeSpan.FromSeconds(30)));
        Assert.StartsWith("10.77.0.3:7: no answer within", rig.Lines.Single());
    }

    [TestMethod]
    public void A_program_that_finds_no_room_is_reset_at_once_and_a_burst_is_a_line()
    {
        // With fewer the device would reset some of them, and there would be room.
        using var rig = new Rig(connections: 2 * Proxy.MostConnections);
        Socket[] programs = [.. Enumerable.Range(0, Proxy.MostConnections).Select(_ => rig.Connect())];
        try
        {
            for (int i = 0; i < 5; i++)
            {
                using Socket late = rig.Connect();
                Assert.AreEqual(
                    SocketError.ConnectionReset, Assert.ThrowsExactly<SocketException>(() => late.Receive(new byte[1])).SocketErrorCode);
            }

            Assert.AreEqual(
                "10.77.0.2:7: no room for another program, which is reset: 64 connections are carried already",
                rig.Lines.Single(line => line.Contains("no room", StringComparison.Ordinal)));
            Assert.AreEqual(Proxy.MostConnections, rig.Proxy.Taken);
            Assert.AreEqual(5, rig.Proxy.Refused);
        }
        finally
        {
            foreach (Socket program in programs)
                program.Close(0);
        }
    }

    [TestMethod]
    public void A_connection_that_moves_no_byte_is_reset_and_a_line()
    {
        using var rig = new Rig(idle: 0.5);
        using Socket program = rig.Connect();
        program.Send([1]);
        Assert.AreEqual(1, program.Receive(new byte[1]));
        Assert.AreEqual(
            SocketError.ConnectionReset, Assert.ThrowsExactly<SocketException>(() => program.Receive(new byte[1])).SocketErrorCode);
        Assert.IsTrue(SpinWait.SpinUntil(() => !rig.Lines.IsEmpty, TimeSpan.FromSeconds(30)));
        Assert.AreEqual("10.77.0.2:7: ended: no byte moved, either way, for 500.000 ms", rig.Lines.Single());
        Assert.IsTrue(SpinWait.SpinUntil(() => rig.Endpoint.ConnectionCount == 0, TimeSpan.FromSeconds(30)), "The device's end is gone.");
    }

    [TestMethod]
    public void A_program_that_does_not_read_is_idle_when_nothing_moves_any_more()
    {
        using var rig = new Rig(idle: 0.5);
        using Socket program = rig.Connect();
        program.Blocking = false;
        byte[] data = new byte[16384];
        Assert.IsTrue(SpinWait.SpinUntil(
            () =>
            {
                program.Send(data, 0, data.Length, SocketFlags.None, out SocketError error);
                return error is not (SocketError.Success or SocketError.WouldBlock);
            },
            TimeSpan.FromSeconds(60)));
        Assert.IsTrue(SpinWait.SpinUntil(() => !rig.Lines.IsEmpty, TimeSpan.FromSeconds(30)));
        Assert.AreEqual("10.77.0.2:7: ended: no byte moved, either way, for 500.000 ms", rig.Lines.Single());
    }

    [TestMethod]
    public void Connect_goes_through_the_tunnel()
    {
        using var rig = new Rig(proxy: false);
        Shell shell = Shell.Run("connect", "10.77.0.2:7", "--send", "hello", "--via", rig.Via, "--json");
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        StringAssert.Contains(shell.Output, "\"link\": \"vxlan\"");
        StringAssert.Contains(shell.Output, "\"received\": \"hello\"");
        StringAssert.Contains(shell.Output, "\"address\": \"10.77.0.1\"");
    }

    [TestMethod]
    [DataRow("vxlan://192.0.2.20?vni=42", "192.0.2.20:4789", 42, "", 4789)]
    [DataRow("vxlan://192.0.2.20:4790?vni=16777215", "192.0.2.20:4790", 16777215, "", 4789)]
    [DataRow("VXLAN://board.example/?vni=1", "board.example:4789", 1, "", 4789)]
    [DataRow("vxlan://a:1?local=127.0.0.2&vni=7", "a:1", 7, "127.0.0.2", 4789)]
    [DataRow("vxlan://a:1?local=127.0.0.2:99&vni=7", "a:1", 7, "127.0.0.2", 99)]
    public void A_tunnel_is_read(string text, string peer, int vni, string local, int localPort)
    {
        Assert.IsTrue(Via.TryParse(text, out Via? via, out string wrong), wrong);
        Assert.AreEqual(peer, via!.Peer.ToString());
        Assert.AreEqual(vni, via.Vni);
        Assert.AreEqual(local, via.LocalAddress?.ToString() ?? "");
        Assert.AreEqual(localPort, via.LocalPort);
    }

    /// <summary>The firmware as a device has it, eight connections, behind a tunnel; the proxy on a thread.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly Device _device;
        private readonly VxlanLink _deviceLink;
        private readonly Tunnel? _tunnel;
        private readonly Proxy? _proxy;
        private readonly Thread? _thread;
        private readonly CancellationTokenSource _stop = new();
        private readonly IPEndPoint _listen = new(IPAddress.Loopback, 0);
        private Exception? _failure;

        public Rig(int port = 7, string target = "10.77.0.2", double timeout = 30, double idle = 0, bool proxy = true, int connections = 8)
        {
            Socket pcSocket = VxlanUnderlay.Open(IPAddress.Loopback, 0), deviceSocket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
            IPEndPoint pcEnd = (IPEndPoint)pcSocket.LocalEndPoint!, deviceEnd = (IPEndPoint)deviceSocket.LocalEndPoint!;
            _deviceLink = new VxlanLink(Settings(pcEnd, 2), deviceSocket);
            var settings = new TcpSettings { Address = 0x0A4D0002, Connections = connections };
            _device = Device.Start(new VirtualBoard(_deviceLink, settings, "virtual-wifi") { Output = _ => { } });
            Via = string.Create(CultureInfo.InvariantCulture, $"vxlan://{deviceEnd}?vni=42&local={pcEnd}");
            if (!proxy)
            {
                pcSocket.Dispose();
                return;
            }

            _tunnel = new Tunnel(new VxlanLink(Settings(deviceEnd, 1), pcSocket), pcSocket, deviceEnd);
            var endpoint = new TcpEndpoint(_tunnel.Link, new SystemEntropy(), ProxyCommand.Settings(Network.DefaultPc));
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(_listen);
            listener.Listen(64);
            _listen = (IPEndPoint)listener.LocalEndPoint!;
            _proxy = new Proxy(
                listener, endpoint, _tunnel.Socket, new IPEndPoint(IPAddress.Parse(target), port), TimeSpan.FromSeconds(timeout),
                TimeSpan.FromSeconds(idle), Lines.Enqueue);
            _thread = new Thread(() =>
            {
                try
                {
                    _proxy.Run(_stop.Token);
                }
#pragma warning disable CA1031 // Shown by the test's thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    _failure = e;
                }
            })
            {
                IsBackground = true,
            };
            _thread.Start();
        }

        public string Via { get; }

        public Proxy Proxy => _proxy!;

        public TcpEndpoint Endpoint => _device.Endpoint;

        public ConcurrentQueue<string> Lines { get; } = [];

        public Socket Connect()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                ReceiveTimeout = 60_000,
                SendTimeout = 60_000,
            };
            socket.Connect(_listen);
            return socket;
        }

        public async Task EchoAsync(int seed, int length)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            byte[] data = new byte[length], back = new byte[length];
            new Random(seed).NextBytes(data);
            using Socket socket = Connect();
            Task send = Task.Run(async () =>
            {
                for (int sent = 0; sent < length;)
                    sent += await socket.SendAsync(data.AsMemory(sent), late.Token);
                socket.Shutdown(SocketShutdown.Send);
            });
            int have = 0;
            for (int more = -1; more != 0 && have < length; have += more)
                more = await socket.ReceiveAsync(back.AsMemory(have), late.Token);
            await send;
            Assert.AreEqual(length, have);
            Assert.IsTrue(data.AsSpan().SequenceEqual(back));
            Assert.AreEqual(0, await socket.ReceiveAsync(new byte[1], late.Token), "The device closes too.");
        }

        public Counters StopDevice()
        {
            _device.Stop();
            return _device.Endpoint.Counters;
        }

        public void Dispose()
        {
            _stop.Cancel();
            bool ended = _thread?.Join(60_000) ?? true;
            _proxy?.Dispose();
            _device.Dispose();
            _tunnel?.Dispose();
            _deviceLink.Dispose();
            _stop.Dispose();
            Assert.IsTrue(ended, "The proxy does not stop.");
            Assert.IsNull(_failure, _failure?.ToString());
        }

        private static VxlanSettings Settings(IPEndPoint peer, byte number) => new()
        {
            Vni = 42,
            Peer = 0x7F000001,
            PeerPort = peer.Port,
            PhysicalAddress = [2, 0x48, 0x4E, 0, 0, number],
        };
    }
}
