using System.IO;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Doctor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>What <c>handshake doctor</c> makes of what it finds; that the findings hold is among the interop tests.</summary>
[TestClass]
public sealed class DoctorTests
{
    private const string Drops = """{"chain":{"family":"inet","table":"filter","name":"input","hook":"input","policy":"drop"}}""";

    private const string Open = """{"chain":{"family":"inet","table":"filter","name":"input","hook":"input","policy":"accept"}},""";

    private const string Jumps = Drops + """,{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"jump":{"target":"zone"}}]}}""";

    [TestMethod]
    [DataRow("", null)]
    [DataRow(Drops, "nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"input","hook":"input","policy":"accept"}}""", null)]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"output","hook":"output","policy":"drop"}}""", null)]
    [DataRow("""{"chain":{"family":"ip6","table":"filter","name":"input","hook":"input","policy":"drop"}}""", null)]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"mine"}}""", null)]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"match":{"right":4789}},{"accept":null}]}}""", null)]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"match":{"right":22}},{"accept":null}]}}""",
        "nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"other","chain":"input","expr":[{"match":{"right":4789}},{"accept":null}]}}""",
        "nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow("""{"chain":{"family":"ip","table":"filter","name":"INPUT","hook":"input","policy":"drop"}}""", null)]
    [DataRow(Open + """{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"counter":{}},{"reject":null}]}}""", "nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow(Open + """{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"match":{"right":22}},{"drop":null}]}}""", null)]
    [DataRow(Jumps + """,{"rule":{"family":"inet","table":"filter","chain":"zone","expr":[{"match":{"right":4789}},{"accept":null}]}}""", null)]
    [DataRow(Jumps + """,{"rule":{"family":"inet","table":"filter","chain":"other","expr":[{"match":{"right":4789}},{"accept":null}]}}""",
        "nft insert rule inet filter input udp dport 4789 accept")]
    public void A_chain_that_drops_what_it_does_not_know_has_a_mend(string rules, string? mend) =>
        Assert.AreEqual(mend, Firewall.NftMend("{\"nftables\":[{\"metainfo\":{}}" + (rules.Length > 0 ? "," : "") + rules + "]}"));

    [TestMethod]
    [DataRow("-P INPUT DROP\n", true)]
    [DataRow("-P INPUT ACCEPT\n", false)]
    [DataRow("-P INPUT ACCEPT\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\n", true)]
    [DataRow("-P INPUT ACCEPT\n-A INPUT -p tcp -j DROP\n", false)]
    [DataRow("-P INPUT DROP\n-A INPUT -j mine\n-A mine -p udp -m udp --dport 4789 -j ACCEPT\n", false)]
    [DataRow("-P INPUT DROP\n-A INPUT -p udp -m multiport --dports 53,4789 -j ACCEPT\n", false)]
    [DataRow("-P INPUT DROP\n-A INPUT -p udp -m udp --dport 47890 -j ACCEPT\n", true)]
    [DataRow("-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 4789 -j ACCEPT\n", true)]
    public void So_has_a_chain_of_iptables(string rules, bool drops) =>
        Assert.AreEqual(drops ? "iptables-nft -I INPUT -p udp --dport 4789 -j ACCEPT" : null, Firewall.IptablesMend("iptables-nft", rules));

    [TestMethod]
    public void Only_what_is_required_makes_it_fail()
    {
        Finding good = new(".NET", true, "it runs", Required: true), optional = new("nanoff", false, "not installed", "dotnet tool install -g nanoff");
        (int code, string output, string error) = Run(json: false, good, optional);
        Assert.AreEqual(0, code);
        Assert.AreEqual("", error);
        Assert.AreEqual("  good     .NET    it runs\n  missing  nanoff  not installed; type: dotnet tool install -g nanoff\n", output);

        (code, _, error) = Run(json: false, good with { Good = false, Text = "no SDK", Mend = "get it" }, optional);
        Assert.AreEqual(1, code);
        Assert.AreEqual("handshake: doctor: .NET: no SDK; type: get it\n", error);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Its_JSON_is_as_the_schema_says(bool good)
    {
        (int code, string output, _) = Run(json: true, new Finding(".NET", good, "text", good ? null : "mend", Required: true));
        Assert.AreEqual(good ? 0 : 1, code);
        Assert.AreEqual(good, Schemas.Check("doctor", output).GetProperty("ok").GetBoolean());
    }

    private static (int Code, string Output, string Error) Run(bool json, params Finding[] findings)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = DoctorCommand.Run(findings, json, new Surroundings(output, error, Stream.Null, OwnsProcess: false));
        return (code, output.ToString(), error.ToString());
    }
}
