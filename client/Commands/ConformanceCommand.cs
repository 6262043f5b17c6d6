using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake conformance</c> was asked to do.</summary>
/// <param name="Host">The peer, a name or an IPv4 address; null: our own endpoint in memory and in virtual time.</param>
/// <param name="EchoPort">Where its echo service listens.</param>
/// <param name="ResponderPort">Where its responder listens.</param>
/// <param name="ClosedPort">Where nobody listens.</param>
/// <param name="Patient">True to wait for what takes minutes.</param>
/// <param name="Parallel">How many behaviours are driven at once.</param>
/// <param name="Numbers">The behaviours' numbers; empty: all.</param>
/// <param name="Tap">The TAP interface.</param>
/// <param name="Interface">An interface to be one more host on instead; null: none.</param>
/// <param name="Via">A tunnel to use instead; null: none.</param>
/// <param name="Network">The probe's address; null: the one that goes with the link.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record ConformanceRequest(
    string? Host, int EchoPort, int ResponderPort, int ClosedPort, bool Patient, int Parallel, IReadOnlyCollection<int> Numbers,
    string Tap, string? Interface, Via? Via, Network? Network, string? Pcap, bool Json);

/// <summary>Drives the behaviours of docs/conformance.md against a peer.</summary>
public static class ConformanceCommand
{
    /// <summary>The probe's address on an interface: no other host's of the project.</summary>
    public static Network InterfaceNetwork { get; } = new(Ipv4Address.From(10, 77, 0, 77), 24);

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
            throw new IOException($"no IPv4 address is known for {request.Host}");
        Network network = request.Network
            ?? (request.Via != null ? Network.DefaultPc : request.Interface != null ? InterfaceNetwork : Network.Default);
        uint address = Network.FromIPAddress(remote!.Address);
        if (!network.CanReach(remote.Address) || (address ^ network.Address) >> (32 - network.PrefixLength) != 0)
        {
            throw new IOException($"{remote.Address} is not the address of another host in the network of {network}; "
                + "type: --address A/len, an unused address in its network");
        }

        using Tunnel? tunnel = request.Via?.Open(1);
        using PacketLink? packets = request.Interface == null ? null : PacketLink.Open(request.Interface);
        using TapLink? tap = tunnel == null && packets == null ? TapInterface.Open(request.Tap, network, out _) : null;
        ILink link = tunnel?.Link ?? (ILink?)packets ?? tap!;
        string where = tunnel != null ? $"VXLAN {request.Via!.Vni}" : request.Interface ?? tap!.Name;
        using Capture capture = Capture.Start(request.Pcap, ref link, where);
        var probed = new ProbeRequest(
            address, network.Address, request.EchoPort, request.ResponderPort, request.ClosedPort, request.Patient, request.Parallel,
            request.Numbers);
        string peer = $"{remote.Address}, echo on TCP {request.EchoPort}, responder on TCP {request.ResponderPort}, "
            + $"from {Ipv4Address.ToString(network.Address)} on {where}";
        return Probe(new RealWorld(link), probed, peer, request, surroundings);
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
