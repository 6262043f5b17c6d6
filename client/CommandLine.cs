using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Commands;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client;

/// <summary>What can be typed, and what is said when something else is.</summary>
public static class CommandLine
{
    private const int WrongUsage = 2;

    /// <summary>Understands the arguments and runs the command that they name.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, Surroundings surroundings)
    {
        args = WithCommand(args);
        RootCommand root = Build(args, surroundings);

        // No response files: a text to send may begin with '@'.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            surroundings.Error.WriteLine(Complaint(result, args));
            return WrongUsage;
        }

        try
        {
            return result.Invoke(new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (result.GetResult("--json") is OptionResult { Implicit: false })
                JsonReport.WriteFailure(result.CommandResult.Command.Name, e.Message, Options.Reporting(result, surroundings).Output);
            return surroundings.Fail(e.Message);
        }
    }

    // Without a command it is the demo.
    private static string[] WithCommand(string[] args)
    {
        bool aboutItself = args.Length > 0 && (args[0] is "-h" or "-?" or "--help" or "--version" || !args[0].StartsWith('-'));
        return aboutItself ? args : ["demo", .. args];
    }

    /// <summary>All commands.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="surroundings">What they run in.</param>
    /// <returns>The root.</returns>
    public static RootCommand Build(string[] args, Surroundings surroundings)
    {
        var root = new RootCommand(
            "Shakes hands over TCP with HandshakeNano, a TCP endpoint for .NET nanoFramework, and shows every segment.\n"
            + "Without a command: demo.\n\n"
            + "Exit codes: 0 it did what it was asked to do, 1 it did not, 2 wrong usage.");
        root.Subcommands.Add(DemoCommand.Describe(args, surroundings));
        root.Subcommands.Add(ServeCommand.Describe(surroundings));
        root.Subcommands.Add(ConnectCommand.Describe(surroundings));
        root.Subcommands.Add(ProbeCommand.Describe(surroundings));
        root.Subcommands.Add(ProxyCommand.Describe(surroundings));
        root.Subcommands.Add(ConformanceCommand.Describe(surroundings));
        root.Subcommands.Add(IsnCommand.Describe(surroundings));
        root.Subcommands.Add(DrawCommand.Describe(surroundings));
        root.Subcommands.Add(WatchCommand.Describe(surroundings));
        root.Subcommands.Add(ResponderServiceCommand.Describe(surroundings));
        root.Subcommands.Add(ScoreboardCommand.Describe(args, surroundings));
        root.Subcommands.Add(FindCommand.Describe(surroundings));
        root.Subcommands.Add(BoardsCommand.Describe(surroundings));
        root.Subcommands.Add(FlashCommand.Describe(surroundings));
        root.Subcommands.Add(CompletionCommand.Describe(surroundings));
        root.Subcommands.Add(DoctorCommand.Describe(surroundings));
        root.Subcommands.Add(ManCommand.Describe(root, surroundings));
        Examples.AddTo(root);
        return root;
    }

    // One line: what is wrong, and what to type.
    private static string Complaint(ParseResult result, string[] args)
    {
        Command command = result.CommandResult.Command;
        if (command is RootCommand)
            return $"handshake: '{args[0]}' is not a command; type: handshake demo, serve, connect, probe, proxy, conformance, isn, draw, watch, responder, scoreboard, find, boards, flash, completion, doctor or man, or handshake --help";
        string message = result.Errors[0].Message.Replace('\n', ' ').TrimEnd('.', ' ');
        string arguments = string.Concat(command.Arguments.Select(argument => " " + argument.Name));
        foreach (Option option in command.Options.Where(option => option.Required))
            arguments += $" {option.Name} {option.HelpName}";
        return $"handshake {command.Name}: {message}; type: handshake {command.Name}{arguments} [options], or handshake {command.Name} --help";
    }
}
