using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake conformance</c> was asked to do.</summary>
/// <param name="Host">The peer, a name or an IPv4 address; null: our own endpoint in memory and in virtual time.</param>
/// <param name="EchoPort">Where its echo service listens.</param>
/// <param name="ResponderPort">Where its responder listens.</param>
/// <param name="ClosedPort">A port on which no program listens.</param>
/// <param name="Patient">True to wait for what takes minutes.</param>
/// <param name="Parallel">How many behaviours are driven at once.</param>
/// <param name="Numbers">The behaviours' numbers; empty: all.</param>
/// <param name="Link">How the probe gets at the peer.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record ConformanceRequest(
    string? Host, int EchoPort, int ResponderPort, int ClosedPort, bool Patient, int Parallel, IReadOnlyCollection<int> Numbers,
    LinkRequest Link, string? Pcap, bool Json);

/// <summary>Drives the behaviours of docs/conformance.md against a peer.</summary>
public static class ConformanceCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if the peer shows every behaviour that was asked for.</returns>
    public static int Run(ConformanceRequest request, Surroundings surroundings)
    {
        return request.Host == null
            ? Probe(
                new VirtualWorld(1), VirtualWorld.Request with { Numbers = request.Numbers }, "our own endpoint, in memory and in virtual time",
                request, surroundings)
            : ProbeHost(request, surroundings);
    }

    private static int ProbeHost(ConformanceRequest request, Surroundings surroundings)
    {
        if (!new Target(request.Host!, request.EchoPort).TryResolve(out IPEndPoint? remote))
            throw Target.Unknown(request.Host!);
        uint address = Network.FromIPAddress(remote!.Address);
        using OwnLink own = OwnLink.Open(request.Link, remote.Address, Check);
        ILink link = own.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, own.Name, surroundings.Bytes);
        Network network = own.Network;
        var probed = new ProbeRequest(
            address, network.Address, request.EchoPort, request.ResponderPort, request.ClosedPort, request.Patient, request.Parallel,
            request.Numbers);
        if (own.Note != null && !request.Json)
            surroundings.Output.WriteLine(own.Note);
        string where = own.Kind == "vxlan" ? $"VXLAN {request.Link.Via!.Vni}" : own.Name;
        string peer = $"{remote.Address}, echo on TCP {request.EchoPort}, responder on TCP {request.ResponderPort}, "
            + $"from {Ipv4Address.ToString(network.Address)} on {where}";
        return Probe(new RealWorld(link), probed, peer, request, surroundings);
    }

    private static void Check(Network network, IPAddress remote)
    {
        if (!network.CanReach(remote) || (Network.FromIPAddress(remote) ^ network.Address) >> (32 - network.PrefixLength) != 0)
        {
            throw new IOException($"{remote} is not the address of another host in the network of {network}; "
                + "type: --address A/len, an unused address in its network");
        }
    }

    private static int Probe(
        ProbeWorld world, ProbeRequest probed, string peer, ConformanceRequest request, Surroundings surroundings)
    {
        if (!request.Json)
            surroundings.Output.WriteLine("Probing " + peer + (world.IsVirtual ? "." : request.Patient ? "; up to half an hour." : "; up to two minutes."));
        IReadOnlyList<BehaviourResult> results = Conformance.Probe.Run(world, probed, world.IsVirtual ? 1 : Random.Shared.Next());
        if (request.Json)
            ConformanceReport.WriteJson(peer, results, surroundings.Output);
        else
            ConformanceReport.Write(results, new Screen(surroundings.Output));
        int shown = results.Count(result => result.Verdict == Verdict.Pass);
        return shown == results.Count
            ? 0
            : surroundings.Fail($"conformance: {shown} of {results.Count} behaviours: " + ConformanceReport.Missing(results));
    }
}
