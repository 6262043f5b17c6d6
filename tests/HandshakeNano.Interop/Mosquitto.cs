using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;

namespace HandshakeNano.Interop;

/// <summary>An MQTT broker in a network namespace, which keeps sessions over its restarts.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly NetworkNamespace _network;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-mosquitto-");
    private Process _process;

    public Mosquitto(NetworkNamespace network)
    {
        _network = network;
        File.WriteAllText(Configuration, $"""
            user root
            listener 1883 {Lab.Kernel}
            listener 1883 127.0.0.1
            allow_anonymous true
            persistence true
            persistence_location {_folder.FullName}/
            max_queued_messages 0
            """);
        _process = Start();
    }

    private string Configuration => Path.Combine(_folder.FullName, "mosquitto.conf");

    public void Restart()
    {
        Stop();
        _process = Start();
    }

    public void Dispose()
    {
        Stop();
        _folder.Delete(recursive: true);
    }

    private void Stop()
    {
        _network.Tool("kill", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _process.WaitForExit();
        _process.Dispose();
    }

    private Process Start()
    {
        Process process = _network.Run(() => Process.Start(
            new ProcessStartInfo("mosquitto", ["-c", Configuration]) { RedirectStandardError = true })!);
        string? line;
        do
            line = process.StandardError.ReadLine() ?? throw new IOException("mosquitto does not start.");
        while (!line.EndsWith(" running", StringComparison.Ordinal));

        // The rest is read so that it never waits for us.
        Task.Run(process.StandardError.ReadToEnd);
        return process;
    }
}
