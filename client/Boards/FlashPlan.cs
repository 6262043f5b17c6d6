using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HandshakeNano.Client.Boards;

/// <summary>The name and the password of a Wi-Fi network.</summary>
/// <param name="Ssid">Its name.</param>
/// <param name="Password">Its password; empty on an open network.</param>
public sealed record WifiCredentials(string Ssid, string Password);

/// <summary>What is to be flashed, and how.</summary>
/// <param name="Board">The board.</param>
/// <param name="Firmware">The firmware image, one of the board's.</param>
/// <param name="Port">The serial port.</param>
/// <param name="Image">The application's file.</param>
/// <param name="Wifi">What to store on the device; null: leave it as it is.</param>
/// <param name="ApplicationOnly">True if the firmware stays as it is.</param>
/// <param name="ThroughRom">True if the application is written by the ROM's loader and not by the firmware.</param>
public sealed record FlashRequest(
    BoardDefinition Board,
    FirmwareImage Firmware,
    string Port,
    string Image,
    WifiCredentials? Wifi,
    bool ApplicationOnly,
    bool ThroughRom);

/// <summary>One run of <c>nanoff</c>.</summary>
/// <param name="Title">What it does, for people.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record FlashStep(string Title, IReadOnlyList<string> Arguments)
{
    /// <summary>The step as a line for a shell.</summary>
    public string CommandLine => "nanoff " + string.Join(' ', Arguments.Select(Quote));

    private static string Quote(string argument) => argument.Any(char.IsWhiteSpace) ? '"' + argument + '"' : argument;
}

/// <summary>The runs of <c>nanoff</c> that bring a board from empty to running.</summary>
/// <remarks>
/// Firmware and application are two runs. <c>nanoff --update --deploy</c> takes no account of <c>--address</c>, and its own
/// address, 0x1B0000, is in the middle of the firmware on a plain ESP32. With <c>--nanodevice</c> the device is asked, and
/// through the ROM's loader the address is always given.
/// </remarks>
public static class FlashPlan
{
    /// <summary>The name that the file with the Wi-Fi's settings has in what is shown.</summary>
    public const string WifiFileName = "wifi.json";

    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where the device build puts the application of a board, from the repository's root.</summary>
    /// <param name="board">The board.</param>
    /// <returns>The path, with '/'.</returns>
    public static string DefaultImage(BoardDefinition board)
        => $"samples/Echo/bin/device/{board.Name}/Release/Echo.bin";

    /// <summary>The command that builds the application of a board.</summary>
    /// <param name="board">The board.</param>
    /// <returns>A line for a shell.</returns>
    public static string BuildCommand(BoardDefinition board)
        => $"dotnet build samples/Echo -p:Device=true -p:Board={board.Name} -c Release"
            + (board.Link == LinkKind.Vxlan ? " -p:VxlanPeer=192.168.1.10" : "");

    /// <summary>Makes the steps, in order.</summary>
    /// <param name="request">What is to be flashed.</param>
    /// <param name="wifiFile">The file with the Wi-Fi's settings, if there are any.</param>
    /// <returns>One to three steps.</returns>
    public static IReadOnlyList<FlashStep> Steps(FlashRequest request, string wifiFile)
    {
        string target = request.Firmware.Target;
        string port = request.Port;
        var steps = new List<FlashStep>();
        if (!request.ApplicationOnly)
            steps.Add(new FlashStep($"firmware {target}", ["--update", "--target", target, "--serialport", port]));
        if (request.Wifi is not null)
        {
            steps.Add(new FlashStep(
                $"Wi-Fi settings for '{request.Wifi.Ssid}'", ["--networkdeployment", wifiFile, "--serialport", port]));
        }

        steps.Add(request.ThroughRom
            ? new FlashStep(
                $"application at {request.Firmware.DeployAddress}",
                [
                    "--target", target, "--serialport", port, "--deploy", "--image", request.Image,
                    "--address", request.Firmware.DeployAddress,
                ])
            : new FlashStep("application", ["--nanodevice", "--deploy", "--serialport", port, "--image", request.Image]));
        return steps;
    }

    /// <summary>Makes the file that <c>nanoff --networkdeployment</c> reads.</summary>
    /// <param name="port">The serial port.</param>
    /// <param name="wifi">The Wi-Fi's name and password.</param>
    /// <returns>JSON, with line ends of '\n'.</returns>
    public static string WifiFile(string port, WifiCredentials wifi)
    {
        return JsonSerializer.Serialize(
            new
            {
                SerialPort = port,
                WirelessClient = new
                {
                    wifi.Ssid,
                    wifi.Password,
                    ConfigurationOption = "AutoConnect",
                    DhcpEnabled = true,
                },
            },
            s_options) + "\n";
    }

    /// <summary>Says what is wrong with a Wi-Fi's name and password.</summary>
    /// <param name="wifi">The name and the password.</param>
    /// <returns>One sentence without a full stop, or null if they can be right.</returns>
    public static string? Fault(WifiCredentials wifi)
    {
        if (Encoding.UTF8.GetByteCount(wifi.Ssid) is 0 or > 32)
            return "the name of a Wi-Fi has 1 to 32 bytes";
        if (wifi.Password.Length is not 0 and (< 8 or > 64))
            return "the password of a Wi-Fi has 8 to 64 characters";
        return null;
    }
}
