using HandshakeNano.Net;

namespace HandshakeNano.Scenarios;

/// <summary>Takes every connection at once and gives it the one handler.</summary>
/// <param name="handler">The handler of every connection.</param>
public sealed class Acceptor(TcpConnectionHandler handler) : TcpListenerHandler
{
    /// <summary>The connection taken last.</summary>
    public TcpConnection? Last { get; private set; }

    /// <summary>Connections taken.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public override void OnAccept(TcpListener listener)
    {
        Last = listener.Accept();
        Last.Handler = handler;
        Count++;
    }
}

/// <summary>Closes its side when the peer does.</summary>
public class ClosingHandler : TcpConnectionHandler
{
    /// <summary>Connections that have ended.</summary>
    public int Ended { get; private set; }

    /// <inheritdoc/>
    public override void OnPeerClosed(TcpConnection connection)
    {
        connection.Close();
    }

    /// <inheritdoc/>
    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        Ended++;
        connection.Close();
    }
}

/// <summary>Reads what comes and throws it away.</summary>
public class DiscardHandler : ClosingHandler
{
    /// <summary>The bytes that the last <see cref="OnReceived"/> took.</summary>
    protected byte[] Buffer { get; } = new byte[2048];

    /// <summary>Bytes read.</summary>
    public long Received { get; private set; }

    /// <inheritdoc/>
    public override void OnReceived(TcpConnection connection)
    {
        var count = connection.Read(Buffer, 0, Buffer.Length);
        Received += count;
        Take(connection, count);
    }

    /// <summary>Does something with the bytes.</summary>
    /// <param name="connection">The connection that they came by.</param>
    /// <param name="count">How many there are at the start of <see cref="Buffer"/>.</param>
    protected virtual void Take(TcpConnection connection, int count)
    {
    }
}

/// <summary>Sends back what comes.</summary>
public sealed class EchoHandler : DiscardHandler
{
    /// <inheritdoc/>
    protected override void Take(TcpConnection connection, int count)
    {
        connection.Write(Buffer, 0, count);
    }
}
