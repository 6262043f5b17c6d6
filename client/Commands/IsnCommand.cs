using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Isn;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake isn</c> was asked to do.</summary>
/// <param name="Target">Whose ISNs; null: those of our own endpoint in memory and in virtual time.</param>
/// <param name="Plan">What to sample.</param>
/// <param name="OwnAddresses">How many addresses the SYNs come from.</param>
/// <param name="Link">How the frames get there.</param>
/// <param name="Plot">Where the picture goes; null: nowhere.</param>
/// <param name="Pcap">Where every frame is written; null: nowhere.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record IsnRequest(
    Target? Target, IsnPlan Plan, int OwnAddresses, LinkRequest Link, string? Plot, string? Pcap, bool Json);

/// <summary>Measures how good a host's initial sequence numbers are.</summary>
public static class IsnCommand
{
    private const int DefaultSamples = 2000;
    private const int MostSamples = 10_000_000;
    private const int MostTogether = 32;
    private const int DefaultTogetherInMemory = 16;
    private const int MostAddresses = 64;

    // In memory no other host is in the way: as many addresses as the most samples take.
    private const int AddressesInMemory = (MostSamples + IsnTarget.TuplesPerAddress - 1) / IsnTarget.TuplesPerAddress;

    private static readonly uint s_firstInMemory = Ipv4Address.From(10, 77, 0, 16);

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var target = new Argument<Target?>("HOST:PORT")
        {
            Description = "The host: a name or an IPv4 address in our network, and a TCP port that is listened on",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => Options.ParseTarget(result),
        };
        var inMemory = new Option<bool>("--in-memory") { Description = "Our own endpoint in memory and in virtual time: no root, seconds for a million" };
        var samples = new Option<int>("--samples")
        {
            Description = "How many ISNs",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSamples,
            CustomParser = result => Options.Number(result, IsnMeasurement.LeastSamples, MostSamples),
        };
        var sameTuple = new Option<bool>("--same-tuple")
        {
            Description = "All of one tuple (both addresses, both ports), opened and reset again and again; else each of another, port by port",
        };
        var together = new Option<int>("--burst")
        {
            Description = "How many SYNs leave, at most, before an answer is waited for; on one tuple a reset follows each, and in memory N is\n"
                + $"then {DefaultTogetherInMemory} unless it is given",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            CustomParser = result => Options.Number(result, 1, MostTogether),
        };
        var addresses = new Option<int>("--addresses")
        {
            Description = $"How many addresses of ours the SYNs come from, the one of --address and those that follow it; each has {IsnTarget.TuplesPerAddress} ports",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            CustomParser = result => Options.Number(result, 1, MostAddresses),
        };
        Option<string?> plot = Options.Plot("Draw each ISN against the next, and the ISNs over time, into an SVG file");
        Option<string> tap = Options.Tap();
        Option<string?> networkInterface = Options.Interface();
        Option<Via?> via = Options.Via("Go through a VXLAN tunnel instead, which needs no root");
        Option<Network> address = Options.OwnAddress("Our address");
        Option<string?> pcap = Options.Pcap();
        Option<bool> json = Options.Json();
        var command = new Command(
            "isn",
            "Sample a host's initial sequence numbers by shaking hands with it, and judge whether an outsider could guess them\n"
            + "(RFC 6528) and whether those of one tuple move on (RFC 9293 section 3.4.1). docs/isn.md says how to read the result.\n"
            + "Exit codes: 0 they are good, 1 they are not.");
        command.Arguments.Add(target);
        foreach (Option option in new Option[]
        {
            inMemory, samples, sameTuple, together, addresses, plot, tap, networkInterface, via, address, pcap, json,
        })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            bool hasTarget = result.GetResult(target)?.Tokens.Count > 0;
            if (hasTarget == Options.Given(result, inMemory))
                result.AddError(hasTarget ? "--in-memory has a host of its own: leave out HOST:PORT." : "Whose ISNs? Type HOST:PORT, or --in-memory for our own.");
            Option[] real = [addresses, tap, networkInterface, via, address, pcap];
            if (Options.Given(result, inMemory) && Array.Find(real, option => Options.Given(result, option)) is Option superfluous)
                result.AddError($"--in-memory uses no network: leave out {superfluous.Name}.");
            if (new Option[] { tap, networkInterface, via }.Count(option => Options.Given(result, option)) > 1)
                result.AddError("One link is enough: --tap, --interface or --via.");

