using System;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Interop;

/// <summary>One more device on the link of a lab, with echo and discard. The kernel is a bridge between the two, and a host on it.</summary>
internal sealed class SecondDevice : IDisposable
{
    public const string Address = "10.77.0.3";
    public const string BridgeName = "bridge";

    private readonly TapLink _link;
    private readonly VirtualBoard _board;
    private readonly Thread _thread;

    /// <summary>Starts it.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="settings">Its settings; the address is its own.</param>
    public SecondDevice(Lab lab, TcpSettings settings)
    {
        NetworkNamespace network = lab.Network;
        settings.Address = Lab.Address(Address);
        _link = network.OpenTap("tap1", Lab.KernelAddress, 24);
        _link.PhysicalAddress[5]++;
        foreach (string tap in new[] { Lab.TapName, _link.Name })
            network.Tool("ip", "address", "flush", "dev", tap);
        network.Bridge(BridgeName, Lab.TapName, _link.Name);
        network.Tool("ip", "address", "add", Lab.Kernel + "/24", "broadcast", "+", "dev", BridgeName);
        _board = new VirtualBoard(_link, settings, new HighResTimerClock(), new SystemEntropy()) { Output = _ => { } };
        Firmware = new DeviceFirmware(_board, new EchoService(), new DiscardService());
        _thread = new Thread(Firmware.RunUntilStopped) { IsBackground = true, Name = "second" };
        _thread.Start();
    }

    public DeviceFirmware Firmware { get; }

    /// <summary>Ends the firmware as Ctrl-C does.</summary>
    public void Stop()
    {
        _board.Stop();
        _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        _link.Dispose();
    }
}
