using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.IlCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>Compiles snippets as the device's compiler would: against its assemblies, in C# 10, optimised.</summary>
internal static class Device
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp10, preprocessorSymbols: ["NANOFRAMEWORK_1_0"]);

    private static readonly MetadataReference[] References = Directory.GetFiles(AssemblyFolder, "*.dll")
        .Order(StringComparer.Ordinal)
        .Select(f => (MetadataReference)MetadataReference.CreateFromFile(f))
        .ToArray();

    /// <summary>The folder with the device's assemblies.</summary>
    public static string AssemblyFolder => Path.Combine(AppContext.BaseDirectory, "device");

    /// <summary>The folder with the firmware as the gate compiled it.</summary>
    public static string GatedFolder => Path.Combine(AppContext.BaseDirectory, "gated");

    /// <summary>Each folder with the firmware of a board as the gate compiled it, by the board's name, for DynamicData.</summary>
    public static IEnumerable<object[]> Boards => Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "boards"))
        .Order(StringComparer.Ordinal)
        .Select(folder => new object[] { Path.GetFileName(folder) });

    /// <summary>The firmware of a board.</summary>
    public static string FirmwareFile(string board) => Path.Combine(AppContext.BaseDirectory, "boards", board, "HandshakeNano.Firmware.dll");

    /// <summary>Compiles a snippet that must compile.</summary>
    public static MemoryStream Compile(string source, string assemblyName = "Snippet")
    {
        var image = new MemoryStream();
        IReadOnlyList<Diagnostic> errors = Emit(source, assemblyName, image);
        Assert.IsEmpty(errors, string.Join("\n", errors));
        image.Position = 0;
        return image;
    }

    /// <summary>Compiles a snippet and says which errors the compiler finds.</summary>
    public static IReadOnlyList<string> Errors(string source)
    {
        return Emit(source, "Snippet", new MemoryStream()).Select(d => d.Id).Distinct().ToList();
    }

    /// <summary>Compiles a snippet and checks its IL, as code that a segment walks through from Link::Poll on.</summary>
    public static IReadOnlyList<Finding> Check(string source)
    {
        var options = new CheckOptions { SegmentAssemblies = ["Snippet"], SegmentEntries = ["Link::Poll"] };
        return IlChecker.Check([Compile(source)], [AssemblyFolder], options);
    }

    private static List<Diagnostic> Emit(string source, string assemblyName, Stream image)
    {
        var compilation = CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText(source, Language)],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                concurrentBuild: false));
        return compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
    }
}
