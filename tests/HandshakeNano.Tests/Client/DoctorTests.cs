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

    [TestMethod]
    [DataRow("", null)]
    [DataRow(Drops, "sudo nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"input","hook":"input","policy":"accept"}}""", null)]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"output","hook":"output","policy":"drop"}}""", null)]
    [DataRow("""{"chain":{"family":"ip6","table":"filter","name":"input","hook":"input","policy":"drop"}}""", null)]
    [DataRow("""{"chain":{"family":"inet","table":"filter","name":"mine"}}""", null)]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"match":{"right":4789}},{"accept":null}]}}""", null)]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"filter","chain":"input","expr":[{"match":{"right":22}},{"accept":null}]}}""",
        "sudo nft insert rule inet filter input udp dport 4789 accept")]
    [DataRow(Drops + """,{"rule":{"family":"inet","table":"other","chain":"input","expr":[{"match":{"right":4789}},{"accept":null}]}}""",
        "sudo nft insert rule inet filter input udp dport 4789 accept")]
    public void A_chain_that_drops_what_it_does_not_know_has_a_mend(string rules, string? mend) =>
        Assert.AreEqual(mend, Firewall.Mend("{\"nftables\":[{\"metainfo\":{}}" + (rules.Length > 0 ? "," : "") + rules + "]}"));

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
