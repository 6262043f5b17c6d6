using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using HandshakeNano.Client.Boards;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary><c>handshake boards</c> and <c>handshake flash</c>: what is run, in which order, and what is said when it cannot be.</summary>
[TestClass]
public sealed class FlashTests
{
    private string _folder = "";

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("handshake-test-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void The_boards_are_listed_one_a_line()
    {
        Shell shell = Shell.Run("boards");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        string[] lines = Shell.Lines(shell.Output);
        CollectionAssert.AreEqual(
            new[]
            {
                "esp32-c3-devkitm-w5500", "esp32-devkitc-w5500", "esp32-ethernet-kit", "esp32-s3-devkitc-w5500", "esp32-wifi",
                "lilygo-t-eth-lite-s3", "m5stack-atom-poe", "m5stack-atoms3-poe", "m5stack-lan-base", "olimex-esp32-poe", "raspberry-pi",
                "virtual", "waveshare-esp32-s3-eth", "wt32-eth01",
            },
            lines.Select(line => line.Split(' ')[0]).ToArray());
        Assert.MatchesRegex("^esp32-wifi +VXLAN, Wi-Fi +Any ESP32 with Wi-Fi$", lines[4]);
    }

    [TestMethod]
    public void The_boards_are_listed_for_machines()
    {
        Shell shell = Shell.Run("boards", "--json");
        using JsonDocument list = JsonDocument.Parse(shell.Output);
        JsonElement board = list.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "wt32-eth01");
        Assert.AreEqual("VXLAN over Ethernet", board.GetProperty("link").GetString());
        Assert.IsTrue(board.GetProperty("wifi").GetBoolean());
        Assert.AreEqual("ESP32_WT32_ETH01", board.GetProperty("targets")[0].GetString());
    }

    [TestMethod]
    [DataRow("esp32-devkitc-w5500", "ESP32_REV0")]
    [DataRow("esp32-s3-devkitc-w5500", "ESP32_S3_OCTAL")]
    [DataRow("esp32-c3-devkitm-w5500", "ESP32_C3")]
    [DataRow("waveshare-esp32-s3-eth", "ESP32_S3_OCTAL")]
    [DataRow("esp32-wifi", "ESP32_REV0")]
    [DataRow("wt32-eth01", "ESP32_WT32_ETH01")]
    [DataRow("esp32-ethernet-kit", "ESP32_ETHERNET_KIT_1.2")]
    [DataRow("lilygo-t-eth-lite-s3", "ESP32_S3_OCTAL")]
    [DataRow("m5stack-atom-poe", "ESP32_REV0")]
    [DataRow("m5stack-atoms3-poe", "ESP32_S3_QUAD")]
    [DataRow("m5stack-lan-base", "ESP32_REV0")]
    [DataRow("olimex-esp32-poe", "ESP32_OLIMEX")]
    public void A_dry_run_shows_firmware_first_and_then_the_application_where_the_device_wants_it(string board, string target)
    {
        Shell shell = Shell.Run("flash", "--board", board, "--port", "COM31", "--dry-run");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        Assert.AreEqual(
            $"nanoff --update --target {target} --serialport COM31\n"
            + $"nanoff --nanodevice --deploy --serialport COM31 --image {Image(board)}\n",
            shell.Output);
    }

