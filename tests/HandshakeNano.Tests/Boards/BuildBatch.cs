using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace HandshakeNano.Boards.Tests;

/// <summary>
/// Asks MSBuild many things in one process, which takes longer to start than to answer. The SDK of nanoFramework is stood in for by
/// one that does what its published sources do to properties and items, and compiles nothing.
/// </summary>
internal sealed class BuildBatch
{
    private const string SdkProps = """
        <Project>
          <PropertyGroup>
            <TargetFramework Condition="'$(TargetFramework)' == ''">netnano1.0</TargetFramework>
            <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
          </PropertyGroup>
          <Import Sdk="Microsoft.NET.Sdk" Project="Sdk.props" />
          <PropertyGroup>
            <StandInForSdk>true</StandInForSdk>
          </PropertyGroup>
          <ItemGroup Condition="'$(NF_MDP_MSBUILDTASK_PATH)' == '' and '$(AddsInProps)' == 'true'">
            <PackageReference Include="nanoFramework.Tools.MetadataProcessor.MsBuildTask" Version="3.0.29" />
          </ItemGroup>
        </Project>
        """;

    private const string SdkTargets = """
        <Project>
          <Import Sdk="Microsoft.NET.Sdk" Project="Sdk.targets" />
          <PropertyGroup>
            <TargetFrameworkIdentifier>.NETnanoFramework</TargetFrameworkIdentifier>
          </PropertyGroup>
          <ItemGroup Condition="'$(NF_MDP_MSBUILDTASK_PATH)' == '' and '$(AddsInProps)' != 'true'">
            <PackageReference Include="nanoFramework.Tools.MetadataProcessor.MsBuildTask" Version="4.0.0-preview.98" />
          </ItemGroup>
          <Target Name="NanoGenerateBinaryOutput" />
        </Project>
        """;

    private static readonly string[] Properties =
    [
        "StandInForSdk", "AssemblyName", "TargetFramework", "LangVersion", "Nullable", "OutputType", "OutputPath", "BaseIntermediateOutputPath",
        "NF_MDP_MSBUILDTASK_PATH", "Board",
    ];

    private static readonly string DescribeTargets = $"""
        <Project>
          <Target Name="Describe">
            <WriteLinesToFile File="$(Answer)" Lines="{string.Join(';', Properties.Select(name => $"{name}|$({name})|"))}" />
            <WriteLinesToFile File="$(Answer)" Lines="@(Compile->'Compile|%(FullPath)|')" />
            <WriteLinesToFile File="$(Answer)" Lines="@(ProjectReference->'ProjectReference|%(FullPath)|')" />
            <WriteLinesToFile File="$(Answer)" Lines="@(PackageReference->'PackageReference|%(Identity)|%(Version)')" />
          </Target>
        </Project>
        """;

    private readonly List<Build> _builds = [];

    private readonly Lazy<Answer[]> _answers;

    public BuildBatch() => _answers = new Lazy<Answer[]>(Run);

    /// <summary>Asks what a project is made of.</summary>
    /// <param name="project">Its folder.</param>
    /// <param name="properties">Properties, with <c>Device=true</c> unless they say otherwise.</param>
    public Build Describe(string project, string properties = "") => Add(project, "Describe", "Configuration=Release;" + properties);

    /// <summary>Asks what the firmware is made of, and for the options that it is built with.</summary>
    public Build DescribeFirmware(string properties)
        => Add("firmware/HandshakeNano.Firmware", "Describe;WriteBoardOptions", "Configuration=Release;" + properties);

    /// <summary>Asks for the options that the firmware is built with.</summary>
    public Build WriteOptions(string properties) => Add("firmware/HandshakeNano.Firmware", "WriteBoardOptions", properties);

    /// <summary>Asks whether the firmware can be built so.</summary>
    public Build CheckBoard(string properties) => Add("firmware/HandshakeNano.Firmware", "CheckBoard", properties);

    private Answer[] Run()
    {
        string folder = Directory.CreateTempSubdirectory("handshake-build-").FullName;
        try
        {
            return Run(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Build Add(string project, string target, string properties)
    {
        var build = new Build(_answers, _builds.Count, Path.Combine(Repository.Root, project, Path.GetFileName(project) + ".csproj"), target, "Device=true;" + properties);
        _builds.Add(build);
        return build;
    }

    private Answer[] Run(string folder)
    {
        string packages = Path.Combine(folder, "packages");
        UnpackTheSdk(packages);
        string describe = Path.Combine(folder, "Describe.targets");
        File.WriteAllText(describe, DescribeTargets);
        string calls = string.Concat(_builds.Select((build, index) =>
            $"<Message Importance=\"high\" Text=\"build {index} begins\" />"
            + $"<MSBuild Projects=\"{build.Project}\" Targets=\"{build.Target}\" ContinueOnError=\"true\" Properties=\"{build.Properties};"
            + $"CustomAfterMicrosoftCommonTargets={describe};Answer={folder}/{index}.txt;OutDir={folder}/{index}/;IntermediateOutputPath={folder}/{index}/\" />\n"));
        string project = Path.Combine(folder, "all.proj");
        File.WriteAllText(project, $"<Project><Target Name=\"All\">{calls}</Target></Project>");
        string output = MSBuild(project, packages);
        string[] parts = Regex.Split(output, "build [0-9]+ begins");
        Assert.HasCount(_builds.Count + 1, parts, output);
        return [.. parts.Skip(1).Select((part, index) => new Answer(
            part, ReadIfThere($"{folder}/{index}/BoardOptions.g.cs"),
            [.. ReadIfThere($"{folder}/{index}.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split('|'))]))];
    }

    private static string ReadIfThere(string file) => File.Exists(file) ? File.ReadAllText(file) : "";

    private static void UnpackTheSdk(string packages)
    {
        using JsonDocument global = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")));
        string version = global.RootElement.GetProperty("msbuild-sdks").GetProperty("nanoFramework.NET.Sdk").GetString()!;
        string package = Path.Combine(packages, "nanoframework.net.sdk", version);
        Directory.CreateDirectory(Path.Combine(package, "Sdk"));
        File.WriteAllText(Path.Combine(package, "Sdk", "Sdk.props"), SdkProps);
        File.WriteAllText(Path.Combine(package, "Sdk", "Sdk.targets"), SdkTargets);
        File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), """{ "version": 2, "contentHash": "", "source": "" }""");
    }

    private static string MSBuild(string project, string packages)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", "-nodeReuse:false", "-consoleLoggerParameters:DisableConsoleColor"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0"; // It ends before profiles pay.
        // Those of the process that runs the tests are not for another.
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }

    /// <summary>One thing that is asked. The first answer that is read runs MSBuild, for all.</summary>
    internal sealed class Build(Lazy<Answer[]> answers, int index, string project, string target, string properties)
    {
        public string Project { get; } = project;

        public string Target { get; } = target;

        public string Properties { get; } = properties;

        /// <summary>What MSBuild says.</summary>
        public string Output => answers.Value[index].Output;

        /// <summary>The text of BoardOptions.g.cs.</summary>
        public string Options => answers.Value[index].Options;

        /// <summary>The packages with their versions.</summary>
        public string[] Packages => [.. Lines("PackageReference").Select(line => line[1] + " " + line[2])];

        public string Property(string name) => Lines(name).Single()[1].Replace('\\', '/');

        public string[] Items(string name) => [.. Lines(name).Select(line => line[1])];

        private IEnumerable<string[]> Lines(string name) => answers.Value[index].Lines.Where(line => line[0] == name);
    }

    internal sealed record Answer(string Output, string Options, string[][] Lines);
}
