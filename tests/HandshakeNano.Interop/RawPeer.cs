using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// A second host on the TAP device that sends just the segments a test writes: a packet socket with an Ethernet and an
/// IP address that the kernel does not have, so that the kernel says nothing in its name.
/// </summary>
internal sealed class RawPeer : IDisposable
{
    private const int AllProtocols = 0x0003;
    private const int FenceLength = 14 + 20 + 8;

    private static readonly byte[] _physicalAddress = [0x02, 0, 0, 0, 0, 0x77];
    private static readonly byte[] _broadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    private readonly Socket _socket;
    private readonly byte[] _device;
    private readonly uint _address = Lab.Address("10.77.0.77");
    private readonly uint _deviceAddress = Lab.Address(Lab.Device);
    private readonly byte[] _buffer = new byte[2048];
    private readonly Queue<RawSegment> _answers = [];
    private ushort _fence;

    public RawPeer(Lab lab)
    {
        _socket = lab.Network.Run(() =>
        {
            var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)AllProtocols));
            socket.Bind(new PacketEndPoint(NetworkIndex()));
            return socket;
        });
        _socket.ReceiveTimeout = 10_000;
        _device = FindDevice();
    }

    /// <summary>Sends a segment to the device.</summary>
    public void Send(RawSegment segment)
    {
        _socket.Send(segment.ToFrame(_device, _physicalAddress, _deviceAddress, _address));
    }

    /// <summary>The next segment from the device.</summary>
    public RawSegment Receive()
    {
        RawSegment? answer;
        while (!_answers.TryDequeue(out answer))
            ReceiveFrame();
        return answer;
    }

    /// <summary>
    /// Everything that the device has said so far: it answers in turn, so what it has to say about the segments so far is
    /// here before the answers to two pings.
    /// </summary>
    public RawSegment[] ReceiveAll()
    {
        Fence();
        Fence();
        RawSegment[] answers = [.. _answers];
        _answers.Clear();
        return answers;
    }

    /// <summary>The one segment that the device says about this one.</summary>
    public RawSegment Ask(RawSegment segment)
    {
        Send(segment);
        RawSegment[] answers = ReceiveAll();
        Assert.HasCount(1, answers);
        return answers[0];
    }

    /// <summary>The device says nothing about this segment.</summary>
    public void AssertSilence(RawSegment segment)
    {
        Send(segment);
        Assert.IsEmpty(ReceiveAll());
    }

    public void Dispose()
    {
        _socket.Dispose();
    }

    private static int NetworkIndex()
    {
        // The list of interfaces comes from this thread's namespace; so does the index.
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.Name == Lab.TapName)
                return network.GetIPProperties().GetIPv4Properties().Index;
        }

        throw new AssertFailedException("There is no TAP device in the namespace.");
    }

    private byte[] FindDevice()
    {
        byte[] request = new byte[42];
        WriteArp(request, 1, _broadcast, new byte[6]);
        _socket.Send(request);
        while (true)
        {
            int length = _socket.Receive(_buffer);
            if (length >= 42 && IsArp(2) && _buffer.AsSpan(28, 4).SequenceEqual(request.AsSpan(38, 4)))
                return _buffer[22..28];
        }
    }

    private void Fence()
    {
        byte[] ping = new byte[FenceLength];
        _device.CopyTo(ping, 0);
        _physicalAddress.CopyTo(ping, 6);
        BinaryPrimitives.WriteUInt16BigEndian(ping.AsSpan(12), 0x0800);
        Span<byte> ip = ping.AsSpan(14);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], _address);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], _deviceAddress);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], RawSegment.Checksum(ip[..20]));
        ip[20] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(ip[26..], ++_fence);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], RawSegment.Checksum(ip[20..]));
        _socket.Send(ping);
        while (!ReceiveFrame())
        {
        }
    }

    /// <summary>Takes one frame; true if it is the answer to the last ping.</summary>
    private bool ReceiveFrame()
    {
        int length = _socket.Receive(_buffer);
        ReadOnlySpan<byte> frame = _buffer.AsSpan(0, length);
        if (length < 42 || !frame[6..12].SequenceEqual(_device))
            return false;
        if (IsArp(1) && BinaryPrimitives.ReadUInt32BigEndian(frame[38..]) == _address)
        {
            byte[] reply = new byte[42];
            WriteArp(reply, 2, _device, _device);
            _socket.Send(reply);
            return false;
        }

        if (!frame[..6].SequenceEqual(_physicalAddress))
            return false;
        if (frame[23] == 1)
            return frame[34] == 0 && BinaryPrimitives.ReadUInt16BigEndian(frame[40..]) == _fence;
        RawSegment? segment = RawSegment.Parse(frame);
        if (segment != null)
        {
            Assert.IsFalse(segment.BadChecksum, "The device's checksum is wrong.");
            _answers.Enqueue(segment);
        }

        return false;
    }

    private bool IsArp(int operation)
    {
        return BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(12)) == 0x0806
            && BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(20)) == operation;
    }

    private void WriteArp(byte[] frame, int operation, byte[] destination, byte[] target)
    {
        destination.CopyTo(frame, 0);
        _physicalAddress.CopyTo(frame, 6);
        byte[] header = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, (byte)operation];
        header.CopyTo(frame, 12);
        _physicalAddress.CopyTo(frame, 22);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(28), _address);
        target.CopyTo(frame, 32);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), _deviceAddress);
    }

    /// <summary>A sockaddr_ll: all protocols of one interface.</summary>
    private sealed class PacketEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], AllProtocols);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
