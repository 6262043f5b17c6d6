using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
[DoNotParallelize]
public class MainTests
{
    [TestMethod]
    public void The_firmware_echoes_on_the_virtual_board_until_it_is_stopped()
    {
        var wire = new MemoryWire();
        var lines = new List<string>();
        var board = new VirtualBoard(wire.B, new TcpSettings { Address = 0x0A4D0002 }) { Output = lines.Add };
        VirtualBoard.Current = board;
        var device = new Thread(Run) { IsBackground = true };
        device.Start();
        Assert.IsTrue(board.WaitUntilStarted(60_000));
        Assert.HasCount(1, lines);
        Assert.AreEqual(
            "HandshakeNano on virtual: 10.77.0.2/24 at 02:48:4E:00:00:02, echo on TCP 7, discard on TCP 9", lines[0]);

        var peer = new TcpEndpoint(wire.A, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001 });
        var loop = new TcpLoop(peer, wire.A, new HighResTimerClock());
        using (TcpStream stream = TcpStream.Connect(loop, 0x0A4D0002, 7, 60_000))
        {
            stream.ReadTimeout = stream.WriteTimeout = 60_000;
            byte[] data = Pattern.Make(1000), back = new byte[1000];
            stream.Write(data, 0, data.Length);
            stream.Flush();
            stream.ReadExactly(back, 0, back.Length);
            CollectionAssert.AreEqual(data, back);
        }

