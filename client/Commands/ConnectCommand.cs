using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
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
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake connect</c> was asked to do.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Os">True: by the system's sockets.</param>
/// <param name="Link">How our stack gets there otherwise.</param>
/// <param name="Text">What to send; null: nothing.</param>
/// <param name="Timeout">How long to wait for the handshake, and then for each answer.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Watch">True: each segment is drawn as it goes.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record ConnectRequest(
    Target Target, bool Os, LinkRequest Link, string? Text, TimeSpan Timeout, string? Pcap, bool Watch, bool Json);

/// <summary>Opens a connection and shows how it went.</summary>
public static class ConnectCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var target = new Argument<Target>("HOST:PORT")
        {
            Description = "Where to: a name or an address, and a port, such as 10.77.0.2:7 or [fe80::1%eth0]:7",
            CustomParser = Options.ParseTarget,
        };
        var os = new Option<bool>("--os") { Description = "Use the system's sockets instead of our stack: no TAP, no ladder" };
        Option<string> tap = Options.Tap();
        Option<string?> networkInterface = Options.Interface();
        Option<Network> address = Options.OwnAddress("The address of our stack");
        var send = new Option<string?>("--send")
        {
            Description = "Send a text, close our half, and write what comes back",
            HelpName = "TEXT",
            CustomParser = Options.TextToSend,
        };
        Option<double> timeout = Options.Timeout("How many seconds to wait for the handshake, and then for each answer");
        Option<string?> pcap = Options.Pcap();
        var watch = new Option<bool>("--watch") { Description = "Draw each segment as it goes, instead of all at the end" };
        Option<bool> json = Options.Json();
        Option<Via?> via = Options.Via("Go through a VXLAN tunnel instead of a TAP, which needs no root");
        var command = new Command(
            "connect",
            "Open a connection with our stack, through a TAP interface or a VXLAN tunnel, or with --os by the system's sockets.\n"
            + "A TAP interface that 'handshake serve' has is shared: 'handshake connect 10.77.0.2:7' reaches its device (as root).");
        command.Arguments.Add(target);
        command.Options.Add(os);
        command.Options.Add(via);
        command.Options.Add(tap);
        command.Options.Add(networkInterface);
        command.Options.Add(address);
        command.Options.Add(send);
        command.Options.Add(timeout);
        command.Options.Add(pcap);
        command.Options.Add(watch);
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(os) && (Options.Given(result, tap) || Options.Given(result, address) || Options.Given(result, pcap)))
                result.AddError("--os uses no TAP: leave out --tap, --address and --pcap.");
            if (result.GetValue(os) && Options.Given(result, via))
                result.AddError("--os uses no tunnel: leave out --via.");
            if (result.GetValue(os) && Options.Given(result, networkInterface))
                result.AddError("--os chooses the interface itself: leave out --interface.");
            if (result.GetValue(os) && result.GetValue(watch))
                result.AddError("--os has no segments to draw: leave out --watch, or watch the interface: handshake watch.");
            if (result.GetValue(json) && result.GetValue(watch))
                result.AddError("--json has all segments at the end: leave out --watch.");
            if (Options.Given(result, via) && Options.Given(result, tap))
                result.AddError("--via uses no TAP: leave out --tap.");
            if (Options.Given(result, networkInterface) && (Options.Given(result, tap) || Options.Given(result, via)))
                result.AddError("One link is enough: --tap, --interface or --via.");
        });
        command.SetAction(result => Run(
            new ConnectRequest(
                result.GetRequiredValue(target),
                result.GetValue(os),
                Options.Link(result, tap, networkInterface, via, address),
                result.GetValue(send),
                TimeSpan.FromSeconds(result.GetValue(timeout)),
                result.GetValue(pcap),
                result.GetValue(watch),
                result.GetValue(json)),
            Options.Reporting(result, surroundings)));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 if the handshake was completed and the text, if any, was sent whole.</returns>
    public static int Run(ConnectRequest request, Surroundings surroundings)
    {
        if (!request.Target.TryResolveAny(out IPEndPoint? remote))
            throw Target.Unknown(request.Target.Host);
        byte[]? data = request.Text == null ? null : Encoding.UTF8.GetBytes(request.Text);
        var talk = new Talk(data, 0, request.Timeout);
        if (!request.Os)
            surroundings.Require(request.Link, "add --via for a VXLAN tunnel, or --os for the system's sockets");
        Report report = request.Os ? RunSystem(remote!, talk, surroundings.Platform) : RunStack(request, remote!, talk, surroundings);
        return DemoCommand.Finish(report, request.Json, surroundings, isDrawn: request.Watch);
    }

    private static Report RunSystem(IPEndPoint remote, Talk talk, Platform platform)
    {
        using var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Conversation conversation = SystemClient.Run(socket, remote, talk);
        string stack = platform.IsLinux ? "linux" : "system";
        var report = new Report
        {
            Command = "connect",
            Client = Ours(conversation, stack, "the system's sockets"),
            Server = Theirs(remote),
            Link = "system",
            Established = conversation.Established,
            HandshakeMicroseconds = conversation.ConnectMicroseconds,
            RoundTripMicroseconds = conversation.RoundTripMicroseconds,
            Sent = talk.Data,
            Received = conversation.Received.ToArray(),
            TcpInfo = conversation.Info?.Values,
        };
        if (conversation.Info is TcpInfo info)
        {
            report.Notes.Add($"TCP_INFO: {info.State}, " + string.Join(", ",
                System.Linq.Enumerable.Select(info.Values, value => $"{value.Key} {value.Value}")));
        }

        AddChecks(report, conversation, talk);
        return report;
    }

    private static void Check(Network network, IPAddress remote, bool tunnel)
    {
        if (network.CanReach(remote))
            return;
        if (tunnel)
            throw Target.OutOfReach(remote, network);
        string pc = $"type: handshake connect {Ipv4Address.ToString(network.PcAddress)}:PORT, the PC as our stack sees it, or add --os";
        throw new IOException(IPAddress.IsLoopback(remote)
            ? $"{remote} is the PC's own loopback, which no other host reaches; {pc}"
            : network.Address == Network.FromIPAddress(remote)
            ? $"{remote} is our own address; give our stack another with --address A/len, or {pc}"
            : $"{remote} is not the address of another host; {pc}");
    }

    private static Report RunStack(ConnectRequest request, IPEndPoint remote, Talk talk, Surroundings surroundings)
    {
        bool isIpv6 = remote.AddressFamily == AddressFamily.InterNetworkV6;
        using OwnLink own = OwnLink.Open(request.Link, remote.Address, (network, address) =>
        {
            if (!isIpv6)
                Check(network, address, request.Link.Via != null);
        });

        // On our link there is no other zone.
        if (isIpv6)
            remote = new IPEndPoint(new IPAddress(remote.Address.GetAddressBytes()), remote.Port);
        ILink link = own.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, own.Name, surroundings.Bytes, surroundings.Complain);
        using LiveDrawing? drawing = request.Watch ? new LiveDrawing(new Screen(surroundings.Output)) : null;
        var recorder = new SegmentRecorder { Seen = drawing == null ? null : drawing.Add };
        link = new TracerLink(link, recorder);
        var settings = new TcpSettings
        {
            Address = own.Network.Address,
            PrefixLength = own.Network.PrefixLength,
            Gateway = own.Gateway,
            ReceiveBufferSize = 65536,
            SendBufferSize = 65536,
            Ipv6 = isIpv6,
        };
        var endpoint = new TcpEndpoint(link, new SystemEntropy(), settings);
        var loop = new TcpLoop(endpoint, link, new HighResTimerClock());
        Conversation conversation = StackClient.Run(endpoint, loop, remote, talk, connection => recorder.Watched = connection);
        drawing?.Finish();

        Exchange exchange = Exchange.Read(recorder.GetSegments(), "us", conversation.Local, "peer", remote);
        var report = new Report
        {
            Command = "connect",
            Client = Ours(conversation, "handshakenano", "our own stack, through " + own.Description),
            Server = Theirs(remote),
            Link = own.Kind,
            Exchange = exchange,
            Established = conversation.Established,
            HandshakeMicroseconds = exchange.HandshakeMicroseconds,
            RoundTripMicroseconds = exchange.ClientRoundTrip,
            Sent = talk.Data,
            Received = conversation.Received.ToArray(),
        };
        if (own.Note != null)
            report.Notes.Add(own.Note);
        if (own.Oversized > 0)
            report.Notes.Add($"{Quantity.Count(own.Oversized, "frame")} longer than {link.Mtu} bytes came and had to be dropped.");
        if (exchange.Rows.Count == 0)
            report.Notes.Add(isIpv6 ? "No SYN left: the neighbour does not answer." : "No SYN left: the next hop does not answer ARP.");
        if (exchange.Client.Iss is uint ours && exchange.Server.Iss is uint theirs)
            report.Notes.Add($"ISN: ours {ours}, the peer's {theirs}.");
        if (conversation.Established && exchange.ClientRoundTrip is ulong time)
            report.Notes.Add($"Round-trip time: {Quantity.Time(time)} (SYN to SYN,ACK).");
        AddChecks(report, conversation, talk);
        if (conversation.Established)
            report.Checks.Add(DemoCommand.StatesCheck(exchange, recorder, false, "our stack"));
        return report;
    }

    private static Party Ours(Conversation conversation, string stack, string description) =>
        new("us", conversation.Local.Address.ToString(), conversation.Local.Port, stack, description);

    private static Party Theirs(IPEndPoint remote) =>
        new("peer", remote.Address.ToString(), remote.Port, "unknown", "");

    private static void AddChecks(Report report, Conversation conversation, Talk talk)
    {
        report.Checks.Add(new Check("handshake", conversation.Established, conversation.Established
            ? "completed after " + Quantity.Time(report.HandshakeMicroseconds ?? conversation.ConnectMicroseconds ?? 0)
            : conversation.Failure ?? "not completed"));
        if (!conversation.Established)
            return;
        if (talk.Data != null)
        {
            report.Checks.Add(new Check("send", conversation.AllSent, conversation.AllSent
                ? Quantity.Bytes(talk.Data.Length) + " sent"
                : conversation.Failure ?? "not all of it was acknowledged"));
            report.Notes.Add(conversation.Received.Count == 0
                ? "Nothing came back."
                : $"{Quantity.Bytes(conversation.Received.Count)} came back: {Quantity.Quote(conversation.Received.ToArray(), 2000)}");
        }

        if (conversation.Failure != null && conversation.AllSent | talk.Data == null)
            report.Notes.Add($"The connection: {conversation.Failure}.");
    }
}
