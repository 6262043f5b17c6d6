using System.Threading;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>A link whose frames can be kept from coming in, to let both ends act before they hear of each other.</summary>
internal sealed class GateLink(ILink inner) : LinkWrapper(inner)
{
    private int _frames = int.MaxValue;

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

    public override int Receive(byte[] buffer)
    {
        if (_frames == 0)
            return 0;
        int length = Inner.Receive(buffer);
        if (length > 0 && _frames != int.MaxValue)
            _frames--;
        return length;
    }

    public override void Wait(int millisecondsTimeout)
    {
        // What waits outside would end the wait of the link within at once.
        if (_frames == 0)
            Thread.Sleep(1);
        else
            Inner.Wait(millisecondsTimeout);
    }
}
