using System;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Meter;
using HandshakeNano.Net;
using HandshakeNano.Page;

namespace HandshakeNano.Scenarios;

/// <summary>The device's page keeps the headers of a frame, for its capture and its pictures of handshakes.</summary>
public sealed class KeptFrame : Scenario
{
    // The length of a segment without options or data in its frame.
    private const int Length = Frames.Ethernet + 40;

    private readonly FrameObserver _observer;
    private readonly byte[] _buffer = new byte[FrameLayout.Ethernet + Length];
    private readonly bool _isSyn;

    /// <summary>Makes the scenario.</summary>
    /// <param name="isSyn">Whether the frame is a SYN, which is kept twice.</param>
    public KeptFrame(bool isSyn = false)
    {
        _isSyn = isSyn;
        var page = new PageService();
        var board = new VirtualBoard(new MemoryWire().B, new TcpSettings { Address = Frames.DeviceAddress }, "virtual");
        _ = new DeviceFirmware(board, page);
        _observer = page.Observer;
        byte[] segment = new byte[20];
        segment[13] = (byte)(isSyn ? 0x02 : 0x10);
        byte[] frame = Frames.Ipv4(6, segment);
        Array.Copy(frame, 0, _buffer, FrameLayout.Ethernet, Length);
    }

    /// <inheritdoc/>
    public override string Name => _isSyn ? "a SYN kept for the page" : "a frame kept for the page";

    /// <inheritdoc/>
    public override void Run() => _observer.OnFrame(sent: false, _buffer, Length);
}
