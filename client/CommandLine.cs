using System;
using System.Collections.Generic;
using System.CommandLine;
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
            surroundings.WriteError(Complaint(result, args));
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
            if (Options.Find(result, "--json") is { Implicit: false })
                TryWriteFailure(result.CommandResult.Command.Name, e.Message, Options.Reporting(result, surroundings).Output);
            return surroundings.Fail(e.Message);
        }
    }

    private static void TryWriteFailure(string command, string failure, TextWriter output)
    {
        try
        {
            JsonReport.WriteFailure(command, failure, output);
        }
        catch (IOException)
        {
            // The output itself is what failed.
        }
    }

    // Without a command it is the demo.
    private static string[] WithCommand(string[] args)
    {
        bool aboutItself = args.Length > 0 && (args[0] is "-h" or "-?" or "--help" or "--version" || !args[0].StartsWith('-'));
        return aboutItself ? args : ["demo", .. args];
    }

    /// <summary>The command that was typed; all of them if none was.</summary>
    /// <param name="args">What was typed; empty: all.</param>
    /// <param name="surroundings">What they run in.</param>
    /// <returns>The root.</returns>
    public static RootCommand Build(string[] args, Surroundings surroundings)
    {
        var root = new RootCommand(
            "Shakes hands over TCP with HandshakeNano, a TCP endpoint for .NET nanoFramework, and shows every segment.\n"
            + "Without a command: demo.\n\n"
            + "Exit codes: 0 it did what it was asked to do, 1 it did not, 2 wrong usage, 141 the reader of its output left.");
        var commands = new Dictionary<string, Func<Command>>(StringComparer.Ordinal)
        {
            ["demo"] = () => DemoCommand.Describe(args, surroundings),
            ["serve"] = () => ServeCommand.Describe(surroundings),
            ["connect"] = () => ConnectCommand.Describe(surroundings),
            ["probe"] = () => ProbeCommand.Describe(surroundings),
            ["proxy"] = () => ProxyCommand.Describe(surroundings),
            ["conformance"] = () => ConformanceCommand.Describe(surroundings),
            ["isn"] = () => IsnCommand.Describe(surroundings),
            ["draw"] = () => DrawCommand.Describe(surroundings),
            ["watch"] = () => WatchCommand.Describe(surroundings),
            ["responder"] = () => ResponderServiceCommand.Describe(surroundings),
            ["scoreboard"] = () => ScoreboardCommand.Describe(args, surroundings),
            ["find"] = () => FindCommand.Describe(surroundings),
            ["boards"] = () => BoardsCommand.Describe(surroundings),
            ["flash"] = () => FlashCommand.Describe(surroundings),
            ["completion"] = () => CompletionCommand.Describe(surroundings),
            ["doctor"] = () => DoctorCommand.Describe(surroundings),
        };
        if (args.Length > 0 && commands.TryGetValue(args[0], out Func<Command>? typed))
        {
            // The others would only take time.
            root.Subcommands.Add(typed());
        }
        else
        {
            foreach (Func<Command> describe in commands.Values)
                root.Subcommands.Add(describe());
            root.Subcommands.Add(ManCommand.Describe(root, surroundings));
        }

        Examples.AddTo(root);
        return root;
    }

    // One line: what is wrong, and what to type.
    private static string Complaint(ParseResult result, string[] args)
    {
        Command command = result.CommandResult.Command;
        if (command is RootCommand)
        {
            string[] names = [.. command.Subcommands.Select(one => one.Name)];
            return $"handshake: '{args[0]}' is not a command; type: handshake {string.Join(", ", names[..^1])} or {names[^1]}, or handshake --help";
        }

        string message = result.Errors[0].Message.Replace('\n', ' ').TrimEnd('.', ' ');
        string arguments = string.Concat(command.Arguments.Select(argument => " " + argument.Name));
        foreach (Option option in command.Options.Where(option => option.Required))
            arguments += $" {option.Name} {option.HelpName}";
        return $"handshake {command.Name}: {message}; type: handshake {command.Name}{arguments} [options], or handshake {command.Name} --help";
    }
}
