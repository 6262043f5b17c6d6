using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Output;
using HandshakeNano.Firmware;

namespace HandshakeNano.Client;

/// <summary>What can be typed, and what is said when something else is.</summary>
public static class CommandLine
{
    private const int WrongUsage = 2;
    private const string PlainBoard = "virtual";
    private const string W5500Board = "virtual-w5500";
    private const string WifiBoard = "virtual-wifi";

    /// <summary>Understands the arguments and runs the command that they name.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, Surroundings surroundings)
    {
        args = WithCommand(args);
        RootCommand root = Build(args, surroundings);

        // No response files: a text to send may begin with '@'.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            surroundings.Error.WriteLine(Complaint(result, args));
            return WrongUsage;
        }

        try
        {
            return result.Invoke(new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (result.GetResult("--json") is OptionResult { Implicit: false })
                JsonReport.WriteFailure(result.CommandResult.Command.Name, e.Message, Reporting(result, surroundings).Output);
            return surroundings.Fail(e.Message);
        }
    }

    // A capture on standard output leaves standard error for the report.
    private static Surroundings Reporting(ParseResult result, Surroundings surroundings) =>
        surroundings.For((result.GetResult("--pcap") as OptionResult)?.GetValueOrDefault<string?>());

    // Without a command it is the demo.
    private static string[] WithCommand(string[] args)
    {
        bool aboutItself = args.Length > 0 && (args[0] is "-h" or "-?" or "--help" or "--version" || !args[0].StartsWith('-'));
        return aboutItself ? args : ["demo", .. args];
    }

    private static RootCommand Build(string[] args, Surroundings surroundings)
    {
        var root = new RootCommand(
            "Shakes hands over TCP with HandshakeNano, a TCP endpoint for .NET nanoFramework, and shows every segment.\n"
            + "Without a command: demo.\n\n"
            + "Exit codes: 0 it did what it was asked to do, 1 it did not, 2 wrong usage.");
        root.Subcommands.Add(Demo(args, surroundings));
        root.Subcommands.Add(Serve(surroundings));
        root.Subcommands.Add(Connect(surroundings));
        root.Subcommands.Add(Proxy(surroundings));
        root.Subcommands.Add(Conformance(surroundings));
        root.Subcommands.Add(Responder(surroundings));
        root.Subcommands.Add(Scoreboard(args, surroundings));
        root.Subcommands.Add(ListBoards(surroundings));
        root.Subcommands.Add(Flash(surroundings));
        return root;
    }

    private static Command Demo(string[] args, Surroundings surroundings)
    {
        var send = new Option<string>("--send")
        {
            Description = "The text that goes to the device and back",
            HelpName = "TEXT",
            DefaultValueFactory = _ => DemoCommand.DefaultText,
            CustomParser = TextToSend,
        };
        var inMemory = new Option<bool>("--in-memory") { Description = "Let our own stack be the PC's side, over a wire in memory" };
        Option<string?> pcap = Pcap();
        Option<bool> json = Json();
        var command = new Command(
            "demo",
            "Start the firmware on the virtual board with its W5500, shake hands with it, send it a text, get it back, close.\n"
            + "The PC's side is the Linux kernel where a TAP may be made in a network namespace of its own (root, or a user\n"
            + "who may make user namespaces), else our own stack. The computer's own network is never touched.");
        command.Options.Add(send);
        command.Options.Add(inMemory);
        command.Options.Add(pcap);
        command.Options.Add(json);
        command.SetAction(result => DemoCommand.Run(
            new DemoRequest(
                result.GetRequiredValue(send), result.GetValue(inMemory), result.GetValue(pcap), result.GetValue(json)),
            args,
            Reporting(result, surroundings)));
        return command;
    }

