using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>
/// What <c>-p:Device=true</c> makes of the projects. The SDK of nanoFramework is stood in for by one that compiles nothing, so this
/// shows what the device build is given, not that it succeeds.
/// </summary>
[TestClass]
public sealed class DeviceBuildTests
{
    private const string Firmware = "firmware/HandshakeNano.Firmware";

    private static readonly BuildBatch s_batch = new();

    private static readonly Dictionary<string, BuildBatch.Build> s_boards = Repository.DeviceNames.Select(row => (string)row[0])
        .ToDictionary(board => board, board => s_batch.DescribeFirmware($"Board={board};VxlanPeer=learn"));

    private static readonly BuildBatch.Build s_protocol = s_batch.Describe("firmware/HandshakeNano.Net"), s_links = s_batch.Describe("firmware/HandshakeNano.Links"),
        s_tests = s_batch.Describe("tests/HandshakeNano.Net.Tests"), s_desktop = s_batch.Describe(Firmware, "Device="),
        s_application = s_batch.Describe("samples/Echo", "Board=esp32-devkitc-w5500");

    private static readonly BuildBatch.Build s_pi = s_batch.DescribeFirmware("Device=;Board=raspberry-pi;LowPower=true;DeviceName=attic");

    private static readonly Dictionary<string, BuildBatch.Build> s_processors = new[] { "AddsInProps=true", "AddsInProps=false", "NF_MDP_MSBUILDTASK_PATH=/mine" }
        .ToDictionary(property => property, property => s_batch.Describe(Firmware, "Board=wt32-eth01;VxlanPeer=learn;" + property));

    private static readonly (BuildBatch.Build Build, string Error)[] s_refused = new[]
    {
        ("", "Name the board: -p:Board=NAME"),
        ("Board=nope", "There is no board 'nope'"),
        ("Board=esp32", "There is no board 'esp32'"),
        ("Board=virtual", "The board 'virtual' is a PC"),
        ("Board=raspberry-pi", "The board 'raspberry-pi' is a PC"),
        ("Device=;Board=raspberry-pi;DeviceAddress=here", "DeviceAddress 'here' is neither"),
        ("Device=;Board=esp32-devkitc-w5500", "is a device: add -p:Device=true"),
        ("Board=esp32-wifi", "name the address of the PC at its other end"),
        ("Board=esp32-wifi;VxlanPeer=300.1.1.1", "VxlanPeer '300.1.1.1' is neither"),
        ("Board=esp32-wifi;VxlanPeer=learn;VxlanVni=0", "VxlanVni '0'"),
        ("Board=esp32-wifi;VxlanPeer=learn;VxlanVni=16777216", "VxlanVni '16777216'"),
        ("Board=esp32-devkitc-w5500;DeviceAddress=10.0.0", "DeviceAddress '10.0.0' is neither"),
        ("Board=esp32-devkitc-w5500;DevicePrefixLength=31", "DevicePrefixLength '31'"),
        ("Board=esp32-devkitc-w5500;DeviceGateway=10.0.0.1", "DeviceGateway '10.0.0.1' is not an IPv4 address beside a DeviceAddress"),
        ("Board=esp32-devkitc-w5500;DeviceAddress=10.0.0.2;DeviceGateway=router", "DeviceGateway 'router' is not"),
        ("Board=esp32-devkitc-w5500;DnsServer=dns.example", "DnsServer 'dns.example' is not an IPv4 address"),
        ("Board=esp32-devkitc-w5500;LowPower=yes", "LowPower 'yes' is neither true nor false"),
        ("Board=esp32-devkitc-w5500;RadioEntropy=1", "RadioEntropy '1' is neither true nor false"),
        ("Board=esp32-devkitc-w5500;MulticastDns=0", "MulticastDns '0' is neither true nor false"),
        ("Board=esp32-devkitc-w5500;DeviceName=a.local", "DeviceName 'a.local' is not a name"),
        ("Board=esp32-devkitc-w5500;DeviceName=-a", "DeviceName '-a' is not a name"),
    }.Select(build => (s_batch.CheckBoard(build.Item1), build.Item2)).ToArray();

