using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using HandshakeNano.Explorer.Model;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Explorer;

/// <summary>Draws the way to a violation: both hosts' states at the sides, and what is sent and what arrives between them.</summary>
internal sealed class PathLadder
{
    private const int StateWidth = 13;
    private const int InsideWidth = 62;

    private readonly World _world;
    private readonly Dictionary<Frame, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly StringBuilder _text = new();
    private int _step;

    private PathLadder(Scenario scenario)
    {
        _world = new World(scenario);
    }

    /// <summary>Draws a way.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="way">The steps from its beginning.</param>
    /// <param name="violation">What the way leads to.</param>
    /// <returns>Lines of text.</returns>
    public static string Draw(Scenario scenario, IReadOnlyList<Move> way, Violation violation)
    {
        var ladder = new PathLadder(scenario);
        ladder.Line("", "A", "", "B");
        ladder.Line("", ladder.StateOf(0), "", ladder.StateOf(1));
        foreach (Move step in way)
            ladder.Draw(step);
        ladder._text.Append(CultureInfo.InvariantCulture, $"broken: {violation.Rule}\n        {violation.Detail}\n");
        return ladder._text.ToString();
    }

    private void Draw(Move step)
    {
        _step++;
        Frame? frame = step.Kind is MoveKind.Deliver or MoveKind.Lose or MoveKind.Duplicate ? _world.Flight[step.Index] : null;
        ulong before = _world.Now;
        _world.Do(step);
        Line(_step.ToString(CultureInfo.InvariantCulture), StateOf(0), Describe(step, frame, before), StateOf(1));
        foreach (Frame sent in _world.Emitted)
        {
            string text = $"#{NumberOf(sent)} {Text(sent)}";
            Line("", "", sent.ToB ? $"├─ {text} ─▶" : $"◀─ {text} ─┤", "");
        }
    }

    private string Describe(Move step, Frame? frame, ulong before)
    {
        string user = step.Index == 0 ? "A's user" : "B's user";
        return step.Kind switch
        {
            MoveKind.Deliver => frame!.ToB ? $"#{NumberOf(frame)} {Text(frame)} arrives ─▶" : $"◀─ #{NumberOf(frame)} {Text(frame)} arrives",
            MoveKind.Lose => $"#{NumberOf(frame!)} is lost",
            MoveKind.Duplicate => $"#{NumberOf(frame!)} is duplicated",
            MoveKind.Wait => string.Create(CultureInfo.InvariantCulture,
                $"{(Time.Phase(_world.Now) - Time.Phase(before)) * Time.PhaseLength / 1e6:0.0} s pass"),
            MoveKind.Open => $"{user} opens",
            MoveKind.Write => $"{user} writes",
            MoveKind.Read => $"{user} reads",
            MoveKind.Shut => $"{user} shuts down",
            MoveKind.Close => $"{user} closes",
            MoveKind.Abort => $"{user} aborts",
            MoveKind.Call => $"{user} calls C",
            MoveKind.HangUp => $"{user} hangs up",
            MoveKind.Reboot => step.Index == 0 ? "A starts anew" : "B starts anew",
            MoveKind.Stray => DescribeStray(_world.Flight[^1]),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    private string DescribeStray(Frame stray) => $"#{NumberOf(stray)} {Text(stray)} to {(stray.ToB ? "B" : "A")} turns up ({stray.Stray})";

    private int NumberOf(Frame frame)
    {
        if (!_numbers.TryGetValue(frame, out int number))
            _numbers.Add(frame, number = _numbers.Count + 1);
        return number;
    }

    private string Text(Frame frame)
    {
        var parts = new List<string> { ControlBitsText.ToText(frame.Flags), "seq " + Number(frame.Sequence) };
        if (frame.Has(ControlBits.Ack))
            parts.Add("ack " + Number(frame.Acknowledgment));
        if (frame.Length != 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"len {frame.Length}"));
        return string.Join(' ', parts);
    }

    /// <summary>A number counted from the initial sequence number that it belongs to: a2+1 is one after that of A's second connection.</summary>
    private string Number(uint number)
    {
        IReadOnlyList<Tcb> tcbs = _world.Tcbs;
        for (int i = tcbs.Count - 1; i >= 0; i--)
        {
            if (number - tcbs[i].Iss > 4096)
                continue;
            // The first of each side is the one that is over before everything begins.
            int which = tcbs.Take(i).Count(tcb => tcb.OfB == tcbs[i].OfB);
            string name = (tcbs[i].OfB ? "b" : "a") + (which == 0 ? "old" : which.ToString(CultureInfo.InvariantCulture));
            return string.Create(CultureInfo.InvariantCulture, $"{name}+{number - tcbs[i].Iss}");
        }

        return number.ToString(CultureInfo.InvariantCulture);
    }

    private string StateOf(int s)
    {
        Side side = _world.SideOf(s);
        if (side.State != TcpState.Closed || side.HasConnection)
            return TcpStateText.ToText(side.State);
        return side.HasTimeWait ? "TIME-WAIT" : TcpStateText.ToText(side.Listener != null ? TcpState.Listen : TcpState.Closed);
    }

    private void Line(string number, string a, string inside, string b)
    {
        _text.Append(number.PadLeft(4)).Append("  ").Append(a.PadRight(StateWidth)).Append("│ ")
            .Append(inside.PadRight(InsideWidth)).Append(" │ ").Append(b);
        while (_text[^1] == ' ')
            _text.Length--;
        _text.Append('\n');
    }
}
