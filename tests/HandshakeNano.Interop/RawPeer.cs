using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// A second host on the TAP device that sends just the segments a test writes: with an Ethernet and an IP address that the
/// kernel does not have, so that the kernel says nothing in its name.
/// </summary>
internal sealed class RawPeer : IDisposable
{
    private const int Icmp = 1;

    private readonly PacketLink _link;
    private readonly RawHost _host;
    private readonly uint _device = Lab.Address(Lab.Device);
    private readonly Queue<Segment> _answers = [];
    private ushort _fence;
    private ushort _fencePassed;

    public RawPeer(Lab lab)
    {
        _link = lab.Network.Run(() => PacketLink.Open(Lab.TapName));
        _host = new RawHost(_link, Lab.Address("10.77.0.77")) { Received = _answers.Enqueue, OtherReceived = OnPing };
        _host.Ask(_device);
        PollUntil(() => _host.Knows(_device));
    }

    /// <summary>Sends a segment to the device.</summary>
    public void Send(RawSegment segment) => _host.Send(_device, segment);

    /// <summary>The next segment from the device.</summary>
    public Segment Receive()
    {
        PollUntil(() => _answers.Count > 0);
        return _answers.Dequeue();
    }

    /// <summary>
    /// Everything that the device has said so far: it answers in turn, so what it has to say about the segments so far is
    /// here before the answers to two pings.
    /// </summary>
    public Segment[] ReceiveAll()
    {
        Fence();
        Fence();
        Segment[] answers = [.. _answers];
        _answers.Clear();
        return answers;
    }

    /// <summary>The one segment that the device says about this one.</summary>
    public Segment Ask(RawSegment segment)
    {
        Send(segment);
        Segment[] answers = ReceiveAll();
        Assert.HasCount(1, answers);
        return answers[0];
    }

    /// <summary>The device says nothing about this segment.</summary>
    public void AssertSilence(RawSegment segment)
    {
        Send(segment);
        Assert.IsEmpty(ReceiveAll());
    }

    public void Dispose() => _link.Dispose();

    private void Fence()
    {
        byte[] ping = [8, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(ping.AsSpan(6), ++_fence);
        BinaryPrimitives.WriteUInt16BigEndian(ping.AsSpan(2), Checksum.Of(ping));
        _host.Send(_device, Icmp, ping);
        PollUntil(() => _fencePassed == _fence);
    }

    private void OnPing(byte[] packet)
    {
        if (packet.Length >= 28 && packet[9] == Icmp && packet[20] == 0)
            _fencePassed = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26));
    }

    private void PollUntil(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (!_host.Poll(0))
                _link.Wait(100);
            Assert.AreEqual(0, _host.BadChecksums, "The device's checksum is wrong.");
            Assert.IsLessThan(Lab.Deadline, watch.Elapsed, "The device says nothing.");
        }
    }
}
