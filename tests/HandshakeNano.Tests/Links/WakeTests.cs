using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>Another thread ends the wait of the one that owns a link. The waits here are of ten minutes.</summary>
[TestClass]
public class WakeTests
{
    private const int TenMinutes = 600_000;

    [TestMethod]
    public void A_wire_in_memory_is_woken() => AssertWakes(new MemoryWire().A);

    [TestMethod]
    public void A_link_that_wraps_a_link_passes_it_on()
    {
        var clock = new ManualClock();
        ILink link = new FaultLink(new TracerLink(new MemoryWire().A, new NoObserver()), clock, new FaultSettings());
        AssertWakes(link);
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public void A_W5500_that_is_looked_at_again_and_again_is_woken(bool interrupt, bool lowLatency)
    {
        using var chip = new W5500Model(new MemoryWire().B);
        chip.Start();
        var link = new W5500Link(
            chip.Spi, chip.Reset, interrupt ? chip.Interrupt : null, [2, 0, 0, 0, 0, 2], new HighResTimerClock())
        {
            LowLatency = lowLatency,
        };
        Assert.AreEqual(0, link.Receive(new byte[FrameLayout.BufferSize(link.Mtu)]));
        AssertWakes(link);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_tunnel_is_woken(bool lowLatency)
    {
        using Socket socket = VxlanUnderlay.Open(IPAddress.Loopback, 0);
        using var link = new VxlanLink(new VxlanSettings { LearnPeer = true }, socket) { LowLatency = lowLatency };
        AssertWakes(link);
        link.Dispose();
        AssertWakes(link);
    }

    [TestMethod]
    public void What_another_thread_has_for_a_service_is_sent_at_once()
    {
        var wire = new MemoryWire();
        var sensor = new Sensor();
        var board = new VirtualBoard(wire.B, new TcpSettings { Address = Ipv4Address.From(10, 77, 0, 2) }) { Output = _ => { } };
        var firmware = new DeviceFirmware(board, sensor);
        var device = new Thread(() =>
        {
            while (board.IsRunning)
                firmware.Step(TenMinutes);
        })
        { IsBackground = true };
        device.Start();

        var pc = new TcpEndpoint(wire.A, new SystemEntropy(), new TcpSettings { Address = Ipv4Address.From(10, 77, 0, 1) });
        var loop = new TcpLoop(pc, wire.A, new HighResTimerClock());
        using (var stream = new TcpStream(pc.Connect(Ipv4Address.From(10, 77, 0, 2), sensor.Port), loop))
        {
            stream.ReadTimeout = 60_000;
            byte[] value = new byte[1];
            Assert.AreEqual(1, stream.Read(value, 0, 1));
            Assert.AreEqual((byte)0, value[0]);
            for (byte i = 1; i <= 20; i++)
            {
                sensor.Value = i;
                firmware.Wake();
                Assert.AreEqual(1, stream.Read(value, 0, 1));
                Assert.AreEqual(i, value[0]);
            }
        }

        board.Stop();
        firmware.Wake();
        Assert.IsTrue(device.Join(60_000));
    }

    private static void AssertWakes(ILink link)
    {
        // Before the wait: it is not lost.
        link.Wake();
        var before = new Thread(() => link.Wait(TenMinutes)) { IsBackground = true };
        before.Start();
        Assert.IsTrue(before.Join(60_000), "A wait after the call.");

        // And from now on in the midst of it, as far as a test can tell.
        using var begun = new ManualResetEventSlim();
        var loop = new TcpLoop(new TcpEndpoint(link, new SystemEntropy(), new TcpSettings()), link, new ManualClock());
        var during = new Thread(() =>
        {
            begun.Set();
            loop.Step(TenMinutes);
        })
        { IsBackground = true };
        during.Start();
        begun.Wait();
        SpinWait.SpinUntil(() => (during.ThreadState & ThreadState.WaitSleepJoin) != 0, 100);
        loop.Wake();
        Assert.IsTrue(during.Join(60_000), "A wait that is going on.");
    }

    private sealed class NoObserver : FrameObserver
    {
        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
        }
    }

    /// <summary>Sends its value to whoever is there, at first and when there is a new one.</summary>
    private sealed class Sensor() : Service("sensor", 5000)
    {
        private TcpConnection? _client;

        public volatile byte Value;

        public override void OnAccepted(TcpConnection connection)
        {
            _client = connection;
            OnWoken();
        }

        public override void OnWoken()
        {
            Buffer[0] = Value;
            _client?.Write(Buffer, 0, 1);
        }

        protected override bool Serve(TcpConnection connection) => true;
    }
}