    private static readonly BuildBatch.Build s_given = s_batch.WriteOptions(
        "Board=esp32-wifi;VxlanPeer=192.0.2.7;VxlanVni=16777215;DeviceAddress=10.1.2.3;DevicePrefixLength=16;DeviceGateway=10.1.0.1;DnsServer=10.1.0.53;LowPower=True;DeviceName=cellar-2;MulticastDns=False");

    private static readonly (BuildBatch.Build Build, string Address)[] s_addresses = new[]
    {
        ("Board=esp32-devkitc-w5500", "dhcp"),
        ("Board=esp32-devkitc-w5500;DeviceAddress=192.0.2.9", "192.0.2.9"),
        ("Board=esp32-wifi;VxlanPeer=learn", "10.77.0.2"),
        ("Board=esp32-wifi;VxlanPeer=learn;DeviceAddress=dhcp", "dhcp"),
    }.Select(build => (s_batch.WriteOptions(build.Item1), build.Item2)).ToArray();

    /// <summary>The options that the firmware of a board has when little is said: the text of BoardOptions.g.cs.</summary>
    internal static string OptionsOf(string board) => s_boards[board].Options;

    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void The_firmware_takes_in_the_code_of_the_boards(string board)
    {
        BuildBatch.Build firmware = s_boards[board];
        string[] boardFiles = firmware.Items("Compile")
            .Select(file => Path.GetRelativePath(Repository.BoardsFolder, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("..", StringComparison.Ordinal))
            .ToArray();
        CollectionAssert.AreEquivalent(
            Directory.GetFiles(Path.Combine(Repository.BoardsFolder, "esp32"), "*.cs")
                .Select(file => "esp32/" + Path.GetFileName(file))
                .ToArray(),
            boardFiles);
        Assert.IsTrue(
            firmware.Items("Compile").Any(file => file.EndsWith("DeviceFirmware.cs", StringComparison.Ordinal)), "the firmware itself");
        Assert.IsFalse(
            firmware.Items("Compile").Any(file => file.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal)), "files of another build");
        Assert.AreEqual($"bin/device/{board}/Release/", firmware.Property("OutputPath"));
        Assert.AreEqual($"obj/device/{board}/", firmware.Property("BaseIntermediateOutputPath"));
    }

    [TestMethod]
    public void The_firmware_is_built_for_the_device_and_references_what_the_device_has()
    {
        BuildBatch.Build firmware = s_boards["esp32-devkitc-w5500"];
        Assert.AreEqual("true", firmware.Property("StandInForSdk"));
        Assert.AreEqual("netnano1.0", firmware.Property("TargetFramework"));
        Assert.AreEqual("10.0", firmware.Property("LangVersion"));
        Assert.AreEqual("disable", firmware.Property("Nullable"));
        Assert.AreEqual("Library", firmware.Property("OutputType"));
        CollectionAssert.IsSubsetOf(
            new[]
            {
                "nanoFramework.CoreLibrary [1.17.11]", "nanoFramework.Hardware.Esp32 [1.6.40]", "nanoFramework.Runtime.Events [1.11.37]",
                "nanoFramework.Runtime.Native [1.7.11]", "nanoFramework.System.Device.Gpio [1.1.62]",
                "nanoFramework.System.Device.Spi [1.3.89]", "nanoFramework.System.Device.Wifi [1.5.149]",
                "nanoFramework.System.Net [1.11.60]", "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]",
            },
            firmware.Packages);
    }

    [TestMethod]
    public void An_application_is_a_project_that_references_the_firmware()
    {
        Assert.AreEqual("true", s_application.Property("StandInForSdk"));
        Assert.AreEqual("Exe", s_application.Property("OutputType"));
        Assert.AreEqual("bin/device/esp32-devkitc-w5500/Release/", s_application.Property("OutputPath"));
        Assert.AreEqual("Echo", s_application.Property("AssemblyName"));
        CollectionAssert.AreEqual(
            new[] { "HandshakeNano.Firmware.csproj", "HandshakeNano.Page.csproj" },
            s_application.Items("ProjectReference").Select(path => path[(path.LastIndexOf('/') + 1)..]).ToArray());
    }

