using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Captures;

/// <summary>Is told what becomes of connections while they go on.</summary>
public abstract class FlowObserver
{
    /// <summary>A connection begins.</summary>
    /// <param name="flow">The connection; its first segment comes next.</param>
    public abstract void OnOpened(LiveFlow flow);

    /// <summary>A segment that is to be shown.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="row">The segment.</param>
    public abstract void OnSegment(LiveFlow flow, ExchangeRow row);

    /// <summary>What came of a handshake is known.</summary>
    /// <param name="flow">The connection.</param>
    public abstract void OnHandshake(LiveFlow flow);

    /// <summary>A connection was closed or reset, or is watched no longer.</summary>
    /// <param name="flow">The connection.</param>
    public abstract void OnEnded(LiveFlow flow);
}
