using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake demo</c> was asked to do.</summary>
/// <param name="Text">The text that goes to the device and back.</param>
/// <param name="InMemory">True: our own stack is the PC's side.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record DemoRequest(string Text, bool InMemory, string? Pcap, bool Json);

/// <summary>Starts the firmware on the virtual board and shakes hands with it.</summary>
public static class DemoCommand
{
    /// <summary>The text that goes to the device and back unless another is given.</summary>
    public const string DefaultText = "Pleased to meet you.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(string[] args, Surroundings surroundings)
    {
        var send = new Option<string>("--send")
        {
            Description = "The text that goes to the device and back",
            HelpName = "TEXT",
            DefaultValueFactory = _ => DefaultText,
            CustomParser = Options.TextToSend,
        };
        var inMemory = new Option<bool>("--in-memory") { Description = "Let our own stack be the PC's side, over a wire in memory" };
        Option<string?> pcap = Options.Pcap();
        Option<bool> json = Options.Json();
        var command = new Command(
            "demo",
            "Start the firmware on the virtual board with its W5500, shake hands with it, send it a text, get it back, close.\n"
            + "The PC's side is the Linux kernel where a TAP may be made in a network namespace of its own (root, or a user\n"
            + "who may make user namespaces), else our own stack. The computer's own network is never touched.");
        command.Options.Add(send);
        command.Options.Add(inMemory);
        command.Options.Add(pcap);
        command.Options.Add(json);
        command.SetAction(result => Run(
            new DemoRequest(
                result.GetRequiredValue(send), result.GetValue(inMemory), result.GetValue(pcap), result.GetValue(json)),
            args,
            Options.Reporting(result, surroundings)));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="args">What was typed, in case it has to be run again elsewhere.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if handshake, echo and close all happened.</returns>
    public static int Run(DemoRequest request, string[] args, Surroundings surroundings)
    {
        string whyNot = request.InMemory ? "--in-memory was given" : $"a TAP interface takes Linux, and this is {surroundings.Platform.Name}";
        if (!request.InMemory && surroundings.Platform.IsLinux)
        {
            if (TryOpenTap(out NetworkNamespace? network, out TapLink? tap, out whyNot))
            {
                using (network)
                using (tap)
                    return Run(request, surroundings, tap!, new KernelSide(network!));
            }

            if (surroundings.OwnsProcess)
            {
                if (NetworkNamespace.TryReExecute(args, out int exitCode, out string reason))
                    return exitCode;
                if (reason != whyNot)
                    whyNot += "; " + reason;
            }
        }

        var wire = new MemoryWire();
        return Run(request, surroundings, wire.B, new OwnSide(wire.A, whyNot));
    }

    private static bool TryOpenTap(out NetworkNamespace? network, out TapLink? tap, out string reason)
    {
        tap = null;
        if (!NetworkNamespace.TryCreate(out network, out reason))
            return false;
        try
        {
            tap = network!.OpenTap("handshake0", Network.Default.PcAddress, Network.Default.PrefixLength);
            return true;
        }
        catch (IOException e)
        {
            network!.Dispose();
            reason = e.Message;
            return false;
        }
    }

    private static int Run(DemoRequest request, Surroundings surroundings, ILink network, PcSide pc)
    {
        using var w5500 = new VirtualW5500(network);
        ILink link = w5500.Link;
        var settings = new TcpSettings { Address = Network.Default.Address, PrefixLength = Network.Default.PrefixLength };
        var remote = new IPEndPoint(Network.ToIPAddress(settings.Address), EchoService.DefaultPort);
        byte[] data = Encoding.UTF8.GetBytes(request.Text);
        var recorder = new SegmentRecorder();
        var clock = new PollClock(new HighResTimerClock());
        uint isnClock = 0;
        recorder.Seen = (sent, segment) =>
        {
            if (sent && segment.Has(ControlBits.Syn) && isnClock == 0)
                isnClock = (uint)(clock.Last >> 2);
        };
        DeviceView? device = null;

        using Capture capture = Capture.Start(request.Pcap, ref link, "device", surroundings.Bytes, surroundings.Complain);
        var board = new VirtualBoard(new Links.TracerLink(link, recorder), settings, clock, new SystemEntropy(), "virtual-w5500")
        {
            Output = _ => { },
            Accepted = connection =>
            {
                recorder.Watched = connection;
                device = new DeviceView(connection.Iss, connection.Irs);
            },
        };

        Conversation conversation;
        Exchange exchange;
        using (Device.Start(board))
        {
            conversation = pc.Run(remote, new Talk(data, data.Length, Timeout));
            Exchange Read(System.Collections.Generic.IEnumerable<Segment> segments) =>
                Exchange.Read(segments, "PC", conversation.Local, "device", remote);
            if (conversation.PeerClosed)
                recorder.WaitUntil(segments => Read(segments).IsClosed, Timeout);
            exchange = Read(recorder.GetSegments());
        }

        var report = new Report
        {
            Command = "demo",
            Client = new Party("PC", conversation.Local.Address.ToString(), conversation.Local.Port, pc.Stack, pc.Description),
            Server = new Party(
                "device", remote.Address.ToString(), remote.Port, "handshakenano",
                "the firmware, and its W5500 driver on a model of the chip"),
            Link = pc.Link,
            Board = board.Name,
            Exchange = exchange,
            Established = exchange.IsEstablished,
            HandshakeMicroseconds = exchange.HandshakeMicroseconds,
            RoundTripMicroseconds = exchange.ServerRoundTrip,
            Sent = data,
            Received = conversation.Received.ToArray(),
            TcpInfo = conversation.Info?.Values,
        };
        AddNotes(report, pc, conversation, isnClock);
        AddChecks(report, conversation, device, recorder);
        return Finish(report, request.Json, surroundings);
    }

    /// <summary>Writes a report and gives the exit code.</summary>
    /// <param name="report">The report.</param>
    /// <param name="json">True: as JSON.</param>
    /// <param name="surroundings">Where to.</param>
    /// <param name="isDrawn">True: its segments were drawn as they went.</param>
    /// <returns>0 or 1.</returns>
    internal static int Finish(Report report, bool json, Surroundings surroundings, bool isDrawn = false)
    {
        if (json)
            JsonReport.Write(report, surroundings.Output);
        else
            TextReport.Write(report, new Screen(surroundings.Output), isDrawn);
        return report.Failure == null ? 0 : surroundings.Fail(report.Failure);
    }

    private static void AddNotes(Report report, PcSide pc, Conversation conversation, uint isnClock)
    {
        if (pc.Remark != null)
            report.Notes.Add(pc.Remark);
        if (report.Exchange!.Client.Iss is uint clientIss)
            report.Notes.Add($"ISN of the PC: {clientIss}, drawn by {pc.Name}.");
        if (report.Exchange.Server.Iss is uint serverIss)
        {
            report.Notes.Add(
                $"ISN of the device: {serverIss} = M + F (RFC 6528): M = {isnClock}, its clock in ticks of 4 us; "
                + $"F = {serverIss - isnClock}, SipHash-2-4 of both addresses and ports under a secret key.");
        }

        if (report.RoundTripMicroseconds is ulong roundTrip)
        {
            report.Notes.Add($"Round-trip time: {Quantity.Time(roundTrip)} at the device (SYN,ACK to ACK)"
                + (conversation.RoundTripMicroseconds is ulong time ? $", {Quantity.Time(time)} by {pc.Name} (smoothed)." : "."));
        }
    }

    private static void AddChecks(Report report, Conversation conversation, DeviceView? device, SegmentRecorder recorder)
    {
        Exchange exchange = report.Exchange!;
        EndTrace client = exchange.Client, server = exchange.Server;
        report.Checks.Add(new Check("handshake", exchange.IsEstablished && conversation.Established, exchange.IsEstablished
            ? $"SYN, SYN,ACK, ACK: both ends ESTABLISHED {Quantity.Time(exchange.HandshakeMicroseconds!.Value)} after the first SYN"
            : "not completed: " + (conversation.Failure ?? "see the ladder")));
        if (!exchange.IsEstablished)
            return;

        report.Checks.Add(new Check(
            "numbers",
            device != null && device.Iss == server.Iss && device.Irs == client.Iss && exchange.Agrees,
            $"each end knows the other's: the device has acknowledged up to {server.RcvNxt} (the PC's ISN + {server.RcvNxt - client.Iss}), "
            + $"the PC up to {client.RcvNxt} (the device's ISN + {client.RcvNxt - server.Iss})"));
        report.Checks.Add(StatesCheck(exchange, recorder, true, "the device's stack"));

        bool echoed = conversation.Received.SequenceEqual(report.Sent!);
        report.Checks.Add(new Check("echo", echoed, echoed
            ? $"{Quantity.Bytes(report.Sent!.Length)} sent, the same {Quantity.Bytes(report.Sent.Length)} back"
            : $"{Quantity.Bytes(report.Sent!.Length)} sent, {Quantity.Bytes(conversation.Received.Count)} back"
                + (conversation.Failure == null ? ", not the same" : ": " + conversation.Failure)));
        report.Checks.Add(new Check(
            "close",
            exchange.IsClosed && conversation.PeerClosed,
            exchange.IsClosed
                ? $"both FINs acknowledged: PC {TcpStateText.ToText(client.State)}, device {TcpStateText.ToText(server.State)}"
                : "not completed: " + (conversation.Failure ?? "a FIN is missing or was not acknowledged")));
    }

    /// <summary>Compares what our stack said about its state with what the ladder shows.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="recorder">What our stack said.</param>
    /// <param name="isServer">True if our stack is the server's end.</param>
    /// <param name="stack">What our stack is called.</param>
    /// <returns>The check.</returns>
    internal static Check StatesCheck(Exchange exchange, SegmentRecorder recorder, bool isServer, string stack)
    {
        int agreed = 0;
        foreach (StateObservation observation in recorder.GetObservations())
        {
            ExchangeRow? row = exchange.Rows.FirstOrDefault(candidate => ReferenceEquals(candidate.Segment, observation.After));
            if (row == null)
                continue;
            TcpState? shown = isServer ? row.ServerState : row.ClientState;
            if (shown != observation.State)
            {
                return new Check("states", false,
                    $"{stack} said {TcpStateText.ToText(observation.State)} where the segments say "
                    + (shown is TcpState known ? TcpStateText.ToText(known) : "nothing"));
            }

            agreed++;
        }

        return new Check("states", agreed > 0, $"derived from the segments by RFC 9293; {stack}, asked {agreed} times, said the same");
    }

    private sealed record DeviceView(uint Iss, uint Irs);

    private abstract class PcSide
    {
        public abstract string Stack { get; }

        public abstract string Name { get; }

        public abstract string Description { get; }

        public abstract string Link { get; }

        public abstract string? Remark { get; }

        public abstract Conversation Run(IPEndPoint remote, Talk talk);
    }

    private sealed class KernelSide(NetworkNamespace network) : PcSide
    {
        public override string Stack => "linux";

        public override string Name => "the Linux kernel";

        public override string Description => "the Linux kernel, over TAP, in a network namespace of its own";

        public override string Link => "tap";

        public override string? Remark => null;

        public override Conversation Run(IPEndPoint remote, Talk talk)
        {
            using Socket socket = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            socket.Bind(new IPEndPoint(Network.ToIPAddress(Network.Default.PcAddress), 0));
            return SystemClient.Run(socket, remote, talk);
        }
    }

    private sealed class OwnSide(ILink link, string whyNotTheKernel) : PcSide
    {
        public override string Stack => "handshakenano";

        public override string Name => "our own stack";

        public override string Description => "our own stack, over a wire in memory";

        public override string Link => "memory";

        public override string? Remark => $"The Linux kernel is not the PC's side here because: {whyNotTheKernel}.";

        public override Conversation Run(IPEndPoint remote, Talk talk)
        {
            var settings = new TcpSettings { Address = Network.Default.PcAddress, PrefixLength = Network.Default.PrefixLength };
            var endpoint = new TcpEndpoint(link, new SystemEntropy(), settings);
            return StackClient.Run(endpoint, new TcpLoop(endpoint, link, new HighResTimerClock()), remote, talk);
        }
    }
}
