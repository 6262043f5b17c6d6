using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.Documents;

/// <summary>Every command in every document is run by a test, or commands.txt says why not.</summary>
[TestClass]
public sealed class CommandTests
{
    private static readonly CommandList s_list = CommandList.Read(Repository.Root);

    private static readonly Document[] s_documents = [.. Document.ReadAll(Repository.Root)];

    /// <summary>The commands that are run here, for DynamicData.</summary>
    public static IEnumerable<object[]> Run => s_list.Section("run").Select(command => new object[] { command });

    /// <summary>The programs that are started here, for DynamicData.</summary>
    public static IEnumerable<object[]> Programs => s_list.Section("program").Select(command => new object[] { command });

    [TestMethod]
    public void Every_command_of_a_document_is_in_the_list()
    {
        string[] missing =
        [
            .. s_documents.SelectMany(document => document.Commands.Where(command => !s_list.Entries.Any(entry => CommandList.Fits(entry, command)))
                .Select(command => $"{document.Path}: {command}")),
        ];
        Assert.IsEmpty(missing, "Run them in a test, or say in commands.txt why not:\n" + string.Join('\n', missing));
    }

    [TestMethod]
    public void Every_command_of_the_list_is_in_a_document()
    {
        string[] commands = [.. s_documents.SelectMany(document => document.Commands)];
        string[] left = [.. s_list.Entries.Where(entry => !commands.Any(command => CommandList.Fits(entry, command)))];
        Assert.IsEmpty(left, "No document has these: take them out of commands.txt:\n" + string.Join('\n', left));
        Assert.AreEqual(s_list.Entries.Count, s_list.Entries.Distinct().Count(), "commands.txt has a command twice.");
    }

    [TestMethod]
    public void What_the_list_says_runs_a_command_is_there()
    {
        foreach (string file in s_list.TestFiles)
            Assert.IsTrue(File.Exists(Path.Combine(Repository.Root, file)), file);
        string run = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")).Replace(" --no-build", "", StringComparison.Ordinal);
        foreach (string command in s_list.Section(".ci/run"))
            Assert.Contains(command, run);
    }

    [TestMethod]
    public void A_document_never_builds_as_root()
    {
        foreach (Document document in s_documents)
        {
            foreach (string command in document.Commands)
                Assert.DoesNotStartWith("sudo dotnet ", command, $"{document.Path}: what root builds, the user cannot build again.");
        }
    }

    /// <summary>A command that flashes only shows here what it would run.</summary>
    [TestMethod]
    [DoNotParallelize]
    [DynamicData(nameof(Run))]
    public void A_command_does_what_it_is_asked_to_do(string command)
    {
        string[] words = CommandList.Arguments(command);
        if (words.Contains("flash") && !words.Contains("--dry-run"))
            words = [.. words, "--dry-run"];
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.AreEqual(0, Client.Program.Run(words, output, error, Stream.Null), output.ToString() + error);
        Assert.AreNotEqual("", output.ToString());
    }

    [TestMethod]
    [DynamicData(nameof(Programs))]
    public void A_program_does_what_it_is_asked_to_do(string command)
    {
        string[] words = command.Split(' ');
        int separator = Array.IndexOf(words, "--");
        string program = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(words[separator - 1]) + ".dll");
        string file = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus"), "*.hex", SearchOption.AllDirectories).Order().First();
        IEnumerable<string> arguments = words[(separator + 1)..].Select(word => word == "FILE" ? file : word);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + errors.GetAwaiter().GetResult());
        Assert.AreNotEqual("", output);
    }
}
