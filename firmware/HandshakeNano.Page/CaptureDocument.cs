using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>The headers of the last frames, as a pcapng capture.</summary>
internal sealed class CaptureDocument : RingDocument
{
    private readonly Piece _written = new Piece(LongestPiece);
    private readonly byte[] _frame = new byte[FrameLayout.Network + HeaderRing.SnapLength];
    private readonly Moment _moment = new Moment();
    private readonly Piece _head;
    private readonly PcapNgWriter _writer;
    private readonly int _start;

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="ring">The frames.</param>
    /// <param name="link">Whose frames they are.</param>
    public CaptureDocument(Piece text, HeaderRing ring, ILink link)
        : base(text, "application/x-pcapng", "", ring)
    {
        _start = link.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _writer = new PcapNgWriter(_written, _moment, 0, link, "device", HeaderRing.SnapLength);

        // What the writer has just written stands before each capture.
        _head = new Piece(_written.Length);
        _head.Write(_written.Bytes, 0, _written.Length);
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Write(_head.Bytes, 0, _head.Length);
    }

    /// <inheritdoc/>
    protected override void PutFrame(Piece text, uint number)
    {
        HeaderRing ring = Ring;
        ring.Copy(number, _frame, _start);
        _moment.Time = ring.TimeOf(number);
        _written.Length = 0;
        _writer.OnFrame(ring.IsSent(number), _frame, ring.LengthOf(number));
        text.Write(_written.Bytes, 0, _written.Length);
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
    }

    /// <summary>A clock that shows when a frame went over the link.</summary>
    private sealed class Moment : IClock
    {
        public ulong Time;

        public ulong GetMicroseconds()
        {
            return Time;
        }
    }
}
