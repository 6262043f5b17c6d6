using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HandshakeNano.Client.Doctor;

/// <summary>Whether the firewall lets the datagrams of a tunnel in.</summary>
public static class Firewall
{
    private const string Port = "4789";

    /// <summary>Asks nftables and both kinds of iptables, if the kernel has rules of theirs. It needs CAP_NET_ADMIN.</summary>
    /// <param name="fault">Why nftables does not say, one line; null if it does, or is not there.</param>
    /// <returns>The command that lets the port in; null if nothing is seen that is in its way.</returns>
    public static string? Mend(out string? fault)
    {
        fault = null;
        string? mend = null;
        if (!Kernel.WouldLoad("nf_tables"))
        {
            int? code = Tool.Run(out string ruleset, out string error, "nft", "-j", "list", "ruleset");
            if (code == 0)
                mend = NftMend(ruleset);
            else if (code != null)
                fault = "nft does not say: " + error;
            mend ??= IptablesMend("iptables-nft");
        }

        const string Legacy = "/proc/net/ip_tables_names";
        if (File.Exists(Legacy) && File.ReadLines(Legacy).Contains("filter"))
            mend ??= IptablesMend("iptables-legacy");
        if (mend == null)
            return null;

        // Their own commands, where they are in charge: other rules are gone with the next change of theirs.
        return Tool.Succeeds("firewall-cmd", "--state") ? $"firewall-cmd --add-port={Port}/udp"
            : Tool.Run(out string status, out _, "ufw", "status") == 0 && status.StartsWith("Status: active", StringComparison.Ordinal) ? $"ufw allow {Port}/udp"
            : mend;
    }

    /// <summary>Looks for a chain of nftables that drops what no rule accepts, and leads to no rule for the port. Those of iptables it leaves alone.</summary>
    /// <param name="ruleset">What nft -j list ruleset writes.</param>
    /// <returns>The command that lets the port in; null if no chain is in its way.</returns>
    public static string? NftMend(string ruleset)
    {
        using JsonDocument document = JsonDocument.Parse(ruleset);
        JsonElement[] all = [.. document.RootElement.GetProperty("nftables").EnumerateArray()];
        foreach (JsonElement one in all)
        {
            if (!one.TryGetProperty("chain", out JsonElement chain)
                || Text(chain, "hook") != "input" || Text(chain, "family") is not ("ip" or "inet")
                || (Text(chain, "family") == "ip" && Text(chain, "table") == "filter" && Text(chain, "name") == "INPUT"))
                continue;
            ILookup<string?, JsonElement> rules = all
                .Where(other => other.TryGetProperty("rule", out JsonElement rule)
                    && Text(rule, "family") == Text(chain, "family") && Text(rule, "table") == Text(chain, "table"))
                .Select(other => other.GetProperty("rule")).ToLookup(rule => Text(rule, "chain"), rule => rule.GetProperty("expr"));
            bool drops = Text(chain, "policy") == "drop"
                || (rules[Text(chain, "name")].LastOrDefault() is { ValueKind: JsonValueKind.Array } last && Has(last, "drop", "reject") && !Has(last, "match"));
            if (drops && !LetsIn(rules, Text(chain, "name"), []))
                return $"nft insert rule {Text(chain, "family")} {Text(chain, "table")} {Text(chain, "name")} udp dport {Port} accept";
        }

        return null;
    }

    /// <summary>Looks for a chain INPUT of iptables that drops what no rule accepts, where no rule is for the port.</summary>
    /// <param name="program">iptables-nft or iptables-legacy.</param>
    /// <param name="rules">What the program writes with -S.</param>
    /// <returns>The command that lets the port in; null if nothing is in its way.</returns>
    public static string? IptablesMend(string program, string rules)
    {
        string[] lines = rules.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool drops = lines.Contains("-P INPUT DROP")
            || (lines.LastOrDefault(line => line.StartsWith("-A INPUT ", StringComparison.Ordinal)) is string last && Regex.IsMatch(last, "^-A INPUT -j (DROP|REJECT)"));
        return drops && !lines.Any(line => Regex.IsMatch(line, $"-p udp .*--dports? (\\S+,)?{Port}\\b.* -j ACCEPT"))
            ? $"{program} -I INPUT -p udp --dport {Port} -j ACCEPT" : null;
    }

    private static string? IptablesMend(string program) => Tool.Run(out string rules, out _, program, "-S") == 0 ? IptablesMend(program, rules) : null;

    private static bool LetsIn(ILookup<string?, JsonElement> rules, string? chain, HashSet<string?> seen) => seen.Add(chain)
        && rules[chain].Any(rule => (rule.GetRawText().Contains(Port, StringComparison.Ordinal) && Has(rule, "accept"))
            || rule.EnumerateArray().Any(one => Target(one) is string target && LetsIn(rules, target, seen)));

    private static string? Target(JsonElement expression) => expression.TryGetProperty("jump", out JsonElement jump) || expression.TryGetProperty("goto", out jump)
        ? Text(jump, "target") : null;

    private static bool Has(JsonElement rule, params string[] names) => rule.EnumerateArray().Any(one => names.Any(name => one.TryGetProperty(name, out _)));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
