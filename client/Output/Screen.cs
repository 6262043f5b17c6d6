using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Client.Trace;
using Spectre.Console;

namespace HandshakeNano.Client.Output;

/// <summary>Where people read: a terminal with colours, or plain text that is redirected.</summary>
public sealed class Screen
{
    private const int RedirectedWidth = 100;

    private readonly IAnsiConsole _console;

    /// <summary>Makes a screen.</summary>
    /// <param name="writer">
    /// Where the text goes. Colours are used only if it is a terminal and NO_COLOR is not set; a terminal gets Unicode if its locale has it,
    /// and a file or a pipe whatever the locale says, so that a script does not depend on it.
    /// </param>
    public Screen(TextWriter writer)
    {
        bool output = ReferenceEquals(writer, Console.Out), error = ReferenceEquals(writer, Console.Error);
        bool terminal = (output && !Console.IsOutputRedirected) || (error && !Console.IsErrorRedirected);
        bool colours = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = colours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        IsLive = terminal && _console.Profile.Capabilities.Ansi;
        Width = terminal ? Math.Clamp(_console.Profile.Width, Ladder.LeastWidth, Ladder.MostWidth) : RedirectedWidth;
        bool isUtf = !(output || error) || writer.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        Unicode = isUtf && (!terminal || TerminalLocale.IsUnicode);

        // Lines are laid out before they come here: a second wrapping could only tear them.
        _console.Profile.Width = short.MaxValue;
    }

    /// <summary>Makes a screen for e-mail: lines of <see cref="Ladder.LeastWidth"/> columns, ASCII alone.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <returns>The screen.</returns>
    public static Screen ForMail(TextWriter writer) => new(writer) { Width = Ladder.LeastWidth, Unicode = false };

    /// <summary>How many columns a line may have.</summary>
    public int Width { get; private init; }

    /// <summary>True if box-drawing characters arrive as what they are.</summary>
    public bool Unicode { get; private init; }

    /// <summary>True if what was written can be written over: a terminal that moves its cursor.</summary>
    public bool IsLive { get; }

    /// <summary>Shows lines that change while something is done, and takes them away at its end.</summary>
    /// <param name="work">What is done; it is given what shows the lines of a moment.</param>
    public void Live(Action<Action<IReadOnlyList<StyledLine>>> work) => _console.Live(new Text("")).AutoClear(true).Start(live => work(lines =>
    {
        live.UpdateTarget(new Rows(lines.Select(line =>
        {
            var paragraph = new Paragraph();
            foreach ((string text, Tone tone) in line.Pieces)
                paragraph.Append(text, StyleOf(tone));
            return paragraph;
        })));
        live.Refresh();
    }));

    /// <summary>Writes a line of ordinary text.</summary>
    /// <param name="text">The text.</param>
    public void WriteLine(string text = "") => WriteLine(new StyledLine((text, Tone.Plain)));

    /// <summary>Writes a line.</summary>
    /// <param name="line">The line.</param>
    public void WriteLine(StyledLine line)
    {
        if (line.ToString().Length > 0)
        {
            foreach ((string text, Tone tone) in line.Pieces)
            {
                if (text.Length > 0)
                    _console.Write(new Text(text, StyleOf(tone)));
            }
        }

        _console.WriteLine();
    }

    /// <summary>Draws an exchange.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="toScale">True: its time axis is to scale.</param>
    public void Write(Exchange exchange, bool toScale = false)
    {
        foreach (StyledLine line in Ladder.Draw(exchange, Width, Unicode, toScale))
            WriteLine(line);
    }

    /// <summary>Writes a table, no wider than the screen.</summary>
    /// <param name="table">The table.</param>
    public void Write(Table table)
    {
        table.Width = Width;
        table.Border = Unicode ? TableBorder.Rounded : TableBorder.Ascii;
        _console.Write(table);
    }

    /// <summary>How a tone is drawn.</summary>
    /// <param name="tone">The tone.</param>
    /// <returns>The style.</returns>
    public static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Faint => new Style(Color.Grey),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Client => new Style(Color.DodgerBlue1),
        Tone.Server => new Style(Color.Orange3),
        Tone.Fresh => new Style(decoration: Decoration.Bold),
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };
}