    /// <summary>The one place with the pins is board.json.</summary>
    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void What_the_definition_says_is_in_the_code(string board)
    {
        AssertHasDefinition(OptionsOf(board), board);
    }

    /// <summary>A build that is not told otherwise must not find what this one has left behind.</summary>
    [TestMethod]
    public void A_Raspberry_Pi_is_a_PC_with_a_W5500_of_its_own()
    {
        Assert.AreEqual("", s_pi.Property("StandInForSdk"));
        Assert.AreEqual("net10.0", s_pi.Property("TargetFramework"));
        Assert.AreEqual("bin/raspberry-pi/Release/net10.0/", s_pi.Property("OutputPath"));
        Assert.AreEqual("obj/raspberry-pi/", s_pi.Property("BaseIntermediateOutputPath"));
        CollectionAssert.AreEqual(new[] { "raspberry-pi" }, FoldersOfTheDefaultBoard(s_pi));
        CollectionAssert.AreEqual(new[] { "virtual" }, FoldersOfTheDefaultBoard(s_desktop));
        AssertHasDefinition(s_pi.Options, "raspberry-pi");
        Assert.Contains("return \"attic\";", s_pi.Options);
        Assert.Contains("return \"dhcp\";", s_pi.Options);
        string lowPower = s_pi.Options[s_pi.Options.IndexOf("bool LowPower", StringComparison.Ordinal)..];
        Assert.StartsWith("return true;", lowPower[lowPower.IndexOf("return ", StringComparison.Ordinal)..]);

        static string[] FoldersOfTheDefaultBoard(BuildBatch.Build build) =>
        [
            .. build.Items("Compile").Where(file => Path.GetFileName(file) == "DefaultBoard.cs").Select(file => Path.GetFileName(Path.GetDirectoryName(file))!),
        ];
    }

    private static void AssertHasDefinition(string code, string board)
    {
        BoardDefinition definition = Repository.Definition(board);
        Assert.Contains($"const string Name = \"{board}\";", code);
        string hasTunnel = code[code.IndexOf("bool HasTunnel", StringComparison.Ordinal)..];
        Assert.StartsWith(
            definition.Link == LinkKind.Vxlan ? "return true;" : "return false;", hasTunnel[hasTunnel.IndexOf("return ", StringComparison.Ordinal)..]);
        string underlay = definition.Underlay is UnderlayKind kind ? kind == UnderlayKind.Wifi ? "wifi" : "ethernet" : "";
        Assert.Contains($"const string Underlay = \"{underlay}\";", code);
        W5500Pins pins = definition.Pins ?? new W5500Pins(-1, -1, -1, -1);
        (string Name, int Value)[] numbers =
        [
            ("SpiBus", definition.Spi?.Bus ?? -1), ("ChipSelect", definition.Spi?.ChipSelect ?? -1), ("SpiClock", definition.Spi?.Clock ?? -1), ("Sclk", pins.Sclk), ("Mosi", pins.Mosi),
            ("Miso", pins.Miso), ("Scsn", pins.Scsn), ("Rstn", pins.Rstn ?? -1), ("Intn", pins.Intn ?? -1),
        ];
        foreach ((string name, int value) in numbers)
            Assert.Contains($"const int {name} = {value};", code);
    }

