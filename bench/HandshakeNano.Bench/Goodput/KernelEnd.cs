using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using HandshakeNano.Net;

namespace HandshakeNano.Bench.Goodput;

/// <summary>The Linux kernel.</summary>
internal sealed class KernelEnd : End
{
    // Numbers of Linux.
    private const int SocketLevel = 1, ForceSendBuffer = 32, ForceReceiveBuffer = 33, TcpLevel = 6, CongestionControl = 13;

    private readonly Socket _socket;
    private long _received;

    /// <param name="address">Its IPv4 address.</param>
    /// <param name="congestion">Its congestion control, as Linux names it.</param>
    public KernelEnd(uint address, string congestion)
        : base(address, isForeign: false)
    {
        _socket = Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        _socket.SetRawSocketOption(TcpLevel, CongestionControl, Encoding.ASCII.GetBytes(congestion));

        // The kernel takes twice as much memory, and announces two thirds of that: this is a window of 256 KB.
        _socket.SetRawSocketOption(SocketLevel, ForceSendBuffer, BitConverter.GetBytes(BufferSize));
        _socket.SetRawSocketOption(SocketLevel, ForceReceiveBuffer, BitConverter.GetBytes(BufferSize / 4 * 3));
    }

    public override long Received => Interlocked.Read(ref _received);

    public override void Listen()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        _socket.Listen(1);
        Start(Receive);
    }

    public override void Connect(uint address)
    {
        _socket.Connect(new IPEndPoint(IPAddress.Parse(Ipv4Address.ToString(address)), Port));
    }

    public override void Send(int count)
    {
        Start(() =>
        {
            var data = new byte[16 * 1024];
            for (int left = count; left > 0;)
                left -= _socket.Send(data, Math.Min(left, data.Length), SocketFlags.None);
            _socket.Shutdown(SocketShutdown.Send);
        });
    }

    public override void Dispose()
    {
        _socket.Dispose();
        base.Dispose();
    }

    private static void Start(Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (SocketException)
            {
                // The transfer is over.
            }
            catch (ObjectDisposedException)
            {
            }
        })
        { IsBackground = true, Name = "kernel's user" };
        thread.Start();
    }

    private void Receive()
    {
        using Socket socket = _socket.Accept();
        var buffer = new byte[64 * 1024];
        for (int count; (count = socket.Receive(buffer)) > 0;)
            Interlocked.Add(ref _received, count);
    }
}
