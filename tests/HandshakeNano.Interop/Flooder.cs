using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Interop;

/// <summary>A host on a network card that sends so many frames at a rate, whatever becomes of them.</summary>
internal sealed class Flooder : IDisposable
{
    private const int PerBurst = 20;

    private readonly PacketLink _link;

    public Flooder(Lab lab, string card)
    {
        _link = lab.Network.Run(() => PacketLink.Open(card));
    }

    /// <summary>Sends frames until the count is reached.</summary>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">How many a second; as many as the machine gives if those are less.</param>
    /// <param name="write">Writes a frame, from its Ethernet header on, and says how long it is.</param>
    /// <param name="isOver">Asked now and then whether to end before; null: no.</param>
    public Task SendAsync(int count, int perSecond, Func<byte[], int> write, Func<bool>? isOver = null) => Task.Factory.StartNew(
        () =>
        {
            byte[] buffer = new byte[FrameLayout.BufferSize(_link.Mtu)];
            byte[] frame = new byte[_link.Mtu + 14];
            long begin = Stopwatch.GetTimestamp();
            for (int sent = 0; sent < count && isOver?.Invoke() != true; sent += PerBurst)
            {
                for (int i = 0; i < PerBurst; i++)
                {
                    int length = write(frame);
                    Array.Copy(frame, 0, buffer, FrameLayout.Ethernet, length);
                    _link.Send(buffer, length);
                }

                while (Stopwatch.GetElapsedTime(begin).TotalSeconds * perSecond < sent)
                    Thread.Sleep(1);
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _link.Dispose();
}
