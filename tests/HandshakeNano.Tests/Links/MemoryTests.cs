using System.Collections.Generic;
using System.Reflection;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using HandshakeNano.Page;
using HandshakeNano.Samples.HttpFetch;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The firmware fits into the memory of a board, counted by what the interpreter takes for each object.</summary>
[TestClass]
public sealed class MemoryTests
{
    /// <summary>What must be left for what comes and goes: addresses from a socket, lines for the console.</summary>
    private const int Rest = 2_500;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void A_connection_takes_no_more_than_the_budget_says()
    {
        long four = Firmware(4), twelve = Firmware(12);
        TestContext.WriteLine($"{(twelve - four) / 8} bytes for each connection");
        Assert.IsLessThanOrEqualTo(MemoryBudget.ConnectionSize, (twelve - four) / 8);
    }

    [TestMethod]
    public void A_half_open_connection_takes_no_more_than_48_bytes()
    {
        long few = HalfOpen(16), many = HalfOpen(1024);
        TestContext.WriteLine($"{(many - few) / 1008.0:0.0} bytes for each half-open connection");
        Assert.IsLessThanOrEqualTo(48 * 1008, many - few);
    }

    /// <summary>What a connection takes whatever its settings: without its buffers, the list of what came out of order, and the references to them.</summary>
    [TestMethod]
    [DataRow(false, 456)]
    [DataRow(true, 520)]
    public void An_established_connection_takes_little_besides_its_buffers(bool sacks, int most)
    {
        const int Reference = 12, Range = 8;
        var settings = new TcpSettings { Address = 0x0A4D0002, SelectiveAcknowledgments = sacks };
        TcpConnection connection = new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), settings).Connect(0x0A4D0001, 7);
        object tcb = FieldOf(connection, "_tcb");

        // What the peer has acknowledged selectively stands in the list behind what came out of order.
        int ranges = ((uint[])FieldOf(tcb, "_ranges")).Length / 2 - settings.OutOfOrderRanges;
        long bytes = DeviceMemory.Alone(tcb, "_sndBuffer", "_rcvBuffer", "_ranges") - 3 * Reference + ranges * Range;
        TestContext.WriteLine($"{bytes} bytes for an established connection {(sacks ? "with" : "without")} selective acknowledgments, "
            + $"and {DeviceMemory.Alone(connection)} for what the application has of it");
        Assert.IsLessThanOrEqualTo(most, bytes);

        static object FieldOf(object value, string name)
            => value.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(value)!;
    }

    /// <summary>
    /// What a board is flashed with, as its Main decides: 60 to 110 KB are free on a chip without PSRAM. What the services take is gone
    /// before the board asks how much is left.
    /// </summary>
    [TestMethod]
    [DataRow(60_000, 5, false, false)]
    [DataRow(70_000, 3, true, false)]
    [DataRow(80 * 1024, 6, true, false)]
    [DataRow(80 * 1024, 6, true, true)]
    [DataRow(110_000, 11, true, true)]
    public void The_firmware_leaves_memory_to_a_board_without_PSRAM(int free, int most, bool hasPage, bool looksUp)
    {
        Assert.AreEqual(hasPage, MemoryBudget.HasRoom(free, PageService.Size));
        List<Service> services = [new EchoService(), new DiscardService()];
        if (hasPage)
            services.Add(new PageService());
        if (looksUp)
            services.Add(new FetchService("example.com", 80, "/", 60_000_000));
        var memory = new DeviceMemory();
        long before = memory.Add(services.ToArray());
        int connections = MemoryBudget.Connections((uint)(free - before));
        long taken = before + memory.Add(new DeviceFirmware(new VirtualBoard(new MemoryWire().B, Settings(connections)), [.. services])) + Links();
        TestContext.WriteLine($"{free} bytes free: {before} for services, {connections} connections, {taken} bytes taken");
        Assert.AreEqual(most, connections);
        Assert.IsLessThanOrEqualTo(free - Rest, taken);
    }

    [TestMethod]
    public void The_page_takes_no_more_than_it_says()
    {
        long size = new DeviceMemory().Add(new PageService());
        TestContext.WriteLine($"{size} bytes for the page");
        Assert.IsLessThanOrEqualTo(PageService.Size, size);
    }

    [TestMethod]
    [DataRow(0u, MemoryBudget.LeastConnections)]
    [DataRow(30_000u, MemoryBudget.LeastConnections)]
    [DataRow(64_000u, 6)]
    [DataRow(4_000_000u, MemoryBudget.MostConnections)]
    [DataRow(uint.MaxValue, MemoryBudget.MostConnections)]
    public void The_number_of_connections_follows_the_memory(uint free, int connections)
    {
        Assert.AreEqual(connections, MemoryBudget.Connections(free));
    }

    /// <summary>Endpoint, services, and a client for DHCP.</summary>
    private static long Firmware(int connections)
    {
        var board = new VirtualBoard(new MemoryWire().B, Settings(connections));
        return new DeviceMemory().Add(new DeviceFirmware(board, new EchoService(), new DiscardService()));
    }

    private static TcpSettings Settings(int connections)
        => new() { Dhcp = true, HostName = "handshake-000002", MulticastDns = true, Connections = connections };

    [TestMethod]
    public void IPv6_takes_no_more_than_4_KB_and_nothing_if_it_is_off()
    {
        // Beside what it is made of, an endpoint has one reference to it in any case.
        const int Reference = 12;
        var endpoint = new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), new TcpSettings { Ipv6 = true });
        long on = new DeviceMemory().Add(endpoint), off = new DeviceMemory().Add(new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), new TcpSettings()));
        TestContext.WriteLine($"{on - off} bytes for IPv6");
        Assert.IsGreaterThan(0, on - off);
        Assert.IsLessThanOrEqualTo(4096 - Reference, on - off);
        Assert.IsNull(new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), new TcpSettings()).Ipv6);
    }

    /// <summary>Where nothing else has UDP sockets, the buffer that their datagrams are built in comes with them.</summary>
    [TestMethod]
    public void Looking_names_up_takes_what_the_settings_say()
    {
        long none = Names(0, 4), one = Names(1, 4), nine = Names(9, 4), more = Names(1, 104);
        TestContext.WriteLine($"{one - none} bytes for a resolver with one query and four answers, {(nine - one) / 8} for each query more, "
            + $"{(more - one) / 100} for each answer more");
        Assert.IsLessThanOrEqualTo(720, (nine - one) / 8);
        Assert.IsLessThanOrEqualTo(40, (more - one) / 100);
        Assert.IsLessThanOrEqualTo(5400, one - none);

        static long Names(int queries, int answers)
        {
            var settings = new TcpSettings { DnsQueries = queries, DnsCache = answers };
            return new DeviceMemory().Add(new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), settings));
        }
    }

    private static long HalfOpen(int connections)
        => new DeviceMemory().Add(new TcpEndpoint(new MemoryWire().B, new SystemEntropy(), new TcpSettings { HalfOpenConnections = connections }));

    /// <summary>The larger of the two links.</summary>
    private static long Links()
    {
        using var rig = new W5500Rig(interrupt: true);
        return new DeviceMemory().Add(rig.Link);
    }
}
