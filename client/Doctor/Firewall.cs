using System.Linq;
using System.Text.Json;

namespace HandshakeNano.Client.Doctor;

/// <summary>Whether the firewall lets the datagrams of a tunnel in.</summary>
public static class Firewall
{
    private const string Port = "4789";

    /// <summary>Looks for a chain that drops what no rule accepts, and has no rule for the port.</summary>
    /// <param name="ruleset">What nft -j list ruleset writes.</param>
    /// <returns>The command that lets the port in; null if no chain is in its way.</returns>
    public static string? Mend(string ruleset)
    {
        using JsonDocument document = JsonDocument.Parse(ruleset);
        JsonElement[] all = [.. document.RootElement.GetProperty("nftables").EnumerateArray()];
        foreach (JsonElement one in all)
        {
            if (!one.TryGetProperty("chain", out JsonElement chain)
                || Text(chain, "hook") != "input" || Text(chain, "policy") != "drop" || Text(chain, "family") is not ("ip" or "inet"))
                continue;
            bool isOpen = all.Any(other => other.TryGetProperty("rule", out JsonElement rule)
                && Text(rule, "family") == Text(chain, "family") && Text(rule, "table") == Text(chain, "table") && Text(rule, "chain") == Text(chain, "name")
                && rule.GetProperty("expr").GetRawText() is var expression
                && expression.Contains(Port, System.StringComparison.Ordinal) && expression.Contains("accept", System.StringComparison.Ordinal));
            if (!isOpen)
                return $"sudo nft insert rule {Text(chain, "family")} {Text(chain, "table")} {Text(chain, "name")} udp dport {Port} accept";
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
