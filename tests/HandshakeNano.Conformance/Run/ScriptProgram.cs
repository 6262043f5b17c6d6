using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Conformance.Language;

namespace HandshakeNano.Conformance.Run;

/// <summary>Plays the scripts that a command line names: <c>[--name=value ...] FILE|FOLDER ...</c>.</summary>
internal static class ScriptProgram
{
    private const string Usage = "usage: [--tolerance_usecs=N] [--name=value ...] FILE|FOLDER ...";

    /// <summary>Plays the scripts, and says of each what became of it.</summary>
    /// <param name="arguments">Options, which overrule those of the scripts; scripts, and folders with scripts.</param>
    /// <param name="output">Where the results go.</param>
    /// <returns>0 if all scripts pass, 1 if not, 2 if the command line is wrong.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        var options = new List<ScriptOption>();
        var files = new List<string>();
        try
        {
            for (int i = 0; i < arguments.Count; i++)
            {
                if (arguments[i].StartsWith("--", StringComparison.Ordinal))
                {
                    string[] parts = arguments[i][2..].Split('=', 2);
                    options.Add(new ScriptOption(new Position("command line", 1, i + 1), parts[0], parts.ElementAtOrDefault(1) ?? ""));
                }
                else if (Directory.Exists(arguments[i]))
                    files.AddRange(Directory.EnumerateFiles(arguments[i], "*.pkt", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
                else
                    files.Add(arguments[i]);
            }
        }
        catch (ScriptException problem)
        {
            output.WriteLine(problem.Message);
            return 2;
        }

        if (files.Count == 0)
        {
            output.WriteLine(Usage);
            return 2;
        }

        int passed = 0;
        int failed = 0;
        int skipped = 0;
        int notRead = 0;
        foreach (string file in files)
        {
            Script script;
            try
            {
                script = ScriptParser.Parse(file, File.ReadAllText(file));
                script = script with { Options = [.. script.Options, .. options] };
            }
            catch (Exception problem) when (problem is ScriptException or IOException or UnauthorizedAccessException)
            {
                notRead++;
                output.WriteLine($"not read {problem.Message}");
                continue;
            }

            try
            {
                if (ScriptRunner.Run(script).Skipped is string reason)
                {
                    skipped++;
                    output.WriteLine($"skipped  {file}: {reason}");
                }
                else
                {
                    passed++;
                    output.WriteLine($"passed   {file}");
                }
            }
            catch (Exception problem) when (problem is ScriptException or InvalidOperationException)
            {
                failed++;
                output.WriteLine($"failed   {(problem is ScriptException ? "" : file + ": ")}{problem.Message}");
                if (script.Events.OfType<ShellEvent>().Any())
                    output.WriteLine("  note:     nothing has run its shell commands");
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped, {notRead} not read");
        return passed == files.Count ? 0 : 1;
    }
}
