using System.Collections.Generic;

namespace HandshakeNano.Conformance.Language;

/// <summary>packetdrill's names of ICMP errors. Those of IPv4 and of IPv6 share some, with other numbers.</summary>
internal static class IcmpNames
{
    private static readonly Dictionary<string, int> Ipv4Types = new()
    {
        ["unreachable"] = 3,
        ["source_quench"] = 4,
        ["time_exceeded"] = 11,
        ["parameter_problem"] = 12,
    };

    private static readonly Dictionary<string, (int Type, int Code)> Ipv4Codes = new()
    {
        ["net_unreachable"] = (3, 0),
        ["host_unreachable"] = (3, 1),
        ["protocol_unreachable"] = (3, 2),
        ["port_unreachable"] = (3, 3),
        ["frag_needed"] = (3, 4),
        ["source_route_failed"] = (3, 5),
        ["net_unknown"] = (3, 6),
        ["host_unknown"] = (3, 7),
        ["source_host_isolated"] = (3, 8),
        ["net_prohibited"] = (3, 9),
        ["host_prohibited"] = (3, 10),
        ["net_unreachable_for_tos"] = (3, 11),
        ["host_unreachable_for_tos"] = (3, 12),
        ["packet_filtered"] = (3, 13),
        ["pkt_filtered"] = (3, 13),
        ["precedence_violation"] = (3, 14),
        ["precedence_cutoff"] = (3, 15),
        ["exc_ttl"] = (11, 0),
        ["exc_fragtime"] = (11, 1),
        ["quench"] = (4, 0),
        ["param_problem"] = (12, 0),
    };

    private static readonly Dictionary<string, int> Ipv6Types = new()
    {
        ["unreachable"] = 1,
        ["packet_too_big"] = 2,
        ["time_exceeded"] = 3,
        ["parameter_problem"] = 4,
    };

    private static readonly Dictionary<string, (int Type, int Code)> Ipv6Codes = new()
    {
        ["net_unreachable"] = (1, 0),
        ["no_route"] = (1, 0),
        ["admin_prohibited"] = (1, 1),
        ["not_neighbour"] = (1, 2),
        ["address_unreachable"] = (1, 3),
        ["port_unreachable"] = (1, 4),
        ["exceeded_hop_limit"] = (3, 0),
        ["exceeded_frag_time"] = (3, 1),
        ["header_field"] = (4, 0),
        ["unknown_next_header"] = (4, 1),
        ["unknown_option"] = (4, 2),
    };

    /// <summary>Whether any version of IP has a type of this name.</summary>
    public static bool IsType(string name) => Ipv4Types.ContainsKey(name) || Ipv6Types.ContainsKey(name);

    /// <summary>Whether any version of IP has a code of this name with this type.</summary>
    public static bool IsCode(string type, string code) => Has(Ipv4Types, Ipv4Codes, type, code) || Has(Ipv6Types, Ipv6Codes, type, code);

    /// <summary>The numbers that a version of IP has for an error.</summary>
    /// <exception cref="ScriptException">It has none.</exception>
    public static (int Type, int Code) Numbers(IcmpEvent step, bool ipv6)
    {
        Dictionary<string, int> types = ipv6 ? Ipv6Types : Ipv4Types;
        Dictionary<string, (int Type, int Code)> codes = ipv6 ? Ipv6Codes : Ipv4Codes;
        if (step.Code != null ? Has(types, codes, step.Type, step.Code) : types.ContainsKey(step.Type))
            return (types[step.Type], step.Code == null ? 0 : codes[step.Code].Code);
        throw new ScriptException(step.At, $"'{step.Code ?? step.Type}' is nothing that ICMP over {(ipv6 ? "IPv6" : "IPv4")} has");
    }

    private static bool Has(Dictionary<string, int> types, Dictionary<string, (int Type, int Code)> codes, string type, string code)
        => types.TryGetValue(type, out int number) && codes.TryGetValue(code, out (int Type, int Code) known) && known.Type == number;
}
