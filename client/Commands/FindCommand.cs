using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake find</c>: which devices are on the link.</summary>
internal static class FindCommand
{
    private static readonly string[] s_types = ["_echo._tcp", "_http._tcp"];

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        Option<bool> json = Options.Json();
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long to listen, up to 60",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 2,
            CustomParser = Seconds,
        };
        var command = new Command("find", "List the devices on the link that tell of an echo or HTTP service by multicast DNS.");
        command.Options.Add(seconds);
        command.Options.Add(json);
        command.SetAction(result => Run(result.GetValue(seconds), result.GetValue(json), surroundings));
        return command;
    }

    private static int Run(double seconds, bool json, Surroundings surroundings)
    {
        using var dns = new MulticastDns();
        IReadOnlyList<FoundService> found = dns.Find(s_types, TimeSpan.FromSeconds(seconds));
        var devices = found.GroupBy(service => service.Host.Length != 0 ? service.Host : service.Name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(device => device.Key, StringComparer.OrdinalIgnoreCase).ToList();
        string? failure = devices.Count > 0 ? null
            : $"no device answered within {seconds.ToString(CultureInfo.InvariantCulture)} s; check that it is on this link, or listen longer: handshake find --seconds 10";
        if (json)
        {
            JsonReport.Write(
                new
                {
                    Command = "find",
                    Ok = failure == null,
                    Failure = failure,
                    Devices = devices.Select(device => new
                    {
                        Name = device.Key,
                        Addresses = device.First().Addresses.Select(address => address.ToString()),
                        Services = device.Select(service => new { service.Name, service.Type, service.Port }),
                    }),
                },
                surroundings.Output);
        }
        else
        {
            int name = devices.Count == 0 ? 0 : devices.Max(device => device.Key.Length);
            foreach (IGrouping<string, FoundService> device in devices)
                surroundings.Output.WriteLine($"{device.Key.PadRight(name)}  {string.Join(' ', device.First().Addresses)}  {string.Join(", ", device.Select(Service))}");
        }

        return failure == null ? 0 : surroundings.Fail(failure);
    }

    private static string Service(FoundService service) => $"{service.Type} on {service.Port.ToString(CultureInfo.InvariantCulture)}";

    private static double Seconds(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.1 and <= 60)
            return seconds;
        result.AddError($"'{result.Tokens[0].Value}' is not a number of seconds from 0.1 to 60.");
        return 0;
    }
}
