using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Boards.Tests;

/// <summary>A board's definition, its README and its diagram say the same.</summary>
[TestClass]
public sealed class BoardTests
{
    private static readonly Regex s_tableRow = new(@"^\| (\S+) \| (\S+) \|(?: (\S+) \|)?", RegexOptions.Multiline);

    private static readonly string[] s_wires = ["SCLK", "MOSI", "MISO", "SCSn", "INTn", "RSTn"];

    private static readonly string[] s_ends = [.. s_wires, "3V3", "GND"];

    [TestMethod]
    public void Every_folder_is_a_board_of_its_name_that_the_command_knows()
    {
        string[] folders = Directory.GetDirectories(Repository.BoardsFolder)
            .Where(folder => File.Exists(Path.Combine(folder, "board.json")))
            .Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal)
            .ToArray();
        CollectionAssert.AreEqual(folders, BoardCatalog.Boards.Select(board => board.Name).ToArray());
        foreach (string folder in folders)
            Assert.AreEqual(folder, Repository.Definition(folder).Name);
    }

    [TestMethod]
    [DynamicData(nameof(Repository.W5500Names), typeof(Repository))]
    public void The_README_has_the_wiring_of_the_definition(string name)
    {
        BoardDefinition board = Repository.Definition(name);
        string readme = Repository.Read(name, "README.md");
        string[] rows = s_tableRow.Matches(readme)
            .Where(row => s_wires.Contains(row.Groups[1].Value))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}")
            .ToArray();
        W5500Pins pins = board.Pins!;
        string[] interrupt = pins.Intn is int intn ? [$"INTn {intn}"] : [];
        string[] reset = pins.Rstn is int rstn ? [$"RSTn {rstn}"] : [];
        CollectionAssert.AreEqual(
            (string[])
            [
                $"SCLK {pins.Sclk}", $"MOSI {pins.Mosi}", $"MISO {pins.Miso}", $"SCSn {pins.Scsn}", .. interrupt, .. reset,
            ],
            rows,
            string.Join(", ", rows));
        Assert.Contains($"SPI bus {board.Spi!.Bus}, {board.Spi.Clock / 1_000_000} MHz", readme);
    }

    [TestMethod]
    [DynamicData(nameof(Repository.W5500Names), typeof(Repository))]
    public void The_README_says_where_each_wire_is_on_the_headers(string name)
    {
        if (Repository.Definition(name).OnBoard)
            return;
        Match[] rows = [.. s_tableRow.Matches(Repository.Read(name, "README.md")).Where(row => s_ends.Contains(row.Groups[1].Value))];
        Assert.HasCount(s_ends.Length, rows);
        foreach (Match row in rows)
            Assert.AreEqual(PinHeaders.PlaceOf(name, row.Groups[2].Value), row.Groups[3].Value, row.Value);
    }

    [TestMethod]
    [DynamicData(nameof(Repository.DeviceNames), typeof(Repository))]
    public void The_README_has_the_commands_that_are_run_and_no_others_that_flash(string name)
    {
        BoardDefinition board = Repository.Definition(name);
        string[] lines = Repository.Read(name, "README.md").Split('\n');
        bool wifi = board.Underlay == UnderlayKind.Wifi;
        var request = new FlashRequest(
            board,
            board.Firmware[0],
            "PORT",
            FlashPlan.DefaultImage(board),
            wifi ? new WifiCredentials("NAME", "********") : null,
            ApplicationOnly: false,
            ThroughRom: false);
        string[] expected =
        [
            .. FlashPlan.Steps(request, FlashPlan.WifiFileName).Select(step => step.CommandLine),
            FlashPlan.Steps(request with { ThroughRom = true }, FlashPlan.WifiFileName)[^1].CommandLine,
        ];
        CollectionAssert.AreEqual(
            expected, lines.Where(line => line.StartsWith("nanoff ", StringComparison.Ordinal)).ToArray());
        CollectionAssert.Contains(lines, FlashPlan.BuildCommand(board));
        CollectionAssert.Contains(
            lines, $"dotnet run --project client -- flash --board {name} --port PORT" + (wifi ? " --wifi-ssid NAME" : ""));
        if (wifi)
            Assert.Contains(FlashPlan.WifiFile("PORT", request.Wifi!), string.Join('\n', lines));
    }

    [TestMethod]
    [DynamicData(nameof(Repository.W5500DeviceNames), typeof(Repository))]
    public void The_README_says_how_the_endpoint_gets_its_address(string name)
    {
        string readme = Repository.Read(name, "README.md");
        Assert.Contains("`DHCP: the address is ...`", readme);
        string build = FlashPlan.BuildCommand(Repository.Definition(name));
        CollectionAssert.Contains(readme.Split('\n'), build.Replace(" -c ", " -p:DeviceAddress=10.77.0.2 -c ", StringComparison.Ordinal));
    }

    [TestMethod]
    [DynamicData(nameof(Repository.WiredNames), typeof(Repository))]
    public void The_README_names_every_firmware_and_where_the_application_goes(string name)
    {
        BoardDefinition board = Repository.Definition(name);
        string readme = Repository.Read(name, "README.md");
        Assert.StartsWith($"# {board.Title}\n", readme);
        Assert.Contains("**Not run on hardware yet**", readme);
        foreach (FirmwareImage image in board.Firmware)
        {
            string[] lines = readme.Split('\n').Where(line => line.Contains($"`{image.Target}`", StringComparison.Ordinal)).ToArray();
            Assert.HasCount(1, lines, image.Target);
            Assert.Contains(image.DeployAddress, lines[0]);
        }
    }

    /// <summary>The interop suite types those of docs/vxlan.md.</summary>
    [TestMethod]
    public void The_commands_for_the_PCs_end_of_a_tunnel_are_the_same_everywhere()
    {
        string[] commands = Commands(Path.Combine(Repository.Root, "docs", "vxlan.md"));
        Assert.HasCount(3, commands);
        Assert.Contains("192.0.2.20", commands[0]);
        commands[0] = commands[0].Replace("192.0.2.20", "DEVICE", StringComparison.Ordinal);
        string[] tunnels = [.. BoardCatalog.Boards.Where(board => board.Link == LinkKind.Vxlan).Select(board => board.Name)];
        CollectionAssert.AreEqual((string[])["esp32-ethernet-kit", "esp32-wifi", "olimex-esp32-poe", "wt32-eth01"], tunnels);
        foreach (string name in tunnels)
            CollectionAssert.AreEqual(commands, Commands(Repository.PathOf(name, "README.md")), name);

        static string[] Commands(string file)
        {
            return [.. File.ReadAllLines(file)
                .SkipWhile(line => !line.StartsWith("sudo ip link add ", StringComparison.Ordinal))
                .TakeWhile(line => line != "```")];
        }
    }

    [TestMethod]
    [DynamicData(nameof(Repository.WiredNames), typeof(Repository))]
    public void The_diagram_is_the_one_of_the_definition(string name)
    {
        string drawn = WiringDiagram.Draw(Repository.Definition(name));
        // HANDSHAKE_DRAW=1 draws them all again, after a definition has changed.
        if (Environment.GetEnvironmentVariable("HANDSHAKE_DRAW") == "1")
            File.WriteAllText(Repository.PathOf(name, "wiring.svg"), drawn);
        Assert.AreEqual(drawn, Repository.Read(name, "wiring.svg"));
        Assert.Contains("![Wiring](wiring.svg)", Repository.Read(name, "README.md"));
    }
}
