using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Conformance.Run;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>Every script is a test.</summary>
[TestClass]
public sealed class ScriptTests
{
    internal static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "scripts");

    /// <summary>The paths of the scripts under scripts/.</summary>
    public static IEnumerable<object[]> Scripts => Names.Select(name => new object[] { name });

    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Root, "*.pkt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    [TestMethod]
    [DynamicData(nameof(Scripts), DynamicDataDisplayName = nameof(NameOf))]
    public void The_endpoint_does_what_the_script_says(string script)
        => Assert.IsNull(ScriptRunner.RunFile(Path.Combine(Root, script), script).Skipped);

    /// <summary>The scripts that say nothing of a version of IP.</summary>
    public static IEnumerable<object[]> ScriptsOfBothVersions
        => Names.Where(name => !Read(name).Options.Any(option => option.Name == "ip_version")).Select(name => new object[] { name });

    /// <summary>As packetdrill's users do: with 20 bytes more, all sizes in a script are those of IPv4.</summary>
    [TestMethod]
    [DynamicData(nameof(ScriptsOfBothVersions), DynamicDataDisplayName = nameof(NameOf))]
    public void So_it_does_over_IPv6(string script)
    {
        Language.Script read = Read(script);
        var at = new Language.Position("command line", 1, 1);
        ScriptRunner.Run(read with
        {
            Options = [.. read.Options, new Language.ScriptOption(at, "ip_version", "ipv6"), new Language.ScriptOption(at, "mtu", "1520")],
        });
    }

    [TestMethod]
    public void There_are_at_least_150_scripts() => Assert.IsGreaterThanOrEqualTo(150, Names.Count());

    [TestMethod]
    public void Every_script_says_first_which_rule_of_which_RFC_it_shows()
    {
        foreach (string name in Names)
        {
            StringAssert.StartsWith(Read(name).Rule, "RFC ", name);
        }
    }

    [TestMethod]
    public void Each_of_the_31_behaviours_of_a_good_endpoint_has_a_script()
    {
        string rules = string.Join("\n", Names.Select(name => Read(name).Rule));
        for (int behaviour = 1; behaviour <= 31; behaviour++)
            StringAssert.Contains(rules, $"Behaviour {behaviour}.");
    }

    private static Language.Script Read(string name) => Language.ScriptParser.Parse(name, File.ReadAllText(Path.Combine(Root, name)));

    /// <summary>The name under which a script is reported.</summary>
    public static string NameOf(System.Reflection.MethodInfo method, object[] data) => (string)data[0];
}
