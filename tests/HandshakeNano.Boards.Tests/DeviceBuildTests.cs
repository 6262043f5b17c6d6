using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;

namespace HandshakeNano.Boards.Tests;

/// <summary>
/// What <c>-p:Device=true</c> makes of the projects. The SDK of nanoFramework is stood in for by one that does what its
/// published sources do to properties and items; it compiles nothing, so this shows what the device build is given, not
/// that it succeeds.
/// </summary>
[TestClass]
public sealed class DeviceBuildTests
{
    private const string SdkPackage = "nanoframework.net.sdk";

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

    private static readonly ConcurrentDictionary<string, Lazy<Evaluation>> s_evaluations = new();

    private static string s_packages = "";

    [ClassInitialize]
    public static void UnpackTheSdk(TestContext context)
    {
        s_packages = Directory.CreateTempSubdirectory("handshake-sdk-").FullName;
        using JsonDocument global = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")));
        string version = global.RootElement.GetProperty("msbuild-sdks").GetProperty("nanoFramework.NET.Sdk").GetString()!;
        string package = Path.Combine(s_packages, SdkPackage, version);
        Directory.CreateDirectory(Path.Combine(package, "Sdk"));
        File.WriteAllText(Path.Combine(package, "Sdk", "Sdk.props"), SdkProps);
        File.WriteAllText(Path.Combine(package, "Sdk", "Sdk.targets"), SdkTargets);
        File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), """{ "version": 2, "contentHash": "", "source": "" }""");
    }

    [ClassCleanup]
    public static void RemoveTheSdk()
    {
        Directory.Delete(s_packages, recursive: true);
    }

    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void The_firmware_takes_in_the_code_of_the_board_and_what_the_boards_share(string board)
    {
        Evaluation firmware = Evaluate("firmware/HandshakeNano.Firmware", "-p:Board=" + board);
        string[] boardFiles = firmware.Items["Compile"]
            .Select(file => Path.GetRelativePath(Repository.BoardsFolder, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("..", StringComparison.Ordinal))
            .ToArray();
        CollectionAssert.AreEquivalent(
            Directory.GetFiles(Path.Combine(Repository.BoardsFolder, "esp32"), "*.cs")
                .Select(file => "esp32/" + Path.GetFileName(file))
                .Append(board + "/BoardSupport.cs")
                .ToArray(),
            boardFiles);
        Assert.IsTrue(
            firmware.Items["Compile"].Any(file => file.EndsWith("DeviceFirmware.cs", StringComparison.Ordinal)), "the firmware itself");
        Assert.IsFalse(
            firmware.Items["Compile"].Any(file => file.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal)), "files of another build");
        Assert.AreEqual($"bin/device/{board}/Release/", firmware.Properties["OutputPath"]);
        Assert.AreEqual($"obj/device/{board}/", firmware.Properties["BaseIntermediateOutputPath"]);
    }

    [TestMethod]
    public void The_firmware_is_built_for_the_device_and_references_what_the_device_has()
    {
        Evaluation firmware = Evaluate("firmware/HandshakeNano.Firmware", "-p:Board=esp32-devkitc-w5500");
        Assert.AreEqual("true", firmware.Properties["StandInForSdk"]);
        Assert.AreEqual("netnano1.0", firmware.Properties["TargetFramework"]);
        Assert.AreEqual("10.0", firmware.Properties["LangVersion"]);
        Assert.AreEqual("disable", firmware.Properties["Nullable"]);
        Assert.AreEqual("Exe", firmware.Properties["OutputType"]);
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
    public void The_protocol_and_its_tests_need_no_network_SPI_or_GPIO()
    {
        Evaluation protocol = Evaluate("firmware/HandshakeNano.Net");
        Evaluation tests = Evaluate("tests/HandshakeNano.Net.Tests");
        CollectionAssert.AreEquivalent(
            new[] { "nanoFramework.CoreLibrary [1.17.11]", "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]" },
            protocol.Packages);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "nanoFramework.CoreLibrary [1.17.11]", "nanoFramework.TestFramework [3.0.80]",
                "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]",
            },
            tests.Packages);
        Assert.AreEqual(0, protocol.Items["ProjectReference"].Length);
        Assert.HasCount(1, tests.Items["ProjectReference"]);
        Assert.EndsWith("HandshakeNano.Net.csproj", tests.Items["ProjectReference"][0]);
    }

    [TestMethod]
    public void Only_the_tests_that_the_device_can_run_are_compiled_for_it()
    {
        string project = Path.Combine(Repository.Root, "tests", "HandshakeNano.Net.Tests");
        CollectionAssert.AreEquivalent(
            Directory.GetFiles(Path.Combine(project, "Device"), "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(project, file))
                .ToArray(),
            Evaluate("tests/HandshakeNano.Net.Tests").Items["Compile"].Select(file => Path.GetRelativePath(project, file)).ToArray());
    }

    [TestMethod]
    public void The_tests_have_the_name_that_the_launcher_on_the_device_loads()
    {
        Assert.AreEqual("NFUnitTest", Evaluate("tests/HandshakeNano.Net.Tests").Properties["AssemblyName"]);
    }

    [TestMethod]
    [DataRow("true")]
    [DataRow("false")]
    public void There_is_one_metadata_processor_wherever_the_SDK_adds_its_own(string addsInProps)
    {
        Evaluation firmware = Evaluate("firmware/HandshakeNano.Firmware", "-p:Board=wt32-eth01", "-p:AddsInProps=" + addsInProps);
        CollectionAssert.AreEqual(
            new[] { "nanoFramework.Tools.MetadataProcessor.MsBuildTask [3.0.100]" },
            firmware.Packages.Where(package => package.Contains("MetadataProcessor", StringComparison.Ordinal)).ToArray());
        Assert.EndsWith("/lib/net6.0", firmware.Properties["NF_MDP_MSBUILDTASK_PATH"]);
    }

    [TestMethod]
    public void A_metadata_processor_of_the_users_own_is_used()
    {
        Evaluation firmware = Evaluate("firmware/HandshakeNano.Firmware", "-p:Board=wt32-eth01", "-p:NF_MDP_MSBUILDTASK_PATH=/mine");
        Assert.AreEqual("/mine", firmware.Properties["NF_MDP_MSBUILDTASK_PATH"]);
    }

    [TestMethod]
    public void Every_package_of_nanoFramework_has_its_version()
    {
        Evaluation[] projects =
        [
            Evaluate("firmware/HandshakeNano.Net"), Evaluate("firmware/HandshakeNano.Links"), Evaluate("tests/HandshakeNano.Net.Tests"),
            Evaluate("firmware/HandshakeNano.Firmware", "-p:Board=esp32-devkitc-w5500"),
        ];
        foreach (string package in projects.SelectMany(project => project.Packages))
            Assert.MatchesRegex(@"^nanoFramework\.[A-Za-z0-9.]+ \[\d+\.\d+\.\d+\]$", package);
    }

    [TestMethod]
    public void The_desktop_build_is_not_touched()
    {
        Evaluation firmware = Evaluate("firmware/HandshakeNano.Firmware", "-p:Device=");
        Assert.AreEqual("", firmware.Properties["StandInForSdk"]);
        Assert.AreEqual("net10.0", firmware.Properties["TargetFramework"]);
        Assert.AreEqual("virtual", firmware.Properties["Board"]);
        Assert.AreEqual("bin/Release/net10.0/", firmware.Properties["OutputPath"]);
        Assert.AreEqual(0, firmware.Packages.Length);
    }

    [TestMethod]
    public void A_build_that_cannot_be_meant_is_refused()
    {
        (string Properties, string Error)[] builds =
        [
            ("Device=true", "Name the board: -p:Board=NAME"),
            ("Device=true;Board=nope", "There is no board 'nope'"),
            ("Device=true;Board=esp32", "There is no board 'esp32'"),
            ("Device=true;Board=virtual", "The virtual board is a PC"),
            ("Board=esp32-devkitc-w5500", "is a device: add -p:Device=true"),
            ("Device=true;Board=esp32-wifi", "name the address of the PC at its other end"),
            ("Device=true;Board=esp32-wifi;VxlanPeer=300.1.1.1", "VxlanPeer '300.1.1.1' is neither"),
            ("Device=true;Board=esp32-wifi;VxlanPeer=learn;VxlanVni=0", "VxlanVni '0'"),
            ("Device=true;Board=esp32-wifi;VxlanPeer=learn;VxlanVni=16777216", "VxlanVni '16777216'"),
            ("Device=true;Board=esp32-devkitc-w5500;DeviceAddress=10.0.0", "DeviceAddress '10.0.0' is neither"),
            ("Device=true;Board=esp32-devkitc-w5500;DevicePrefixLength=31", "DevicePrefixLength '31'"),
            ("Device=true;Board=esp32-devkitc-w5500;LowPower=yes", "LowPower 'yes' is neither true nor false"),
            ("Device=true;Board=esp32-devkitc-w5500;RadioEntropy=1", "RadioEntropy '1' is neither true nor false"),
        ];
        // One process for all: each line says which build it is about.
        string firmware = Path.Combine(Repository.Root, "firmware", "HandshakeNano.Firmware", "HandshakeNano.Firmware.csproj");
        string calls = string.Concat(builds.Select((build, index) =>
            $"<Message Importance=\"high\" Text=\"build {index} begins\" />"
            + $"<MSBuild Projects=\"{firmware}\" Targets=\"CheckBoard\" Properties=\"{build.Properties}\" ContinueOnError=\"true\" />\n"));
        string project = Path.Combine(s_packages, "builds.proj");
        File.WriteAllText(project, $"<Project><Target Name=\"All\">{calls}</Target></Project>");
        (_, string output) = Run(["msbuild", project, "-nologo", "-nodeReuse:false", "-consoleLoggerParameters:DisableConsoleColor"]);
        string[] parts = System.Text.RegularExpressions.Regex.Split(output, "build [0-9]+ begins");
        Assert.HasCount(builds.Length + 1, parts, output);
        for (int i = 0; i < builds.Length; i++)
            Assert.Contains(builds[i].Error, parts[i + 1], builds[i].Properties);
    }

    [TestMethod]
    public void What_the_build_was_given_is_in_the_code()
    {
        string folder = Path.Combine(s_packages, "options") + "/";
        (int exitCode, string output) = MSBuild(
            "firmware/HandshakeNano.Firmware",
            [
                "-t:WriteBoardOptions", "-p:Board=esp32-wifi", "-p:VxlanPeer=192.0.2.7", "-p:VxlanVni=16777215",
                "-p:DeviceAddress=10.1.2.3", "-p:DevicePrefixLength=16", "-p:LowPower=True", "-p:IntermediateOutputPath=" + folder, "-p:OutDir=" + folder,
            ]);
        Assert.AreEqual(0, exitCode, output);
        string code = File.ReadAllText(folder + "BoardOptions.g.cs");
        Assert.Contains("return \"10.1.2.3\";", code);
        Assert.Contains("const int PrefixLength = 16;", code);
        Assert.Contains("const int VxlanVni = 16777215;", code);
        Assert.Contains("const string VxlanPeer = \"192.0.2.7\";", code);
        Assert.Contains("return true;", code[code.IndexOf("bool LowPower", StringComparison.Ordinal)..code.IndexOf("bool RadioEntropy", StringComparison.Ordinal)]);
        Assert.Contains("return false;", code[code.IndexOf("bool RadioEntropy", StringComparison.Ordinal)..]);
    }

    [TestMethod]
    [DataRow("esp32-devkitc-w5500", "", "dhcp")]
    [DataRow("esp32-devkitc-w5500", "192.0.2.9", "192.0.2.9")]
    [DataRow("esp32-wifi", "", "10.77.0.2")]
    [DataRow("esp32-wifi", "dhcp", "dhcp")]
    public void A_board_on_Ethernet_asks_for_its_address_unless_it_is_given_one(string board, string given, string address)
    {
        string folder = Path.Combine(s_packages, "address-" + board + "-" + given) + "/";
        (int exitCode, string output) = MSBuild(
            "firmware/HandshakeNano.Firmware",
            [
                "-t:WriteBoardOptions", "-p:Board=" + board, "-p:VxlanPeer=learn", "-p:IntermediateOutputPath=" + folder,
                "-p:OutDir=" + folder, .. given.Length == 0 ? [] : new[] { "-p:DeviceAddress=" + given },
            ]);
        Assert.AreEqual(0, exitCode, output);
        Assert.Contains($"return \"{address}\";", File.ReadAllText(folder + "BoardOptions.g.cs"));
    }

    // Each takes a second or two.
    private static Evaluation Evaluate(string project, params string[] arguments)
    {
        string key = project + " " + string.Join(' ', arguments);
        return s_evaluations.GetOrAdd(key, _ => new Lazy<Evaluation>(() => EvaluateAnew(project, arguments))).Value;
    }

    private static Evaluation EvaluateAnew(string project, string[] arguments)
    {
        (int exitCode, string output) = MSBuild(
            project,
            [
                "-p:Configuration=Release",
                "-getProperty:StandInForSdk,AssemblyName,TargetFramework,LangVersion,Nullable,OutputType,OutputPath,BaseIntermediateOutputPath,NF_MDP_MSBUILDTASK_PATH,Board",
                "-getItem:Compile,PackageReference,ProjectReference",
                .. arguments,
            ]);
        Assert.AreEqual(0, exitCode, output);
        return new Evaluation(JsonDocument.Parse(output).RootElement);
    }

    // With -p:Device=true, unless the arguments say otherwise.
    private static (int ExitCode, string Output) MSBuild(string project, IEnumerable<string> arguments)
    {
        return Run(["msbuild", Path.Combine(Repository.Root, project), "-nologo", "-nodeReuse:false", "-p:Device=true", .. arguments]);
    }

    private static (int ExitCode, string Output) Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["NUGET_PACKAGES"] = s_packages;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        // Those of the process that runs the tests are not for another.
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private sealed class Evaluation
    {
        public Evaluation(JsonElement root)
        {
            Properties = root.GetProperty(nameof(Properties)).EnumerateObject()
                .ToDictionary(property => property.Name, property => property.Value.GetString()!.Replace('\\', '/'));
            JsonElement items = root.GetProperty(nameof(Items));
            Items = items.EnumerateObject().ToDictionary(
                item => item.Name,
                item => item.Value.EnumerateArray().Select(entry => entry.GetProperty("FullPath").GetString()!).ToArray());
            Packages = items.GetProperty("PackageReference").EnumerateArray()
                .Select(entry => entry.GetProperty("Identity").GetString() + " "
                    + (entry.TryGetProperty("Version", out JsonElement version) ? version.GetString() : ""))
                .ToArray();
        }

        public Dictionary<string, string> Properties { get; }

        public Dictionary<string, string[]> Items { get; }

        public string[] Packages { get; }
    }
}
