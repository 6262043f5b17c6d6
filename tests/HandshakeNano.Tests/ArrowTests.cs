using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Plants;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HandshakeNano.Tests;

/// <summary>
/// Dependencies point one way: a layer names those below it and none above, and so do the projects of firmware/. The folders of
/// client/ have no order that is written down, but no two of them need each other.
/// </summary>
[TestClass]
public sealed class ArrowTests
{
    private const string Contracts = "";
    private const string Endpoint = "the endpoint";

    /// <summary>What an application sees, and what is made of all the layers.</summary>
    private static readonly HashSet<string> s_endpoint = ["Ipv6Host.cs", "TcpEndpoint.cs", "TcpError.cs", "TcpException.cs", "TcpLoop.cs", "TcpStream.cs", "UdpServices.cs"];

    private static readonly Lazy<CSharpCompilation> s_client = new(ReadClient);
    private static readonly Lazy<Name[]> s_clientNames = new(() => [.. NamesIn(s_client.Value)]);

    /// <summary>What each layer may name. The other files at the top are contracts: everyone may name them.</summary>
    private static readonly Dictionary<string, string[]> s_below = new(StringComparer.Ordinal)
    {
        [Contracts] = ["Wire"],
        ["Wire"] = [],
        ["Ethernet"] = ["Wire"],
        ["Ip"] = ["Wire", "Ethernet"],
        ["Udp"] = ["Wire", "Ip"],
        ["Dns"] = ["Wire", "Ip", "Udp", "Tcp"],
        ["Mdns"] = ["Wire", "Udp", "Dns"],
        ["Tcp"] = ["Wire", "Ethernet", "Ip"],
        ["Dhcp"] = ["Wire", "Ethernet", "Ip", "Udp"],
        ["Sntp"] = ["Wire", "Udp", "Dns", Endpoint],
        [Endpoint] = ["Wire", "Ethernet", "Ip", "Udp", "Tcp", "Dns", "Mdns", "Dhcp"],
    };

    [TestMethod]
    public void No_layer_names_one_above_it()
    {
        string[] wrong = FindWrongNames(CoreSources.Compilation);
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    public void A_layer_that_names_one_above_it_is_found()
    {
        string[] wrong = FindWrongNames(CoreSources.With("Ip/Planted.cs", "namespace HandshakeNano.Net; internal class Planted { private TcpLayer _tcp; }"));
        CollectionAssert.AreEqual(new[] { "Ip/Planted.cs:1: Ip names TcpLayer of Tcp, which is above it" }, wrong);
    }

    [TestMethod]
    [DataRow("Net", "")]
    [DataRow("Http", "HandshakeNano.Net")]
    [DataRow("Links", "HandshakeNano.Net")]
    [DataRow("Firmware", "HandshakeNano.Links HandshakeNano.Net")]
    public void The_projects_of_the_firmware_point_one_way(string project, string expected)
    {
        string file = Path.Combine(Repository.Root, "firmware", "HandshakeNano." + project, $"HandshakeNano.{project}.csproj");
        IEnumerable<string> references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Distinct().Order(StringComparer.Ordinal);
        Assert.AreEqual(expected, string.Join(' ', references));
    }

    [TestMethod]
    public void No_folder_of_the_client_leads_back_to_itself() => Assert.AreEqual("", FindCircle(s_clientNames.Value));

    [TestMethod]
    public void A_folder_of_the_client_that_leads_back_to_itself_is_found()
    {
        const string Planted = "namespace HandshakeNano.Client.Wording; internal static class Planted { public static object Command => typeof(Commands.Options); }";
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Planted, path: "Wording/Planted.cs");
        string circle = FindCircle([.. NamesIn(s_client.Value.AddSyntaxTrees(tree), tree), .. s_clientNames.Value]);
        StringAssert.Contains(circle, "Wording/Planted.cs:1: Wording names Options of Commands");
        StringAssert.Contains(circle, "Quantity of Wording");
    }

    private static string[] FindWrongNames(CSharpCompilation core)
    {
        var wrong = new List<string>();
        foreach ((string place, string file, string type, string declared) in NamesIn(core))
        {
            string from = LayerOf(file);
            string to = LayerOf(declared);
            if (to != from && to != Contracts && !s_below[from].Contains(to))
                wrong.Add($"{place}: {(from.Length == 0 ? "a contract" : from)} names {type} of {to}, which is above it");
        }

        return [.. wrong.Distinct()];
    }

    /// <summary>A way from a folder back to itself: the first place where each folder on it names the next one. Empty: there is none.</summary>
    private static string FindCircle(IEnumerable<Name> names)
    {
        var arrows = new SortedDictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach ((string place, string file, string type, string declared) in names)
        {
            string from = FolderOf(file);
            string to = FolderOf(declared);
            if (!arrows.TryGetValue(from, out Dictionary<string, string>? targets))
                arrows[from] = targets = [];
            if (to != from)
                targets.TryAdd(to, $"{place}: {from} names {type} of {to}");
        }

        // Whoever leads only to folders that are in no circle is in none itself.
        while (arrows.FirstOrDefault(arrow => !arrow.Value.Keys.Any(arrows.ContainsKey)).Key is { } free)
            arrows.Remove(free);
        if (arrows.Count == 0)
            return "";
        var way = new List<string> { arrows.Keys.First() };
        while (true)
        {
            string next = arrows[way[^1]].Keys.First(arrows.ContainsKey);
            int begin = way.IndexOf(next);
            way.Add(next);
            if (begin >= 0)
                return string.Join('\n', way.Skip(begin).Zip(way.Skip(begin + 1), (from, to) => arrows[from][to]));
        }
    }

    private static IEnumerable<Name> NamesIn(CSharpCompilation sources) => sources.SyntaxTrees.SelectMany(tree => NamesIn(sources, tree));

    /// <summary>Each name of a type that the sources declare, or of a member of one.</summary>
    private static IEnumerable<Name> NamesIn(CSharpCompilation sources, SyntaxTree tree)
    {
        SemanticModel model = sources.GetSemanticModel(tree);
        foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
            INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            if (type == null || type.DeclaringSyntaxReferences.Length == 0)
                continue;
            int line = tree.GetLineSpan(name.Span).StartLinePosition.Line + 1;
            yield return new($"{tree.FilePath}:{line}", tree.FilePath, type.Name, type.DeclaringSyntaxReferences[0].SyntaxTree.FilePath);
        }
    }

    private static CSharpCompilation ReadClient()
    {
        string root = Path.Combine(Repository.Root, "client");
        IEnumerable<string> files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal));
        string[] libraries = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return CSharpCompilation.Create(
            "handshake",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, file)), path: file)),
            libraries.Where(library => Path.GetFileName(library) != "handshake.dll").Select(library => MetadataReference.CreateFromFile(library)));
    }

    private static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "the command line";

    /// <summary>A type that is named: where, and the file that declares it.</summary>
    private sealed record Name(string Place, string File, string Type, string Declared);

    private static string LayerOf(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 ? path[..slash] : s_endpoint.Contains(path) ? Endpoint : Contracts;
    }
}
