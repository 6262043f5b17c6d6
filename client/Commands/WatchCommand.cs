using System;
using System.CommandLine;
using System.IO;
using System.Net;
using HandshakeNano.Client.Captures;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake watch</c> was asked to do.</summary>
/// <param name="Interface">The network interface.</param>
/// <param name="Target">The end of the connections that are of interest; null: all.</param>
/// <param name="All">True: each segment is shown.</param>
/// <param name="Count">After how many handshakes it ends; null: it goes on until it is told to end.</param>
/// <param name="Json">True: a JSON object a line instead of a drawing.</param>
public sealed record WatchRequest(string Interface, Target? Target, bool All, int? Count, bool Json);

/// <summary>Draws the handshakes of others while they happen.</summary>
public static class WatchCommand
{
    private const int MostHandshakes = 1_000_000_000;

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var target = new Argument<Target?>("HOST:PORT")
        {
            Description = "Only connections that have this name or address, and port, at one of their ends",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => Options.ParseTarget(result),
        };
        var networkInterface = new Option<string>("--interface")
        {
            Description = "The network interface; any: all of them (Linux)",
            HelpName = "NAME",
            Required = true,
            CustomParser = result => Options.NotEmpty(result, "--interface wants the name of a network interface."),
        };
        var all = new Option<bool>("--all")
        {
            Description = "Show each segment, also of connections that were there before; else what opens and closes a connection",
        };
        var count = new Option<int?>("--count")
        {
            Description = "End after so many handshakes that were completed, refused or reset; else Ctrl-C ends it",
            HelpName = "N",
            CustomParser = result => Options.Number(result, 1, MostHandshakes),
        };
        var json = new Option<bool>("--json") { Description = "Write JSON instead, an object a line (docs/schemas/watch.json)" };
        var command = new Command(
            "watch",
            "Draw the TCP handshakes of others on a network interface while they happen. It only listens, by libpcap: nothing is\n"
            + "sent. It needs the right to capture, which root has. docs/watch.md says more.\n"
            + "Exit codes: 0 it was told to end, 1 it could not watch.");
        command.Arguments.Add(target);
        foreach (Option option in new Option[] { networkInterface, all, count, json })
            command.Options.Add(option);
        command.SetAction(result => Run(
            new WatchRequest(
                result.GetRequiredValue(networkInterface),
                result.GetValue(target),
                result.GetValue(all),
                result.GetValue(count),
                result.GetValue(json)),
            surroundings));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 once it was told to end.</returns>
    public static int Run(WatchRequest request, Surroundings surroundings)
    {
        IPEndPoint? end = null;
        if (request.Target is { } target && !target.TryResolveAny(out end))
            throw Target.Unknown(target.Host);

        // On the link there is no zone.
        if (end != null)
            end = new IPEndPoint(new IPAddress(end.Address.GetAddressBytes()), end.Port);
        using var interruption = new Interruption(surroundings);
        using LiveCapture capture = LiveCapture.Open(request.Interface, end);
        TextWriter output = surroundings.Output;
        var screen = new Screen(output);
        FlowObserver view = request.Json ? new WatchJson(output, request.All) : new LadderView(screen, isOne: false, request.All);
        var report = new WatchReport(request.Interface, end?.ToString(), view);
        if (request.Json)
            report.WriteJsonBeginning(output);
        else
            output.WriteLine($"Watching {request.Interface}{(end == null ? "" : $" for {end}")}; Ctrl-C ends it.");
        var flows = new LiveFlows(report, request.All);
        while (capture.Failure == null && !interruption.Token.IsCancellationRequested && !(report.Handshakes >= request.Count))
        {
            if (!capture.Read(flows.Add))
                flows.Pass(WallClock.Microseconds);
        }

        flows.Finish();
        if (request.Json)
            report.WriteJson(output, capture.Frames, capture.Lost, capture.Failure);
        else
            report.Write(screen, capture.Frames, capture.Lost);
        return capture.Failure == null ? 0 : surroundings.Fail(capture.Failure);
    }
}
