using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using System.Xml.Linq;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Boards;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>What dotnet pack makes, and a project of the template that stands on nothing else.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PackageTests
{
    private static DirectoryInfo s_folder = null!;

    private static string Packages => Path.Combine(s_folder.FullName, "packages");

    [ClassInitialize]
    public static void Pack(TestContext context)
    {
        s_folder = Directory.CreateTempSubdirectory("handshake-packages-");
        DotNet(Repository.Root, "pack", "build/Packages.proj", "-o", Packages);

        // What a project has to get from elsewhere is all that stands beside them.
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Packages, "system.device.gpio"), "*.nupkg", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(Packages, Path.GetFileName(file)));
    }

    [ClassCleanup]
    public static void Delete() => s_folder.Delete(recursive: true);

    /// <summary>The sources are all of the project's, byte for byte, and nothing else is in it but what is named here.</summary>
    [TestMethod]
    [DataRow("Tcp", "Net", "")]
    [DataRow("Links", "Links", "HandshakeNano.Tcp, System.Device.Gpio")]
    [DataRow("Http", "Http", "HandshakeNano.Tcp")]
    [DataRow("Firmware", "Firmware", "HandshakeNano.Links, HandshakeNano.Tcp")]
    [DataRow("Page", "Page", "HandshakeNano.Firmware, HandshakeNano.Http")]
    public void APackageHasTheAssemblyItsDocumentationAndTheSourcesForTheDevice(string id, string project, string dependencies)
    {
        using ZipArchive package = Open($"HandshakeNano.{id}", "nupkg");
        string name = "HandshakeNano." + project;
        string sources = Path.Combine(Repository.Root, "firmware", name);
        var expected = new Dictionary<string, string>
        {
            ["README.md"] = Path.Combine(Repository.Root, "build", "package-readme.md"),
            ["LICENSE"] = Path.Combine(Repository.Root, "LICENSE"),
            [$"build/netnano1.0/HandshakeNano.{id}.targets"] = Path.Combine(Repository.Root, "build", "Package.targets"),
            [$"buildTransitive/netnano1.0/HandshakeNano.{id}.targets"] = Path.Combine(Repository.Root, "build", "Package.targets"),
        };
        foreach (string file in Directory.GetFiles(sources, "*.cs", SearchOption.AllDirectories))
            Add(sources, "device/" + name, file);
        if (id == "Firmware")
        {
            string boards = Path.Combine(Repository.Root, "boards");
            string[] files = [.. Directory.GetFiles(Path.Combine(boards, "esp32"), "*.cs"), .. Directory.GetFiles(boards, "board.json", SearchOption.AllDirectories)];
            foreach (string file in files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || BoardDefinition.Parse(File.ReadAllText(file)).IsFlashed))
                Add(boards, "device/boards", file);
            foreach (string folder in new[] { "build", "buildTransitive" })
                expected[folder + "/netnano1.0/Board.targets"] = Path.Combine(sources, "Board.targets");
        }

        void Add(string top, string folder, string file)
        {
            string path = Path.GetRelativePath(top, file);
            if (path.Split('/')[0] is not ("bin" or "obj"))
                expected[folder + "/" + path] = file;
        }

        foreach ((string path, string file) in expected)
            CollectionAssert.AreEqual(File.ReadAllBytes(file), Read(package, path), path);
        string[] others = [.. package.Entries.Select(entry => entry.FullName).Except(expected.Keys)
            .Where(path => !path.StartsWith("_rels/", StringComparison.Ordinal) && !path.StartsWith("package/", StringComparison.Ordinal) && path != "[Content_Types].xml")];
        CollectionAssert.AreEquivalent(new[] { $"HandshakeNano.{id}.nuspec", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }, others);

        XElement metadata = XDocument.Parse(Encoding.UTF8.GetString(Read(package, $"HandshakeNano.{id}.nuspec")).TrimStart('\uFEFF')).Root!.Elements().Single();
        XElement Get(string element) => metadata.Elements().Single(child => child.Name.LocalName == element);
        Assert.AreEqual("MIT", Get("license").Value);
        Assert.AreEqual("README.md", Get("readme").Value);
        Assert.AreEqual("git", Get("repository").Attribute("type")!.Value);
        Assert.AreEqual(dependencies, string.Join(", ", metadata.Descendants().Where(child => child.Name.LocalName == "dependency")
            .Select(child => child.Attribute("id")!.Value).Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    [DataRow("Tcp", "Net")]
    [DataRow("Links", "Links")]
    [DataRow("Http", "Http")]
    [DataRow("Firmware", "Firmware")]
    [DataRow("Page", "Page")]
    public void TheSymbolsNameNoFolderOfTheComputer(string id, string project)
    {
        using ZipArchive symbols = Open($"HandshakeNano.{id}", "snupkg");
        byte[] bytes = Read(symbols, $"lib/net10.0/HandshakeNano.{project}.pdb");
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(bytes));
        MetadataReader reader = provider.GetMetadataReader();
        string[] documents = [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
        Assert.IsNotEmpty(documents);
        foreach (string document in documents)
            Assert.StartsWith("/_/", document);
        using ZipArchive package = Open($"HandshakeNano.{id}", "nupkg");
        string assembly = Encoding.Latin1.GetString(Read(package, $"lib/net10.0/HandshakeNano.{project}.dll"));
        Assert.DoesNotContain(Repository.Root, assembly);
        Assert.DoesNotContain(Repository.Root, Encoding.Latin1.GetString(bytes));
    }

    /// <summary>NuGet gives them to a project of the device's kind. Whether nanoFramework's SDK compiles them is not shown here.</summary>
    [TestMethod]
    public void AProjectForTheDeviceIsGivenTheSourcesAndTheBoards()
    {
        string folder = s_folder.CreateSubdirectory("device").FullName;
        File.WriteAllText(Path.Combine(folder, "device.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>netnano1.0</TargetFramework>
                <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
                <Device>true</Device>
                <Board>esp32-devkitc-w5500</Board>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="HandshakeNano.Tcp" Version="0.1.0" />
                <PackageReference Include="HandshakeNano.Firmware" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        DotNet(folder, "restore", "-p:RestoreSources=" + Packages);
        using JsonDocument answer = JsonDocument.Parse(DotNet(folder, "msbuild", "-getItem:Compile", "-getProperty:BoardSpiBus"));
        Assert.AreEqual("2", answer.RootElement.GetProperty("Properties").GetProperty("BoardSpiBus").GetString());
        string[] files = [.. answer.RootElement.GetProperty("Items").GetProperty("Compile").EnumerateArray().Select(item => Path.GetFileName(item.GetProperty("FullPath").GetString()!))];
        foreach (string file in new[] { "TcpEndpoint.cs", "DeviceFirmware.cs", "W5500Board.cs" })
            Assert.ContainsSingle(name => name == file, files);
    }

    [TestMethod]
    public void TheTemplateMakesAProjectThatBuildsAndAnswersCurl()
    {
        string folder = Path.Combine(s_folder.FullName, "Thermometer");
        DotNet(s_folder.FullName, "new", "install", Path.Combine(Packages, "HandshakeNano.Templates.0.1.0.nupkg"));
        DotNet(s_folder.FullName, "new", "handshake-app", "-o", folder);
        DotNet(folder, "build", "-p:RestoreSources=" + Packages, "-warnaserror");
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/") && !file.Contains("/bin/")))
            Assert.DoesNotContain("HandshakeApp", File.ReadAllText(file), file);

        using NetworkNamespace network = Lab.NewNetwork();
        string program = Path.Combine(folder, "bin", "Debug", "net10.0", "Thermometer.dll");
        using Process device = network.Run(() => Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true })!);
        Assert.Contains("page on TCP 80", device.StandardOutput.ReadLine()!);
        Assert.AreEqual("21 C\n", network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));
        Assert.Contains("\"board\":\"virtual\"", network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/api/v1/device").Replace(" ", "", StringComparison.Ordinal));
        network.Tool("kill", "-INT", device.Id.ToString(CultureInfo.InvariantCulture));
        Assert.IsTrue(device.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, device.ExitCode);
    }

    /// <summary>In a namespace that leads nowhere, into a home that has nothing in it, with no source but the folder of the packages.</summary>
    [TestMethod]
    public void TheToolIsInstalledFromItsFileAndRuns()
    {
        string home = s_folder.CreateSubdirectory("home").FullName, capture = Path.Combine(home, "demo.pcapng");
        File.WriteAllText(Path.Combine(home, "nuget.config"),
            $"<configuration><packageSources><clear/><add key=\"built\" value=\"{Packages}\"/></packageSources></configuration>");
        using NetworkNamespace network = Lab.NewNetwork();
        using var server = new KernelEchoServer(network, 6001, "127.0.0.1");
        ToolResult InHome(string program, params string[] arguments) => network.TryTool("env", null,
            ["-i", "-C", home, "HOME=" + home, "DOTNET_CLI_HOME=" + home, "NUGET_PACKAGES=" + Path.Combine(home, "packages"), "DOTNET_NOLOGO=1",
                "PATH=" + Environment.GetEnvironmentVariable("PATH"), program, .. arguments]);
        ToolResult install = InHome("dotnet", "tool", "install", "-g", "HandshakeNano.Handshake", "--add-source", Packages);
        Assert.AreEqual(0, install.ExitCode, install.Output + install.Error);
        ToolResult Run(params string[] arguments) => InHome(Path.Combine(home, ".dotnet", "tools", "handshake"), arguments);
        ToolResult demo = Run("demo", "--in-memory", "--pcap", capture);
        Assert.AreEqual(0, demo.ExitCode, demo.Output + demo.Error);
        Assert.Contains("both FINs acknowledged", demo.Output);
        ToolResult draw = Run("draw", capture);
        Assert.AreEqual(0, draw.ExitCode, draw.Output + draw.Error);
        Assert.Contains("SYN,ACK", draw.Output);
        ToolResult probe = Run("probe", "127.0.0.1:6001", "--count", "5");
        Assert.AreEqual(0, probe.ExitCode, probe.Output + probe.Error);
        Assert.Contains("127.0.0.1:6001: 5 handshakes in ", probe.Output);
        Assert.Contains("complete -o default -F _handshake handshake", Run("completion", "bash").Output);
        Assert.AreEqual("0.1.0", Run("--version").Output.Split('+')[0].Trim());
        Assert.DoesNotContain(Repository.Root, Run("--version").Output);

        using ZipArchive package = Open("HandshakeNano.Handshake", "nupkg");
        string nuspec = Encoding.UTF8.GetString(Read(package, "HandshakeNano.Handshake.nuspec"));
        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec);
        Assert.Contains("<packageType name=\"DotnetTool\" />", nuspec);
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Repository.Root, "build", "package-readme.md")), Read(package, "README.md"));
    }

    private static ZipArchive Open(string id, string extension) => ZipFile.OpenRead(Path.Combine(Packages, $"{id}.0.1.0.{extension}"));

    private static byte[] Read(ZipArchive archive, string path)
    {
        ZipArchiveEntry? entry = archive.GetEntry(path);
        Assert.IsNotNull(entry, path);
        using Stream stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Runs the SDK with templates and packages of its own, and gives what it writes.</summary>
    private static string DotNet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_HOME"] = s_folder.FullName;
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // The repository's packages come from where the user has them; the others from ours alone.
        if (folder != Repository.Root)
            start.Environment["NUGET_PACKAGES"] = Path.Combine(s_folder.FullName, "cache");
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && key != "MSBUILDDISABLENODEREUSE").ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"dotnet {string.Join(' ', arguments)}\n{output}{error.GetAwaiter().GetResult()}");
        return output;
    }
}
