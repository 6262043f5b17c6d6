using System;
using System.Linq;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Captures;

/// <summary>
/// Tells a frame that a capture has twice from a segment that was sent twice. On the device <c>any</c> a packet that is forwarded is seen
/// where it comes in and where it goes out, and a mirrored port of a switch may show each frame in both directions.
/// </summary>
internal sealed class Copies
{
    // A sender needs longer to send again: at least for an answer, or for its timer.
    private const ulong MostApart = 100_000, LeastTimer = 10_000;

    // What is captured in two places stands close together.
    private readonly Segment?[] _last = new Segment?[64];
    private int _next;

    /// <summary>Looks whether the capture has had a segment already, and keeps it in mind if not.</summary>
    /// <param name="segment">The next one of the capture.</param>
    /// <returns>True for another picture of what was sent once.</returns>
    public bool HasHad(Segment segment)
    {
        bool wasAnswered = false;
        for (int i = 1; i <= _last.Length; i++)
        {
            if (_last[(_next - i) & (_last.Length - 1)] is not Segment earlier)
                break;
            wasAnswered |= earlier.Source.Equals(segment.Destination) && earlier.Destination.Equals(segment.Source);
            if (IsCopy(segment, earlier, wasAnswered))
                return true;
        }

        _last[_next] = segment;
        _next = (_next + 1) & (_last.Length - 1);
        return false;
    }

    private static bool IsCopy(Segment segment, Segment earlier, bool wasAnswered)
    {
        ulong apart = Math.Max(segment.Time, earlier.Time) - Math.Min(segment.Time, earlier.Time);
        if (apart >= MostApart || segment.Acknowledgment != earlier.Acknowledgment || segment.Window != earlier.Window
            || !segment.Source.Equals(earlier.Source) || !segment.Destination.Equals(earlier.Destination) || !HasSameOptions(segment, earlier))
        {
            return false;
        }

        if (segment.CapturePoint != earlier.CapturePoint)
            return IsPieceOf(segment, earlier);
        bool isSame = segment.Sequence == earlier.Sequence && segment.Length == earlier.Length && segment.Flags == earlier.Flags
            && segment.Identification == earlier.Identification;
        return isSame && (segment.Identification != 0 || (segment.SequenceLength > 0 && !wasAnswered && apart < LeastTimer));
    }

    // What was merged in one place may be in pieces in another; FIN, PSH and CWR belong to one of them. A whole is a piece, too.
    private static bool IsPieceOf(Segment piece, Segment whole)
    {
        const ControlBits OfOne = ControlBits.Fin | ControlBits.Psh | ControlBits.Cwr;
        uint ahead = piece.Sequence - whole.Sequence;
        return (piece.Flags | OfOne) == (whole.Flags | OfOne) && piece.SequenceLength > 0 == whole.SequenceLength > 0
            && ahead <= whole.SequenceLength - Math.Min(piece.SequenceLength, whole.SequenceLength) && piece.SequenceLength <= whole.SequenceLength;
    }

    private static bool HasSameOptions(Segment one, Segment other) => one.Options.Count == other.Options.Count
        && one.Options.Zip(other.Options).All(pair => pair.First.Kind == pair.Second.Kind && pair.First.Values.SequenceEqual(pair.Second.Values));
}
