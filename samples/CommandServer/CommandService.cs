using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.CommandServer;

/// <summary>Answers commands, one a line. The Tag of a connection is what has come of its next line.</summary>
public sealed class CommandService : Service
{
    private const int LongestCommand = 32, LongestAnswer = 64;
    private DeviceFirmware _firmware;
    private bool _on;

    /// <summary>Makes the service. Whoever does nothing for five minutes is reset.</summary>
    public CommandService() : base("commands", 2323, 300_000_000) { }

    /// <inheritdoc/>
    public override void OnStarted(DeviceFirmware firmware) => _firmware = firmware;

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection) => connection.Tag = "";

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        // Without room for the answer a command stays unread, and is offered again.
        while (connection.SendSpace >= LongestAnswer && connection.Read(Buffer, 0, 1) != 0)
        {
            string command = (string)connection.Tag;
            char letter = (char)Buffer[0];
            if (letter != '\n')
            {
                // One letter too many is kept, so that no long line is taken for a command.
                if (letter != '\r' && command.Length <= LongestCommand)
                    connection.Tag = command + letter;
                continue;
            }

            connection.Tag = "";
            byte[] answer = Encoding.UTF8.GetBytes(Answer(command) + "\r\n");
            connection.Write(answer, 0, answer.Length);
        }

        return true;
    }

    private string Answer(string command)
    {
        if (command == "help")
            return "led on, led off, led, clients";
        if (command == "clients")
            return _firmware.Endpoint.ConnectionCount.ToString();
        if (command == "led on" || command == "led off")
            _on = command == "led on"; // On a board, write a GpioPin here.
        else if (command != "led")
            return "This is not a command. Type help.";
        return _on ? "The LED is on." : "The LED is off.";
    }
}
