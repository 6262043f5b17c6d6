using System.Text;
using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.HttpFetch;

/// <summary>Shows what comes on the console, line by line.</summary>
public sealed class LineConsole
{
    private const int LongestLine = 120;
    private readonly byte[] _line = new byte[LongestLine];
    private readonly string _name;
    private readonly Board _board;
    private int _count;

    /// <summary>Makes it.</summary>
    /// <param name="board">Whose console it is.</param>
    /// <param name="name">What stands before each line.</param>
    public LineConsole(Board board, string name)
    {
        _board = board;
        _name = name + ": ";
    }

    /// <summary>Takes bytes of UTF-8, and shows each line that is whole.</summary>
    /// <param name="bytes">The bytes, from the array's beginning.</param>
    /// <param name="count">How many.</param>
    public void Take(byte[] bytes, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (bytes[i] == '\n')
                Show();
            else if (bytes[i] != '\r' && _count < LongestLine)
                _line[_count++] = bytes[i];
        }
    }

    /// <summary>Shows the last line, which has no end, if there is one.</summary>
    public void End()
    {
        if (_count != 0)
            Show();
    }

    private void Show()
    {
        _board.Log(_name + Encoding.UTF8.GetString(_line, 0, _count));
        _count = 0;
    }
}