            // Neither a wrong value nor a default can be asked for here.
            int Typed(Option<int> option, int otherwise) =>
                int.TryParse(Options.Text(result, option), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
            int tuples = Typed(samples, DefaultSamples), needed = ((tuples - 1) / IsnTarget.TuplesPerAddress) + 1;
            if (hasTarget && !Options.Given(result, sameTuple) && Typed(addresses, 1) < needed)
            {
                result.AddError($"{tuples} tuples take more ports than there are: "
                    + $"--addresses {needed}, if so many from ours on are free, or --same-tuple.");
            }
        });
        command.SetAction(result =>
        {
            bool own = result.GetValue(inMemory);
            int burst = own && result.GetValue(sameTuple) && !Options.Given(result.CommandResult, together) ? DefaultTogetherInMemory : result.GetValue(together);
            return Run(
                new IsnRequest(
                    own ? null : result.GetValue(target),
                    new IsnPlan(result.GetValue(samples), result.GetValue(sameTuple), burst),
                    result.GetValue(addresses),
                    Options.Link(result, tap, networkInterface, via, address),
                    result.GetValue(plot),
                    result.GetValue(pcap),
                    result.GetValue(json)),
                Options.Reporting(result, surroundings));
        });
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if the ISNs are good.</returns>
    public static int Run(IsnRequest request, Surroundings surroundings)
    {
        return request.Target is Target host ? MeasureHost(request, host, surroundings) : MeasureOurs(request, new SystemEntropy(), surroundings);
    }

    /// <summary>Measures our own endpoint in memory and in virtual time.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="entropy">Where the endpoint's secrets come from.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>0 only if the ISNs are good.</returns>
    public static int MeasureOurs(IsnRequest request, IEntropy entropy, Surroundings surroundings)
    {
        var target = new IsnTarget(
            new VirtualWorld(entropy), Network.Default.Address, EchoService.DefaultPort, s_firstInMemory, AddressesInMemory);
        return Measure(request, target, "HandshakeNano", "in memory and in virtual time", surroundings);
    }

    private static int MeasureHost(IsnRequest request, Target host, Surroundings surroundings)
    {
        surroundings.Require(request.Link, "add --via for a VXLAN tunnel, or type: handshake isn --in-memory");
        if (!host.TryResolve(out IPEndPoint? remote))
            throw Target.Unknown(host.Host);
        using OwnLink own = OwnLink.Open(request.Link, remote!.Address, (network, address) => Check(network, address, request.OwnAddresses));
        ILink link = own.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, own.Name, surroundings.Bytes, surroundings.Complain);
        if (own.Note != null && !request.Json)
            surroundings.Output.WriteLine(own.Note);
        var target = new IsnTarget(
            new RealWorld(link), Network.FromIPAddress(remote.Address), host.Port, own.Network.Address, request.OwnAddresses);
        return Measure(
            request, target, remote.ToString(), $"from {Ipv4Address.ToString(own.Network.Address)}, through {own.Description}", surroundings);
    }

    private static void Check(Network network, IPAddress remote, int addresses)
    {
        uint target = Network.FromIPAddress(remote), last = network.Address + (uint)addresses - 1;
        if (!network.CanReach(remote) || (target ^ network.Address) >> (32 - network.PrefixLength) != 0)
        {
            throw new IOException($"{remote} is not the address of another host in the network of {network}; "
                + "type: --address A/len, an unused address in its network");
        }

        if (target - network.Address < addresses || ((last + 1) ^ network.Address) >> (32 - network.PrefixLength) != 0)
        {
            throw new IOException($"the {addresses} addresses from {network} on reach {remote} or the end of the network; "
                + "type: --address A/len with room behind it, or a smaller --addresses");
        }
    }

    private static int Measure(IsnRequest request, IsnTarget target, string name, string way, Surroundings surroundings)
    {
        // A file that cannot be written is told before a million handshakes.
        using WholeFile? picture = request.Plot == null ? null : WholeFile.At(request.Plot, "--plot isn.svg for one in this folder");
        IsnMeasurement measurement = IsnMeasurement.Run(target, request.Plan, new Random());
        var report = new IsnReport(measurement, name, way);
        picture?.Write(svg => IsnPlot.Write(measurement.Samples, report.Title, svg));
        if (request.Json)
            report.WriteJson(surroundings.Output);
        else
            report.Write(new Screen(surroundings.Output));
        return report.Failure is string failure ? surroundings.Fail(failure) : 0;
    }
}
