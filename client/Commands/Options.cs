using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Commands;

/// <summary>Options that several commands have, and how what was typed is read.</summary>
internal static class Options
{
    internal static Option<string> Tap() => new("--tap")
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

    internal static Option<Network> Address() => new("--address")
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
    internal static Option<Network> OwnAddress(string description)
    {
        Option<Network> address = Address();
        address.Description = description + ": by default " + $"{Network.Default} on a TAP, {Network.OnInterface} on an interface, {Network.DefaultPc} in a tunnel";
        address.DefaultValueFactory = null;
        return address;
    }

    internal static Option<string?> Interface() => new("--interface")
    {
        Description = "Be one more host on this interface instead, by a packet socket (Linux, root), for a peer that it leads to",
        HelpName = "NAME",
        CustomParser = result => NotEmpty(result, "--interface wants the name of a network interface."),
    };

    internal static LinkRequest Link(
        ParseResult result, Option<string> tap, Option<string?> networkInterface, Option<Via?> via, Option<Network> address) => new(
        result.GetRequiredValue(tap),
        result.GetValue(networkInterface),
        result.GetValue(via),
        Given(result.CommandResult, address) ? result.GetRequiredValue(address) : null);

    internal static Option<Via?> Via(string description) => new("--via")
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

    internal static Option<double> Timeout(string description) => new("--timeout")
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 5,
        CustomParser = result => Seconds(result, 0.001),
    };

    internal static Option<string?> Pcap() => new("--pcap")
    {
        Description = "Write every frame to a pcapng file; -: to standard output, and the report to standard error.\n"
            + "One that cannot go on, as on a full disk, is told and ends nothing else",
        HelpName = "FILE",
        CustomParser = result => NotEmpty(result, "--pcap wants the name of a file."),
    };

    internal static Option<string?> Plot(string description) => new("--plot")
    {
        Description = description,
        HelpName = "FILE",
        CustomParser = result => NotEmpty(result, "--plot wants the name of a file."),
    };

    internal static Option<bool> Json() => new("--json") { Description = "Write one JSON object instead of text" };

    internal static Option<int> Port(string name, string description, Func<ArgumentResult, int>? usually)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "PORT", CustomParser = result => Number(result, 1, 65534) };
        if (usually != null)
            option.DefaultValueFactory = usually;
        return option;
    }

    internal static int Number(ArgumentResult result, int least, int most)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        result.AddError($"'{text}' is not a number from {least} to {most}.");
        return least;
    }

    // What was typed, right or wrong; null if nothing was.
    internal static string? Text(CommandResult result, Option option)
        => result.GetResult(option)?.Tokens.Count > 0 ? result.GetResult(option)!.Tokens[0].Value : null;

    internal static string NotEmpty(ArgumentResult result, string complaint)
    {
        string text = result.Tokens[0].Value;
        if (text.Length == 0)
            result.AddError(complaint);
        return text;
    }

    internal static string TextToSend(ArgumentResult result) => NotEmpty(result, "--send wants a text of one character or more.");

    internal static Target ParseTarget(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Target.TryParse(text, out Target target))
            return target;
        result.AddError(Target.IsIPv6(text) ? $"'{text}' is an IPv6 address without a port: type one such as [fe80::1%eth0]:7." : $"'{text}' is not HOST:PORT, such as 10.77.0.1:80 (ports go from 1 to 65535).");
        return target;
    }

    internal static string OnlyIPv4(string text, string example) =>
        $"'{text}' is an IPv6 address, and handshake speaks IPv4 alone: type one such as {example}.";

    internal static bool Given(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    // A capture on standard output leaves standard error for the report.
    internal static Surroundings Reporting(ParseResult result, Surroundings surroundings) =>
        surroundings.For(Find(result, "--pcap")?.GetValueOrDefault<string?>());

    // What came of an option of the command that was typed; null if it has none of that name, or none was typed.
    internal static OptionResult? Find(ParseResult result, string name) =>
        result.CommandResult.Command.Options.FirstOrDefault(option => option.Name == name) is Option found ? result.GetResult(found) : null;

    internal static double Seconds(ArgumentResult result, double least)
    {
        if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double seconds)
            && seconds >= least && seconds <= 3600)
            return seconds;
        result.AddError($"'{result.Tokens[0].Value}' is not a number of seconds from {least.ToString(CultureInfo.InvariantCulture)} to 3600.");
        return 0;
    }
}
