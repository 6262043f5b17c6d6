using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>A link that wraps another one and passes everything on; what derives from it changes what it is there for.</summary>
public abstract class LinkWrapper : ILink
{
    private readonly ILink _inner;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link that carries the frames.</param>
    protected LinkWrapper(ILink inner)
    {
        _inner = inner;
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
    public virtual bool IsUp
    {
        get { return _inner.IsUp; }
    }

    /// <summary>The link that carries the frames.</summary>
    protected ILink Inner
    {
        get { return _inner; }
    }

    /// <inheritdoc/>
    public virtual int Receive(byte[] buffer)
    {
        return _inner.Receive(buffer);
    }

    /// <inheritdoc/>
    public virtual bool Send(byte[] buffer, int length)
    {
        return _inner.Send(buffer, length);
    }

    /// <inheritdoc/>
    public virtual void Wait(int millisecondsTimeout)
    {
        _inner.Wait(millisecondsTimeout);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        _inner.Wake();
    }
}