    private static Command Serve(Surroundings surroundings)
    {
        Option<string> tap = Tap();
        Option<Network> address = Address();
        var dhcp = new Option<bool>("--dhcp") { Description = "Let the device ask a DHCP server for its address, as one on Ethernet does" };
        Option<string?> pcap = Pcap();
        var trace = new Option<bool>("--trace") { Description = "Write a line for each segment" };
        var responder = new Option<bool>("--responder")
        {
            Description = "Run the responder of docs/conformance.md on TCP 8 as well, for 'handshake conformance'",
        };
        Option<Via?> via = Via(
            "virtual-wifi and virtual-w5500: the tunnel, whose other end is the PC; otherwise its ends are 127.0.0.2 and\n"
            + "127.0.0.1, VNI 42, for virtual-wifi, and virtual-w5500 uses a TAP interface");
        var board = new Option<string>("--board")
        {
            Description = "virtual: on a TAP interface. virtual-w5500: on a TAP interface too, through the driver of the W5500 and a\n"
                + "model of the chip. virtual-wifi: behind a VXLAN tunnel, as a device on Wi-Fi is; that needs no root",
            HelpName = "NAME",
            DefaultValueFactory = _ => PlainBoard,
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (name is not (PlainBoard or W5500Board or WifiBoard))
                    result.AddError($"'{name}' is not a board that is a PC: {PlainBoard}, {W5500Board} or {WifiBoard}.");
                return name;
            },
        };
        var command = new Command(
            "serve",
            "Run the firmware until Ctrl-C: echo on TCP 7, discard on TCP 9.\n"
            + "Writes a line for each completed handshake, and counters at the end.");
        command.Options.Add(board);
        command.Options.Add(via);
        command.Options.Add(tap);
        command.Options.Add(address);
        command.Options.Add(dhcp);
        command.Options.Add(pcap);
        command.Options.Add(trace);
        command.Options.Add(responder);
        command.Validators.Add(result =>
        {
            // The value of an option that is wrong cannot be asked for.
            string? name = result.GetResult(board)?.Tokens is [{ Value: var typed }] ? typed : PlainBoard;
            if (name == WifiBoard && Given(result, tap))
                result.AddError($"--board {WifiBoard} uses no TAP: leave out --tap.");
            if (name == W5500Board && Given(result, tap) && Given(result, via))
                result.AddError("--via uses no TAP: leave out --tap.");
            if (name == PlainBoard && Given(result, via))
                result.AddError($"--via is for --board {WifiBoard} and {W5500Board}.");
            if (result.GetValue(dhcp) && Given(result, address))
                result.AddError("--dhcp asks a server for the address: leave out --address.");
        });
        command.SetAction(result => ServeCommand.Run(
            new ServeRequest(
                result.GetRequiredValue(tap),
                result.GetRequiredValue(address),
                result.GetValue(dhcp),
                result.GetValue(pcap),
                result.GetValue(trace),
                result.GetValue(responder),
                result.GetValue(via) ?? (result.GetValue(board) == WifiBoard ? Connectivity.Via.Loopback : null),
                result.GetValue(board) == W5500Board),
            Reporting(result, surroundings)));
        return command;
    }

    private static Command Connect(Surroundings surroundings)
    {
        var target = new Argument<Target>("HOST:PORT")
        {
            Description = "Where to: a name or an IPv4 address, and a port",
            CustomParser = ParseTarget,
        };
        var os = new Option<bool>("--os") { Description = "Use the system's sockets instead of our stack: no TAP, no ladder" };
        Option<string> tap = Tap();
        Option<string?> networkInterface = Interface();
        Option<Network> address = OwnAddress("The address of our stack");
        var send = new Option<string?>("--send")
        {
            Description = "Send a text, close our half, and write what comes back",
            HelpName = "TEXT",
            CustomParser = TextToSend,
        };
        Option<double> timeout = Timeout("How many seconds to wait for the handshake, and then for each answer");
        Option<string?> pcap = Pcap();
        Option<bool> json = Json();
        Option<Via?> via = Via("Go through a VXLAN tunnel instead of a TAP, which needs no root");
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
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(os) && (Given(result, tap) || Given(result, address) || Given(result, pcap)))
                result.AddError("--os uses no TAP: leave out --tap, --address and --pcap.");
            if (result.GetValue(os) && Given(result, via))
                result.AddError("--os uses no tunnel: leave out --via.");
            if (result.GetValue(os) && Given(result, networkInterface))
                result.AddError("--os chooses the interface itself: leave out --interface.");
            if (Given(result, via) && Given(result, tap))
                result.AddError("--via uses no TAP: leave out --tap.");
            if (Given(result, networkInterface) && (Given(result, tap) || Given(result, via)))
                result.AddError("One link is enough: --tap, --interface or --via.");
        });
        command.SetAction(result => ConnectCommand.Run(
            new ConnectRequest(
                result.GetRequiredValue(target),
                result.GetValue(os),
                Link(result, tap, networkInterface, via, address),
                result.GetValue(send),
                TimeSpan.FromSeconds(result.GetValue(timeout)),
                result.GetValue(pcap),
                result.GetValue(json)),
            Reporting(result, surroundings)));
        return command;
    }

    private static Command Proxy(Surroundings surroundings)
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
            CustomParser = ParseTarget,
        };
        Option<Via?> via = Via("The VXLAN tunnel to the device");
        via.Required = true;
        Option<Network> address = Address();
        address.DefaultValueFactory = _ => Network.DefaultPc;
        Option<double> timeout = Timeout("How many seconds to wait for the device's handshake");

        // A device has few connections: one more waits until there is room.
        timeout.DefaultValueFactory = _ => 30;
        Option<string?> pcap = Pcap();
        var command = new Command(
            "proxy",
            "Let any program on this computer reach a device behind a VXLAN tunnel, without root, until Ctrl-C: connections to\n"
            + "--listen are carried to --to by our own stack, as many at once as there are, at most 64.");
        command.Options.Add(listen);
        command.Options.Add(to);
        command.Options.Add(via);
        command.Options.Add(address);
        command.Options.Add(timeout);
        command.Options.Add(pcap);
        command.SetAction(result => ProxyCommand.Run(
            new ProxyRequest(
                result.GetRequiredValue(listen),
                result.GetRequiredValue(to),
                result.GetRequiredValue(via)!,
                result.GetRequiredValue(address),
                TimeSpan.FromSeconds(result.GetValue(timeout)),
                result.GetValue(pcap)),
            Reporting(result, surroundings)));
        return command;
    }

    private static Command Conformance(Surroundings surroundings)
    {
        var host = new Argument<string?>("HOST")
        {
            Description = "The peer: a name or an IPv4 address in the probe's network",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (Target.IsIPv6(text))
                    result.AddError(OnlyIPv4(text, "10.77.0.1"));
                return text;
            },
        };
        var inMemory = new Option<bool>("--in-memory") { Description = "Probe our own endpoint in memory and in virtual time: no root, a second" };
        Option<int> port = Port("--port", "Where the peer's echo service listens (RFC 862)", _ => EchoService.DefaultPort);
        Option<int> responder = Port("--responder", "Where its responder listens; by default the next port after the echo's", null);
        Option<int> closed = Port("--closed", "A port on which no program listens", _ => ProbeRequest.DefaultClosedPort);
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
            CustomParser = result => Number(result, 1, 31),
        };
        Option<string> tap = Tap();
        Option<string?> networkInterface = Interface();
        Option<Via?> via = Via("Go through a VXLAN tunnel instead, which needs no root");
        Option<Network> address = OwnAddress("The probe's address");
        Option<string?> pcap = Pcap();
        Option<bool> json = Json();
        var command = new Command(
            "conformance",
            "Drive the 31 behaviours of docs/conformance.md against a TCP endpoint, with raw frames, and show which it has.\n"
            + "Exit codes: 0 all that were asked for, 1 one failed or could not be driven.");
        command.Arguments.Add(host);
        foreach (Option option in new Option[]
        {
            inMemory, port, responder, closed, only, patient, parallel, tap, networkInterface, via, address, pcap, json,
        })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            bool hasHost = result.GetResult(host)?.Tokens.Count > 0;
            if (hasHost == Given(result, inMemory))
                result.AddError(hasHost ? "--in-memory has a peer of its own: leave out HOST." : "Which HOST is to be probed? --in-memory needs none.");
            Option[] real = [port, responder, closed, patient, parallel, tap, networkInterface, via, address, pcap];
            if (Given(result, inMemory) && Array.Find(real, option => Given(result, option)) is Option superfluous)
                result.AddError($"--in-memory uses no network: leave out {superfluous.Name}.");
            if (new Option[] { tap, networkInterface, via }.Count(option => Given(result, option)) > 1)
                result.AddError("One link is enough: --tap, --interface or --via.");
        });
        command.SetAction(result =>
        {
            int echo = result.GetValue(port);
            return ConformanceCommand.Run(
                new ConformanceRequest(
                    result.GetValue(host),
                    echo,
                    Given(result.CommandResult, responder) ? result.GetValue(responder) : echo + 1,
                    result.GetValue(closed),
                    result.GetValue(patient),
                    result.GetValue(parallel),
                    result.GetRequiredValue(only),
                    Link(result, tap, networkInterface, via, address),
                    result.GetValue(pcap),
                    result.GetValue(json)),
                Reporting(result, surroundings));
        });
        return command;
    }

    private static Command Responder(Surroundings surroundings)
    {
        Option<int> port = Port("--port", "Where the echo service listens; the responder is at the next port", _ => EchoService.DefaultPort);
        var command = new Command(
            "responder",
            "Run the echo service (RFC 862) and the responder of docs/conformance.md by the system's sockets until Ctrl-C, so that\n"
            + "'handshake conformance' can probe the system's TCP. A program that can connect to it can make it open connections.");
        command.Options.Add(port);
        command.SetAction(result => ResponderServiceCommand.Run(result.GetValue(port), surroundings));
        return command;
    }

    private static Command Scoreboard(string[] args, Surroundings surroundings)
    {
        var lwip = new Option<string?>("--lwip")
        {
            Description = "Probe lwIP as well: the program that is built of tests/HandshakeNano.Interop/lwip",
            HelpName = "PROGRAM",
            CustomParser = result => NotEmpty(result, "--lwip wants the name of a program."),
        };
        var patient = new Option<bool>("--long") { Description = "Wait for what takes minutes as well: R2, 2MSL" };
        var markdown = new Option<bool>("--markdown") { Description = "Write the table of the README" };
        Option<bool> json = Json();
        var command = new Command(
            "scoreboard",
            "Probe our endpoint, the Linux kernel and lwIP alike, each over a TAP in a network namespace of its own (root, or a user\n"
            + "who may make user namespaces), and show the behaviours side by side.\n"
            + "Exit codes: 0 ours shows all 31, 1 it does not.");
        command.Options.Add(lwip);
        command.Options.Add(patient);
        command.Options.Add(markdown);
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (Given(result, markdown) && Given(result, json))
                result.AddError("--markdown or --json, not both.");
        });
        command.SetAction(result => ScoreboardCommand.Run(
            new ScoreboardRequest(result.GetValue(lwip), result.GetValue(patient), result.GetValue(markdown), result.GetValue(json)),
            args,
            surroundings));
        return command;
    }

    private static Command ListBoards(Surroundings surroundings)
    {
        Option<bool> json = Json();
        var command = new Command("boards", "List the boards that the firmware can be flashed to.");
        command.Options.Add(json);
        command.SetAction(result => BoardsCommand.Run(result.GetValue(json), surroundings));
        return command;
    }

    private static Command Flash(Surroundings surroundings)
    {
        var board = new Option<string>("--board")
        {
            Description = "The board; 'handshake boards' lists them",
            HelpName = "NAME",
            Required = true,
        };
        var port = new Option<string>("--port")
        {
            Description = "The serial port, such as COM3 or /dev/ttyUSB0; 'nanoff --listports' lists them",
            HelpName = "PORT",
            Required = true,
            CustomParser = result => NotEmpty(result, "--port wants the name of a serial port."),
        };
        var ssid = new Option<string?>("--wifi-ssid")
        {
            Description = "Store the name of a Wi-Fi on the device, for boards that use it",
            HelpName = "NAME",
        };
        var password = new Option<string?>("--wifi-password")
        {
            Description = $"Its password. Without this option the variable {PasswordVariable} holds it, where other users cannot see it;\n"
                + "without both the network is open",
            HelpName = "PASSWORD",
        };
        var target = new Option<string?>("--target")
        {
            Description = "The firmware image, one of the board's; its README says which is for what",
            HelpName = "TARGET",
        };
        var image = new Option<string?>("--image")
        {
            Description = "The application; by default what the device build of the board made",
            HelpName = "FILE",
            CustomParser = result => NotEmpty(result, "--image wants the name of a file."),
        };
        var applicationOnly = new Option<bool>("--app-only") { Description = "Leave the firmware as it is" };
        var throughRom = new Option<bool>("--rom")
        {
            Description = "Write the application through the ROM's loader, for a device that does not answer",
        };
        var nanoff = new Option<string?>("--nanoff")
        {
            Description = "The program nanoff; by default it is looked for",
            HelpName = "FILE",
            CustomParser = result => NotEmpty(result, "--nanoff wants the name of a file."),
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show the commands" };
        var command = new Command(
            "flash",
            "Write firmware, Wi-Fi settings and application to a board, by nanoFramework's flasher, nanoff.\n"
            + "Firmware and application are two runs: in one, nanoff writes the application where it does not run.");
        foreach (Option option in new Option[] { board, port, ssid, password, target, image, applicationOnly, throughRom, nanoff, dryRun })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (Text(result, board) is not { } name)
                return;
            if (BoardCatalog.Find(name) is not { } chosen)
                result.AddError($"'{name}' is not one of the boards that 'handshake boards' lists.");
            else if (chosen.Firmware.Count == 0)
                result.AddError($"The board '{name}' is this PC and needs no flashing: 'handshake serve' runs it.");
            else if (Text(result, target) is { } image && chosen.Firmware.All(candidate => candidate.Target != image))
                result.AddError($"'{image}' is no firmware of {name}, which runs {string.Join(", ", chosen.Firmware.Select(candidate => candidate.Target))}.");
            else if (Text(result, ssid) is null && Text(result, password) is not null)
                result.AddError("--wifi-password wants --wifi-ssid as well.");
            else if (Text(result, ssid) is not null && chosen.Underlay != UnderlayKind.Wifi)
                result.AddError($"{name} does not use Wi-Fi: leave out --wifi-ssid.");
            else if (Credentials(Text(result, ssid), Text(result, password)) is { } wifi && FlashPlan.Fault(wifi) is { } fault)
                result.AddError(fault + ".");
        });
        command.SetAction(result =>
        {
            BoardDefinition chosen = BoardCatalog.Find(result.GetRequiredValue(board))!;
            FirmwareImage firmware = result.GetValue(target) is { } name
                ? chosen.Firmware.First(candidate => candidate.Target == name)
                : chosen.Firmware[0];
            return FlashCommand.Run(
                new FlashRequest(
                    chosen,
                    firmware,
                    result.GetRequiredValue(port),
                    result.GetValue(image) ?? FlashPlan.DefaultImage(chosen),
                    Credentials(result.GetValue(ssid), result.GetValue(password)),
                    result.GetValue(applicationOnly),
                    result.GetValue(throughRom)),
                result.GetValue(nanoff),
                result.GetValue(dryRun),
                surroundings);
        });
        return command;
    }

    private const string PasswordVariable = "HANDSHAKE_WIFI_PASSWORD";

    private static WifiCredentials? Credentials(string? ssid, string? password)
        => ssid is null ? null : new WifiCredentials(ssid, password ?? Environment.GetEnvironmentVariable(PasswordVariable) ?? "");

    // What was typed, right or wrong; null if nothing was.
    private static string? Text(CommandResult result, Option option)
        => result.GetResult(option)?.Tokens.Count > 0 ? result.GetResult(option)!.Tokens[0].Value : null;

    private static string NotEmpty(ArgumentResult result, string complaint)
    {
        string text = result.Tokens[0].Value;
        if (text.Length == 0)
            result.AddError(complaint);
        return text;
    }

    private static Option<string> Tap() => new("--tap")
    {
        Description = "The TAP interface. One that is there is used as it is; else it is made, which needs root,\n"
            + "the PC gets the first free address of the network on it, and it goes away at the end",
        HelpName = "NAME",
        DefaultValueFactory = _ => "handshake0",
        CustomParser = result =>
        {
            string name = result.Tokens[0].Value;
            bool possible = name.Length is > 0 and < 16 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
            if (!possible || name is "." or "..")
                result.AddError($"'{name}' cannot be an interface's name: at most 15 letters, digits, '-', '_' and '.'.");
            return name;
        },
    };

    private static Option<Network> Address() => new("--address")
    {
        Description = "The address of our stack",
        HelpName = "A/len",
        DefaultValueFactory = _ => Network.Default,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Network.TryParse(text, out Network network))
                return network;
            result.AddError(Target.IsIPv6(text.Split('/')[0])
                ? OnlyIPv4(text, "10.77.0.2/24")
                : $"'{text}' is not the address of a host with the length of its network, 8 to 30, such as 10.77.0.2/24.");
            return Network.Default;
        },
    };

    // The one that goes with the link, unless it is typed.
    private static Option<Network> OwnAddress(string description)
    {
        Option<Network> address = Address();
        address.Description = description + ": by default " + $"{Network.Default} on a TAP, {Network.OnInterface} on an interface, {Network.DefaultPc} in a tunnel";
        address.DefaultValueFactory = null;
        return address;
    }

    private static Option<string?> Interface() => new("--interface")
    {
        Description = "Be one more host on this interface instead, by a packet socket (Linux, root), for a peer that it leads to",
        HelpName = "NAME",
        CustomParser = result => NotEmpty(result, "--interface wants the name of a network interface."),
    };

    private static LinkRequest Link(
        ParseResult result, Option<string> tap, Option<string?> networkInterface, Option<Via?> via, Option<Network> address) => new(
        result.GetRequiredValue(tap),
        result.GetValue(networkInterface),
        result.GetValue(via),
        Given(result.CommandResult, address) ? result.GetRequiredValue(address) : null);

    private static Option<Via?> Via(string description) => new("--via")
    {
        Description = description,
        HelpName = Connectivity.Via.Form,
        CustomParser = result =>
        {
            if (!Connectivity.Via.TryParse(result.Tokens[0].Value, out Via? via, out string wrong))
                result.AddError(wrong);
            return via;
        },
    };

    private static Option<double> Timeout(string description) => new("--timeout")
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 5,
        CustomParser = Seconds,
    };

    private static Option<string?> Pcap() => new("--pcap")
    {
        Description = "Write every frame to a pcapng file; -: to standard output, and the report to standard error",
        HelpName = "FILE",
        CustomParser = result => NotEmpty(result, "--pcap wants the name of a file."),
    };

    private static Option<bool> Json() => new("--json") { Description = "Write one JSON object instead of text" };

    private static Option<int> Port(string name, string description, Func<ArgumentResult, int>? usually)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "PORT", CustomParser = result => Number(result, 1, 65534) };
        if (usually != null)
            option.DefaultValueFactory = usually;
        return option;
    }

    private static int Number(ArgumentResult result, int least, int most)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        result.AddError($"'{text}' is not a number from {least} to {most}.");
        return least;
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

    private static string TextToSend(ArgumentResult result) => NotEmpty(result, "--send wants a text of one character or more.");

    private static double Seconds(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0.001 and <= 3600)
            return seconds;
        result.AddError($"'{result.Tokens[0].Value}' is not a number of seconds from 0.001 to 3600.");
        return 0;
    }

    private static Target ParseTarget(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Target.TryParse(text, out Target target))
            return target;
        result.AddError(Target.IsIPv6(text) ? OnlyIPv4(text, "10.77.0.1:80") : $"'{text}' is not HOST:PORT, such as 10.77.0.1:80 (ports go from 1 to 65535).");
        return target;
    }

    private static IPEndPoint ParseListen(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Contains(':') && IPEndPoint.TryParse(text, out IPEndPoint? place) && place.AddressFamily == AddressFamily.InterNetwork)
            return place;
        result.AddError(Target.IsIPv6(text) ? OnlyIPv4(text, "127.0.0.1:8080") : $"'{text}' is not an IPv4 address of this computer and a port, such as 127.0.0.1:8080.");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    private static string OnlyIPv4(string text, string example) =>
        $"'{text}' is an IPv6 address, and handshake speaks IPv4 alone: type one such as {example}.";

    private static bool Given(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    // One line: what is wrong, and what to type.
    private static string Complaint(ParseResult result, string[] args)
    {
        Command command = result.CommandResult.Command;
        if (command is RootCommand)
            return $"handshake: '{args[0]}' is not a command; type: handshake demo, serve, connect, proxy, conformance, responder, scoreboard, boards or flash, or handshake --help";
        string message = result.Errors[0].Message.Replace('\n', ' ').TrimEnd('.', ' ');
        string arguments = string.Concat(command.Arguments.Select(argument => " " + argument.Name));
        foreach (Option option in command.Options.Where(option => option.Required))
            arguments += $" {option.Name} {option.HelpName}";
        return $"handshake {command.Name}: {message}; type: handshake {command.Name}{arguments} [options], or handshake {command.Name} --help";
    }
}
