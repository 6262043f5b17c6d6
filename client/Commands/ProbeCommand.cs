using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Handshakes;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake probe</c> was asked to do.</summary>
/// <param name="Target">With whom to shake hands.</param>
/// <param name="Plan">How often, and when.</param>
/// <param name="Link">How our stack gets there; null: by the system's sockets.</param>
/// <param name="Plot">Where the picture goes; null: nowhere.</param>
/// <param name="Pcap">Where every frame of our stack is written; null: nowhere.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record HandshakesRequest(Target Target, HandshakePlan Plan, LinkRequest? Link, string? Plot, string? Pcap, bool Json);

/// <summary>Shakes hands many times, as ping does with echoes, and says how long it took.</summary>
public static class ProbeCommand
{
    private const long DefaultCount = 10;
    private const int MostCount = 1_000_000_000;
    private const int MostParallel = 1024;
    private const double MostRate = 1_000_000;

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var target = new Argument<Target>("HOST:PORT")
        {
            Description = "With whom: a name or an address, and a port, such as example.org:443 or [fe80::1%eth0]:7",
            CustomParser = Options.ParseTarget,
        };
        var count = new Option<long>("--count")
        {
            Description = "How many handshakes",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultCount,
            CustomParser = result => Options.Number(result, 1, MostCount),
        };
        var parallel = new Option<int>("--parallel")
        {
            Description = "How many may be under way at once",
            HelpName = "P",
            DefaultValueFactory = _ => 1,
            CustomParser = result => Options.Number(result, 1, MostParallel),
        };
        var rate = new Option<double?>("--rate")
        {
            Description = "How many begin in a second, at most; without it the next begins as soon as --parallel allows",
            HelpName = "R",
            CustomParser = ParseRate,
        };
        Option<double> timeout = Options.Timeout("After how many seconds without an answer a handshake has timed out");
        Option<string?> plot = Options.Plot("Draw how many handshakes took how long into an SVG file");
        Option<string> tap = Options.Tap();
        tap.Description = "Use our own stack, on a TAP interface instead of the system's sockets. One that is there is used as it is; else it is made,\n"
            + "which needs root";
        tap.DefaultValueFactory = null;
        Option<string?> networkInterface = Options.Interface();
        networkInterface.Description = "Use our own stack, as one more host on this interface by a packet socket (Linux, root)";
        Option<Via?> via = Options.Via("Use our own stack, through a VXLAN tunnel, which needs no root");
        Option<Network> address = Options.OwnAddress("The address of our stack");
        Option<string?> pcap = Options.Pcap();
        Option<bool> json = Options.Json();
        var command = new Command(
            "probe",
            "Shake hands with a host many times, as ping does with echoes, and show how long it took: by the system's sockets,\n"
            + "which needs no root, or by our own stack with --tap, --interface or --via. Each connection is closed at once.\n"
            + "Ctrl-C ends it with what was done so far. docs/probe.md says how to read the result.\n"
            + "Exit codes: 0 all connected, 1 one did not.");
        command.Arguments.Add(target);
        foreach (Option option in new Option[] { count, parallel, rate, timeout, plot, via, tap, networkInterface, address, pcap, json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            int links = new Option[] { tap, networkInterface, via }.Count(option => Options.Given(result, option));
            if (links > 1)
                result.AddError("One link is enough: --tap, --interface or --via.");
            if (links == 0 && Array.Find(new Option[] { address, pcap }, option => Options.Given(result, option)) is Option ours)
                result.AddError($"{ours.Name} is for our own stack: add --tap, --interface or --via, or leave it out.");
        });
        command.SetAction(result => Run(
            new HandshakesRequest(
                result.GetRequiredValue(target),
                new HandshakePlan(
                    result.GetValue(count), result.GetValue(parallel), result.GetValue(rate), TimeSpan.FromSeconds(result.GetValue(timeout))),
                Options.Given(result.CommandResult, tap) || result.GetValue(networkInterface) != null || result.GetValue(via) != null
                    ? new LinkRequest(
                        result.GetValue(tap) ?? "", result.GetValue(networkInterface), result.GetValue(via),
                        Options.Given(result.CommandResult, address) ? result.GetRequiredValue(address) : null)
                    : null,
                result.GetValue(plot),
                result.GetValue(pcap),
                result.GetValue(json)),
            Options.Reporting(result, surroundings)));
        return command;
    }

    private static double? ParseRate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate is >= 0.001 and <= MostRate)
            return rate;
        result.AddError($"'{text}' is not a number of handshakes a second from 0.001 to 1000000.");
        return null;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if all handshakes that are over connected.</returns>
    public static int Run(HandshakesRequest request, Surroundings surroundings)
    {
        if (!request.Target.TryResolveAny(out IPEndPoint? remote))
            throw Target.Unknown(request.Target.Host);
        if (request.Link != null)
            surroundings.Require(request.Link, "add --via for a VXLAN tunnel, or leave it out for the system's sockets");
        else
        {
            using var system = new SystemHandshaker(remote!, request.Plan.Timeout);
            return Run(request, remote!, system, "by the system's sockets", surroundings);
        }

        using OwnLink own = OwnLink.Open(request.Link, remote!.Address, (network, address) =>
        {
            if (address.AddressFamily == AddressFamily.InterNetwork && !network.CanReach(address))
                throw Target.OutOfReach(address, network);
        });
        ILink link = own.Link;
        using Capture capture = Capture.Start(request.Pcap, ref link, own.Name, surroundings.Bytes, surroundings.Complain);
        if (own.Note != null && !request.Json)
            surroundings.Output.WriteLine(own.Note);
        using var stack = new StackHandshaker(
            link, new SystemEntropy(), new HighResTimerClock(), own.Network, own.Gateway, remote, request.Plan.Parallel, request.Plan.Timeout);
        return Run(request, remote, stack, $"by our own stack, through {own.Description}", surroundings);
    }

    private static int Run(HandshakesRequest request, IPEndPoint remote, Handshaker handshaker, string way, Surroundings surroundings)
    {
        // A file that cannot be written is told before a million handshakes.
        using WholeFile? picture = request.Plot == null ? null : WholeFile.At(request.Plot, "--plot probe.svg for one in this folder");
        using var stop = new Interruption(surroundings);
        var report = new HandshakeReport(request.Plan, remote.ToString(), way);
        var screen = new Screen(surroundings.Output);
        HandshakeStatistics statistics = null!;
        if (screen.IsLive && !request.Json)
        {
            screen.Live(show => statistics = HandshakeRun.Run(
                handshaker, request.Plan, sofar => show(report.Progress(sofar, screen.Width, screen.Unicode)), stop.Token));
        }
        else
        {
            statistics = HandshakeRun.Run(handshaker, request.Plan, _ => { }, stop.Token);
        }

        picture?.Write(svg => HandshakePlot.Write(statistics.Times, report.Title(statistics), svg));
        if (request.Json)
            report.WriteJson(statistics, surroundings.Output);
        else
            report.Write(statistics, screen);
        return report.Failure(statistics) is string failure ? surroundings.Fail(failure) : 0;
    }
}
