using System;
using System.Collections.Concurrent;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake proxy</c> was asked to do.</summary>
/// <param name="Listen">Where programs connect to; port 0: one that is free.</param>
/// <param name="Target">Where their connections go.</param>
/// <param name="Via">The tunnel.</param>
/// <param name="Network">The address of our stack.</param>
/// <param name="Timeout">How long to wait for the device's handshake.</param>
/// <param name="Idle">After how long without a byte a connection ends; zero: never.</param>
/// <param name="Pcap">Where every inner frame is written; null: nowhere.</param>
public sealed record ProxyRequest(IPEndPoint Listen, Target Target, Via Via, Network Network, TimeSpan Timeout, TimeSpan Idle, string? Pcap);

/// <summary>Carries connections of programs on this computer to a device behind a tunnel, without root.</summary>
public static class ProxyCommand
{
    private const int Backlog = 128;
    private const double DefaultIdle = 300;

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Where programs connect to: an address of this computer and a port, 0 for one that is free",
            HelpName = "A:PORT",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 8080),
            CustomParser = ParseListen,
        };
        var to = new Option<Target>("--to")
        {
            Description = "Where their connections go: the device's name or address in the tunnel, and a port",
            HelpName = "HOST:PORT",
            Required = true,
            CustomParser = Options.ParseTarget,
        };
        Option<Via?> via = Options.Via("The VXLAN tunnel to the device");
        via.Required = true;
        Option<Network> address = Options.Address();
        address.DefaultValueFactory = _ => Network.DefaultPc;
        Option<double> timeout = Options.Timeout("How many seconds to wait for the device's handshake");

        // A device has few connections: one more waits until there is room.
        timeout.DefaultValueFactory = _ => 30;
        var idle = new Option<double>("--idle")
        {
            Description = "After how many seconds without a byte, either way, both ends are reset; 0: never",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => DefaultIdle,
            CustomParser = result => Options.Seconds(result, 0),
        };
        Option<string?> pcap = Options.Pcap();
        var command = new Command(
            "proxy",
            "Let any program on this computer reach a device behind a VXLAN tunnel, without root, until Ctrl-C: connections to\n"
            + "--listen are carried to --to by our own stack, as many at once as there are, at most 64: one more is reset at once.");
        command.Options.Add(listen);
        command.Options.Add(to);
        command.Options.Add(via);
        command.Options.Add(address);
        command.Options.Add(timeout);
        command.Options.Add(idle);
        command.Options.Add(pcap);
        command.SetAction(result => Run(
            new ProxyRequest(
                result.GetRequiredValue(listen),
                result.GetRequiredValue(to),
                result.GetRequiredValue(via)!,
                result.GetRequiredValue(address),
                TimeSpan.FromSeconds(result.GetValue(timeout)),
                TimeSpan.FromSeconds(result.GetValue(idle)),
                result.GetValue(pcap)),
            Options.Reporting(result, surroundings)));
        return command;
    }

    private static IPEndPoint ParseListen(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Contains(':') && IPEndPoint.TryParse(text, out IPEndPoint? place) && place.AddressFamily == AddressFamily.InterNetwork)
            return place;
        result.AddError(Target.IsIPv6(text) ? Options.OnlyIPv4(text, "127.0.0.1:8080") : $"'{text}' is not an IPv4 address of this computer and a port, such as 127.0.0.1:8080.");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 once it was told to end.</returns>
    public static int Run(ProxyRequest request, Surroundings surroundings)
    {
        if (!request.Target.TryResolve(out IPEndPoint? target))
            throw Target.Unknown(request.Target.Host);
        if (!request.Network.CanReach(target!.Address))
            throw Target.OutOfReach(target.Address, request.Network);
        using var stop = new Interruption(surroundings);
        using Tunnel tunnel = request.Via.Open(1);
        using Socket listener = Listen(request.Listen, surroundings.Platform);
        ILink link = tunnel.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, "vxlan", surroundings.Bytes, surroundings.Complain);
        var endpoint = new TcpEndpoint(link, new SystemEntropy(), Settings(request.Network));
        using var proxy = new Proxy(listener, endpoint, tunnel.Socket, target, request.Timeout, request.Idle, surroundings.Output.WriteLine);
        surroundings.Output.WriteLine(
            $"{listener.LocalEndPoint} leads to {target} through VXLAN {request.Via.Vni} at {tunnel.Peer}; Ctrl-C ends it.");
        proxy.Run(stop.Token);
        surroundings.Output.WriteLine($"{Quantity.Count(proxy.Taken, "connection")} taken{(proxy.Refused > 0 ? $", {proxy.Refused} refused" : "")}.");
        return 0;
    }

    /// <summary>What the proxy's stack is made of.</summary>
    /// <param name="network">Its address.</param>
    /// <returns>The settings.</returns>
    public static TcpSettings Settings(Network network) => new()
    {
        Address = network.Address,
        PrefixLength = network.PrefixLength,
        // Twice as many: those that end still need one.
        Connections = 2 * Proxy.MostConnections,
        TimeWaits = 4096,
        ReceiveBufferSize = 16384,
        SendBufferSize = 16384,
    };

    private static Socket Listen(IPEndPoint place, Platform platform)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(place);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException(Advice.For(e, "TCP", place, "--listen 127.0.0.1:0, which takes a free one", platform), e);
        }
    }
}
