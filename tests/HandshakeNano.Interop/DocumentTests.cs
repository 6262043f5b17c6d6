using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Documents;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The commands and programs of the documents that need root, as they stand there, in a namespace of their own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DocumentTests
{
    private static readonly IReadOnlyList<Document> _documents = Document.ReadAll(Repository.Root);

    /// <summary>The documents whose commands are run, for DynamicData.</summary>
    public static IEnumerable<object[]> Documents => _documents.Where(document => Here(document).Length > 0).Select(document => new object[] { document.Path });

    /// <summary>The programs that make a network namespace, for DynamicData.</summary>
    public static IEnumerable<object[]> Programs => Compiled().Select(code => new object[] { code.Block.ToString() });

    [TestMethod]
    [DynamicData(nameof(Documents))]
    public void TheCommandsOfADocumentDoWhatTheyAreAskedToDo(string path)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        var running = new Stack<Process>();
        try
        {
            foreach (string command in Here(_documents.Single(document => document.Path == path)))
            {
                if (command.Contains(" serve", StringComparison.Ordinal) || command.Contains(" proxy ", StringComparison.Ordinal))
                {
                    string[] words = ["dotnet", Path.Combine(AppContext.BaseDirectory, "handshake.dll"), .. CommandList.Arguments(command)];
                    Process process = network.Run(() => Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!);
                    running.Push(process);
                    Assert.IsNotNull(process.StandardOutput.ReadLine(), command);
                    continue;
                }

                string[] arguments = command.Contains("/handshake ", StringComparison.Ordinal)
                    ? ["dotnet", Path.Combine(AppContext.BaseDirectory, "handshake.dll"), .. CommandList.Arguments(command)] : ["bash", "-c", command];
                Assert.AreNotEqual("", network.Tool(arguments[0], arguments[1..]), command);
            }
        }
        finally
        {
            foreach (Process process in running)
            {
                network.Tool("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
                process.StandardOutput.ReadToEnd();
                Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
                process.Dispose();
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Programs))]
    public void AProgramReachesTheDeviceFromItsShell(string place)
    {
        CompiledBlock code = Compiled().Single(code => code.Block.ToString() == place);
        string folder = Directory.CreateTempSubdirectory("handshake-document-").FullName;
        try
        {
            using Process process = code.Start(folder, start => Process.Start(start)!);
            process.StandardInput.Write("ping -c 1 10.77.0.2 && nc -N 10.77.0.2 7 <<< hello\n");
            process.StandardInput.Close();
            if (!process.WaitForExit(Lab.Deadline))
                process.Kill();
            string output = process.StandardOutput.ReadToEnd();
            Assert.AreEqual(0, process.ExitCode, output + process.StandardError.ReadToEnd());
            Assert.Contains("1 received", output);
            Assert.EndsWith("hello\n", output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // In the order of the document, each command where it stands first.
    private static string[] Here(Document document)
    {
        IReadOnlyList<string> listed = CommandList.Read(Repository.Root).Section("interop");
        return [.. document.Commands.Where(command => listed.Any(entry => CommandList.Fits(entry, command))
            && _documents.First(other => other.Commands.Contains(command)) == document)];
    }

    private static IEnumerable<CompiledBlock> Compiled() => _documents.SelectMany(document => document.Blocks)
        .Where(block => block.Language == "csharp").Select(block => new CompiledBlock(block)).Where(code => code.IsProgram && code.NeedsRoot);
}
