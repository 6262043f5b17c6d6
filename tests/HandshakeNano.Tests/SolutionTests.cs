using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using HandshakeNano.Boards.Tests;

namespace HandshakeNano.Tests;

/// <summary>What is built by whom.</summary>
[TestClass]
public sealed class SolutionTests
{
    /// <summary>A project on the device alone: on a PC its sources are the firmware's.</summary>
    private const string Links = "firmware/HandshakeNano.Links/HandshakeNano.Links.csproj";

    /// <summary>What the template makes of them is built from the packages.</summary>
    private static readonly string[] s_templates = ["templates/handshake-app/HandshakeApp.csproj", "templates/handshake-app/device/HandshakeApp.csproj"];

    private static readonly string[] s_projects =
        [.. Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))];

    [TestMethod]
    public void The_gate_builds_every_project()
    {
        string[] built = [.. XDocument.Load(Path.Combine(Repository.Root, ".ci", "everything.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value["../".Length..])];
        CollectionAssert.AreEquivalent(s_projects.Except([Links, .. s_templates]).ToArray(), built);
    }

    [TestMethod]
    public void The_solution_has_what_dotnet_test_needs_for_any_processor()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "HandshakeNano.sln")).Replace('\\', '/');
        foreach (string platform in new[] { "x64", "x86" })
            Assert.DoesNotContain(platform, solution);
        string[] left = [.. s_projects.Except(s_templates).Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(
            new[]
            {
                "bench/HandshakeNano.Bench/HandshakeNano.Bench.csproj", Links, "samples/CommandServer/CommandServer.csproj",
                "samples/Echo/Echo.csproj", "samples/HttpFetch/HttpFetch.csproj", "samples/ModbusServer/ModbusServer.csproj",
                "samples/MqttPublisher/MqttPublisher.csproj", "samples/Sensor/Sensor.csproj", "templates/HandshakeNano.Templates.csproj",
                "tests/HandshakeNano.Browser/HandshakeNano.Browser.csproj", "tests/HandshakeNano.Interop/HandshakeNano.Interop.csproj",
                "tests/HandshakeNano.Mutation/HandshakeNano.Mutation.csproj",
            },
            left, "What dotnet test does not run costs every clean clone its build.");
    }
}
