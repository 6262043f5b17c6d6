using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

[TestClass]
[DoNotParallelize]
public class MainTests
{
    [TestMethod]
    public void The_firmwares_own_Main_echoes_on_the_virtual_board_until_it_is_stopped()
    {
        var wire = new MemoryWire();
        var lines = new List<string>();
        var board = new VirtualBoard(wire.B, new TcpSettings { Address = 0x0A4D0002 }) { Output = lines.Add };
        VirtualBoard.Current = board;
        var device = new Thread(Program.Main) { IsBackground = true };
        device.Start();
        Assert.IsTrue(board.WaitUntilStarted(60_000));
        Assert.HasCount(1, lines);
        Assert.AreEqual(
            "HandshakeNano on virtual: 10.77.0.2/24 at 02:48:4E:00:00:02, echo on TCP 7, discard on TCP 9", lines[0]);

        var peer = new TcpEndpoint(wire.A, new SystemEntropy(), new TcpSettings { Address = 0x0A4D0001 });
        var loop = new TcpLoop(peer, wire.A, new HighResTimerClock());
        using (var stream = new TcpStream(peer.Connect(0x0A4D0002, 7), loop))
        {
            stream.ReadTimeout = stream.WriteTimeout = 60_000;
            byte[] data = Pattern.Make(1000), back = new byte[1000];
            stream.Write(data, 0, data.Length);
            stream.Flush();
            for (int count = 0; count < back.Length;)
            {
                int more = stream.Read(back, count, back.Length - count);
                Assert.IsGreaterThan(0, more);
                count += more;
            }

            CollectionAssert.AreEqual(data, back);
        }

        board.Stop();
        Assert.IsTrue(device.Join(60_000));
        Assert.AreEqual(1UL, board.Firmware!.Endpoint.Counters.Get(Counter.Established));
    }

    [TestMethod]
    public void Main_says_why_it_stops()
    {
        VirtualBoard.Current = null;
        TextWriter console = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            Program.Main();
        }
        finally
        {
            Console.SetOut(console);
        }

        StringAssert.StartsWith(text.ToString(), "HandshakeNano stopped: System.InvalidOperationException: The virtual board");
    }
}