        board.Stop();
        Assert.IsTrue(device.Join(60_000));
        Assert.AreEqual(1UL, board.Firmware!.Endpoint.Counters.Get(Counter.Established));
    }

    /// <summary>The clock begins at zero with every start, so only the secret keeps the ISNs apart (RFC 9293 section 3.4.2).</summary>
    [TestMethod]
    public void Every_start_draws_a_secret_of_its_own()
    {
        var isns = new HashSet<uint>();
        for (int start = 1; start <= 5; start++)
        {
            var wire = new MemoryWire();
            var board = new VirtualBoard(wire.B, new TcpSettings { Address = 0x0A4D0002 }, new StoppedClock(), new SystemEntropy())
            {
                Output = _ => { },
            };
            VirtualBoard.Current = board;
            var device = new Thread(Run) { IsBackground = true };
            device.Start();
            var peer = new TcpEndpoint(wire.A, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001 });
            var loop = new TcpLoop(peer, wire.A, new HighResTimerClock());
            TcpConnection connection = peer.Connect(0x0A4D0002, 7, 50_000);
            Until(loop, () => connection.State == TcpState.Established, "the handshake");
            isns.Add(connection.Irs);
            board.Stop();
            Assert.IsTrue(device.Join(60_000));
        }

        Assert.HasCount(5, isns, "The same four numbers at the same time, and the same ISN again.");
    }

    [TestMethod]
    public void A_cable_that_is_pulled_and_put_back_is_told_and_the_device_answers_again()
    {
        var wire = new MemoryWire();
        using var w5500 = new VirtualW5500(wire.B);
        var lines = new ConcurrentQueue<string>();
        w5500.Chip.IsLinkUp = false;
        var board = new VirtualBoard(w5500.Link, new TcpSettings { Address = 0x0A4D0002 }, "virtual-w5500") { Output = lines.Enqueue };
        VirtualBoard.Current = board;
        var device = new Thread(Run) { IsBackground = true };
        device.Start();
        var peer = new TcpEndpoint(wire.A, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001 });
        var loop = new TcpLoop(peer, wire.A, new HighResTimerClock());
        for (int round = 1; round <= 2; round++)
        {
            Until(loop, () => lines.Count == 2 * round, "the link is down");
            Assert.AreEqual("The link is down; it is looked at again and again", lines.Last());
            w5500.Chip.IsLinkUp = true;
            Until(loop, () => lines.Count == 2 * round + 1, "the link is up");
            Assert.AreEqual("The link is up", lines.Last());
            TcpConnection connection = peer.Connect(0x0A4D0002, 7);
            Until(loop, () => connection.State == TcpState.Established, "the handshake");
            connection.Abort();
            connection.Close();
            w5500.Chip.IsLinkUp = false;
        }

        board.Stop();
        Assert.IsTrue(device.Join(60_000));
    }

    [TestMethod]
    public void The_firmware_says_why_it_stops()
    {
        var board = new VirtualBoard(new MemoryWire().B, new TcpSettings { Address = 0x0A4D0002 });
        board.Stop();
        VirtualBoard.Current = board;
        TextWriter console = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            DeviceFirmware.Run(new EchoService(), new EchoService());
        }
        finally
        {
            Console.SetOut(console);
        }

        StringAssert.StartsWith(text.ToString(), "HandshakeNano stopped: System.InvalidOperationException: Port 7 is listened on already");
    }

    [TestMethod]
    public void After_a_fault_the_device_waits_starts_again_and_says_why()
    {
        (VirtualBoard board, List<string> lines, LoggedRecovery recovery) = Faulty(faults: 1);
        Run();
        Assert.IsTrue(lines[1].StartsWith("HandshakeNano stopped: System.InvalidOperationException: A fault of the link", StringComparison.Ordinal), lines[1]);
        Assert.AreEqual("It starts again after a pause, in which the board can be flashed", lines[^1]);
        CollectionAssert.AreEqual(new[] { Recovery.Pause }, recovery.Waits);
        Assert.IsTrue(recovery.TakeRestart());
        Assert.IsFalse(recovery.TakeRestart(), "One restart for one fault.");

        lines.Clear();
        board.Stop();
        Run();
        Assert.AreEqual("Started again after a fault: System.InvalidOperationException", lines[0]);
        StringAssert.StartsWith(lines[1], "HandshakeNano on virtual: ");
        Assert.HasCount(2, lines);
        Assert.IsFalse(recovery.TakeRestart());
    }

    [TestMethod]
    public void A_device_that_cannot_start_leaves_time_to_flash_it()
    {
        (_, List<string> lines, LoggedRecovery recovery) = Faulty(faults: 3);
        for (int start = 0; start < 3; start++)
        {
            lines.Clear();
            Run();
            Assert.IsTrue(recovery.TakeRestart());
        }

        CollectionAssert.AreEqual(new[] { Recovery.Pause, Recovery.LongPause, Recovery.LongPause }, recovery.Waits);
    }

    [TestMethod]
    public void A_line_that_cannot_be_said_does_not_keep_the_device_from_starting_again()
    {
        (_, _, LoggedRecovery recovery) = Faulty(faults: 1);
        recovery.HasNoMemory = true;
        Run();
        Assert.IsTrue(recovery.TakeRestart());
    }

    private static void Run() => DeviceFirmware.Run(new EchoService(), new DiscardService());

    private static void Until(TcpLoop loop, Func<bool> condition, string what)
    {
        for (long end = Environment.TickCount64 + 60_000; !condition(); loop.Step(5))
            Assert.IsLessThan(end, Environment.TickCount64, "Not in time: " + what);
    }

    private static (VirtualBoard Board, List<string> Lines, LoggedRecovery Recovery) Faulty(int faults)
    {
        var lines = new List<string>();
        var link = new FaultyLink(new MemoryWire().B, faults);
        var recovery = new LoggedRecovery(lines);
        var board = new VirtualBoard(link, new TcpSettings { Address = 0x0A4D0002 }) { Output = lines.Add, Recovery = recovery };
        VirtualBoard.Current = board;
        return (board, lines, recovery);
    }

    private sealed class LoggedRecovery(List<string> lines) : VirtualRecovery(null)
    {
        private bool _restart;
        private string? _fault;

        public List<int> Waits { get; } = [];

        public bool HasNoMemory { get; set; }

        public override string FaultBefore => _fault!;

        public override void Log(string line)
        {
            if (HasNoMemory)
                throw new IOException("There is no room for a line.");
            lines.Add(line);
        }

        public override void Wait(int milliseconds)
        {
            Waits.Add(milliseconds);
        }

        public override void Restart(string fault)
        {
            _fault = fault;
            _restart = true;
        }

        public override bool TakeRestart()
        {
            bool restart = _restart;
            _restart = false;
            return restart;
        }
    }

    private sealed class StoppedClock : IClock
    {
        public ulong GetMicroseconds() => 1_000_000;
    }

    /// <summary>A link that does what no link may, so many times.</summary>
    private sealed class FaultyLink(ILink link, int faults) : LinkWrapper(link)
    {
        private int _left = faults;

        public override int Receive(byte[] buffer)
        {
            return _left-- > 0 ? throw new InvalidOperationException("A fault of the link") : Inner.Receive(buffer);
        }
    }
}
