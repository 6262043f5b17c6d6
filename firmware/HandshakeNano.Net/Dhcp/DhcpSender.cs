using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>Writes the messages of a DHCP client, option by option, and sends them.</summary>
internal sealed class DhcpSender
{
    /// <summary>Room for our options: their longest is a host name of 63 bytes.</summary>
    private const int OptionsLength = 128;

    private readonly Ipv4Layer _ipv4;
    private readonly UdpLayer _udp;
    private readonly ulong[] _counters;
    private readonly byte[] _hardware;
    private readonly byte[] _hostName;
    private readonly byte[] _frame = new byte[DhcpMessage.Options + OptionsLength];

    /// <summary>Where the next option goes.</summary>
    private int _at;

    /// <summary>Makes the sender.</summary>
    /// <param name="ipv4">The layer that completes a packet.</param>
    /// <param name="udp">The layer below.</param>
    /// <param name="hardware">Our Ethernet address.</param>
    /// <param name="hostName">Our name, null or empty for none.</param>
    /// <param name="counters">What to count in.</param>
    public DhcpSender(Ipv4Layer ipv4, UdpLayer udp, byte[] hardware, string hostName, ulong[] counters)
    {
        _ipv4 = ipv4;
        _udp = udp;
        _counters = counters;
        _hardware = hardware;
        _hostName = new byte[hostName == null ? 0 : hostName.Length];
        for (int i = 0; i < _hostName.Length; i++)
            _hostName[i] = (byte)hostName[i];

        // What is the same in every message.
        byte[] frame = _frame;
        BigEndian.Put16(frame, UdpHeader.SourcePort, DhcpMessage.ClientPort);
        BigEndian.Put16(frame, UdpHeader.DestinationPort, DhcpMessage.ServerPort);
        frame[DhcpMessage.Operation] = DhcpMessage.BootRequest;
        BigEndian.Put16(frame, DhcpMessage.HardwareType, 0x0106);
        Array.Copy(hardware, 0, frame, DhcpMessage.ClientHardware, EthernetHeader.AddressLength);
        BigEndian.Put32(frame, DhcpMessage.Cookie, DhcpMessage.CookieValue);
    }

    /// <summary>Begins a message.</summary>
    /// <param name="type">The message type.</param>
    /// <param name="transaction">The transaction's identifier.</param>
    /// <param name="seconds">The seconds since the client began.</param>
    /// <param name="clientAddress">Our address if the message is sent from it, most significant byte first; else 0.</param>
    public void Begin(int type, uint transaction, int seconds, uint clientAddress)
    {
        byte[] frame = _frame;
        _ipv4.Prepare(frame, Ipv4Header.Udp);
        BigEndian.Put32(frame, DhcpMessage.TransactionId, transaction);
        BigEndian.Put16(frame, DhcpMessage.Seconds, seconds);
        BigEndian.Put16(frame, DhcpMessage.Flags, 0);
        BigEndian.Put32(frame, DhcpMessage.ClientAddress, clientAddress);
        _at = DhcpMessage.Options;
        PutOption(DhcpMessage.MessageType, 1);
        frame[_at++] = (byte)type;
        PutOption(DhcpMessage.ClientIdentifier, 1 + EthernetHeader.AddressLength);
        frame[_at] = 1;
        Array.Copy(_hardware, 0, frame, _at + 1, EthernetHeader.AddressLength);
        _at += 1 + EthernetHeader.AddressLength;
    }

    /// <summary>Asks for an answer to all hosts, for a client that cannot hear what is sent to the address that it asks for.</summary>
    public void AskForBroadcast()
    {
        BigEndian.Put16(_frame, DhcpMessage.Flags, DhcpMessage.BroadcastFlag);
    }

    /// <summary>Adds an option of 4 bytes.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="value">Its value.</param>
    public void PutNumber(int code, uint value)
    {
        PutOption(code, 4);
        BigEndian.Put32(_frame, _at, value);
        _at += 4;
    }

    /// <summary>Adds our name, how long a message we take, and the options that we want to be told.</summary>
    public void PutWishes()
    {
        byte[] frame = _frame;
        byte[] hostName = _hostName;
        if (hostName.Length != 0)
        {
            PutOption(DhcpMessage.HostName, hostName.Length);
            Array.Copy(hostName, 0, frame, _at, hostName.Length);
            _at += hostName.Length;
        }

        PutOption(DhcpMessage.MaximumMessageSize, 2);
        BigEndian.Put16(frame, _at, _ipv4.Mtu);
        _at += 2;
        PutOption(DhcpMessage.ParameterRequestList, 7);
        int at = _at;
        frame[at] = DhcpMessage.SubnetMask;
        frame[at + 1] = DhcpMessage.Router;
        frame[at + 2] = DhcpMessage.LeaseTime;
        frame[at + 3] = DhcpMessage.ServerIdentifier;
        frame[at + 4] = DhcpMessage.RenewalTime;
        frame[at + 5] = DhcpMessage.RebindingTime;
        frame[at + 6] = DhcpMessage.DnsServers;
        _at = at + 7;
    }

    /// <summary>Sends the message, to all hosts from the address that <see cref="Begin"/> was told.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void Broadcast(ulong now)
    {
        Send(0xFFFFFFFF, now);
    }

    /// <summary>Sends the message from the address that <see cref="Begin"/> was told.</summary>
    /// <param name="destination">The destination, most significant byte first.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(uint destination, ulong now)
    {
        byte[] frame = _frame;
        int at = _at;
        frame[at++] = DhcpMessage.End;
        Array.Clear(frame, at, frame.Length - at);
        int length = at - UdpHeader.Data;
        if (length < DhcpMessage.LeastLength)
            length = DhcpMessage.LeastLength;
        _counters[(int)Counter.DhcpSent]++;
        _udp.Send(frame, length, BitConverter.ToUInt32(frame, DhcpMessage.ClientAddress), BigEndian.Reverse(destination), now);
    }

    private void PutOption(int code, int length)
    {
        byte[] frame = _frame;
        int at = _at;
        frame[at] = (byte)code;
        frame[at + 1] = (byte)length;
        _at = at + 2;
    }
}
