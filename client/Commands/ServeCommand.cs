using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Responder;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Http;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using HandshakeNano.Page;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake serve</c> was asked to do.</summary>
/// <param name="Tap">The TAP interface.</param>
/// <param name="Network">The device's address, and the PC's.</param>
/// <param name="Name">Its name for DHCP servers and on the link.</param>
/// <param name="Dhcp">True: the device asks a server for its address instead.</param>
/// <param name="Ipv6">True: the device speaks IPv6 as well.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Trace">True: a line for each segment.</param>
/// <param name="Watch">True: each segment is drawn.</param>
/// <param name="Responder">True: the responder of docs/conformance.md as well.</param>
/// <param name="Via">A tunnel to use instead of the TAP interface; null: none.</param>
/// <param name="W5500">True: the board reaches either through its W5500 driver and the model of the chip.</param>
/// <param name="Wiring">Where a real W5500 is wired to this computer, to use instead of all these; null: there is none.</param>
public sealed record ServeRequest(
    string Tap, Network Network, string Name, bool Dhcp, bool Ipv6, string? Pcap, bool Trace, bool Watch, bool Responder, Via? Via, bool W5500,
    SpidevWiring? Wiring = null);

/// <summary>Runs the firmware on a TAP interface, behind a tunnel or on a W5500 until it is told to end.</summary>
public static class ServeCommand
{
    private const string PlainBoard = "virtual";
    private const string W5500Board = "virtual-w5500";
    private const string WifiBoard = "virtual-wifi";
    private const string PiBoard = "raspberry-pi";

    private static readonly string[] s_boards = [PlainBoard, W5500Board, WifiBoard, PiBoard];

    private const string DefaultName = "handshake";

