using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HandshakeNano.Documents;

/// <summary>
/// A csharp block of a document, compiled as it stands: each is a whole file. One with an entry point is a program.
/// </summary>
internal sealed class CompiledBlock
{
    private static readonly string[] s_ours = ["HandshakeNano.Net", "HandshakeNano.Http", "HandshakeNano.Firmware", "HandshakeNano.Page"];

    private readonly CSharpCompilation _compilation;

    public CompiledBlock(CodeBlock block)
    {
        Block = block;
        var parse = new CSharpParseOptions(LanguageVersion.Latest);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(block.Text, parse, $"{block.Document}, the block in line {block.Line}");
        IEnumerable<string> references = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Concat(Directory.GetFiles(AppContext.BaseDirectory, "MSTest.TestFramework*.dll"))
            .Concat(s_ours.Select(Built));
        _compilation = CSharpCompilation.Create("program", [tree], references.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        if (_compilation.GetEntryPoint(default) == null)
            _compilation = _compilation.WithOptions(_compilation.Options.WithOutputKind(OutputKind.DynamicallyLinkedLibrary));
    }

    /// <summary>The block.</summary>
    public CodeBlock Block { get; }

    /// <summary>True if it can be started.</summary>
    public bool IsProgram => _compilation.Options.OutputKind == OutputKind.ConsoleApplication;

    /// <summary>True for a program that makes a network namespace, which needs root.</summary>
    public bool NeedsRoot => Block.Text.Contains("NetworkNamespace", StringComparison.Ordinal);

    /// <summary>True for a program that asks for the board that it is built for.</summary>
    public bool NeedsBoard => Block.Text.Contains("DeviceFirmware.Run(", StringComparison.Ordinal);

    /// <summary>What the compiler complains about, its warnings too; empty if nothing.</summary>
    public string Complaints => string.Join('\n', _compilation.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning));

    /// <summary>Starts the program in a process of its own.</summary>
    /// <param name="folder">An empty folder for its files.</param>
    /// <param name="start">Starts a process.</param>
    /// <returns>The process; its input, output and errors are ours.</returns>
    public Process Start(string folder, Func<ProcessStartInfo, Process> start)
    {
        string program = Path.Combine(folder, "program.dll");
        using (FileStream file = File.Create(program))
        {
            if (!_compilation.Emit(file).Success)
                throw new InvalidOperationException(Complaints);
        }

        foreach (string name in s_ours)
            File.Copy(Built(name), Path.Combine(folder, name + ".dll"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "handshake.runtimeconfig.json"), Path.Combine(folder, "program.runtimeconfig.json"));
        return start(new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
    }

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");
}
