using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace HandshakeNano.Plants;

/// <summary>The sources of the core, or of another project, as this assembly was built with them, and the compiler for them.</summary>
internal sealed class CoreSources
{
    /// <summary>The name of the core's assembly.</summary>
    public const string AssemblyName = "HandshakeNano.Net";

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Default, DocumentationMode.None);

    private static readonly ConcurrentDictionary<string, Lazy<CoreSources>> Projects = new(StringComparer.Ordinal);

    private readonly string _project;
    private readonly ImmutableSortedDictionary<string, SyntaxTree> _trees;
    private readonly CSharpCompilation _whole;

    private CoreSources(string project)
    {
        _project = project;
        _trees = ParseAll(project);
        _whole = CSharpCompilation.Create(
            project, _trees.Values, Libraries(project),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
    }

    /// <summary>The core, without a change; a tree's path is that of its file below firmware/HandshakeNano.Net.</summary>
    public static CSharpCompilation Compilation => Of(AssemblyName)._whole;

    /// <summary>Adds a file to the core.</summary>
    /// <param name="path">Its path below firmware/HandshakeNano.Net.</param>
    /// <param name="text">What it holds.</param>
    public static CSharpCompilation With(string path, string text)
        => Compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, Language, path));

    /// <summary>Compiles a project with one place changed.</summary>
    /// <exception cref="PlantException">The place is not there exactly once, or the result does not compile.</exception>
    public static byte[] Compile(Plant plant)
    {
        (SyntaxTree tree, SourceText faulty) = Change(plant);
        CSharpCompilation compilation = Of(plant.Project)._whole.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(faulty, Language, plant.File));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new PlantException($"Plant '{plant.Name}': with its new text {plant.File} does not compile:\n"
                + string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        }

        return image.ToArray();
    }

    /// <summary>Changes the one place, and compiles nothing.</summary>
    /// <exception cref="PlantException">The place is not there exactly once.</exception>
    public static (SyntaxTree Tree, SourceText Faulty) Change(Plant plant)
    {
        CoreSources sources = Of(plant.Project);
        if (!sources._trees.TryGetValue(plant.File, out SyntaxTree? tree))
            throw new PlantException($"Plant '{plant.Name}': {sources._project} has no file {plant.File}. Name the file that the text is in now.");
        string text = tree.GetText().ToString();
        string old = plant.Old.ReplaceLineEndings("\n");
        int at = text.IndexOf(old, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(old, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new PlantException($"Plant '{plant.Name}': the old text stands in {plant.File} {(at < 0 ? "nowhere" : "more than once")}. "
                + $"Copy it from the file as it is now, with enough around it:\n{plant.Old}");
        }

        return (tree, SourceText.From(string.Concat(text.AsSpan(0, at), plant.New.ReplaceLineEndings("\n"), text.AsSpan(at + old.Length))));
    }

    private static CoreSources Of(string project)
        => Projects.GetOrAdd(project, name => new Lazy<CoreSources>(() => new CoreSources(name), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    private static ImmutableSortedDictionary<string, SyntaxTree> ParseAll(string project)
    {
        // The resources that are its files.
        string folder = project + "/";
        var trees = ImmutableSortedDictionary.CreateBuilder<string, SyntaxTree>(StringComparer.Ordinal);
        foreach (string name in typeof(CoreSources).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(typeof(CoreSources).Assembly.GetManifestResourceStream(name)!);
            string path = name[folder.Length..].Replace('\\', '/');
            trees[path] = CSharpSyntaxTree.ParseText(reader.ReadToEnd().ReplaceLineEndings("\n"), Language, path);
        }

        return trees.ToImmutable();
    }

    // The core needs nothing but the base library. The others may need all that this process has.
    private static IEnumerable<MetadataReference> Libraries(string project)
    {
        string[] core = ["System.Private.CoreLib", "System.Runtime"];
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileNameWithoutExtension(file) is string name && (core.Contains(name) || (project != AssemblyName && name != project)))
            .Select(file => MetadataReference.CreateFromFile(file));
    }
}
