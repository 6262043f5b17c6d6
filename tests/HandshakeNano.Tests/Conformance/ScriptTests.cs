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

    [TestMethod]
    public void There_are_at_least_150_scripts() => Assert.IsGreaterThanOrEqualTo(150, Names.Count());

    [TestMethod]
    public void Every_script_says_first_which_rule_of_which_RFC_it_shows()
    {
        foreach (string name in Names)
        {
            string rule = Language.ScriptParser.Parse(name, File.ReadAllText(Path.Combine(Root, name))).Rule;
            StringAssert.StartsWith(rule, "RFC ", name);
        }
    }

    [TestMethod]
    public void Each_of_the_31_behaviours_of_a_good_endpoint_has_a_script()
    {
        string rules = string.Join("\n", Names.Select(name => Language.ScriptParser.Parse(name, File.ReadAllText(Path.Combine(Root, name))).Rule));
        for (int behaviour = 1; behaviour <= 31; behaviour++)
            StringAssert.Contains(rules, $"Behaviour {behaviour}.");
    }

    /// <summary>The name under which a script is reported.</summary>
    public static string NameOf(System.Reflection.MethodInfo method, object[] data) => (string)data[0];
}
