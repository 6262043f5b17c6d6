using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.Documents;

/// <summary>Every block of code in every document says what it is, compiles, and does what the document says.</summary>
[TestClass]
public sealed class CodeBlockTests
{
    private static readonly CodeBlock[] s_blocks = [.. Document.ReadAll(Repository.Root).SelectMany(document => document.Blocks)];

    private static readonly CompiledBlock[] s_code =
        [.. s_blocks.Where(block => block.Language == "csharp").Select(block => new CompiledBlock(block))];

    /// <summary>Where the C# is, for DynamicData.</summary>
    public static IEnumerable<object[]> Places => s_code.Select(code => new object[] { code.Block.ToString() });

    /// <summary>The same, of the programs that need neither root nor a board.</summary>
    public static IEnumerable<object[]> Programs => s_code.Where(code => code.IsProgram && !code.NeedsRoot && !code.NeedsBoard)
        .Select(code => new object[] { code.Block.ToString() });

    [TestMethod]
    public void Every_block_says_what_it_is()
    {
        string[] languages = ["csharp", "json", "sh", "text"];
        CodeBlock[] others = [.. s_blocks.Where(block => !languages.Contains(block.Language))];
        Assert.IsEmpty(others, string.Join(", ", others.Select(block => $"{block} says '{block.Language}'")));
    }

    [TestMethod]
    [DynamicData(nameof(Places))]
    public void A_block_of_CSharp_compiles_as_it_stands(string place)
    {
        Assert.AreEqual("", At(place).Complaints);
    }

    /// <summary>A text block that follows a program is what it prints.</summary>
    [TestMethod]
    [DynamicData(nameof(Programs))]
    public void A_program_runs_ends_and_prints_what_the_document_says(string place)
    {
        CompiledBlock code = At(place);
        string folder = Directory.CreateTempSubdirectory("handshake-document-").FullName;
        try
        {
            using Process process = code.Start(folder, start => Process.Start(start)!);
            process.StandardInput.Close();
            if (!process.WaitForExit(60_000))
                process.Kill();
            string output = process.StandardOutput.ReadToEnd();
            Assert.AreEqual(0, process.ExitCode, output + process.StandardError.ReadToEnd());
            CodeBlock printed = s_blocks[Array.IndexOf(s_blocks, code.Block) + 1];
            Assert.AreEqual("text", printed.Language, $"{printed} is to be what the program prints.");
            Assert.AreEqual(printed.Text, output.ReplaceLineEndings("\n"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CompiledBlock At(string place) => s_code.Single(code => code.Block.ToString() == place);
}
