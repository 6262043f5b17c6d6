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

/// <summary>Dependencies point one way: a layer names those below it and none above, and so do the projects of firmware/.</summary>
[TestClass]
public sealed class ArrowTests
{
    private const string Contracts = "";
    private const string Endpoint = "the endpoint";

    /// <summary>What an application sees, and what is made of all the layers.</summary>
    private static readonly HashSet<string> s_endpoint = ["TcpEndpoint.cs", "TcpError.cs", "TcpException.cs", "TcpLoop.cs", "TcpStream.cs"];

    /// <summary>What each layer may name. The other files at the top are contracts: everyone may name them.</summary>
    private static readonly Dictionary<string, string[]> s_below = new(StringComparer.Ordinal)
    {
        [Contracts] = ["Wire"],
        ["Wire"] = [],
        ["Ethernet"] = ["Wire"],
        ["Ip"] = ["Wire", "Ethernet"],
        ["Udp"] = ["Wire", "Ip"],
        ["Tcp"] = ["Wire", "Ethernet", "Ip"],
        ["Dhcp"] = ["Wire", "Ethernet", "Ip", "Udp"],
        [Endpoint] = ["Wire", "Ethernet", "Ip", "Udp", "Tcp", "Dhcp"],
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

    private static string[] FindWrongNames(CSharpCompilation core)
    {
        var wrong = new List<string>();
        foreach (SyntaxTree tree in core.SyntaxTrees)
        {
            SemanticModel model = core.GetSemanticModel(tree);
            string from = LayerOf(tree.FilePath);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
                INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
                if (type == null || type.DeclaringSyntaxReferences.Length == 0)
                    continue;
                string to = LayerOf(type.DeclaringSyntaxReferences[0].SyntaxTree.FilePath);
                if (to != from && to != Contracts && !s_below[from].Contains(to))
                {
                    int line = tree.GetLineSpan(name.Span).StartLinePosition.Line + 1;
                    wrong.Add($"{tree.FilePath}:{line}: {(from.Length == 0 ? "a contract" : from)} names {type.Name} of {to}, which is above it");
                }
            }
        }

        return [.. wrong.Distinct()];
    }

    private static string LayerOf(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 ? path[..slash] : s_endpoint.Contains(path) ? Endpoint : Contracts;
    }
}
