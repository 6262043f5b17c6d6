using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Conformance.Coverage;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>The tables of requirements tell the truth: docs/rfc9293-coverage.md and the others.</summary>
[TestClass]
public sealed class CoverageTests
{
    private static readonly Requirement Rule = new("MUST-1", "MUST", "3.1", "It is so.", null, null);

    private static readonly Lazy<IReadOnlyList<CoverageTable>> Tables = new(() => CoverageTable.AllOf(Program.Root));

    [TestMethod]
    public void Each_MUST_and_SHOULD_has_a_test_or_a_reason_and_each_number_that_a_test_names_exists()
        => Assert.AreEqual("", string.Join('\n', Tables.Value.SelectMany(table => table.Problems)));

    [TestMethod]
    public void The_published_tables_are_those_of_the_tests()
    {
        foreach (CoverageTable table in Tables.Value)
        {
            string published = File.ReadAllText(Path.Combine(Program.Root, table.Document)).ReplaceLineEndings("\n");
            Assert.AreEqual(table.ToString(), published,
                $"The tests say something else than {table.Document}. To write it anew: dotnet run --project tests/HandshakeNano.Conformance");
        }
    }

    [TestMethod]
    public void The_list_has_every_number_of_appendix_B()
    {
        string[] ids = [.. Requirement.ReadAll(Path.Combine(AppContext.BaseDirectory, "Coverage", "rfc9293.json")).Select(requirement => requirement.Id)];
        string[] expected =
        [
            .. Enumerable.Range(1, 69).Select(number => $"MUST-{number}"), .. Enumerable.Range(1, 31).Select(number => $"SHLD-{number}"),
            "REC-1", .. Enumerable.Range(1, 18).Select(number => $"MAY-{number}"),
        ];
        CollectionAssert.AreEqual(expected, ids);
    }

    [TestMethod]
    public void A_requirement_without_test_and_reason_is_a_problem()
    {
        CoverageTable table = new(CoverageTable.Tcp, [Rule, Rule with { Id = "MAY-1", Level = "MAY" }], []);
        Assert.ContainsSingle(table.Problems);
        StringAssert.Contains(table.Problems[0], "MUST-1 (It is so.) has neither a test nor a reason");
    }

    [TestMethod]
    public void A_test_of_what_is_not_done_or_does_not_exist_is_a_problem()
    {
        CoverageTable table = new(CoverageTable.Tcp, [Rule with { NotDone = "Too hard." }], [new(9293, "MUST-1", "a", "a.pkt"), new(9293, "MUST-70", "b", "b.pkt"), new(9293, "Behaviour 32", "c", "c.pkt"), new(2018, "MUST-99", "d", "d.pkt")]);
        Assert.HasCount(3, table.Problems);
        StringAssert.Contains(table.Problems[0], "MUST-1 is said to be not done, and a.pkt shows it");
        StringAssert.Contains(table.Problems[1], "b.pkt: 'b' shows MUST-70, which is not in");
        StringAssert.Contains(table.Problems[2], "c.pkt: 'c' shows Behaviour 32");
    }

    [TestMethod]
    public void A_comment_in_front_of_a_test_is_evidence()
    {
        Evidence[] found = [.. EvidenceFinder.InSource("a.cs", "class A\n{\n    // RFC 9293 MUST-13, 2018-SHLD-3.\n    [TestMethod]\n    [DataRow(1)]\n    public void It_is_so(int a) { }\n}\n")];
        CollectionAssert.AreEqual(new[] { new Evidence(9293, "MUST-13", "It_is_so", "a.cs"), new Evidence(2018, "SHLD-3", "It_is_so", "a.cs") }, found);
    }

    [TestMethod]
    [DataRow("class A\n{\n    // RFC 9293 MUST-13.\n    public void It_is_no_test() { }\n}\n")]
    [DataRow("class A\n{\n    [TestMethod]\n    public void It_is_inside()\n    {\n        // RFC 9293 MUST-13.\n    }\n}\n")]
    [DataRow("// RFC 9293 MUST-13.\nclass A;\n")]
    public void A_comment_elsewhere_is_an_error(string source)
        => StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => EvidenceFinder.InSource("a.cs", source)).Message, "stands in front of no test");
}
