using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>A link whose frames can be kept from coming in, to let both ends act before they hear of each other.</summary>
internal sealed class GateLink(ILink inner) : ILink
{
    private int _frames = int.MaxValue;

    public int Mtu => inner.Mtu;

    public bool HasEthernetHeader => inner.HasEthernetHeader;

    public byte[] PhysicalAddress => inner.PhysicalAddress;

    public bool IsUp => inner.IsUp;

    /// <summary>Lets so many more frames in; 0 shuts the gate, and what comes waits outside.</summary>
    public void Admit(int frames)
    {
        _frames = frames;
    }

    /// <summary>Opens the gate.</summary>
    public void Open()
    {
        _frames = int.MaxValue;
    }

    public int Receive(byte[] buffer)
    {
        if (_frames == 0)
            return 0;
        int length = inner.Receive(buffer);
        if (length > 0 && _frames != int.MaxValue)
            _frames--;
        return length;
    }

    public bool Send(byte[] buffer, int length)
    {
        return inner.Send(buffer, length);
    }

    public void Wait(int millisecondsTimeout)
    {
        // What waits outside would end the wait of the link within at once.
        if (_frames == 0)
            Thread.Sleep(1);
        else
            inner.Wait(millisecondsTimeout);
    }
}
