using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;
using HandshakeNano.Client.Peers;
using HandshakeNano.Client.Responder;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Client.Commands;

/// <summary>What <c>handshake scoreboard</c> was asked to do.</summary>
/// <param name="Programs">Programs that are one other stack each on a TAP.</param>
/// <param name="Patient">True to wait for what takes minutes.</param>
/// <param name="Markdown">True: the table in Markdown.</param>
/// <param name="Json">True: one JSON object instead of text.</param>
public sealed record ScoreboardRequest(IReadOnlyList<string> Programs, bool Patient, bool Markdown, bool Json);

/// <summary>Probes our endpoint, the Linux kernel and other stacks alike.</summary>
public static class ScoreboardCommand
{
    private const string Tap = "handshake0";
    private const string HowToBuild =
        "type: make -C tests/HandshakeNano.Interop/lwip, then --peer tests/HandshakeNano.Interop/bin/lwip-peer";

    private const string Ours = "HandshakeNano";
    private const string OverIpv6 = " over IPv6";

    // An address is asked for before it is ours.
    private static readonly TimeSpan s_addressTime = TimeSpan.FromSeconds(20);
    private static readonly IPAddress s_kernel = IPAddress.Parse("fd77::1");

    // The programs take a prefix of 24 bits for granted.
    private static readonly Network s_program = new(Ipv4Address.From(10, 77, 0, 3), 24);

