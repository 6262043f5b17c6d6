using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Boards.Tests;
using HandshakeNano.IlCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>Compiles as the device's compiler would: against the device's assemblies and nothing else, in C# 10, optimised.</summary>
internal static class Device
{
    // Each finds before it what it stands on.
    private static readonly string[] s_names =
    [
        DevicePackages.CoreLibrary, "nanoFramework.Hardware.Esp32", "nanoFramework.Runtime.Events", "nanoFramework.Runtime.Native", "nanoFramework.System.Text",
        "nanoFramework.TestFramework", "System.Threading", "System.Device.Gpio", "System.Device.Spi", "System.IO.Streams", "System.Net",
        "System.Device.Wifi",
    ];

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp10, preprocessorSymbols: ["NANOFRAMEWORK_1_0"]);

    private static readonly CSharpCompilationOptions s_library = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, warningLevel: 9999,
        generalDiagnosticOption: ReportDiagnostic.Error, deterministic: true, concurrentBuild: false);

    // The API is as it is: members of the same name as the compiler's own types, unused fields and an Equals without a GetHashCode
    // belong to it.
    private static readonly CSharpCompilationOptions s_declarations = s_library.WithSpecificDiagnosticOptions(
        new[] { "CS0169", "CS0649", "CS0659", "CS0660", "CS0661", "CS0108", "CS0114", "CS0436", "CS0414" }
            .Select(warning => KeyValuePair.Create(warning, ReportDiagnostic.Suppress)));

    private static readonly CSharpCompilationOptions s_snippet = s_library.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithAllowUnsafe(true);

    private static readonly Lazy<string> s_folder = new(() =>
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "gate");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return folder;
    });

    private static readonly Lazy<string> s_declared = new(() => WriteAssemblies("declared", DevicePackages.CoreLibraryAlone(Repository.Packages)));

    private static readonly Lazy<string> s_assemblies = new(
        () => Repository.HasDevicePackages ? WriteAssemblies("device", DevicePackages.Files(Repository.Packages)) : s_declared.Value);

    private static readonly Lazy<string> s_gated = new(CompileGated);

    private static readonly Dictionary<string, Lazy<string>> s_firmware = Repository.DeviceNames.Select(row => (string)row[0])
        .ToDictionary(board => board, board => new Lazy<string>(() => CompileFirmware(board)));

    private static readonly Lazy<string[]> s_samples = new(CompileSamples);

    private static readonly Lazy<string> s_whole = new(CompileWhole);

    // Each file is read once, and each assembly: the firmware is compiled for every board.
    private static readonly ConcurrentDictionary<string, MetadataReference> s_read = new();

    private static readonly ConcurrentDictionary<string, SyntaxTree[]> s_parsed = new();

    /// <summary>The names of the device's assemblies.</summary>
    public static IReadOnlyList<string> AssemblyNames => s_names;

    /// <summary>The folder with the device's assemblies: its core library, and its own others or what is compiled from ReferenceAssemblies/.</summary>
    public static string AssemblyFolder => s_assemblies.Value;

    /// <summary>The folder with the device's core library and what is compiled from ReferenceAssemblies/.</summary>
    public static string DeclaredFolder => s_declared.Value;

    /// <summary>The folder with what runs on every device: protocol, links and the tests.</summary>
    public static string GatedFolder => s_gated.Value;

    /// <summary>The firmware of a board.</summary>
    public static string FirmwareFile(string board) => s_firmware[board].Value;

    /// <summary>The applications of samples/, each a project of its own.</summary>
    public static string[] Samples { get; } = [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples"), "*.csproj", SearchOption.AllDirectories)
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>The board whose firmware the samples are compiled with. They name nothing of a board, so one is enough.</summary>
    public static string SampleBoard { get; } = (string)Repository.DeviceNames.First()[0];

    /// <summary>The applications, compiled.</summary>
    public static string[] SampleFiles => s_samples.Value;

    /// <summary>The template's application with the sources of all packages.</summary>
    public static string WholeFile => s_whole.Value;

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
        var compilation = CSharpCompilation.Create(assemblyName, [CSharpSyntaxTree.ParseText(source, s_language)], References(s_names), s_snippet);
        return Failures(compilation.Emit(image));
    }

    /// <summary>Writes all assemblies of the device into a folder: those that there are, and the others as they are declared.</summary>
    /// <param name="name">The folder.</param>
    /// <param name="files">The device's own, by name.</param>
    /// <returns>Its path.</returns>
    public static string WriteAssemblies(string name, IReadOnlyDictionary<string, string> files)
    {
        string folder = Path.Combine(s_folder.Value, name);
        var before = new List<MetadataReference>();
        foreach (string assembly in s_names)
        {
            string file = Path.Combine(folder, assembly + ".dll");
            if (files.TryGetValue(assembly, out string? own))
                Copy(own, file);
            else
                Write(file, s_declarations, Sources("tests/ApiGate/ReferenceAssemblies/" + assembly), before);
            before.Add(Reference(file));
        }

        return folder;
    }

    private static string CompileGated()
    {
        string folder = Path.Combine(s_folder.Value, "gated");
        string net = Path.Combine(folder, "HandshakeNano.Net.dll");
        Write(net, s_library, Sources("firmware/HandshakeNano.Net"), References("mscorlib"));
        MetadataReference protocol = Reference(net);
        Write(Path.Combine(folder, "HandshakeNano.Http.dll"), s_library, Sources("firmware/HandshakeNano.Http"), References("mscorlib").Append(protocol));
        Write(Path.Combine(folder, "HandshakeNano.Net.Tests.dll"), s_library, Sources("tests/HandshakeNano.Net.Tests/Device"),
            References("mscorlib", "nanoFramework.TestFramework").Append(protocol));
        Write(Path.Combine(folder, "HandshakeNano.Links.dll"), s_library, Sources("firmware/HandshakeNano.Links"),
            References([.. s_names.Except(["nanoFramework.Hardware.Esp32", "nanoFramework.TestFramework", "System.Device.Wifi"])]).Append(protocol));
        return folder;
    }

    private static string CompileFirmware(string board)
    {
        string file = Path.Combine(s_folder.Value, "boards", board, "HandshakeNano.Firmware.dll");
        IEnumerable<SyntaxTree> sources =
        [
            .. Sources("firmware/HandshakeNano.Firmware"), .. Sources("boards/esp32"),
            Parse("BoardOptions.g.cs", DeviceBuildTests.OptionsOf(board)),
        ];
        IEnumerable<MetadataReference> references =
        [
            .. References([.. s_names.Except(["nanoFramework.TestFramework"])]),
            .. Directory.GetFiles(GatedFolder, "*.dll").Select(Reference),
        ];
        Write(file, s_library, sources, references);
        return file;
    }

    private static string[] CompileSamples()
    {
        IEnumerable<MetadataReference> references =
        [
            .. References([.. s_names.Except(["nanoFramework.TestFramework"])]),
            .. Directory.GetFiles(GatedFolder, "*.dll").Select(Reference), Reference(FirmwareFile(SampleBoard)),
        ];

        // The page is a service as theirs are.
        string page = Path.Combine(s_folder.Value, "samples", "HandshakeNano.Page.dll");
        Write(page, s_library, Sources("firmware/HandshakeNano.Page"), references);
        references = [.. references, Reference(page)];
        var files = new List<string> { page };
        foreach (string sample in Samples)
        {
            files.Add(Path.Combine(s_folder.Value, "samples", sample + ".dll"));
            Write(files[^1], s_library.WithOutputKind(OutputKind.ConsoleApplication), Sources("samples/" + sample), references);
        }

        return [.. files];
    }

    private static string CompileWhole()
    {
        string file = Path.Combine(s_folder.Value, "whole", "Application.dll");
        IEnumerable<SyntaxTree> sources =
        [
            .. new[] { "Net", "Links", "Http", "Firmware", "Page" }.SelectMany(name => Sources("firmware/HandshakeNano." + name)), .. Sources("boards/esp32"),
            .. Sources("templates/handshake-app"), Parse("BoardOptions.g.cs", DeviceBuildTests.OptionsOf(SampleBoard)),
        ];
        Write(file, s_library.WithOutputKind(OutputKind.ConsoleApplication), sources, References([.. s_names.Except(["nanoFramework.TestFramework"])]));
        return file;
    }

    private static void Write(
        string file, CSharpCompilationOptions options, IEnumerable<SyntaxTree> sources, IEnumerable<MetadataReference> references)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        using var image = new MemoryStream();
        List<Diagnostic> failures = Failures(CSharpCompilation.Create(name, sources, references, options).Emit(
            image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded, runtimeMetadataVersion: "v4.0.30319")));
        Assert.IsEmpty(failures, $"{name} does not compile for the device:\n{string.Join("\n", failures)}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, image.ToArray());
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private static List<Diagnostic> Failures(EmitResult result) => [.. result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];

    private static MetadataReference[] References(params string[] names)
        => [.. names.Select(name => Reference(Path.Combine(AssemblyFolder, name + ".dll")))];

    private static MetadataReference Reference(string file) => s_read.GetOrAdd(file, path => MetadataReference.CreateFromFile(path));

    private static SyntaxTree[] Sources(string folder) => s_parsed.GetOrAdd(folder, ParseAll);

    private static SyntaxTree[] ParseAll(string folder)
    {
        string path = Path.Combine(Repository.Root, folder);
        return [.. Directory.GetFiles(path, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(path, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal).Select(file => Parse(file, File.ReadAllText(file)))];
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), s_language, path);
}
