using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Output;

/// <summary>Writes a report for people.</summary>
public static class TextReport
{
    /// <summary>Writes the two ends, the ladder, and what was checked.</summary>
    /// <param name="report">The report.</param>
    /// <param name="screen">Where it goes.</param>
    /// <param name="isDrawn">True: the ladder was drawn before.</param>
    public static void Write(Report report, Screen screen, bool isDrawn)
    {
        bool hasRows = report.Exchange is { Rows.Count: > 0 };
        if (hasRows && isDrawn)
            screen.WriteLine();
        if (hasRows || report.Established)
            WriteParties(report, screen);
        if (hasRows && !isDrawn)
        {
            screen.WriteLine();
            screen.Write(report.Exchange!);
        }

        WriteNotes(report, screen);

        // Where nothing came of the handshake, the line on standard error says all there is to say.
        if (report.Ok || report.Checks.Count > 1)
            WriteChecks(report.Checks, screen);
    }

    private static void WriteParties(Report report, Screen screen)
    {
        int names = Math.Max(report.Client.Name.Length, report.Server.Name.Length);
        int ends = Math.Max(EndPointOf(report.Client).Length, EndPointOf(report.Server).Length);
        foreach (Party party in new[] { report.Client, report.Server })
        {
            screen.WriteLine(new StyledLine()
                .Add("  " + party.Name.PadRight(names) + "  ", Tone.Strong)
                .Add(EndPointOf(party).PadRight(ends) + "  ")
                .Add(party.Description));
        }
    }

    private static void WriteNotes(Report report, Screen screen)
    {
        if (report.Notes.Count > 0)
            screen.WriteLine();
        foreach (string note in report.Notes)
            WriteWrapped(screen, new StyledLine(("  ", Tone.Plain)), note, 2);
    }

    /// <summary>Writes what was looked at.</summary>
    /// <param name="checks">At least one.</param>
    /// <param name="screen">Where it goes.</param>
    internal static void WriteChecks(IReadOnlyList<Check> checks, Screen screen)
    {
        screen.WriteLine();
        int width = checks.Max(check => check.Name.Length);
        foreach (Check check in checks)
        {
            StyledLine start = new StyledLine()
                .Add(check.Ok ? "  ok      " : "  FAILED  ", check.Ok ? Tone.Good : Tone.Bad)
                .Add(check.Name.PadRight(width) + "  ", Tone.Strong);
            WriteWrapped(screen, start, check.Text, start.Pieces.Sum(piece => piece.Text.Length));
        }
    }

    private static string EndPointOf(Party party) => party.Port == 0 ? party.Address : new Target(party.Address, party.Port).ToString();

    /// <summary>Writes words into as many lines as they take.</summary>
    /// <param name="screen">Where they go.</param>
    /// <param name="start">What the first line begins with.</param>
    /// <param name="text">The words.</param>
    /// <param name="indent">How far the lines are indented.</param>
    internal static void WriteWrapped(Screen screen, StyledLine start, string text, int indent)
    {
        string line = "";
        StyledLine current = start;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > screen.Width)
            {
                screen.WriteLine(current.Add(line));
                current = new StyledLine((new string(' ', indent), Tone.Plain));
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : line + " " + word;
            }
        }

        screen.WriteLine(current.Add(line));
    }
}
