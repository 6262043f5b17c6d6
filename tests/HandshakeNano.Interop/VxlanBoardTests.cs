using System;
using System.Linq;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Boards.Esp32;
using HandshakeNano.Esp32.Tests;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NetworkInterface = HandshakeNano.Boards.Esp32.NetworkInterface;
using CancellationTokenSource = System.Threading.CancellationTokenSource;
using Thread = System.Threading.Thread;

namespace HandshakeNano.Interop;

/// <summary>
/// The code of the boards whose own network carries a tunnel, its thread and its UDP port with it: the sockets are .NET's, the network is
/// a namespace of Linux, and at the other end is the kernel's vxlan device. The rest of the device is stood in for.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class VxlanBoardTests
{
    [TestMethod]
    [DataRow(Underlay.Ethernet, VxlanCable.PcAddress, false)]
    [DataRow(Underlay.Ethernet, "", true)]
    [DataRow(Underlay.Wifi, VxlanCable.PcAddress, true)]
    public void PingsAndConnectionsGoThroughTheBoardsOwnTunnel(Underlay underlay, string peer, bool lowPower)
    {
        using var device = new DeviceOnCable(underlay, peer, lowPower);
        string name = underlay == Underlay.Wifi ? "Wi-Fi" : "Ethernet";
        CollectionAssert.AreEqual(new[] { $"{name}: joining", $"{name}: {VxlanCable.Device}" }, device.Lines.Take(2).ToArray());
        Assert.AreEqual(":4789", device.Cable.DeviceNetwork.Tool("ss", "-H", "-u", "-l", "-n").Split(' ', StringSplitOptions.RemoveEmptyEntries)[3][^5..]);
        ToolResult result = device.Cable.Pc.TryTool("ping", null, "-n", "-c", "20", "-W", "60", "-i", "0.01", "-M", "do", "-s", "1422", Lab.Device);
        Pings.AssertAnswered(result, 20);
        for (int i = 1; i <= 20; i++)
            device.Echo(i);
        Assert.AreEqual(20ul, device.Endpoint.Counters.Get(Counter.Established));
        Assert.AreEqual(0ul, device.Endpoint.Counters.Get(Counter.ResetsSent));
        Assert.AreEqual(0, device.Cable.Pc.KernelCounter("Tcp", "AttemptFails"));
    }

    /// <summary>The board's thread sees it and joins again; what was open goes on through the socket that it has.</summary>
    [TestMethod]
    [DataRow(Underlay.Ethernet)]
    [DataRow(Underlay.Wifi)]
    public void ANetworkThatIsLostIsJoinedAgainAndAConnectionGoesOn(Underlay underlay)
    {
        using var device = new DeviceOnCable(underlay, VxlanCable.PcAddress, lowPower: false);
        string name = underlay == Underlay.Wifi ? "Wi-Fi" : "Ethernet";
        using Socket socket = device.Cable.Pc.NewSocket();
        socket.Connect(Lab.EchoService);
        byte[] data = Traffic.Bytes(5, 3_000);
        for (int i = 0; i < 2; i++)
        {
            Echo();
            device.Cable.DeviceNetwork.Tool("ip", "link", "set", "eth0", "down");
            device.LoseAddress();
            socket.Send(data);
            Lab.WaitUntil(() => device.Lines.Count(line => line == $"{name}: lost; joining again") == i + 1, "the board has seen it");
            device.Cable.DeviceNetwork.Tool("ip", "link", "set", "eth0", "up");
            device.IsThere = true;
            Lab.WaitUntil(() => device.Lines.Count(line => line == $"{name}: {VxlanCable.Device}") == i + 2, "the board has joined again");
            Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
        }

        Echo();
        Assert.AreEqual(1ul, device.Endpoint.Counters.Get(Counter.Established));

        void Echo()
        {
            socket.Send(data);
            Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
        }
    }

    /// <summary>A board on the device's end of a cable, and its firmware on a thread.</summary>
    private sealed class DeviceOnCable : IDisposable
    {
        // What the board's thread sleeps, it sleeps so many times as short.
        private const int Haste = 50;

        private readonly FakeChip _before = FakeChip.Current;
        private readonly NetworkInterface _interface;
        private readonly CancellationTokenSource _end = new();
        private readonly Thread _thread;
        private readonly DeviceFirmware _firmware;
        private readonly VxlanBoard _board;

        public DeviceOnCable(Underlay underlay, string peer, bool lowPower)
        {
            _interface = new NetworkInterface(
                underlay == Underlay.Wifi ? NetworkInterfaceType.Wireless80211 : NetworkInterfaceType.Ethernet, [0x24, 0x6F, 0x28, 1, 2, 3]);
            FakeChip.Current = new FakeChip { Sleep = Sleep, StoredSsid = "lab", StoredPassword = "secret", Wait = GetAddress };
            FakeChip.Current.Interfaces.Add(_interface);
            BoardOptions.Reset();
            BoardOptions.Address = Lab.Device;
            BoardOptions.VxlanPeer = peer;
            BoardOptions.LowPower = lowPower;
            _board = Cable.DeviceNetwork.Run(() => new VxlanBoard("board", underlay));
            _firmware = new DeviceFirmware(_board, new EchoService(), new DiscardService());
            _thread = new Thread(Run) { IsBackground = true, Name = "firmware" };
            _thread.Start();
        }

        public VxlanCable Cable { get; } = new();

        public TcpEndpoint Endpoint => _firmware.Endpoint;

        /// <summary>Whether the network gives an address to who asks for it.</summary>
        public bool IsThere { get; set; } = true;

        public string[] Lines
        {
            get
            {
                lock (FakeChip.Current.Lines)
                    return [.. FakeChip.Current.Lines];
            }
        }

        public void LoseAddress()
        {
            IsThere = false;
            _interface.IPv4Address = "0.0.0.0";
        }

        public void Echo(int seed)
        {
            byte[] data = Traffic.Bytes(seed, 100 * seed);
            using Socket socket = Cable.Pc.NewSocket();
            socket.Connect(Lab.EchoService);
            socket.Send(data);
            Traffic.AssertSame(data, Traffic.Read(socket, data.Length));
            socket.Shutdown(SocketShutdown.Send);
            Traffic.ReadEnd(socket);
        }

        public void Dispose()
        {
            _end.Cancel();
            _firmware.Wake();
            Assert.IsTrue(_thread.Join(Lab.Deadline), "The firmware does not end.");
            ((IDisposable)_board.Link).Dispose();
            FakeChip.Current = _before;
            Cable.Dispose();
        }

        private void Run()
        {
            while (!_end.IsCancellationRequested)
                _firmware.Step(100);
        }

        private void GetAddress()
        {
            if (IsThere)
                _interface.IPv4Address = VxlanCable.Device;
        }

        private void Sleep(int milliseconds)
        {
            if (_end.Token.WaitHandle.WaitOne(Math.Max(1, milliseconds / Haste)))
                throw new OperationCanceledException();
        }
    }
}
