using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>Tells the console the device's name on the link, each time that it is the device's own anew.</summary>
internal sealed class NameConsole
{
    private readonly Board _board;
    private readonly MdnsResponder _responder;
    private MdnsState _state;

    internal NameConsole(Board board, MdnsResponder responder)
    {
        _board = board;
        _responder = responder;
    }

    /// <summary>Writes what has happened since the last time.</summary>
    internal void Update()
    {
        MdnsState state = _responder.State;
        if (state == _state)
            return;
        _state = state;
        if (state == MdnsState.Announcing)
            _board.Log("The name is " + _responder.HostName);
    }
}
