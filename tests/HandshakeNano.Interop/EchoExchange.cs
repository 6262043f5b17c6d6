using System;
using System.Collections.Generic;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// An active open of ours with an echo: writes the data, checks every byte that comes back, closes, and waits for the
/// peer's end.
/// </summary>
internal sealed class EchoExchange : TcpConnectionHandler
{
    private readonly byte[] _data;
    private readonly byte[] _buffer = new byte[1024];
    private int _sent;
    private int _received;

    public EchoExchange(byte[] data)
    {
        _data = data;
    }

    /// <summary>Opens so many connections to the kernel, some of them at a time, each with its own data, until all are over.</summary>
    public static void RunAll(Lab lab, int port, int opens, int atOnce) =>
        RunAll(lab, () => lab.Endpoint.Connect(Lab.KernelAddress, port), opens, atOnce);

    /// <summary>Opens so many connections, some of them at a time, each with its own data, until all are over.</summary>
    public static void RunAll(Lab lab, Func<TcpConnection> open, int opens, int atOnce)
    {
        var running = new List<EchoExchange>();
        var random = new Random(opens + atOnce);
        int started = 0;
        lab.StepUntil(
            () =>
            {
                foreach (EchoExchange exchange in running)
                    Assert.IsNull(exchange.Problem, lab.Story());
                running.RemoveAll(exchange => exchange.IsOver);
                while (running.Count < atOnce && started < opens)
                {
                    var exchange = new EchoExchange(Traffic.Bytes(started, random.Next(1, 3_000)));
                    TcpConnection connection = open();
                    if (connection == null)
                        break;
                    connection.Handler = exchange;
                    running.Add(exchange);
                    started++;
                }

                return started == opens && running.Count == 0;
            },
            "every open came to its end",
            Lab.Deadline);
    }

    /// <summary>True once it is over, well or not.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Problem { get; private set; }

    /// <summary>True if no host answered ARP, so that nothing was sent.</summary>
    public bool WasUnreachable { get; private set; }

    public override void OnEstablished(TcpConnection connection)
    {
        Write(connection);
    }

    public override void OnSent(TcpConnection connection)
    {
        Write(connection);
    }

    public override void OnReceived(TcpConnection connection)
    {
        int count;
        while (!IsOver && (count = connection.Read(_buffer, 0, _buffer.Length)) > 0)
        {
            if (count > _data.Length - _received
                || !_buffer.AsSpan(0, count).SequenceEqual(_data.AsSpan(_received, count)))
            {
                Fail(connection, $"Wrong data after {_received} of {_data.Length} bytes.");
                return;
            }

            _received += count;
        }
    }

    public override void OnPeerClosed(TcpConnection connection)
    {
        if (IsOver)
            return;
        OnReceived(connection);
        if (_received != _data.Length)
        {
            Fail(connection, $"The peer closed after {_received} of {_data.Length} bytes.");
            return;
        }

        IsOver = true;
        connection.Close();
    }

    public override void OnClosed(TcpConnection connection, TcpCloseReason reason)
    {
        if (IsOver)
            return;
        WasUnreachable = reason == TcpCloseReason.Unreachable;
        Fail(connection, $"Ended with {reason} after {_received} of {_data.Length} bytes.");
    }

    private void Write(TcpConnection connection)
    {
        if (IsOver || _sent == _data.Length)
            return;
        _sent += connection.Write(_data, _sent, _data.Length - _sent);
        if (_sent == _data.Length)
            connection.Shutdown();
    }

    private void Fail(TcpConnection connection, string problem)
    {
        Problem = problem;
        IsOver = true;
        connection.Abort();
    }
}
