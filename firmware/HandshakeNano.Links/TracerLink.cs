using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>A link that shows every frame of another link to an observer.</summary>
/// <remarks>
/// A frame is shown before it is sent, so that it is always seen before its answer; one that the link then drops has been
/// shown all the same.
/// </remarks>
public class TracerLink : ILink
{
    private readonly ILink _inner;
    private readonly FrameObserver _observer;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    /// <param name="observer">Who is shown them.</param>
    public TracerLink(ILink inner, FrameObserver observer)
    {
        _inner = inner;
        _observer = observer;
    }

    /// <inheritdoc/>
    public int Mtu
    {
        get { return _inner.Mtu; }
    }

    /// <inheritdoc/>
    public bool HasEthernetHeader
    {
        get { return _inner.HasEthernetHeader; }
    }

    /// <inheritdoc/>
    public byte[] PhysicalAddress
    {
        get { return _inner.PhysicalAddress; }
    }

    /// <inheritdoc/>
    public bool IsUp
    {
        get { return _inner.IsUp; }
    }

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        int length = _inner.Receive(buffer);
        if (length > 0)
            _observer.OnFrame(false, buffer, length);
        return length;
    }

    /// <inheritdoc/>
    public bool Send(byte[] buffer, int length)
    {
        _observer.OnFrame(true, buffer, length);
        return _inner.Send(buffer, length);
    }

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        _inner.Wait(millisecondsTimeout);
    }
}
