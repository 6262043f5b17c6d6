using System.Collections.Generic;
using System.Linq;

namespace HandshakeNano.Client.Output;

/// <summary>What a piece of text is, from which a terminal that has colours picks one.</summary>
public enum Tone
{
    /// <summary>Ordinary text.</summary>
    Plain,

    /// <summary>Text that steps back: lines, details, what did not change.</summary>
    Faint,

    /// <summary>Headings and names.</summary>
    Strong,

    /// <summary>What the client of a connection says.</summary>
    Client,

    /// <summary>What the server of a connection says.</summary>
    Server,

    /// <summary>A state that has just been entered.</summary>
    Fresh,

    /// <summary>Something that is as it should be.</summary>
    Good,

    /// <summary>Something that is not.</summary>
    Bad,
}

/// <summary>One line of text in pieces that each have a tone.</summary>
public sealed class StyledLine
{
    private readonly List<(string Text, Tone Tone)> _pieces = [];

    /// <summary>Makes a line.</summary>
    /// <param name="pieces">Its pieces.</param>
    public StyledLine(params (string Text, Tone Tone)[] pieces)
    {
        _pieces.AddRange(pieces);
    }

    /// <summary>The pieces from left to right.</summary>
    public IReadOnlyList<(string Text, Tone Tone)> Pieces => _pieces;

    /// <summary>Puts one more piece at the end.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="tone">Its tone.</param>
    /// <returns>This line.</returns>
    public StyledLine Add(string text, Tone tone = Tone.Plain)
    {
        _pieces.Add((text, tone));
        return this;
    }

    /// <summary>The text alone, without blanks at the end.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => string.Concat(_pieces.Select(piece => piece.Text)).TrimEnd();
}
