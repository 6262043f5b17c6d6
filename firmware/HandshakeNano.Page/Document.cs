using HandshakeNano.Http;

namespace HandshakeNano.Page;

/// <summary>
/// A document that is written anew for each request: a head, items, a tail. Each is put together when there is room for it, so that the
/// document needs no memory of its length, and shows the moment at which it leaves.
/// </summary>
internal abstract class Document : HttpHandler
{
    /// <summary>The most bytes of a head, an item or a tail: it has to fit into a send buffer.</summary>
    public const int LongestPiece = 480;

    // Step: the piece, whether an item has been written, so that a separator goes before the next one, and the mark.
    private const int PieceMask = 0xFFF;
    private const int HasItem = 0x1000;
    private const int MarkShift = 13;

    /// <summary>A mark is less than this.</summary>
    protected const int Marks = 1 << 18;

    private readonly string _contentType;
    private readonly string _separator;
    private readonly Piece _text;

    /// <summary>Makes a document.</summary>
    /// <param name="text">Where its pieces are put together, of <see cref="LongestPiece"/> bytes. All documents share one.</param>
    /// <param name="contentType">Its type.</param>
    /// <param name="separator">What stands between two items.</param>
    protected Document(Piece text, string contentType, string separator)
        : base(HttpMethods.Get | HttpMethods.Head)
    {
        _text = text;
        _contentType = contentType;
        _separator = separator;
    }

    /// <summary>How many items there may be, at most 4000.</summary>
    protected abstract int ItemCount { get; }

    /// <summary>A number that a document remembers from its head to its end, less than <see cref="Marks"/>.</summary>
    protected virtual int Mark
    {
        get { return 0; }
    }

    /// <summary>What a browser may load for it (Content-Security-Policy); null: nothing is said.</summary>
    protected virtual string Policy
    {
        get { return null; }
    }

    /// <inheritdoc/>
    public sealed override bool Serve(HttpExchange exchange)
    {
        int step = exchange.Step;
        if (step == 0)
        {
            exchange.Begin(200, _contentType, -1);
            exchange.AddField("Cache-Control", "no-store");
            if (Policy != null)
                exchange.AddField("Content-Security-Policy", Policy);
            step = 1 | (Mark << MarkShift);
        }

        Piece text = _text;
        int count = ItemCount;
        while (true)
        {
            // 1 is the head, then the items from the second on, then the tail.
            int piece = (step & PieceMask) - 2;
            text.Length = 0;
            bool isItem = false;
            if (piece < 0)
                PutHead(text);
            else if (piece == count)
                PutTail(text);
            else
            {
                if ((step & HasItem) != 0)
                    text.Put(_separator);
                isItem = PutItem(text, piece, step >> MarkShift);
                if (!isItem)
                    text.Length = 0;
            }

            if (text.Length != 0 && !exchange.WriteWhole(text.Bytes, 0, text.Length))
            {
                exchange.Step = step;
                return false;
            }

            if (piece == count)
                return true;
            if (isItem)
                step |= HasItem;
            step++;
        }
    }

    /// <summary>Puts what stands before the items.</summary>
    /// <param name="text">Where it goes.</param>
    protected abstract void PutHead(Piece text);

    /// <summary>Puts an item.</summary>
    /// <param name="text">Where it goes.</param>
    /// <param name="index">Which one, from 0 on.</param>
    /// <param name="mark">The <see cref="Mark"/> that there was with the head.</param>
    /// <returns>False if there is no such item now: what was put is not written.</returns>
    protected abstract bool PutItem(Piece text, int index, int mark);

    /// <summary>Puts what stands after the items.</summary>
    /// <param name="text">Where it goes.</param>
    protected abstract void PutTail(Piece text);
}
