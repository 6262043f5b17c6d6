using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;

namespace HandshakeNano.Client.Commands;

/// <summary>A command line that can be typed as it stands, and what it does.</summary>
/// <param name="Line">What to type.</param>
/// <param name="Text">What that does.</param>
public sealed record Example(string Line, string Text);

/// <summary>What the help and the man page show of each command.</summary>
public static class Examples
{
    private const string Tunnel = "--via \"vxlan://192.0.2.20?vni=42\"";

    private static readonly Dictionary<string, Example[]> s_examples = new(StringComparer.Ordinal)
    {
        ["demo"] =
        [
            new("handshake demo", "the firmware on a virtual board, and a PC that shakes hands with it"),
            new("handshake demo --in-memory --pcap demo.pcapng", "without the kernel, and a capture for Wireshark"),
        ],
        ["serve"] =
        [
            new("handshake serve", "the device at 10.77.0.2 for every program on this PC; as root"),
            new("handshake serve --board virtual-wifi", "behind a tunnel, as a board on Wi-Fi is; without root"),
        ],
        ["connect"] =
        [
            new("handshake connect 10.77.0.2:7 --send hello", "our stack to the device that serve runs; as root"),
            new($"handshake connect 10.77.0.2:7 --send hello {Tunnel}", "to a board on Wi-Fi"),
            new("handshake connect example.org:80 --os", "any host, by the system's sockets"),
        ],
        ["probe"] =
        [
            new("handshake probe example.org:443", "ten handshakes, one after the other"),
            new("handshake probe 192.0.2.20:80 --count 1000 --parallel 8 --plot probe.svg", "a thousand, eight at once, and a picture"),
            new("handshake probe 192.0.2.20:80 --count 600 --rate 10 --json", "ten a second for a minute, for a program to read"),
        ],
        ["proxy"] = [new($"handshake proxy --to 10.77.0.2:80 {Tunnel}", "the page of a board on Wi-Fi at http://127.0.0.1:8080")],
        ["conformance"] =
        [
            new("handshake conformance --in-memory", "our own endpoint, without a network"),
            new("handshake conformance 192.0.2.20 --interface eth0 --address 192.0.2.99/24", "a host of this LAN; as root"),
        ],
        ["isn"] =
        [
            new("handshake isn --in-memory", "our own endpoint, without a network"),
            new("handshake isn 192.0.2.20:80 --interface eth0 --address 192.0.2.99/24", "a host of this LAN; as root"),
        ],
        ["draw"] =
        [
            new("handshake draw capture.pcap", "the connection in it, or a list of them"),
            new("handshake draw capture.pcap --flow 3 -o handshake.svg", "a picture of the third"),
            new("tcpdump -i eth0 -c 100 -w - tcp | handshake draw -", "what a capture program writes"),
        ],
        ["watch"] =
        [
            new("handshake watch --interface eth0", "every handshake on this interface; as root"),
            new("handshake watch --interface any 192.0.2.20:443 --all", "each segment of the connections with one server"),
            new("handshake watch --interface eth0 --count 100 --json", "a hundred handshakes, for a program to read"),
        ],
        ["responder"] = [new("handshake responder --port 7007", "what conformance needs on a host that is to be probed; without root")],
        ["scoreboard"] = [new("handshake scoreboard --markdown", "ours and Linux side by side")],
        ["find"] = [new("handshake find --seconds 5", "the devices on this link, after five seconds")],
        ["boards"] = [new("handshake boards --json", "all boards, for a program to read")],
        ["flash"] =
        [
            new("handshake flash --board esp32-devkitc-w5500 --port /dev/ttyUSB0", "firmware and application"),
            new("handshake flash --board esp32-wifi --port COM3 --wifi-ssid cellar --dry-run", "only show the commands"),
        ],
        ["completion"] = [new("handshake completion bash", "a script for bash; its first lines say how to load it")],
        ["doctor"] = [new("handshake doctor", "what is there, what is missing, and what to type")],
        ["man"] = [new("handshake man", "the man page: handshake man > handshake.1, then man ./handshake.1")],
    };

    /// <summary>The examples of a command.</summary>
    /// <param name="command">Its name.</param>
    /// <returns>At least one; none for what is no command.</returns>
    public static IReadOnlyList<Example> Of(string command) => s_examples.GetValueOrDefault(command, []);

    /// <summary>Shows them below the help of each command.</summary>
    /// <param name="root">The root of all commands.</param>
    internal static void AddTo(RootCommand root)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new Help(help);
        }
    }

    private sealed class Help(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            IReadOnlyList<Example> examples = Of(parseResult.CommandResult.Command.Name);
            if (examples.Count > 0)
                output.WriteLine("Examples:");
            foreach (Example example in examples)
            {
                output.WriteLine("  # " + example.Text);
                output.WriteLine("  " + example.Line);
            }

            return code;
        }
    }
}
