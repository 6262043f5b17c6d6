using System.IO;
using System.Linq;
using HandshakeNano.IlCheck;
using Mono.Cecil;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The firmware itself, as the gate compiled it.</summary>
[TestClass]
public sealed class FirmwareTests
{
    private static readonly string[] Firmware = ["HandshakeNano.Tcp", "HandshakeNano.Links", "HandshakeNano.Firmware"];

    [TestMethod]
    public void The_firmware_has_nothing_that_goes_wrong_on_the_interpreter()
    {
        string[] files = Firmware.Select(n => Path.Combine(Device.GatedFolder, n + ".dll")).ToArray();
        var options = new CheckOptions
        {
            SegmentAssemblies = ["HandshakeNano.Tcp"],
            SegmentEntries = ["HandshakeNano.Tcp.TcpEndpoint::Poll"],
        };
        var findings = IlChecker.CheckFiles(files, [Device.AssemblyFolder], options);
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings));
    }

    [TestMethod]
    public void The_way_of_a_segment_is_where_the_check_looks_for_it()
    {
        using var core = AssemblyDefinition.ReadAssembly(Path.Combine(Device.GatedFolder, "HandshakeNano.Tcp.dll"));
        TypeDefinition? endpoint = core.MainModule.GetType("HandshakeNano.Tcp.TcpEndpoint");
        Assert.IsNotNull(endpoint);
        Assert.IsTrue(endpoint.Methods.Any(m => m.Name == "Poll"));
    }

    [TestMethod]
    public void The_tests_that_run_on_the_device_have_nothing_that_goes_wrong_there()
    {
        string[] files = [Path.Combine(Device.GatedFolder, "HandshakeNano.Tcp.Tests.dll")];
        var findings = IlChecker.CheckFiles(files, [Device.AssemblyFolder, Device.GatedFolder], new CheckOptions());
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings));
    }

    [TestMethod]
    [DataRow("HandshakeNano.Tcp")]
    [DataRow("HandshakeNano.Links")]
    [DataRow("HandshakeNano.Firmware")]
    [DataRow("HandshakeNano.Tcp.Tests")]
    public void It_stands_on_the_device_s_assemblies_and_nothing_else(string name)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(Device.GatedFolder, name + ".dll"));
        string[] allowed = Directory.GetFiles(Device.AssemblyFolder, "*.dll")
            .Concat(Directory.GetFiles(Device.GatedFolder, "*.dll"))
            .Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();
        string[] others = assembly.MainModule.AssemblyReferences.Select(r => r.Name).Except(allowed).ToArray();
        Assert.IsEmpty(others, string.Join(", ", others));
        Assert.Contains("mscorlib", assembly.MainModule.AssemblyReferences.Select(r => r.Name));
    }
}
