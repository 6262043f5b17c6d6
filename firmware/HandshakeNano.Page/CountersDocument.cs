using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>The counters that are not 0, in JSON.</summary>
internal sealed class CountersDocument : Document
{
    private readonly Counters _counters;

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="counters">The counters.</param>
    public CountersDocument(Piece text, Counters counters)
        : base(text, "application/json", ",\n")
    {
        _counters = counters;
    }

    /// <inheritdoc/>
    protected override int ItemCount
    {
        get { return Counters.Count; }
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Put("{\n");
    }

    /// <inheritdoc/>
    protected override bool PutItem(Piece text, int index, int mark)
    {
        ulong value = _counters.Get((Counter)index);
        if (value == 0)
            return false;
        text.PutQuoted(Counters.GetName((Counter)index));
        text.Put(":");
        text.Put(value);
        return true;
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
        text.Put("\n}\n");
    }
}
