using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Responder;
using HandshakeNano.Firmware;

namespace HandshakeNano.Client.Commands;

/// <summary>Runs <c>handshake responder</c>: echo and responder by the system's sockets.</summary>
public static class ResponderServiceCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        Option<int> port = Options.Port("--port", "Where the echo service listens; the responder is at the next port", _ => EchoService.DefaultPort);
        var command = new Command(
            "responder",
            "Run the echo service (RFC 862) and the responder of docs/conformance.md by the system's sockets until Ctrl-C, so that\n"
            + "'handshake conformance' can probe the system's TCP. A program that can connect to it can make it open connections.");
        command.Options.Add(port);
        command.SetAction(result => Run(result.GetValue(port), surroundings));
        return command;
    }

    /// <summary>Runs the command.</summary>
    /// <param name="port">The echo service's port; the responder has the next.</param>
    /// <param name="surroundings">What it runs in.</param>
    /// <returns>0 once it was told to end.</returns>
    public static int Run(int port, Surroundings surroundings)
    {
        using var stop = new Interruption(surroundings);
        using SystemServer server = SystemServer.Start(port, port + 1);
        surroundings.Output.WriteLine($"Echo on TCP {port}, the responder on TCP {port + 1}; Ctrl-C ends it.");
        stop.Token.WaitHandle.WaitOne();
        return 0;
    }
}
