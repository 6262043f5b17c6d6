using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The device's packages, as <c>build/DevicePackages.props</c> lists them, where NuGet has put them.</summary>
internal static class DevicePackages
{
    public const string CoreLibrary = "mscorlib";

    // Package, version, and the assembly in it; null: it is a tool.
    private static readonly (string Id, string Version, string? Assembly)[] s_packages =
        [.. XDocument.Load(Path.Combine(Repository.Root, "build", "DevicePackages.props")).Descendants("DevicePackage")
            .Select(package => ((string)package.Attribute("Include")!, (string)package.Attribute("Version")!, (string?)package.Attribute("Assembly")))];

    /// <summary>The names of the packages, tools too; the SDK is not one of them.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. s_packages.Select(package => package.Id)];

    /// <summary>The version of nanoFramework's SDK.</summary>
    public static string SdkVersion
    {
        get
        {
            using JsonDocument global = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")));
            return global.RootElement.GetProperty("msbuild-sdks").GetProperty("nanoFramework.NET.Sdk").GetString()!;
        }
    }

    /// <summary>The version of a package and the assembly in it.</summary>
    public static (string Version, string? Assembly) Find(string id) => s_packages.Where(package => package.Id == id)
        .Select(package => (package.Version, package.Assembly)).SingleOrDefault((SdkVersion, null));

    /// <summary>Each assembly of theirs by its name.</summary>
    /// <param name="root">NuGet's folder of packages.</param>
    public static Dictionary<string, string> Files(string root)
        => s_packages.Where(package => package.Assembly != null).ToDictionary(package => package.Assembly!, package => Path.Combine(
            root, package.Id.ToLowerInvariant(), package.Version, "lib", package.Assembly + ".dll"));

    /// <summary>The core library, which every build has.</summary>
    public static Dictionary<string, string> CoreLibraryAlone(string root) => new() { [CoreLibrary] = Files(root)[CoreLibrary] };
}
