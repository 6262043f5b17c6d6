namespace HandshakeNano.Page;

/// <summary>A document of the frames that a ring keeps when it is asked for, without those that are overwritten before they leave.</summary>
internal abstract class RingDocument : Document
{
    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="contentType">Its type.</param>
    /// <param name="separator">What stands between two frames.</param>
    /// <param name="ring">The frames.</param>
    protected RingDocument(Piece text, string contentType, string separator, HeaderRing ring)
        : base(text, contentType, separator)
    {
        Ring = ring;
    }

    /// <summary>The frames.</summary>
    protected HeaderRing Ring { get; }

    /// <inheritdoc/>
    protected sealed override int ItemCount
    {
        get { return Ring.Capacity; }
    }

    /// <inheritdoc/>
    protected sealed override int Mark
    {
        get { return (int)(Ring.First & (Marks - 1)); }
    }

    /// <inheritdoc/>
    protected sealed override bool PutItem(Piece text, int index, int mark)
    {
        // How long ago it was, in frames: they come while a peer reads.
        uint age = (Ring.Next - (uint)(mark + index)) & (Marks - 1);
        if (age == 0 || age > (uint)Ring.Capacity)
            return false;
        PutFrame(text, Ring.Next - age);
        return true;
    }

    /// <summary>Puts a frame.</summary>
    /// <param name="text">Where it goes.</param>
    /// <param name="number">Its number.</param>
    protected abstract void PutFrame(Piece text, uint number);
}