    private static string Kernel => $"Linux {Environment.OSVersion.Version.Major}.{Environment.OSVersion.Version.Minor}";

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(string[] args, Surroundings surroundings)
    {
        var programs = new Option<string[]>("--peer")
        {
            Description = "Probe another stack as well, once for each: a program of tests/HandshakeNano.Interop (lwip, slirp, netstack)",
            HelpName = "PROGRAM",
            DefaultValueFactory = _ => [],
        };
        var patient = new Option<bool>("--long") { Description = "Wait for what takes minutes as well: R2, 2MSL" };
        var markdown = new Option<bool>("--markdown") { Description = "Write the table of the README" };
        Option<bool> json = Options.Json();
        var command = new Command(
            "scoreboard",
            "Probe our endpoint, the Linux kernel, both over IPv6 as well, and other stacks alike, each over a TAP in a network namespace of its own (root, or a user\n"
            + "who may make user namespaces), and show the behaviours side by side.\n"
            + "Exit codes: 0 ours shows all, 1 it does not.");
        command.Options.Add(programs);
        command.Options.Add(patient);
        command.Options.Add(markdown);
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (Options.Given(result, markdown) && Options.Given(result, json))
                result.AddError("--markdown or --json, not both.");
        });
        command.SetAction(result => Run(
            new ScoreboardRequest(result.GetValue(programs)!, result.GetValue(patient), result.GetValue(markdown), result.GetValue(json)),
            args,
            surroundings));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="request">What it was asked to do.</param>
    /// <param name="args">What was typed, in case it has to be run again elsewhere.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 only if our endpoint shows every behaviour.</returns>
    public static int Run(ScoreboardRequest request, string[] args, Surroundings surroundings)
    {
        surroundings.Platform.RequireLinux("a scoreboard of TAP interfaces", "type: handshake conformance --in-memory");
        foreach (string program in request.Programs)
            CheckProgram(program);
        if (!NetworkNamespace.TryCreate(out NetworkNamespace? first, out string reason))
        {
            if (surroundings.OwnsProcess && NetworkNamespace.TryReExecute(args, out int exitCode, out _))
                return exitCode;
            throw new IOException($"scoreboard: {reason}; run it as root on Linux, where network namespaces may be made");
        }

        first!.Dispose();
        var runs = new List<Func<ScoredPeer>>
        {
            () => ProbeOurs(request), () => ProbeOursOverIpv6(request), () => ProbeKernel(request), () => ProbeKernelOverIpv6(request),
        };
        runs.AddRange(request.Programs.Select<string, Func<ScoredPeer>>(program => () => ProbeProgram(program, request)));
        ScoredPeer[] peers = RunAll(runs);
        IReadOnlyList<BehaviourResult>[] ours = [peers[0].Results, peers[1].Results];
        string? failure = ours.SelectMany(results => results).All(result => result.Verdict == Verdict.Pass) ? null
            : "scoreboard: ours does not show all behaviours: " + string.Join("; over IPv6 ", ours.Select(ConformanceReport.Missing));
        if (request.Json)
        {
            ConformanceReport.WriteJson(peers, failure, surroundings.Output);
        }
        else if (request.Markdown)
        {
            foreach (string line in ConformanceReport.ToMarkdown(peers))
                surroundings.Output.WriteLine(line);
        }
        else
        {
            ConformanceReport.Write(peers, new Screen(surroundings.Output));
        }

        return failure == null ? 0 : surroundings.Fail(failure);
    }

    // A wrong name is told before minutes of probing.
    private static void CheckProgram(string path)
    {
        if (!File.Exists(path))
            throw new IOException($"there is no program {path}; {HowToBuild}");
    }

    // Most of a run is waiting: the peers do not get into each other's way.
    private static ScoredPeer[] RunAll(List<Func<ScoredPeer>> runs)
    {
        var peers = new ScoredPeer[runs.Count];
        var failures = new Exception?[runs.Count];
        Thread[] threads = [.. runs.Select((run, i) => new Thread(() =>
        {
            try
            {
                peers[i] = run();
            }
            catch (IOException e)
            {
                failures[i] = e;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (Array.Find(failures, failure => failure != null) is Exception failure)
            throw new IOException(failure.Message, failure);
        return peers;
    }

    private static ScoredPeer ProbeOurs(ScoreboardRequest request)
    {
        using NetworkNamespace network = NewNetwork();
        using TapLink tap = OpenTap(network);
        var board = new VirtualBoard(tap, ServeCommand.Settings(Network.Default))
        {
            Output = _ => { },
        };
        using Device device = Device.Start(board, new StackResponder());
        return new ScoredPeer(Ours, ProbeBehind(network, Network.Default, request));
    }

    private static ScoredPeer ProbeOursOverIpv6(ScoreboardRequest request)
    {
        using NetworkNamespace network = NewNetwork();
        using TapLink tap = OpenTap(network);
        var found = new TaskCompletionSource<IPAddress>();
        var addresses = new AddressObserver(text => found.TrySetResult(IPAddress.Parse(text)));
        var board = new VirtualBoard(new TracerLink(tap, addresses), ServeCommand.Settings(Network.Default, ipv6: true))
        {
            Output = _ => { },
        };
        using Device device = Device.Start(board, new StackResponder());
        addresses.Endpoint = device.Endpoint;
        if (!found.Task.Wait(s_addressTime))
            throw new IOException("our endpoint has no IPv6 address");
        IPAddress address = found.Task.Result;
        using PacketLink link = network.Run(() => PacketLink.Open(Tap));
        return new ScoredPeer(Ours + OverIpv6, Probe(link, address, ProbeRequest.Beside(address), request));
    }

    private static ScoredPeer ProbeKernel(ScoreboardRequest request)
    {
        using NetworkNamespace network = NewNetwork();
        using TapLink tap = OpenTap(network);
        using SystemServer server = StartServer(network);
        return new ScoredPeer(
            Kernel, Probe(tap, Network.ToIPAddress(Network.Default.PcAddress), Network.ToIPAddress(Network.Default.Address), request));
    }

    private static ScoredPeer ProbeKernelOverIpv6(ScoreboardRequest request)
    {
        using NetworkNamespace network = NewNetwork();
        using TapLink tap = OpenTap(network);
        network.Run(() => KernelInterface.AddIpv6(Tap, s_kernel.GetAddressBytes(), 64));
        using SystemServer server = StartServer(network);
        return new ScoredPeer(Kernel + OverIpv6, Probe(tap, s_kernel, ProbeRequest.Beside(s_kernel), request));
    }

    private static TapLink OpenTap(NetworkNamespace network) =>
        network.OpenTap(Tap, Network.Default.PcAddress, Network.Default.PrefixLength);

    private static SystemServer StartServer(NetworkNamespace network) =>
        network.Run(() => SystemServer.Start(EchoService.DefaultPort, StackResponder.DefaultPort));

    private static ScoredPeer ProbeProgram(string program, ScoreboardRequest request)
    {
        using NetworkNamespace network = NewNetwork();
        var start = new ProcessStartInfo(program, ["--tap", Tap, "--address", Ipv4Address.ToString(s_program.Address)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Start(network, start);
        try
        {
            string greeting = process.StandardOutput.ReadLine() ?? throw new IOException($"{program} ended at once");
            network.Run(() =>
            {
                KernelInterface.SilenceIpv6(Tap);
                KernelInterface.Configure(Tap, s_program.PcAddress, s_program.PrefixLength);
            });
            // Its name and version.
            string name = string.Join(' ', greeting.Split(' ').Take(2));
            return new ScoredPeer(name, ProbeBehind(network, s_program, request));
        }
        finally
        {
            // It ends with its input.
            process.StandardInput.Close();
            if (!process.WaitForExit(5_000))
                process.Kill();
        }
    }

    private static Process Start(NetworkNamespace network, ProcessStartInfo start)
    {
        try
        {
            return network.Run(() => Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{start.FileName} is not a program that this computer can run; {HowToBuild}", e);
        }
    }

    private static NetworkNamespace NewNetwork() =>
        NetworkNamespace.TryCreate(out NetworkNamespace? network, out string reason) ? network! : throw new IOException(reason);

    // The peer is at the program's end of its TAP, the probe one more host at the kernel's.
    private static IReadOnlyList<BehaviourResult> ProbeBehind(NetworkNamespace network, Network peer, ScoreboardRequest request)
    {
        using PacketLink link = network.Run(() => PacketLink.Open(Tap));
        return Probe(link, Network.ToIPAddress(peer.Address), Network.ToIPAddress(Network.OnInterface.Address), request);
    }

    private static IReadOnlyList<BehaviourResult> Probe(ILink link, IPAddress peer, IPAddress own, ScoreboardRequest request) =>
        Conformance.Probe.Run(
            new RealWorld(link),
            new ProbeRequest(
                peer, own, EchoService.DefaultPort, StackResponder.DefaultPort, ProbeRequest.DefaultClosedPort, request.Patient,
                ProbeRequest.DefaultParallel),
            BehaviourCatalog.All,
            Random.Shared.Next());
}
