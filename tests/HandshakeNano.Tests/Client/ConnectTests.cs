using System;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Active opens by the system's sockets; those by our stack need a TAP and are among the interop tests.</summary>
[TestClass]
public sealed class ConnectTests
{
    [TestMethod]
    public void A_refused_connection_gets_one_line_and_exit_code_1()
    {
        // Bound, so that no other program gets the port, but not listening.
        using Socket closed = Bound();
        Shell shell = Shell.Run("connect", closed.LocalEndPoint!.ToString()!, "--os");
        Assert.AreEqual(1, shell.ExitCode);
        Assert.AreEqual("", shell.Output);
        Assert.AreEqual($"handshake: connect {closed.LocalEndPoint}: refused: no program listens there\n", shell.Error);
    }

    [TestMethod]
    public void A_refused_connection_is_JSON_that_says_so()
    {
        using Socket closed = Bound();
        Shell shell = Shell.Run("connect", closed.LocalEndPoint!.ToString()!, "--os", "--json");
        Assert.AreEqual(1, shell.ExitCode);
        JsonElement report = JsonDocument.Parse(shell.Output).RootElement;
        Assert.IsFalse(report.GetProperty("ok").GetBoolean());
        Assert.IsFalse(report.GetProperty("established").GetBoolean());
        Assert.AreEqual(JsonValueKind.Null, report.GetProperty("roundTripMicroseconds").ValueKind);
        Assert.AreEqual("refused: no program listens there", report.GetProperty("checks")[0].GetProperty("text").GetString());
    }

    [TestMethod]
    public async Task A_text_is_sent_and_what_comes_back_is_shown()
    {
        using Socket listener = Bound();
        listener.Listen();
        Task answering = Task.Run(async () =>
        {
            using Socket accepted = await listener.AcceptAsync();
            var buffer = new byte[64];
            int count = 0;
            for (int more; (more = await accepted.ReceiveAsync(buffer.AsMemory(count))) > 0;)
                count += more;
            await accepted.SendAsync(buffer.AsMemory(0, count));
        });
        Shell shell = Shell.Run("connect", listener.LocalEndPoint!.ToString()!, "--os", "--send", "Good day");
        await answering;
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        Assert.AreEqual("", shell.Error);
        StringAssert.Contains(shell.Output, "8 bytes came back: \"Good day\"");
        StringAssert.Contains(shell.Output, "8 bytes sent");
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
