using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake conformance</c> was asked to do.</summary>
/// <param name="Host">The peer, a name or an address; null: our own endpoint in memory and in virtual time.</param>
/// <param name="Ipv6">True: over IPv6, where the peer's address does not say it.</param>
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
    string? Host, bool Ipv6, int EchoPort, int ResponderPort, int ClosedPort, bool Patient, int Parallel, IReadOnlyCollection<int> Numbers,
    LinkRequest Link, string? Pcap, bool Json);

/// <summary>Drives the behaviours of docs/conformance.md against a peer.</summary>
public static class ConformanceCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var host = new Argument<string?>("HOST")
        {
            Description = "The peer: a name, or an address in the probe's network, such as 10.77.0.1 or fe80::1",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = Host,
        };
        var ipv6 = new Option<bool>("--ipv6") { Description = "Go over IPv6: with --in-memory, and where HOST is a name" };
        var inMemory = new Option<bool>("--in-memory") { Description = "Probe our own endpoint in memory and in virtual time: no root, a second" };
        Option<int> port = Options.Port("--port", "Where the peer's echo service listens (RFC 862)", _ => EchoService.DefaultPort);
        Option<int> responder = Options.Port("--responder", "Where its responder listens; by default the next port after the echo's", null);
        Option<int> closed = Options.Port("--closed", "A port on which no program listens", _ => ProbeRequest.DefaultClosedPort);
        var only = new Option<int[]>("--only")
        {
            Description = "Drive these behaviours only",
            HelpName = "N,N,...",
            DefaultValueFactory = _ => [],
            CustomParser = Numbers,
        };
        var patient = new Option<bool>("--long") { Description = "Wait for what takes minutes as well: R2, 2MSL" };
        var parallel = new Option<int>("--parallel")
        {
            Description = "How many behaviours are driven at once; less for a peer with few connections",
            HelpName = "N",
            DefaultValueFactory = _ => ProbeRequest.DefaultParallel,
            CustomParser = result => Options.Number(result, 1, 31),
        };
        Option<string> tap = Options.Tap();
        Option<string?> networkInterface = Options.Interface();
        Option<Via?> via = Options.Via("Go through a VXLAN tunnel instead, which needs no root");
        Option<Network> address = Options.OwnAddress("The probe's address");
        Option<string?> pcap = Options.Pcap();
        Option<bool> json = Options.Json();
        var command = new Command(
            "conformance",
            "Drive the behaviours of docs/conformance.md against a TCP endpoint, with raw frames, and show which it has.\n"
            + "Exit codes: 0 all that were asked for, 1 one failed or could not be driven.");
        command.Arguments.Add(host);
        foreach (Option option in new Option[]
        {
            inMemory, ipv6, port, responder, closed, only, patient, parallel, tap, networkInterface, via, address, pcap, json,
        })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            bool hasHost = result.GetResult(host)?.Tokens.Count > 0;
            if (hasHost == Options.Given(result, inMemory))
                result.AddError(hasHost ? "--in-memory has a peer of its own: leave out HOST." : "Which HOST is to be probed? --in-memory needs none.");
            Option[] real = [port, responder, closed, patient, parallel, tap, networkInterface, via, address, pcap];
            if (Options.Given(result, inMemory) && Array.Find(real, option => Options.Given(result, option)) is Option superfluous)
                result.AddError($"--in-memory uses no network: leave out {superfluous.Name}.");
            if (new Option[] { tap, networkInterface, via }.Count(option => Options.Given(result, option)) > 1)
                result.AddError("One link is enough: --tap, --interface or --via.");
        });
        command.SetAction(result =>
        {
            int echo = result.GetValue(port);
            return Run(
                new ConformanceRequest(
                    result.GetValue(host),
                    result.GetValue(ipv6),
                    echo,
                    Options.Given(result.CommandResult, responder) ? result.GetValue(responder) : echo + 1,
                    result.GetValue(closed),
                    result.GetValue(patient),
                    result.GetValue(parallel),
                    result.GetRequiredValue(only),
                    Options.Link(result, tap, networkInterface, via, address),
                    result.GetValue(pcap),
                    result.GetValue(json)),
                Options.Reporting(result, surroundings));
        });
        return command;
    }

    private static string Host(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!text.StartsWith('['))
            return text;
        if (text.EndsWith(']') && Target.IsIPv6(text[1..^1]))
            return text[1..^1];
        result.AddError($"'{text}' is not a host: type an address such as fe80::1 or [fe80::1], and its port with --port.");
        return text;
    }

    private static int[] Numbers(ArgumentResult result)
    {
        var numbers = new List<int>();
        foreach (string text in result.Tokens[0].Value.Split(','))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number >= 1 && number <= BehaviourCatalog.All.Count)
                numbers.Add(number);
            else
                result.AddError($"'{text}' is not the number of a behaviour, 1 to {BehaviourCatalog.All.Count}.");
        }

        return [.. numbers];
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if the peer shows every behaviour that was asked for.</returns>
    public static int Run(ConformanceRequest request, Surroundings surroundings)
    {
        if (request.Host != null)
            return ProbeHost(request, surroundings);
        var world = new VirtualWorld(1, ipv6: request.Ipv6);
        return Probe(
            world, world.Request, $"our own endpoint{(request.Ipv6 ? " over IPv6" : "")}, in memory and in virtual time", request, surroundings);
    }

    private static int ProbeHost(ConformanceRequest request, Surroundings surroundings)
    {
        IPAddress peerAddress = Resolve(request);
        bool isIpv6 = peerAddress.AddressFamily == AddressFamily.InterNetworkV6;
        surroundings.Require(request.Link, "add --via for a VXLAN tunnel, or type: handshake conformance --in-memory");
        using OwnLink own = OwnLink.Open(request.Link, peerAddress, isIpv6 ? (_, _) => CheckIpv6(request, peerAddress) : Check, isIpv6 ? peerAddress : null);
        ILink link = own.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, own.Name, surroundings.Bytes, surroundings.Complain);
        IPAddress ownAddress = isIpv6 ? ProbeRequest.Beside(peerAddress) : Network.ToIPAddress(own.Network.Address);
        var probed = new ProbeRequest(
            peerAddress, ownAddress, request.EchoPort, request.ResponderPort, request.ClosedPort, request.Patient, request.Parallel);
        if (own.Note != null && !request.Json)
            surroundings.Output.WriteLine(own.Note);
        string where = own.Kind == "vxlan" ? $"VXLAN {request.Link.Via!.Vni}" : own.Name;
        string peer = $"{peerAddress}, echo on TCP {request.EchoPort}, responder on TCP {request.ResponderPort}, from {ownAddress} on {where}";
        return Probe(new RealWorld(link), probed, peer, request, surroundings);
    }

    // The probe's link is the zone of every address on it.
    private static IPAddress Resolve(ConformanceRequest request)
    {
        var target = new Target(request.Host!, request.EchoPort);
        if (request.Ipv6 ? !target.TryResolveIpv6(out IPEndPoint? remote) : !target.TryResolveAny(out remote))
            throw Target.Unknown(request.Host!, request.Ipv6);
        return new IPAddress(remote!.Address.GetAddressBytes());
    }

    private static void CheckIpv6(ConformanceRequest request, IPAddress remote)
    {
        if (remote.IsIPv6Multicast || IPAddress.IsLoopback(remote) || IPAddress.IPv6Any.Equals(remote))
            throw new IOException($"{remote} is not the address of another host; type the peer's, such as fe80::1");
        if (request.Link.Network != null)
            throw new IOException($"the probe is {ProbeRequest.Beside(remote)}, in the peer's network: leave out --address, which is of IPv4");
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
        IReadOnlyList<BehaviourResult> results = Conformance.Probe.Run(
            world, probed, BehaviourCatalog.Choose(request.Numbers), world.IsVirtual ? 1 : Random.Shared.Next());
        int shown = results.Count(result => result.Verdict == Verdict.Pass);
        string? failure = shown == results.Count ? null : $"conformance: {shown} of {results.Count} behaviours: " + ConformanceReport.Missing(results);
        if (request.Json)
            ConformanceReport.WriteJson(peer, results, surroundings.Output, failure);
        else
            ConformanceReport.Write(results, new Screen(surroundings.Output));
        return failure == null ? 0 : surroundings.Fail(failure);
    }
}
