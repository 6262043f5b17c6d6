using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake completion</c>: the script that makes a shell complete what is typed.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> s_scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = "handshake.bash",
        ["zsh"] = "handshake.zsh",
        ["fish"] = "handshake.fish",
        ["powershell"] = "handshake.ps1",
    };

    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        var shell = new Argument<string>("SHELL")
        {
            Description = "bash, zsh, fish or powershell",
            CustomParser = result =>
            {
                string name = result.Tokens[0].Value;
                if (!s_scripts.ContainsKey(name))
                    result.AddError($"'{name}' is not one of the shells bash, zsh, fish and powershell.");
                return name;
            },
        };
        shell.CompletionSources.Add([.. s_scripts.Keys]);
        var command = new Command(
            "completion",
            "Write the script that makes a shell complete the commands and options of handshake when the tab key is pressed.\n"
            + "Its first lines say how to load it.");
        command.Arguments.Add(shell);
        command.SetAction(result => Run(result.GetRequiredValue(shell), surroundings));
        return command;
    }

    private static int Run(string shell, Surroundings surroundings)
    {
        using var script = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream("completion/" + s_scripts[shell])!);
        surroundings.Output.Write(script.ReadToEnd().ReplaceLineEndings(surroundings.Output.NewLine));
        return 0;
    }
}