    [TestMethod]
    [DataRow("esp32-devkitc-w5500", "ESP32_REV3", "0x1E0000")]
    [DataRow("esp32-devkitc-w5500", "ESP32_PSRAM_REV0", "0x1E0000")]
    [DataRow("esp32-s3-devkitc-w5500", "ESP32_S3_QUAD", "0x1B0000")]
    [DataRow("esp32-c3-devkitm-w5500", "ESP32_C3", "0x1B0000")]
    [DataRow("esp32-wifi", "ESP32_REV0", "0x1E0000")]
    [DataRow("esp32-wifi", "ESP32_S3_OCTAL", "0x1B0000")]
    [DataRow("esp32-wifi", "ESP32_C3", "0x1B0000")]
    [DataRow("wt32-eth01", "ESP32_WT32_ETH01", "0x1E0000")]
    public void Through_the_ROM_the_application_goes_to_the_address_of_the_firmware_s_chip(string board, string target, string address)
    {
        Shell shell = Shell.Run("flash", "--board", board, "--port", "/dev/ttyUSB0", "--target", target, "--rom", "--dry-run");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        Assert.AreEqual(
            $"nanoff --update --target {target} --serialport /dev/ttyUSB0\n"
            + $"nanoff --target {target} --serialport /dev/ttyUSB0 --deploy --image {Image(board)} --address {address}\n",
            shell.Output);
    }

    [TestMethod]
    public void No_run_writes_firmware_and_application_at_once_or_the_application_to_an_address_of_nanoff_s_own()
    {
        foreach (BoardDefinition board in BoardCatalog.Boards)
        {
            foreach (FirmwareImage firmware in board.Firmware)
            {
                foreach (bool rom in new[] { false, true })
                {
                    var request = new FlashRequest(board, firmware, "P", "a.bin", null, ApplicationOnly: false, ThroughRom: rom);
                    foreach (FlashStep step in FlashPlan.Steps(request, ""))
                    {
                        bool deploys = step.Arguments.Contains("--deploy");
                        Assert.IsFalse(deploys && step.Arguments.Contains("--update"), step.CommandLine);
                        Assert.IsTrue(
                            !deploys || (step.Arguments.Contains("--nanodevice") ^ step.Arguments.Contains("--address")), step.CommandLine);
                    }
                }
            }
        }
    }

    [TestMethod]
    public void The_application_alone_is_one_run()
    {
        Shell shell = Shell.Run("flash", "--board", "wt32-eth01", "--port", "COM3", "--app-only", "--image", "my app.bin", "--dry-run");
        Assert.AreEqual("nanoff --nanodevice --deploy --serialport COM3 --image \"my app.bin\"\n", shell.Output);
    }

    [TestMethod]
    public void The_Wi_Fi_is_stored_between_firmware_and_application_and_its_password_is_not_shown()
    {
        Shell shell = Shell.Run(
            "flash", "--board", "esp32-wifi", "--port", "COM3", "--wifi-ssid", "my \"net\"", "--wifi-password", "open sesame", "--dry-run");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        string[] lines = Shell.Lines(shell.Output);
        Assert.AreEqual("nanoff --update --target ESP32_REV0 --serialport COM3", lines[0]);
        Assert.AreEqual("nanoff --networkdeployment wifi.json --serialport COM3", lines[1]);
        Assert.StartsWith("nanoff --nanodevice --deploy", lines[2]);
        Assert.DoesNotContain("sesame", shell.Output);
        using JsonDocument file = JsonDocument.Parse(string.Join('\n', lines.Skip(5)));
        Assert.AreEqual("my \"net\"", file.RootElement.GetProperty("WirelessClient").GetProperty("Ssid").GetString());
    }

