using System.Linq;
using System.Text.Json;
using HandshakeNano.Client.Doctor;
using HandshakeNano.Client.Tests;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What <c>handshake doctor --json</c> has found.</summary>
internal sealed class Findings
{
    /// <summary>Its arguments.</summary>
    public const string Command = "handshake.dll doctor --json";

    private readonly Finding[] _all;

    public Findings(ToolResult result)
    {
        Assert.AreEqual(0, result.ExitCode, result.Output + result.Error);
        _all = [.. Schemas.Check("doctor", result.Output).GetProperty("findings").EnumerateArray()
            .Select(finding => finding.Deserialize<Finding>(JsonSerializerOptions.Web)!)];
    }

    public Finding this[string name] => _all.Single(finding => finding.Name == name);

    /// <summary>What to type for something that is missing.</summary>
    public string Mend(string name)
    {
        Finding finding = this[name];
        Assert.IsTrue(!finding.Good && finding.Mend != null, finding.ToString());
        return finding.Mend!;
    }

    public void AssertGood(params string[] names)
    {
        foreach (string name in names)
            Assert.IsTrue(this[name].Good, this[name].ToString());
    }
}
