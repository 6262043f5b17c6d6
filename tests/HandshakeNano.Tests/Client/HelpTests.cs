using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Commands;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>Help, man page and completion are made from the same texts, and each example is a command that can be typed.</summary>
[TestClass]
public sealed class HelpTests
{
    private static readonly RootCommand s_root = CommandLine.Build([], new Surroundings(TextWriter.Null, TextWriter.Null, Stream.Null, OwnsProcess: false));

    public static IEnumerable<object[]> Commands => s_root.Subcommands.Select(command => new object[] { command.Name });

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void The_help_of_each_command_has_examples_that_parse(string name)
    {
        string help = Shell.Run(name, "--help").Output;
        int at = help.IndexOf("\nExamples:\n", StringComparison.Ordinal);
        Assert.IsGreaterThan(0, at, help);
        IReadOnlyList<Example> examples = Examples.Of(name);
        Assert.IsNotEmpty(examples);
        foreach (Example example in examples)
        {
            StringAssert.Contains(help[at..], $"  # {example.Text}\n  {example.Line}\n");

            // Another program may be in front of it.
            string[] words = [.. CommandLineParser.SplitCommandLine(example.Line.Split(" | ")[^1])];
            Assert.AreEqual("handshake", words[0]);
            Assert.AreEqual(name, words[1]);
            ParseResult result = s_root.Parse(words[1..]);
            Assert.IsEmpty(result.Errors, $"{example.Line}: {string.Join(' ', result.Errors.Select(error => error.Message))}");
            Assert.IsLessThanOrEqualTo(80, example.Line.Length + 2, example.Line);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void The_man_page_has_each_command_with_its_options_and_examples(string name)
    {
        string page = Shell.Run("man").Output.Replace("\\-", "-", StringComparison.Ordinal).Replace("\\(dq", "\"", StringComparison.Ordinal);
        Command command = s_root.Subcommands.Single(one => one.Name == name);
        StringAssert.Contains(page, $".SS \"handshake {name}");
        foreach (Option option in command.Options)
            StringAssert.Contains(page, $"\"{option.Name}");
        foreach (Example example in Examples.Of(name))
            StringAssert.Contains(page, example.Line);
    }

    [TestMethod]
    [DataRow("bash", "complete -o default -F _handshake handshake")]
    [DataRow("zsh", "compdef _handshake handshake")]
    [DataRow("fish", "complete --command handshake")]
    [DataRow("powershell", "Register-ArgumentCompleter -Native -CommandName handshake")]
    public void Each_shell_has_a_script_that_says_how_to_load_it(string shell, string line)
    {
        string script = Shell.Run("completion", shell).Output;
        StringAssert.Contains(script, line);
        StringAssert.Contains(script, $"handshake completion {shell}");
        StringAssert.Contains(script, "[suggest:");
    }

    [TestMethod]
    [DataRow("handshake pro", "probe\nproxy\n")]
    [DataRow("handshake probe --ra", "--rate\n")]
    [DataRow("handshake serve --board virtual-w", "virtual-w5500\nvirtual-wifi\n")]
    [DataRow("handshake completion z", "zsh\n")]
    public void What_a_shell_asks_is_answered(string line, string expected) =>
        Assert.AreEqual(expected, Shell.Run($"[suggest:{line.Length}]", line).Output);
}
