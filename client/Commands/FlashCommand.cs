using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake flash</c>: firmware, Wi-Fi settings and application, by nanoFramework's flasher.</summary>
internal static class FlashCommand
{
    private const string PasswordVariable = "HANDSHAKE_WIFI_PASSWORD";

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var board = new Option<string>("--board")
        {
            Description = "The board; 'handshake boards' lists them",
            HelpName = "NAME",
            Required = true,
        };
        var port = new Option<string>("--port")
        {
            Description = "The serial port, such as COM3 or /dev/ttyUSB0; 'nanoff --listports' lists them",
            HelpName = "PORT",
            Required = true,
            CustomParser = result => Options.NotEmpty(result, "--port wants the name of a serial port."),
        };
        var ssid = new Option<string?>("--wifi-ssid")
        {
            Description = "Store the name of a Wi-Fi on the device, for boards that use it",
            HelpName = "NAME",
        };
        var password = new Option<string?>("--wifi-password")
        {
            Description = $"Its password. Without this option the variable {PasswordVariable} holds it, where other users cannot see it;\n"
                + "without both the network is open",
            HelpName = "PASSWORD",
        };
        var target = new Option<string?>("--target")
        {
            Description = "The firmware image, one of the board's; its README says which is for what",
            HelpName = "TARGET",
        };
        var image = new Option<string?>("--image")
        {
            Description = "The application; by default what the device build of the board made",
            HelpName = "FILE",
            CustomParser = result => Options.NotEmpty(result, "--image wants the name of a file."),
        };
        var applicationOnly = new Option<bool>("--app-only") { Description = "Leave the firmware as it is" };
        var throughRom = new Option<bool>("--rom")
        {
            Description = "Write the application through the ROM's loader, for a device that does not answer",
        };
        var nanoff = new Option<string?>("--nanoff")
        {
            Description = "The program nanoff; by default it is looked for",
            HelpName = "FILE",
            CustomParser = result => Options.NotEmpty(result, "--nanoff wants the name of a file."),
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show the commands" };
        board.CompletionSources.Add([.. BoardCatalog.Boards.Where(one => one.Firmware.Count > 0).Select(one => one.Name)]);
        var command = new Command(
            "flash",
            "Write firmware, Wi-Fi settings and application to a board, by nanoFramework's flasher, nanoff.\n"
            + "Firmware and application are two runs: in one, nanoff writes the application where it does not run.");
        foreach (Option option in new Option[] { board, port, ssid, password, target, image, applicationOnly, throughRom, nanoff, dryRun })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (Options.Text(result, board) is not { } name)
                return;
            if (BoardCatalog.Find(name) is not { } chosen)
                result.AddError($"'{name}' is not one of the boards that 'handshake boards' lists.");
            else if (!chosen.IsFlashed)
                result.AddError($"The board '{name}' is a PC and needs no flashing: 'handshake serve --board {name}' runs it.");
            else if (Options.Text(result, target) is { } image && chosen.Firmware.All(candidate => candidate.Target != image))
                result.AddError($"'{image}' is no firmware of {name}, which runs {string.Join(", ", chosen.Firmware.Select(candidate => candidate.Target))}.");
            else if (Options.Text(result, ssid) is null && Options.Text(result, password) is not null)
                result.AddError("--wifi-password wants --wifi-ssid as well.");
            else if (Options.Text(result, ssid) is not null && chosen.Underlay != UnderlayKind.Wifi)
                result.AddError($"{name} does not use Wi-Fi: leave out --wifi-ssid.");
            else if (Credentials(Options.Text(result, ssid), Options.Text(result, password)) is { } wifi && FlashPlan.Fault(wifi) is { } fault)
                result.AddError(fault + ".");
        });
        command.SetAction(result =>
        {
            BoardDefinition chosen = BoardCatalog.Find(result.GetRequiredValue(board))!;
            FirmwareImage firmware = result.GetValue(target) is { } name
                ? chosen.Firmware.First(candidate => candidate.Target == name)
                : chosen.Firmware[0];
            return Run(
                new FlashRequest(
                    chosen,
                    firmware,
                    result.GetRequiredValue(port),
                    result.GetValue(image) ?? FlashPlan.DefaultImage(chosen),
                    Credentials(result.GetValue(ssid), result.GetValue(password)),
                    result.GetValue(applicationOnly),
                    result.GetValue(throughRom)),
                result.GetValue(nanoff),
                result.GetValue(dryRun),
                surroundings);
        });
        return command;
    }

    private static WifiCredentials? Credentials(string? ssid, string? password)
        => ssid is null ? null : new WifiCredentials(ssid, password ?? Environment.GetEnvironmentVariable(PasswordVariable) ?? "");

    /// <summary>Flashes, or shows what it would do.</summary>
    /// <param name="request">What is to be flashed.</param>
    /// <param name="program">The flasher; null: it is looked for.</param>
    /// <param name="dryRun">True if the commands are only to be shown.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The exit code.</returns>
    public static int Run(FlashRequest request, string? program, bool dryRun, Surroundings surroundings)
    {
        if (dryRun)
            return Show(request, surroundings.Output);

        if (!File.Exists(request.Image))
            return surroundings.Fail($"there is no {request.Image}; type: {FlashPlan.BuildCommand(request.Board)}");
        program ??= Nanoff.Find(
            Environment.GetEnvironmentVariable("PATH"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        if (program is null)
            return surroundings.Fail("nanoff, nanoFramework's flasher, is not installed; type: " + Nanoff.InstallCommand);

        // A board is not left half written because nobody reads on.
        surroundings.Reader?.EndsProcess = false;
        using WifiSettingsFile? wifi = request.Wifi is null ? null : new WifiSettingsFile(request.Port, request.Wifi);
        IReadOnlyList<FlashStep> steps = FlashPlan.Steps(request, wifi?.Path ?? "");
        for (int i = 0; i < steps.Count; i++)
        {
            FlashStep step = steps[i];
            surroundings.Output.WriteLine($"[{i + 1}/{steps.Count}] {step.Title}: {step.CommandLine}");
            int code;
            try
            {
                code = Nanoff.Run(program, step.Arguments, surroundings.Output);
            }
            catch (Win32Exception e)
            {
                return surroundings.Fail($"{program} cannot be run: {e.Message}");
            }

            if (code != 0)
                return surroundings.Fail($"step {i + 1} of {steps.Count}, {step.Title}, ended with exit code {code}{Advice(request, i, steps.Count)}");
        }

        surroundings.Output.WriteLine($"{request.Board.Name} is flashed and starts.");
        return 0;
    }

    private static int Show(FlashRequest request, TextWriter output)
    {
        foreach (FlashStep step in FlashPlan.Steps(request, FlashPlan.WifiFileName))
            output.WriteLine(step.CommandLine);
        if (request.Wifi is not null)
        {
            output.WriteLine();
            output.WriteLine(FlashPlan.WifiFileName + ":");
            // Not as long as the password is: a screen may be seen by others.
            string shown = request.Wifi.Password.Length == 0 ? "" : "********";
            output.Write(FlashPlan.WifiFile(request.Port, request.Wifi with { Password = shown }).ReplaceLineEndings(output.NewLine));
        }

        return 0;
    }

    private static string Advice(FlashRequest request, int step, int count)
    {
        if (step == count - 1)
            return request.ThroughRom ? "; hold BOOT while it connects" : "; if the device does not answer, try --rom";
        return step == 0 && !request.ApplicationOnly ? "; hold BOOT while it connects" : "";
    }

    // Holds a password: for its user only, and no longer than it is needed.
    private sealed class WifiSettingsFile : IDisposable
    {
        private readonly string _folder;
        private readonly PosixSignalRegistration _interrupted;
        private readonly PosixSignalRegistration _terminated;

        public WifiSettingsFile(string port, WifiCredentials wifi)
        {
            _folder = Directory.CreateTempSubdirectory("handshake-").FullName;

            // The signal ends the process as ever, but the file goes first.
            _interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Delete());
            _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Delete());
            Path = System.IO.Path.Combine(_folder, FlashPlan.WifiFileName);
            File.WriteAllText(Path, FlashPlan.WifiFile(port, wifi));
        }

        public string Path { get; }

        public void Dispose()
        {
            _interrupted.Dispose();
            _terminated.Dispose();
            Delete();
        }

        private void Delete()
        {
            if (Directory.Exists(_folder))
                Directory.Delete(_folder, recursive: true);
        }
    }
}
