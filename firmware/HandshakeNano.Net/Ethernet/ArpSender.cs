using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>Writes ARP packets (RFC 826) and sends them. Addresses are as the processor loads them from the wire.</summary>
internal sealed class ArpSender
{
    private readonly FrameSender _sender;
    private readonly ulong[] _counters;
    private readonly byte[] _packet = new byte[FrameLayout.Network + ArpPacket.Length];

    /// <summary>Makes the sender; the two fields that never change are written here.</summary>
    /// <param name="sender">The way to the link.</param>
    /// <param name="counters">What to count in.</param>
    public ArpSender(FrameSender sender, ulong[] counters)
    {
        _sender = sender;
        _counters = counters;
        byte[] packet = _packet;
        sender.Prepare(packet, EthernetHeader.Arp);
        BigEndian.Put32(packet, ArpPacket.Types, 0x00010800);
        BigEndian.Put16(packet, ArpPacket.Types + 4, 0x0604);
        Array.Copy(sender.Hardware, 0, packet, ArpPacket.SenderHardware, EthernetHeader.AddressLength);
    }

    /// <summary>Asks all hosts on the link for an address.</summary>
    /// <param name="sender">Our address; 0 leaves no trace in any cache (RFC 5227 section 2.1).</param>
    /// <param name="target">The address that is asked for; ours, to tell all hosts that it is (RFC 5227 section 2.3).</param>
    public void Request(uint sender, uint target)
    {
        byte[] packet = _packet;
        for (int i = 0; i < EthernetHeader.AddressLength; i++)
            packet[EthernetHeader.Destination + i] = 0xFF;
        SendRequest(sender, target);
    }

    /// <summary>Asks one host on the link for an address (RFC 1122 section 2.3.2.1).</summary>
    /// <param name="sender">Our address.</param>
    /// <param name="target">The address that is asked for.</param>
    /// <param name="hardware">Where the host's Ethernet address is.</param>
    /// <param name="index">Index of its first byte.</param>
    public void Poll(uint sender, uint target, byte[] hardware, int index)
    {
        Array.Copy(hardware, index, _packet, EthernetHeader.Destination, EthernetHeader.AddressLength);
        SendRequest(sender, target);
    }

    /// <summary>Answers a request for our address.</summary>
    /// <param name="request">The frame buffer that holds the request.</param>
    /// <param name="sender">Our address.</param>
    /// <param name="target">The address of the host that asks.</param>
    public void Reply(byte[] request, uint sender, uint target)
    {
        Array.Copy(request, ArpPacket.SenderHardware, _packet, EthernetHeader.Destination, EthernetHeader.AddressLength);
        Array.Copy(request, ArpPacket.SenderHardware, _packet, ArpPacket.TargetHardware, EthernetHeader.AddressLength);
        Send(ArpPacket.Reply, sender, target);
    }

    private void SendRequest(uint sender, uint target)
    {
        Array.Clear(_packet, ArpPacket.TargetHardware, EthernetHeader.AddressLength);
        Send(ArpPacket.Request, sender, target);
        _counters[(int)Counter.ArpRequestsSent]++;
    }

    private void Send(int operation, uint sender, uint target)
    {
        byte[] packet = _packet;
        BigEndian.Put16(packet, ArpPacket.Operation, operation);
        BigEndian.Put32(packet, ArpPacket.SenderProtocol, BigEndian.Reverse(sender));
        BigEndian.Put32(packet, ArpPacket.TargetProtocol, BigEndian.Reverse(target));
        _sender.Send(packet, FrameLayout.EthernetHeaderLength + ArpPacket.Length);
    }
}