    [TestMethod]
    [DataRow("flash", "Option '--board' is required", "type: handshake flash --board NAME --port PORT [options]")]
    [DataRow("flash --board esp32-wifi", "Option '--port' is required", "type: handshake flash --board NAME --port PORT [options]")]
    [DataRow("flash --board", "'--board'", "handshake flash --help")]
    [DataRow("flash --board esp32-wifi --port", "'--port'", "handshake flash --help")]
    [DataRow("flash --board esp32-wifi --port=", "'--port'", "handshake flash --help")]
    [DataRow("flash --board nope --port P", "'nope' is not one of the boards", "'handshake boards' lists")]
    [DataRow("flash --board virtual --port P", "The board 'virtual' is a PC", "'handshake serve --board virtual' runs it")]
    [DataRow("flash --board raspberry-pi --port P", "The board 'raspberry-pi' is a PC", "'handshake serve --board raspberry-pi' runs it")]
    [DataRow("flash --board wt32-eth01 --port P --wifi-ssid net", "wt32-eth01 does not use Wi-Fi", "leave out --wifi-ssid")]
    [DataRow("flash --board esp32-devkitc-w5500 --port P --wifi-ssid net", "esp32-devkitc-w5500 does not use Wi-Fi", "leave out --wifi-ssid")]
    [DataRow("flash --board esp32-wifi --port P --wifi-password 12345678", "--wifi-password wants --wifi-ssid", "handshake flash")]
    [DataRow("flash --board esp32-wifi --port P --wifi-ssid net --wifi-password 1234567", "8 to 64 characters", "handshake flash")]
    [DataRow("flash --board esp32-wifi --port P --wifi-ssid 123456789012345678901234567890123 --wifi-password 12345678", "1 to 32 bytes", "handshake flash")]
    [DataRow("flash --board wt32-eth01 --port P --target ESP32_REV0", "'ESP32_REV0' is no firmware of wt32-eth01", "which runs ESP32_WT32_ETH01")]
    [DataRow("flash --board wt32-eth01 --port P --target", "'--target'", "handshake flash --help")]
    [DataRow("flash --board esp32-wifi --port P --wifi-ssid", "'--wifi-ssid'", "handshake flash --help")]
    [DataRow("flash --board esp32-wifi --port P extra", "'extra'", "handshake flash --help")]
    [DataRow("boards esp32-wifi", "'esp32-wifi'", "type: handshake boards [options]")]
    public void A_wrong_command_line_gets_one_line_and_exit_code_2(string line, string wrong, string type)
    {
        Shell shell = Shell.Run(line.Split(' '));
        Assert.AreEqual(2, shell.ExitCode, shell.Error);
        Assert.AreEqual("", shell.Output);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        Assert.StartsWith("handshake flash: ", shell.Error.Replace("handshake boards: ", "handshake flash: ", StringComparison.Ordinal));
        Assert.Contains(wrong, shell.Error);
        Assert.Contains(type, shell.Error);
    }

    [TestMethod]
    public void Without_an_application_the_command_that_builds_it_is_said()
    {
        Shell shell = Shell.Run("flash", "--board", "esp32-wifi", "--port", "P", "--image", Path.Combine(_folder, "none.bin"));
        Assert.AreEqual(1, shell.ExitCode);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        Assert.Contains("type: dotnet build samples/Echo -p:Device=true -p:Board=esp32-wifi -c Release -p:VxlanPeer=", shell.Error);
    }