    private const int Most = 20_000;

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        Option<string> tap = Options.Tap();
        Option<Network> address = Options.Address();
        var dhcp = new Option<bool>("--dhcp")
        {
            Description = "Let the device ask a DHCP server for its address, as one on Ethernet does; raspberry-pi does so\n"
                + "unless --address is typed",
        };
        var deviceName = new Option<string>("--name")
        {
            Description = "The device's name, with .local behind it on the link (docs/names.md)",
            HelpName = "NAME",
            DefaultValueFactory = _ => DefaultName,
            CustomParser = result =>
            {
                string typed = result.Tokens[0].Value;
                if (!System.Text.RegularExpressions.Regex.IsMatch(typed, "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"))
                    result.AddError($"'{typed}' is not a name of 1 to 63 letters, digits and hyphens, with no hyphen at either end.");
                return typed;
            },
        };
        var ipv6 = new Option<bool>("--ipv6") { Description = "Let the device speak IPv6 as well, with addresses that it makes itself" };
        Option<string?> pcap = Options.Pcap();
        var trace = new Option<bool>("--trace") { Description = "Write a line for each segment" };
        var watch = new Option<bool>("--watch") { Description = "Draw each segment as it goes, with the states of both ends (docs/watch.md)" };
        var responder = new Option<bool>("--responder")
        {
            Description = "Run the responder of docs/conformance.md on TCP 8 as well, for 'handshake conformance'",
        };
        Option<Via?> via = Options.Via(
            "virtual-wifi and virtual-w5500: the tunnel, whose other end is the PC; otherwise its ends are 127.0.0.2 and\n"
            + "127.0.0.1, VNI 42, for virtual-wifi, and virtual-w5500 uses a TAP interface");
        var board = new Option<string>("--board")
        {
            Description = "virtual: on a TAP interface. virtual-w5500: on a TAP interface too, through the driver of the W5500 and a\n"
                + "model of the chip. virtual-wifi: behind a VXLAN tunnel, as a device on Wi-Fi is; that needs no root.\n"
                + "raspberry-pi: through a real W5500, wired to the SPI of this computer (boards/raspberry-pi)",
            HelpName = "NAME",
            DefaultValueFactory = _ => PlainBoard,
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (!s_boards.Contains(name))
                    result.AddError($"'{name}' is not a board that is a PC: {string.Join(", ", s_boards[..^1])} or {s_boards[^1]}.");
                return name;
            },
        };
        var spidev = new SpidevOptions(BoardCatalog.Find(PiBoard)!);
        board.CompletionSources.Add(PlainBoard, W5500Board, WifiBoard, PiBoard);
        var command = new Command(
            "serve",
            "Run the firmware until Ctrl-C: echo on TCP 7, discard on TCP 9, its page on TCP 80.\n"
            + "Writes a line for each completed handshake or, with --watch, draws all segments, and counters at the end.");
        command.Options.Add(board);
        command.Options.Add(via);
        command.Options.Add(tap);
        spidev.AddTo(command);
        command.Options.Add(address);
        command.Options.Add(deviceName);
        command.Options.Add(dhcp);
        command.Options.Add(ipv6);
        command.Options.Add(pcap);
        command.Options.Add(trace);
        command.Options.Add(watch);
        command.Options.Add(responder);
        command.Validators.Add(result =>
        {
            // The value of an option that is wrong cannot be asked for.
            string? name = result.GetResult(board)?.Tokens is [{ Value: var typed }] ? typed : PlainBoard;
            if (name is WifiBoard or PiBoard && Options.Given(result, tap))
                result.AddError($"--board {name} uses no TAP: leave out --tap.");
            if (name == W5500Board && Options.Given(result, tap) && Options.Given(result, via))
                result.AddError("--via uses no TAP: leave out --tap.");
            if (name is PlainBoard or PiBoard && Options.Given(result, via))
                result.AddError($"--via is for --board {WifiBoard} and {W5500Board}.");
            if (result.GetValue(ipv6) && name is W5500Board or PiBoard)
                result.AddError($"--board {name} has no IPv6: its chip drops such frames. Leave out --ipv6.");
            if (result.GetValue(trace) && result.GetValue(watch))
                result.AddError("--watch shows each segment: leave out --trace.");
            if (result.GetValue(dhcp) && Options.Given(result, address))
                result.AddError("--dhcp asks a server for the address: leave out --address.");
            spidev.Check(result, name == PiBoard);
        });
        command.SetAction(result => Run(
            new ServeRequest(
                result.GetRequiredValue(tap),
                result.GetRequiredValue(address),
                result.GetRequiredValue(deviceName),
                result.GetValue(dhcp) || (result.GetValue(board) == PiBoard && !Options.Given(result.CommandResult, address)),
                result.GetValue(ipv6),
                result.GetValue(pcap),
                result.GetValue(trace),
                result.GetValue(watch),
                result.GetValue(responder),
                result.GetValue(via) ?? (result.GetValue(board) == WifiBoard ? Connectivity.Via.Loopback : null),
                result.GetValue(board) == W5500Board,
                result.GetValue(board) == PiBoard ? spidev.Read(result) : null),
            Options.Reporting(result, surroundings)));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 once it was told to end.</returns>
    public static int Run(ServeRequest request, Surroundings surroundings)
    {
        if (request.Wiring != null)
            surroundings.Platform.RequireLinux("a W5500 at this computer's SPI", "type: handshake serve --board virtual-wifi");
        else if (request.Via == null)
            surroundings.Platform.RequireLinux("a TAP interface", "type: handshake serve --board virtual-wifi, which handshake proxy leads other programs to");
        TextWriter output = surroundings.Output;
        using var stop = new Interruption(surroundings);

        // The firmware's thread never waits for the reader of our lines.
        using var news = new BlockingCollection<News>(Most);
        long unwritten = 0;
        void Tell(News one)
        {
            if (!news.TryAdd(one))
                Interlocked.Increment(ref unwritten);
        }

        void Say(string line) => Tell(new News(Now() + "  " + line, null));
        LiveFlows? drawing = request.Watch ? new LiveFlows(new LadderView(new Screen(output), isOne: false, all: true), all: true) : null;
        void Show(News one)
        {
            if (one.Line != null)
                output.WriteLine(one.Line);
            else
                drawing!.Add(one.Segment!);
        }

        string? hint = null;
        using SpidevW5500? real = request.Wiring == null ? null
            : SpidevW5500.Open(request.Wiring, MachineIdentity.GetPhysicalAddress(request.Wiring.Device));
        TapLink? tap = request.Via == null && real == null ? TapInterface.Open(request.Tap, request.Network, null, out hint) : null;
        using IDisposable? closed = tap;
        using Tunnel? tunnel = request.Via?.Open(2);
        ILink carrier = real != null ? real.Link : tunnel != null ? tunnel.Link : tap!;
        using VirtualW5500? model = request.W5500 ? new VirtualW5500(carrier) : null;
        W5500Link? w5500 = real?.Link ?? model?.Link;
        ILink link = w5500 ?? carrier;
        string name = real != null ? PiBoard : model != null ? W5500Board : tunnel != null ? WifiBoard : PlainBoard;
        using Capture capture = Capture.Start(request.Pcap, ref link, tap?.Name ?? request.Wiring?.Device ?? "vxlan", surroundings.Bytes, surroundings.Complain);
        if (request.Trace)
            link = new TracerLink(link, new SegmentPrinter(Say));
        if (request.Watch)
            link = new TracerLink(link, new SegmentFeed(segment => Tell(new News(null, segment))));
        var addresses = new AddressObserver(address => Say($"The device is {address} as well."));
        if (request.Ipv6)
            link = new TracerLink(link, addresses);
        TcpSettings settings = Settings(request.Network, request.Dhcp, request.Ipv6);
        settings.HostName = request.Name;
        settings.MulticastDns = true;
        if (w5500 != null)
            w5500.PassesMulticast = true;
        var board = new VirtualBoard(link, settings, name)
        {
            Output = Say,
            Accepted = connection =>
            {
                if (!request.Watch)
                    Say(Describe(connection));
            },
        };

        bool gone = false;
        Counters counters;
        var page = new PageService(new HttpSettings { Connections = 64 });
        using (Device device = Device.Start(board, request.Responder ? [page, new StackResponder()] : [page]))
        {
            addresses.Endpoint = device.Endpoint;
            string does = request.Dhcp ? "asks for its address" : "is " + Ipv4Address.ToString(request.Network.Address);
            string pc = request.Dhcp ? "" : $", {(real == null ? "the PC" : "its router")} is {Ipv4Address.ToString(request.Network.PcAddress)}";
            output.WriteLine(tunnel == null
                ? $"The device {does} on {tap?.Name ?? request.Wiring!.Device}{pc}; Ctrl-C ends it."
                : $"The device {does} in VXLAN {request.Via!.Vni} at {tunnel.Socket.LocalEndPoint}, "
                    + $"its peer is {tunnel.Peer}; Ctrl-C ends it.");
            if (request.Dhcp && tap != null)
                hint = DhcpHint(tap.Name, hint == null);
            if (real is { Link.IsOpen: false })
                hint = "No W5500 answers: look at 3V3, GND, MISO and CS. It is tried again every second.";
            if (hint != null)
                output.WriteLine(hint);
            while (!stop.Token.IsCancellationRequested && !gone)
            {
                if (Take(news, stop.Token) is News one)
                    Show(one);
                else
                    gone = real == null && !carrier.IsUp;
            }

            device.Stop();
            counters = device.Endpoint.Counters;
        }

        while (news.TryTake(out News? one))
            Show(one);
        if (unwritten > 0)
        {
            output.WriteLine(
                $"({Quantity.Count(unwritten, request.Watch ? "segment" : "line")} not written: they came faster than they were read)");
        }

        Write(counters, output);
        if (w5500 != null)
            Write(w5500.Counts, output);
        return gone ? surroundings.Fail($"the interface {request.Tap} has gone away; type: handshake serve, which makes it again") : 0;
    }

    /// <summary>Lets a signal end the command instead of the process.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="stop">Is cancelled when it comes.</param>
    /// <returns>What to dispose of when it may kill the process again.</returns>
    public static PosixSignalRegistration On(PosixSignal signal, CancellationTokenSource stop)
    {
        return PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
    }

    // A PC has the memory for many connections at once; a device has not, and keeps the defaults.
    internal static TcpSettings Settings(Network network, bool dhcp = false, bool ipv6 = false) => new()
    {
        Dhcp = dhcp,
        Ipv6 = ipv6,
        HostName = DefaultName,
        Address = dhcp ? 0 : network.Address,
        PrefixLength = network.PrefixLength,
        Gateway = network.PcAddress,
        Connections = 1024,
        HalfOpenConnections = 1024,
        CookiesPerSecond = 10_000,
        TimeWaits = 4096,
        ReceiveBufferSize = 16384,
        SendBufferSize = 16384,
    };

    // An interface without an address is a port of a bridge: the server is where that leads.
    private static string? DhcpHint(string tap, bool hasAddress) => !hasAddress ? null
        : $"The DHCP server is yours; without one, type: sudo dnsmasq --no-daemon --port=0 --interface={tap} --dhcp-range=10.77.0.100,10.77.0.199";

    private static News? Take(BlockingCollection<News> news, CancellationToken stop)
    {
        try
        {
            return news.TryTake(out News? one, 250, stop) ? one : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string Describe(TcpConnection connection)
    {
        // 1 us: the kernel on this computer answered before the stack looked at its clock again, which says nothing.
        return string.Create(CultureInfo.InvariantCulture,
            $"{PeerOf(connection)} -> {connection.LocalPort}  "
            + $"ISN theirs {connection.Irs} ours {connection.Iss}{(connection.RoundTripTime > 1 ? "  RTT " + Quantity.Time(connection.RoundTripTime) : "")}");
    }

    private static Target PeerOf(TcpConnection connection)
    {
        byte[] address = new byte[16];
        return new Target(connection.CopyRemoteAddress(address, 0) ? Ipv6Address.ToString(address, 0)
            : Ipv4Address.ToString(connection.RemoteAddress), connection.RemotePort);
    }

    private static void Write(Counters counters, TextWriter output)
    {
        Counter[] counted = Enum.GetValues<Counter>().Where(counter => counters.Get(counter) > 0).ToArray();
        int width = counted.Length == 0 ? 0 : counted.Max(counter => Counters.GetName(counter).Length);
        output.WriteLine();
        foreach (Counter counter in counted)
            output.WriteLine("  " + Counters.GetName(counter).PadRight(width) + "  " + counters.Get(counter).ToString(CultureInfo.InvariantCulture));
    }

    private static void Write(W5500Counts counts, TextWriter output)
    {
        ulong frames = counts.Received + counts.Sent;
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  W5500: {Quantity.Count(counts.Received, "frame")} received, {counts.Sent} sent, in {Quantity.Count(counts.Transactions, "SPI frame")}"
            + $"{(frames == 0 ? "" : $", {(double)counts.Transactions / frames:F2} for each")}; "
            + $"opened again {Quantity.Count(counts.Reopened, "time")}, reset {Quantity.Count(counts.Resets - 1, "time")}."));
    }

    /// <summary>What is to be written: a line, or a segment that is to be drawn.</summary>
    private sealed record News(string? Line, Segment? Segment);

    private static string Now() => DateTime.Now.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private sealed class SegmentPrinter(Action<string> say) : FrameObserver
    {
        public override void OnFrame(bool sent, byte[] buffer, int length)
        {
            if (Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), 0) is not Segment segment)
                return;
            string acknowledgment = segment.Has(ControlBits.Ack) ? $" ack {segment.Acknowledgment}" : "";
            string options = string.Join(", ", segment.Options.Where(option => !option.IsPadding).Select(option => option.ToText()));
            say($"{segment.Source} > {segment.Destination}  {ControlBitsText.ToText(segment.Flags)} seq {segment.Sequence}"
                + $"{acknowledgment} win {segment.Window} len {segment.Payload.Length}{(options.Length > 0 ? "  " + options : "")}");
        }
    }
}
