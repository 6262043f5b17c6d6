using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client.Tests;

/// <summary>What the environment says about a terminal's characters.</summary>
[TestClass]
public sealed class TerminalLocaleTests
{
    [TestMethod]
    [DataRow(true, "LC_ALL=C.UTF-8")]
    [DataRow(true, "LC_ALL=en_US.UTF-8")]
    [DataRow(true, "LANG=en_US.utf8")]
    [DataRow(true, "LANG=de_DE.UTF-8@euro")]
    [DataRow(true, "LC_CTYPE=UTF-8")]
    [DataRow(false, "LC_ALL=C")]
    [DataRow(false, "LC_ALL=POSIX")]
    [DataRow(false, "LANG=en_US")]
    [DataRow(false, "LANG=en_US.ISO-8859-1")]
    [DataRow(false, "LANG=de_DE@euro")]
    [DataRow(false, "LANG=ja_JP.eucJP")]
    [DataRow(false, "LANG=C.UTF-16")]
    public void The_codeset_of_the_locale_decides(bool isUtf8, string environment) => Assert.AreEqual(isUtf8, IsUtf8(environment));

    [TestMethod]
    [DataRow(false, "LC_ALL=C LC_CTYPE=C.UTF-8 LANG=C.UTF-8")]
    [DataRow(true, "LC_ALL=C.UTF-8 LC_CTYPE=C LANG=C")]
    [DataRow(false, "LC_CTYPE=C LANG=C.UTF-8")]
    [DataRow(true, "LC_CTYPE=C.UTF-8 LANG=C")]
    [DataRow(false, "LC_ALL= LC_CTYPE= LANG=C")]
    [DataRow(true, "LC_ALL= LC_CTYPE=UTF-8 LANG=C")]
    public void The_first_that_is_set_and_not_empty_counts(bool isUtf8, string environment) => Assert.AreEqual(isUtf8, IsUtf8(environment));

    [TestMethod]
    [DataRow("")]
    [DataRow("LC_ALL= LANG=")]
    [DataRow("LC_MESSAGES=C LANGUAGE=de")]
    public void Without_a_locale_the_terminal_is_taken_for_one_of_UTF_8(string environment) => Assert.IsTrue(IsUtf8(environment));

    /// <summary>A heading without room is folded: an ellipsis is not ASCII.</summary>
    [TestMethod]
    public void A_narrow_scoreboard_without_Unicode_is_ASCII()
    {
        BehaviourResult[] results = [.. BehaviourCatalog.All.Select(behaviour => new BehaviourResult(behaviour, Verdict.Pass, "", null, null, []))];
        var text = new StringWriter();
        ConformanceReport.Write([.. new[] { "HandshakeNano", "HandshakeNano over IPv6", "Linux", "Linux over IPv6" }.Select(name => new ScoredPeer(name, results))], Screen.ForMail(text));
        Assert.IsTrue(text.ToString().All(char.IsAscii), text.ToString());
    }

    private static bool IsUtf8(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]);
        return TerminalLocale.IsUtf8(variables.GetValueOrDefault);
    }
}
