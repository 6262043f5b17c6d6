using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Responder;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>What <c>handshake conformance</c> shows; over TAP it is among the interop tests.</summary>
[TestClass]
public sealed class ConformanceCommandTests
{
    [TestMethod]
    public void All_are_shown_in_a_table_and_the_exit_code_is_0()
    {
        Shell shell = Shell.Run("conformance", "--in-memory");
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        Assert.AreEqual("", shell.Error);
        StringAssert.Contains(shell.Output, "75 of 75 behaviours.");
        StringAssert.Contains(shell.Output, "RFC 5961");
        Assert.DoesNotContain("Not waited for", shell.Output);
    }

    [TestMethod]
    public void All_are_shown_over_IPv6_as_well()
    {
        Shell shell = Shell.Run("conformance", "--in-memory", "--ipv6");
        Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
        StringAssert.Contains(shell.Output, "Probing our own endpoint over IPv6, in memory and in virtual time.");
        StringAssert.Contains(shell.Output, "75 of 75 behaviours.");
    }

    [TestMethod]
    public void Only_what_was_asked_for_is_driven_and_JSON_has_every_segment_of_it()
    {
        Shell shell = Shell.Run("conformance", "--in-memory", "--only", "18,2", "--json");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        JsonElement report = JsonDocument.Parse(shell.Output).RootElement;
        Assert.IsTrue(report.GetProperty("ok").GetBoolean());
        JsonElement[] behaviours = [.. report.GetProperty("behaviours").EnumerateArray()];
        CollectionAssert.AreEqual(new[] { 2, 18 }, behaviours.Select(behaviour => behaviour.GetProperty("number").GetInt32()).ToArray());
        Assert.AreEqual("RST 123456789", behaviours[0].GetProperty("seen").GetString());
        JsonElement[] segments = [.. behaviours[0].GetProperty("segments").EnumerateArray()];
        CollectionAssert.AreEqual(
            new[] { "ACK 0 ack 123456789", "RST 123456789" }, segments.Take(2).Select(segment => segment.GetProperty("text").GetString()).ToArray());
        CollectionAssert.AreEqual(
            new[] { true, false }, segments.Take(2).Select(segment => segment.GetProperty("sent").GetBoolean()).ToArray());
    }

    [TestMethod]
    public void What_the_peer_lacks_the_services_for_is_not_driven_and_not_passed()
    {
        var world = new VirtualWorld(1);
        ProbeRequest request = world.Request with { EchoPort = 2, ResponderPort = 3 };
        BehaviourResult[] results = [.. Probe.Run(world, request, BehaviourCatalog.Choose([1, 4, 10]), 1)];
        CollectionAssert.AreEqual(
            new[] { Verdict.Pass, Verdict.NotDriven, Verdict.NotDriven }, results.Select(result => result.Verdict).ToArray());
        Assert.AreEqual("no echo service listens on port 2", results[1].Seen);
        Assert.AreEqual("no responder listens on port 3", results[2].Seen);
    }

    [TestMethod]
    public void Through_a_tunnel_the_firmware_is_probed_without_root_and_every_frame_goes_to_a_file()
    {
        // Two loopback addresses of this test alone.
        const string Vni = "?vni=7&local=";
        string pcap = Path.GetTempFileName();
        try
        {
            Assert.IsTrue(Via.TryParse($"vxlan://127.0.7.1{Vni}127.0.7.2", out Via? device, out string why), why);
            using Tunnel tunnel = device!.Open(2);
            var settings = new TcpSettings { Address = Network.Default.Address, PrefixLength = Network.Default.PrefixLength, Connections = 64 };
            var board = new VirtualBoard(tunnel.Link, settings)
            {
                Output = _ => { },
            };
            using Device running = Device.Start(board, new StackResponder());
            Shell shell = Shell.Run(
                "conformance", "10.77.0.2", "--via", $"vxlan://127.0.7.2{Vni}127.0.7.1", "--only", "1,2,3,5,7,10,16,22,28", "--pcap", pcap);
            Assert.AreEqual(0, shell.ExitCode, shell.Output + shell.Error);
            StringAssert.Contains(shell.Output, "9 of 9 behaviours.");
            Assert.IsGreaterThan(2000, new FileInfo(pcap).Length);
        }
        finally
        {
            File.Delete(pcap);
        }
    }

    [TestMethod]
    public void The_responder_by_the_systems_sockets_obeys_its_lines()
    {
        using Socket echo = Unused(), responder = Unused();
        int echoPort = PortOf(echo), responderPort = PortOf(responder);
        echo.Dispose();
        responder.Dispose();
        using SystemServer server = SystemServer.Start(echoPort, responderPort);
        using var control = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        control.Connect(IPAddress.Loopback, responderPort);

        // One line is nonsense, one too long, one breaks a limit: they are read and ignored.
        control.Send("hello\n"u8);
        control.Send(Encoding.ASCII.GetBytes(new string('x', 100) + "\nsend 1000001\nsend 28\n"));
        Assert.AreEqual("abcdefghijklmnopqrstuvwxyzab", Read(control, 28));

        using Socket called = Unused();
        called.Listen();
        control.Send(Encoding.ASCII.GetBytes($"connect 127.0.0.1 {PortOf(called)}\nshutdown\n"));
        Assert.AreEqual("", Read(control, 1));
        using Socket accepted = called.Accept();
        accepted.ReceiveTimeout = 10_000;
        accepted.Send("send 3\nclose\n"u8);
        Assert.AreEqual("abc", Read(accepted, 4));
    }

    [TestMethod]
    public void The_responder_by_the_systems_sockets_is_reached_and_connects_over_IPv6()
    {
        using Socket echo = Unused(), responder = Unused();
        int echoPort = PortOf(echo), responderPort = PortOf(responder);
        echo.Dispose();
        responder.Dispose();
        using SystemServer server = SystemServer.Start(echoPort, responderPort);
        using var control = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        control.Connect(IPAddress.IPv6Loopback, responderPort);
        using var called = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        called.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        called.Listen();
        control.Send(Encoding.ASCII.GetBytes($"connect ::1%lo {PortOf(called)}\nconnect ::1 {PortOf(called)}\nsend 2\n"));
        Assert.AreEqual("ab", Read(control, 2));
        using Socket accepted = called.Accept();
        accepted.ReceiveTimeout = 10_000;
        accepted.Send("send 3\nclose\n"u8);
        Assert.AreEqual("abc", Read(accepted, 4));
    }

    private static Socket Unused()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static string Read(Socket socket, int most)
    {
        byte[] buffer = new byte[most];
        int count = 0;
        for (int more = -1; count < most && more != 0; count += more)
            more = socket.Receive(buffer, count, most - count, SocketFlags.None);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
