using System;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Tests;
using HandshakeNano.IlCheck;
using Mono.Cecil;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The firmware itself, as the gate compiled it.</summary>
[TestClass]
public sealed class FirmwareTests
{
    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void The_firmware_of_a_board_has_nothing_that_goes_wrong_on_the_interpreter(string board) => NothingGoesWrongIn(Device.FirmwareFile(board));

    [TestMethod]
    public void The_samples_have_nothing_that_goes_wrong_on_the_interpreter() => NothingGoesWrongIn(
        [Path.Combine(Device.GatedFolder, "HandshakeNano.Http.dll"), Device.FirmwareFile(Device.SampleBoard), .. Device.SampleFiles]);

    /// <summary>The packages have sources for the device, which an application compiles into its own assembly.</summary>
    [TestMethod]
    public void All_of_it_compiles_for_the_device_as_one_assembly() => Assert.IsTrue(File.Exists(Device.WholeFile));

    /// <summary>SpanByte is the only way to SPI; of the rules for a segment's way the one about memory holds here as well.</summary>
    [TestMethod]
    public void The_driver_of_the_W5500_takes_no_memory_for_a_frame()
    {
        string[] files = [Path.Combine(Device.GatedFolder, "HandshakeNano.Net.dll"), Path.Combine(Device.GatedFolder, "HandshakeNano.Links.dll")];
        var options = new CheckOptions
        {
            SegmentAssemblies = ["HandshakeNano.Links"],
            SegmentEntries = ["HandshakeNano.Links.W5500Link::Receive", "HandshakeNano.Links.W5500Link::Send", "HandshakeNano.Links.W5500Link::Wait"],
        };
        Finding[] findings = [.. IlChecker.CheckFiles(files, [Device.AssemblyFolder], options).Where(f => f.Rule == Rule.Allocation)];
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings.AsEnumerable()));
    }

    /// <summary>What a handler asks for as text, and its answer, may be new objects.</summary>
    [TestMethod]
    public void The_HTTP_server_takes_no_memory_for_a_request()
    {
        string[] files = [Path.Combine(Device.GatedFolder, "HandshakeNano.Net.dll"), Path.Combine(Device.GatedFolder, "HandshakeNano.Http.dll")];
        var options = new CheckOptions
        {
            SegmentAssemblies = ["HandshakeNano.Http"],
            SegmentEntries = ["HandshakeNano.Http.HttpServer::OnReceived", "HandshakeNano.Http.HttpServer::OnSent", "HandshakeNano.Http.HttpServer::Check"],
        };
        Finding[] findings = [.. IlChecker.CheckFiles(files, [Device.AssemblyFolder], options).Where(f => f.Rule == Rule.Allocation)];
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings.AsEnumerable()));
    }

    [TestMethod]
    public void The_way_of_a_segment_is_where_the_check_looks_for_it()
    {
        using var core = AssemblyDefinition.ReadAssembly(Path.Combine(Device.GatedFolder, "HandshakeNano.Net.dll"));
        TypeDefinition? endpoint = core.MainModule.GetType("HandshakeNano.Net.TcpEndpoint");
        Assert.IsNotNull(endpoint);
        Assert.IsTrue(endpoint.Methods.Any(m => m.Name == "Poll"));
    }

    [TestMethod]
    public void The_tests_that_run_on_the_device_have_nothing_that_goes_wrong_there()
    {
        string[] files = [Path.Combine(Device.GatedFolder, "HandshakeNano.Net.Tests.dll")];
        var findings = IlChecker.CheckFiles(files, [Device.AssemblyFolder, Device.GatedFolder], new CheckOptions());
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings));
    }

    [TestMethod]
    public void Every_board_is_compiled_with_its_own_code()
    {
        Assert.IsGreaterThanOrEqualTo(6, Repository.DeviceNames.Count());
        foreach (object[] row in Repository.DeviceNames)
        {
            string board = (string)row[0];
            using var assembly = AssemblyDefinition.ReadAssembly(Device.FirmwareFile(board));
            MethodDefinition create = assembly.MainModule.GetType("HandshakeNano.Firmware.BoardSupport").Methods.Single(m => m.Name == "Create");
            Assert.Contains(board, create.Body.Instructions.Select(i => i.Operand).OfType<string>());
        }
    }

    /// <summary>It is to run where the interpreter is a program on a PC, which has neither network nor pins.</summary>
    [TestMethod]
    [DataRow("HandshakeNano.Net", "mscorlib")]
    [DataRow("HandshakeNano.Http", "HandshakeNano.Net, mscorlib")]
    [DataRow("HandshakeNano.Net.Tests", "HandshakeNano.Net, mscorlib, nanoFramework.TestFramework")]
    public void The_protocol_and_its_tests_touch_no_network_SPI_or_GPIO(string name, string references)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(Device.GatedFolder, name + ".dll"));
        Assert.AreEqual(references, string.Join(", ", assembly.MainModule.AssemblyReferences.Select(r => r.Name).Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    [DataRow("HandshakeNano.Net")]
    [DataRow("HandshakeNano.Http")]
    [DataRow("HandshakeNano.Links")]
    [DataRow("HandshakeNano.Net.Tests")]
    public void It_stands_on_the_device_s_assemblies_and_nothing_else(string name)
    {
        StandsOnTheDevice(Path.Combine(Device.GatedFolder, name + ".dll"));
    }

    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void The_firmware_of_a_board_stands_on_the_device_s_assemblies_and_nothing_else(string board)
    {
        StandsOnTheDevice(Device.FirmwareFile(board));
    }

    private static void NothingGoesWrongIn(params string[] firmware)
    {
        string[] files = [Path.Combine(Device.GatedFolder, "HandshakeNano.Net.dll"), Path.Combine(Device.GatedFolder, "HandshakeNano.Links.dll"), .. firmware];
        var options = new CheckOptions
        {
            SegmentAssemblies = ["HandshakeNano.Net"],
            SegmentEntries = ["HandshakeNano.Net.TcpEndpoint::Poll"],
        };

        // A handler may accept a connection, which makes the object that the application gets for it.
        Finding[] findings = [.. IlChecker.CheckFiles(files, [Device.AssemblyFolder], options)
            .Where(f => f.Rule != Rule.Allocation || !f.ToString().Contains("HandshakeNano.Net.Tcb::GiveOut ", StringComparison.Ordinal))];
        Assert.IsEmpty(findings, "\n" + string.Join("\n", findings.AsEnumerable()));
    }

    private static void StandsOnTheDevice(string file)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(file);
        string[] allowed = Directory.GetFiles(Device.AssemblyFolder, "*.dll")
            .Concat(Directory.GetFiles(Device.GatedFolder, "*.dll"))
            .Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();
        string[] others = assembly.MainModule.AssemblyReferences.Select(r => r.Name).Except(allowed).ToArray();
        Assert.IsEmpty(others, string.Join(", ", others));
        Assert.Contains("mscorlib", assembly.MainModule.AssemblyReferences.Select(r => r.Name));
    }
}
