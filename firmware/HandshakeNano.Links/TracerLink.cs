using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>A link that shows every frame of another link to an observer.</summary>
/// <remarks>
/// A frame is shown before it is sent, so that it is always seen before its answer; one that the link then drops has been
/// shown all the same.
/// </remarks>
public class TracerLink : LinkWrapper
{
    private readonly FrameObserver _observer;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    /// <param name="observer">Who is shown them.</param>
    public TracerLink(ILink inner, FrameObserver observer)
        : base(inner)
    {
        _observer = observer;
    }

    /// <inheritdoc/>
    public override int Receive(byte[] buffer)
    {
        int length = Inner.Receive(buffer);
        if (length > 0)
            _observer.OnFrame(false, buffer, length);
        return length;
    }

    /// <inheritdoc/>
    public override bool Send(byte[] buffer, int length)
    {
        _observer.OnFrame(true, buffer, length);
        return Inner.Send(buffer, length);
    }
}
