using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Connectivity;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake flash</c>: firmware, Wi-Fi settings and application, by nanoFramework's flasher.</summary>
internal static class FlashCommand
{
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

        public WifiSettingsFile(string port, WifiCredentials wifi)
        {
            _folder = Directory.CreateTempSubdirectory("handshake-").FullName;
            Path = System.IO.Path.Combine(_folder, FlashPlan.WifiFileName);
            File.WriteAllText(Path, FlashPlan.WifiFile(port, wifi));
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