    [TestMethod]
    public void Nanoff_is_found_in_PATH_and_where_the_SDK_puts_tools_and_nowhere_else()
    {
        string program = OperatingSystem.IsWindows() ? "nanoff.exe" : "nanoff";
        string home = Path.Combine(_folder, "home");
        string tools = Path.Combine(home, ".dotnet", "tools");
        string bin = Path.Combine(_folder, "bin");
        Directory.CreateDirectory(tools);
        Directory.CreateDirectory(bin);
        string path = Path.Combine(_folder, "empty") + Path.PathSeparator + bin;
        Assert.IsNull(Nanoff.Find(path, home));
        Assert.IsNull(Nanoff.Find(null, home));
        File.WriteAllText(Path.Combine(tools, program), "");
        Assert.AreEqual(Path.Combine(tools, program), Nanoff.Find(path, home));
        File.WriteAllText(Path.Combine(bin, program), "");
        Assert.AreEqual(Path.Combine(bin, program), Nanoff.Find(path, home));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void The_steps_run_in_order_with_their_progress_and_the_password_does_not_outlive_them()
    {
        string nanoff = Script("echo \"$NANOFRAMEWORK_TELEMETRY_OPTOUT $*\" >> \"$0.log\"; [ \"$1\" = --networkdeployment ] && cat \"$2\" > \"$0.wifi\"; echo 50%; echo note >&2; exit 0");
        string image = Application();
        Shell shell = Shell.Run(
            "flash", "--board", "esp32-wifi", "--port", "P", "--image", image, "--wifi-ssid", "net", "--wifi-password", "12345678",
            "--nanoff", nanoff);
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        string[] runs = File.ReadAllLines(nanoff + ".log");
        Assert.HasCount(3, runs);
        Assert.AreEqual("1 --update --target ESP32_REV0 --serialport P", runs[0]);
        Assert.MatchesRegex("^1 --networkdeployment .*wifi.json --serialport P$", runs[1]);
        Assert.AreEqual($"1 --nanodevice --deploy --serialport P --image {image}", runs[2]);

        using JsonDocument wifi = JsonDocument.Parse(File.ReadAllText(nanoff + ".wifi"));
        Assert.AreEqual("P", wifi.RootElement.GetProperty("SerialPort").GetString());
        JsonElement client = wifi.RootElement.GetProperty("WirelessClient");
        Assert.AreEqual("net", client.GetProperty("Ssid").GetString());
        Assert.AreEqual("12345678", client.GetProperty("Password").GetString());
        Assert.AreEqual("AutoConnect", client.GetProperty("ConfigurationOption").GetString());
        Assert.IsTrue(client.GetProperty("DhcpEnabled").GetBoolean());
        Assert.IsFalse(File.Exists(runs[1].Split(' ')[2]), "the file with the password is still there");

        Assert.Contains("[1/3] firmware ESP32_REV0: nanoff --update", shell.Output);
        Assert.Contains("[2/3] Wi-Fi settings for 'net': nanoff --networkdeployment", shell.Output);
        Assert.Contains("[3/3] application: nanoff --nanodevice", shell.Output);
        Assert.Contains("50%", shell.Output);
        Assert.Contains("note", shell.Output);
        Assert.DoesNotContain("12345678", shell.Output);
        Assert.EndsWith("esp32-wifi is flashed and starts.\n", shell.Output);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [DataRow("--update", 1, "step 1 of 2, firmware ESP32_WT32_ETH01, ended with exit code 7; hold BOOT while it connects")]
    [DataRow("--nanodevice", 2, "step 2 of 2, application, ended with exit code 7; if the device does not answer, try --rom")]
    public void A_step_that_fails_is_the_last_one(string step, int runs, string message)
    {
        string nanoff = Script($"echo run >> \"$0.log\"; [ \"$1\" = {step} ] && exit 7; exit 0");
        Shell shell = Shell.Run("flash", "--board", "wt32-eth01", "--port", "P", "--image", Application(), "--nanoff", nanoff);
        Assert.AreEqual(1, shell.ExitCode);
        Assert.AreEqual($"handshake: {message}\n", shell.Error);
        Assert.HasCount(runs, File.ReadAllLines(nanoff + ".log"));
    }

    [TestMethod]
    public void A_nanoff_that_cannot_be_run_is_said_in_a_line()
    {
        Shell shell = Shell.Run(
            "flash", "--board", "wt32-eth01", "--port", "P", "--image", Application(), "--nanoff", Path.Combine(_folder, "missing"));
        Assert.AreEqual(1, shell.ExitCode);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        Assert.Contains("cannot be run", shell.Error);
    }

    private static string Image(string board) => $"samples/Echo/bin/device/{board}/Release/Echo.bin";

    private string Application()
    {
        string file = Path.Combine(_folder, "app.bin");
        File.WriteAllText(file, "");
        return file;
    }

    // Stands in for nanoff: there is no device to talk to.
    private string Script(string body)
    {
        string text = Path.Combine(_folder, "text"), file = Path.Combine(_folder, "nanoff.sh");
        File.WriteAllText(text, "#!/bin/sh\n" + body + "\n");

        // A program that a process has open for writing cannot be run, and another test's child may have what this process has open.
        using Process install = Process.Start("install", ["-m", "700", text, file]);
        install.WaitForExit();
        Assert.AreEqual(0, install.ExitCode);
        return file;
    }
}
