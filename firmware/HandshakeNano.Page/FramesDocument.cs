namespace HandshakeNano.Page;

/// <summary>The headers that a ring keeps, in JSON.</summary>
internal sealed class FramesDocument : RingDocument
{
    private readonly byte[] _bytes = new byte[HeaderRing.SnapLength];

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="ring">The frames.</param>
    public FramesDocument(Piece text, HeaderRing ring)
        : base(text, "application/json", ",\n", ring)
    {
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Put("{\"frames\":[\n");
    }

    /// <inheritdoc/>
    protected override void PutFrame(Piece text, uint number)
    {
        HeaderRing ring = Ring;
        text.Put("{\"number\":");
        text.Put((ulong)number);
        text.Put(",\"time\":");
        text.Put(ring.TimeOf(number));
        text.Put(ring.IsSent(number) ? ",\"sent\":true,\"length\":" : ",\"sent\":false,\"length\":");
        text.Put((ulong)ring.LengthOf(number));
        text.Put(",\"bytes\":\"");
        int count = ring.Copy(number, _bytes, 0);
        for (int i = 0; i < count; i++)
            text.PutHex(_bytes[i]);
        text.Put("\"}");
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
        text.Put("\n]}\n");
    }
}
