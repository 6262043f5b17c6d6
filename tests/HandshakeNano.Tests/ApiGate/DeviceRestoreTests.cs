using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>What NuGet is asked for, with a folder as the only package source; nothing is got from elsewhere, and nothing stays.</summary>
[TestClass]
[TestCategory("Long")]
public sealed class DeviceRestoreTests : IDisposable
{
    private const string Sdk = "nanoFramework.NET.Sdk";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-restore-");
    private readonly string _source;
    private readonly string _packages;

    public DeviceRestoreTests()
    {
        _source = _folder.CreateSubdirectory("source").FullName;
        _packages = Path.Combine(_folder.FullName, "packages");
    }

    [TestMethod]
    public void A_build_for_the_device_without_packages_says_in_one_line_which_are_missing()
    {
        string line = BuildFails();
        foreach (string id in DevicePackages.Ids.Append(Sdk))
            Assert.MatchesRegex($@"[ ,]{Regex.Escape(id)}[,.] ", line);
        AssertNames(line, DevicePackages.Ids.Count + 1);
    }

    [TestMethod]
    public void A_package_that_a_source_has_is_not_named()
    {
        Pack("nanoFramework.CoreLibrary");
        Pack("nanoFramework.System.Net");
        Pack("nanoFramework.System.Text", "9.9.9");
        Pack(Sdk, DevicePackages.SdkVersion);
        string line = BuildFails();
        AssertNames(line, DevicePackages.Ids.Count - 2);
        Assert.DoesNotContain("CoreLibrary", line);
        Assert.DoesNotContain("System.Net", line);
        Assert.DoesNotContain(Sdk, line);
        Assert.Contains("nanoFramework.System.Text", line);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void The_property_gives_the_gate_all_assemblies_of_the_packages_and_without_it_only_the_core_library(bool property)
    {
        foreach (string id in DevicePackages.Ids)
            Pack(id);
        string project = Path.Combine(_folder.FullName, "gate.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <Import Project="{Repository.Root}tests/ApiGate/DevicePackages.targets" />
            </Project>
            """);
        string packages = property ? "-p:DevicePackages=true" : "-p:DevicePackages=false";
        (int code, string output) = DotNet("restore", project, packages);
        Assert.AreEqual(0, code, output);
        (code, output) = DotNet("msbuild", project, "-nologo", "-getItem:AssemblyMetadata", packages);
        Assert.AreEqual(0, code, output);
        using JsonDocument answer = JsonDocument.Parse(output);
        Dictionary<string, string> metadata = answer.RootElement.GetProperty("Items").GetProperty("AssemblyMetadata").EnumerateArray()
            .ToDictionary(item => item.GetProperty("Identity").GetString()!, item => item.GetProperty("Value").GetString()!);
        Assert.AreEqual(property ? "true" : "false", metadata["DevicePackages"]);
        Assert.AreEqual(Path.TrimEndingDirectorySeparator(_packages), Path.TrimEndingDirectorySeparator(metadata["NuGetPackages"]));
        foreach ((string assembly, string file) in DevicePackages.Files(_packages))
        {
            bool isGot = property || assembly == DevicePackages.CoreLibrary;
            Assert.AreEqual(isGot, File.Exists(file), file);
            if (isGot && File.Exists(Declared(assembly)))
                CollectionAssert.AreEqual(File.ReadAllBytes(Declared(assembly)), File.ReadAllBytes(file));
        }

        // The gate takes them from there.
        string folder = Device.WriteAssemblies("restored-" + property, property ? DevicePackages.Files(_packages) : DevicePackages.CoreLibraryAlone(_packages));
        Assert.IsEmpty(Device.AssemblyNames.SelectMany(name => ApiComparison.Compare(Declared(name), Path.Combine(folder, name + ".dll"))).ToArray());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Declared(string assembly) => Path.Combine(Device.DeclaredFolder, assembly + ".dll");

    private static void AssertNames(string line, int count)
        => Assert.HasCount(count, Regex.Matches(line, @"nanoFramework\.[A-Za-z0-9.]*[A-Za-z0-9]").Select(match => match.Value).Distinct(), line);

    /// <summary>The one line that the build ends with.</summary>
    private string BuildFails()
    {
        (int code, string output) = DotNet(
            "build", Path.Combine(Repository.Root, "samples", "Echo"), "-p:Device=true", "-p:Board=esp32-devkitc-w5500", "-nodeReuse:false",
            "-consoleLoggerParameters:NoSummary;DisableConsoleColor");
        Assert.AreNotEqual(0, code, output);
        Assert.DoesNotContain("NU110", output);
        Assert.DoesNotContain("MSB4236", output);
        string[] lines = [.. output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct()];
        Assert.HasCount(1, lines, output);
        return lines[0];
    }

    /// <summary>A package of the source: with the assembly that the gate declares, if it has one.</summary>
    private void Pack(string id, string? version = null)
    {
        (string own, string? assembly) = DevicePackages.Find(id);
        version ??= own;
        using ZipArchive package = ZipFile.Open(Path.Combine(_source, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var writer = new StreamWriter(package.CreateEntry(id + ".nuspec").Open()))
        {
            writer.Write($"""
                <?xml version="1.0" encoding="utf-8"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata><id>{id}</id><version>{version}</version><authors>tests</authors><description>A stand-in.</description></metadata>
                </package>
                """);
        }

        if (assembly != null && File.Exists(Declared(assembly)))
            package.CreateEntryFromFile(Declared(assembly), $"lib/{assembly}.dll");
        else
            package.CreateEntry($"lib/{assembly ?? "nothing"}.dll");
    }

    private (int Code, string Output) DotNet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-p:RestoreSources=" + _source, "-p:DevicePackageSource=" + _source])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        start.Environment["NUGET_PACKAGES"] = _packages;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // Those of the process that runs the tests are not for another.
        foreach (string name in start.Environment.Keys.Where(key => key is "MSBuildSDKsPath" or "MSBuildExtensionsPath" or "MSBUILD_EXE_PATH").ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
