using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>The connections, in JSON.</summary>
internal sealed class ConnectionsDocument : Document
{
    private readonly TcpEndpoint _endpoint;
    private readonly int _count;
    private readonly TcpConnectionInfo _info = new TcpConnectionInfo();

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="firmware">Whose connections.</param>
    public ConnectionsDocument(Piece text, DeviceFirmware firmware)
        : base(text, "application/json", ",\n")
    {
        _endpoint = firmware.Endpoint;
        _count = firmware.Board.Settings.Connections;
    }

    /// <inheritdoc/>
    protected override int ItemCount
    {
        get { return _count; }
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        text.Put("{\"capacity\":");
        text.Put((ulong)_count);
        text.Put(",\"open\":");
        text.Put((ulong)_endpoint.ConnectionCount);
        text.Put(",\"timeWait\":");
        text.Put((ulong)_endpoint.TimeWaitCount);
        text.Put(",\"connections\":[\n");
    }

    /// <inheritdoc/>
    protected override bool PutItem(Piece text, int index, int mark)
    {
        TcpConnectionInfo info = _info;
        if (!_endpoint.CopyConnection(index, info))
            return false;
        text.Put("{\"state\":\"");
        text.PutState(info);
        text.Put("\",\"localPort\":");
        text.Put((ulong)info.LocalPort);
        text.Put(",\"remoteAddress\":\"");
        text.PutPeer(info);
        text.Put("\",\"remotePort\":");
        text.Put((ulong)info.RemotePort);
        text.Put(",\"iss\":");
        text.Put((ulong)info.Iss);
        text.Put(",\"irs\":");
        text.Put((ulong)info.Irs);
        text.Put(",\"sndUna\":");
        text.Put((ulong)info.SndUna);
        text.Put(",\"sndNxt\":");
        text.Put((ulong)info.SndNxt);
        text.Put(",\"rcvNxt\":");
        text.Put((ulong)info.RcvNxt);
        text.Put(",\"roundTripTime\":");
        text.Put(info.RoundTripTime);
        text.Put("}");
        return true;
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
        text.Put("\n]}\n");
    }
}
