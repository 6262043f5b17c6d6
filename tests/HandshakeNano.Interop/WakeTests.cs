using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>Another thread ends the wait of the one that owns a link of the kernel. The waits here are of ten minutes.</summary>
[TestClass]
public sealed class WakeTests
{
    private const int TenMinutes = 600_000;

    [TestMethod]
    public void ATapDeviceAndAPacketSocketAreWoken()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using TapLink tap = network.OpenTap(null, Lab.KernelAddress, 24);
        using PacketLink packet = network.Run(() => PacketLink.Open(tap.Name));
        foreach (ILink link in (ILink[])[tap, packet])
        {
            // The first frames of the kernel are its own.
            var waiting = new Thread(() =>
            {
                byte[] buffer = new byte[FrameLayout.BufferSize(link.Mtu)];
                for (int i = 0; i < 3; i++)
                {
                    while (link.Receive(buffer) != 0)
                    {
                    }

                    link.Wait(TenMinutes);
                }
            })
            { IsBackground = true };
            waiting.Start();
            while (!waiting.Join(10))
                link.Wake();
        }

        // Gone, it never has a frame; a wait ends all the same.
        tap.Wake();
        tap.Wait(TenMinutes);
    }
}
