using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake proxy</c> was asked to do.</summary>
/// <param name="Listen">Where programs connect to; port 0: one that is free.</param>
/// <param name="Target">Where their connections go.</param>
/// <param name="Via">The tunnel.</param>
/// <param name="Network">The address of our stack.</param>
/// <param name="Timeout">How long to wait for the device's handshake.</param>
/// <param name="Pcap">Where every inner frame is written; null: nowhere.</param>
public sealed record ProxyRequest(IPEndPoint Listen, Target Target, Via Via, Network Network, TimeSpan Timeout, string? Pcap);

/// <summary>Carries connections of programs on this computer to a device behind a tunnel, without root.</summary>
public static class ProxyCommand
{
    private const int Backlog = 128;

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
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupted = ServeCommand.On(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminated = ServeCommand.On(PosixSignal.SIGTERM, stop);
        using Tunnel tunnel = request.Via.Open(1);
        using Socket listener = Listen(request.Listen);
        ILink link = tunnel.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, "vxlan", surroundings.Bytes);
        var endpoint = new TcpEndpoint(link, new SystemEntropy(), Settings(request.Network));
        using var proxy = new Proxy(listener, endpoint, tunnel.Socket, target, request.Timeout, surroundings.Output.WriteLine);
        surroundings.Output.WriteLine(
            $"{listener.LocalEndPoint} leads to {target} through VXLAN {request.Via.Vni} at {tunnel.Peer}; Ctrl-C ends it.");
        proxy.Run(stop.Token);
        surroundings.Output.WriteLine($"{Quantity.Count(proxy.Taken, "connection")} taken.");
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

    private static Socket Listen(IPEndPoint place)
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
            throw new IOException(Advice.For(e, "TCP", place, "--listen 127.0.0.1:0, which takes a free one"), e);
        }
    }
}