    [TestMethod]
    public void The_protocol_and_its_tests_need_no_network_SPI_or_GPIO()
    {
        CollectionAssert.AreEquivalent(
            new[] { "nanoFramework.CoreLibrary [1.17.11]", "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]" },
            s_protocol.Packages);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "nanoFramework.CoreLibrary [1.17.11]", "nanoFramework.TestFramework [3.0.80]",
                "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]",
            },
            s_tests.Packages);
        Assert.AreEqual(0, s_protocol.Items("ProjectReference").Length);
        Assert.HasCount(1, s_tests.Items("ProjectReference"));
        Assert.EndsWith("HandshakeNano.Net.csproj", s_tests.Items("ProjectReference")[0]);
    }

    [TestMethod]
    public void Only_the_tests_that_the_device_can_run_are_compiled_for_it()
    {
        string project = Path.Combine(Repository.Root, "tests", "HandshakeNano.Net.Tests");
        CollectionAssert.AreEquivalent(
            Directory.GetFiles(Path.Combine(project, "Device"), "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(project, file))
                .ToArray(),
            s_tests.Items("Compile").Select(file => Path.GetRelativePath(project, file)).ToArray());
    }

    [TestMethod]
    public void The_tests_have_the_name_that_the_launcher_on_the_device_loads()
    {
        Assert.AreEqual("NFUnitTest", s_tests.Property("AssemblyName"));
    }

    [TestMethod]
    [DataRow("true")]
    [DataRow("false")]
    public void There_is_one_metadata_processor_wherever_the_SDK_adds_its_own(string addsInProps)
    {
        BuildBatch.Build firmware = s_processors["AddsInProps=" + addsInProps];
        CollectionAssert.AreEqual(
            new[] { "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]" },
            firmware.Packages.Where(package => package.Contains("MetadataProcessor", StringComparison.Ordinal)).ToArray());
        Assert.EndsWith("/lib/net6.0", firmware.Property("NF_MDP_MSBUILDTASK_PATH"));
    }

    [TestMethod]
    public void A_metadata_processor_of_the_users_own_is_used()
    {
        BuildBatch.Build firmware = s_processors["NF_MDP_MSBUILDTASK_PATH=/mine"];
        Assert.AreEqual("/mine", firmware.Property("NF_MDP_MSBUILDTASK_PATH"));
    }

    [TestMethod]
    public void Every_package_of_nanoFramework_has_its_version()
    {
        BuildBatch.Build[] projects = [s_protocol, s_links, s_tests, s_boards["esp32-devkitc-w5500"]];
        foreach (string package in projects.SelectMany(project => project.Packages))
            Assert.MatchesRegex(@"^nanoFramework\.[A-Za-z0-9.]+ \[\d+\.\d+\.\d+\]$", package);
    }

    [TestMethod]
    public void The_desktop_build_is_not_touched()
    {
        BuildBatch.Build firmware = s_desktop;
        Assert.AreEqual("", firmware.Property("StandInForSdk"));
        Assert.AreEqual("net10.0", firmware.Property("TargetFramework"));
        Assert.AreEqual("virtual", firmware.Property("Board"));
        Assert.AreEqual("bin/Release/net10.0/", firmware.Property("OutputPath"));
        CollectionAssert.AreEqual(new[] { "System.Device.Gpio 4.2.0" }, firmware.Packages);
    }

    [TestMethod]
    public void A_build_that_cannot_be_meant_is_refused()
    {
        foreach ((BuildBatch.Build build, string error) in s_refused)
            Assert.Contains(error, build.Output, build.Properties);
    }

    [TestMethod]
    public void What_the_build_was_given_is_in_the_code()
    {
        string code = s_given.Options;
        Assert.Contains("return \"10.1.2.3\";", code, s_given.Output);
        Assert.Contains("const int PrefixLength = 16;", code);
        Assert.Contains("return \"10.1.0.1\";", code);
        Assert.Contains("return \"10.1.0.53\";", code);
        Assert.Contains("return \"cellar-2\";", code);
        Assert.Contains("return false;", code[code.IndexOf("bool MulticastDns", StringComparison.Ordinal)..code.IndexOf("int VxlanVni", StringComparison.Ordinal)]);
        Assert.Contains("const int VxlanVni = 16777215;", code);
        Assert.Contains("const string VxlanPeer = \"192.0.2.7\";", code);
        Assert.Contains("return true;", code[code.IndexOf("bool LowPower", StringComparison.Ordinal)..code.IndexOf("bool RadioEntropy", StringComparison.Ordinal)]);
        Assert.Contains("return false;", code[code.IndexOf("bool RadioEntropy", StringComparison.Ordinal)..]);
    }

    [TestMethod]
    public void A_board_on_Ethernet_asks_for_its_address_unless_it_is_given_one()
    {
        foreach ((BuildBatch.Build build, string address) in s_addresses)
            Assert.Contains($"return \"{address}\";", build.Options, build.Properties + build.Output);
    }
}
