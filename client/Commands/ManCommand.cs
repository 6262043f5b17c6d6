using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Reflection;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake man</c>: the man page, from the texts of the help.</summary>
internal static class ManCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(RootCommand root, Surroundings surroundings)
    {
        var command = new Command("man", "Write the man page of handshake: man(7), for man -l and mandoc.");
        command.SetAction(_ =>
        {
            Write(root, surroundings.Output);
            return 0;
        });
        return command;
    }

    private static void Write(RootCommand root, TextWriter page)
    {
        string version = typeof(ManCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        string[] about = root.Description!.Split("\n\n");
        page.WriteLine($".TH HANDSHAKE 1 \"\" \"HandshakeNano {version}\"");
        page.WriteLine(".SH NAME");
        page.WriteLine(@"handshake \- shake hands over TCP, and see every segment");
        page.WriteLine(".SH SYNOPSIS");
        page.WriteLine(".B handshake");
        page.WriteLine(".RI [ COMMAND ]");
        page.WriteLine(".RI [ options ]");
        page.WriteLine(".SH DESCRIPTION");
        page.WriteLine(Text(about[0]));
        page.WriteLine(".SH COMMANDS");
        foreach (Command command in root.Subcommands)
        {
            string arguments = string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : " " + argument.Name));
            string required = string.Concat(command.Options.Where(option => option.Required).Select(option => $" {option.Name} {option.HelpName}"));
            page.WriteLine($".SS \"{Text($"handshake {command.Name}{arguments}{required} [options]")}\"");
            page.WriteLine(Text(command.Description!));
            foreach (Argument argument in command.Arguments)
                WriteItem(page, argument.Name, null, argument.Description!);
            foreach (Option option in command.Options)
                WriteItem(page, option.Name, option.HelpName, option.Description!);
            page.WriteLine(".PP");
            page.WriteLine("Examples:");
            foreach (Example example in Examples.Of(command.Name))
            {
                page.WriteLine(".TP");
                page.WriteLine($".B \"{Text(example.Line).Replace("\"", @"\(dq", StringComparison.Ordinal)}\"");
                page.WriteLine(Text(example.Text));
            }
        }

        page.WriteLine(".SH ENVIRONMENT");
        WriteItem(page, "NO_COLOR", null, "If it is set, a terminal gets no colours.");
        WriteItem(page, "LC_ALL, LC_CTYPE, LANG", null, "If the first that is set names another codeset than UTF-8, as C does, a terminal gets ASCII alone.");
        page.WriteLine(".SH EXIT STATUS");
        page.WriteLine(Text(about[^1]["Exit codes: ".Length..]));
    }

    private static void WriteItem(TextWriter page, string name, string? value, string description)
    {
        page.WriteLine(".TP");
        page.WriteLine(value == null ? $".B \"{Text(name)}\"" : $".BI \"{Text(name)} \" \"{Text(value)}\"");
        page.WriteLine(Text(description));
    }

    // Lines that begin with a dot or a quote are requests; a hyphen is typed as it stands.
    private static string Text(string text) => string.Join('\n', text.Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal).Split('\n').Where(line => line.Trim().Length > 0).Select(line => line.Trim())
        .Select(line => line[0] is '.' or '\'' ? "\\&" + line : line));
}
