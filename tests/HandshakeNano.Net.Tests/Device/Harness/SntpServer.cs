using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A time server on the wire of a client, played message by message. Requests are compared as whole packets.</summary>
internal sealed class SntpServer
{
    private const uint Address = Wire.PeerAddress;

    private readonly byte[] _nonce = new byte[8];

    public SntpServer(string name, ulong interval)
    {
        TcpSettings settings = DnsServer.Settings(1);
        settings.UdpSockets = 1;
        Dns = DnsServer.Only(out Wire wire, settings);
        Wire = wire;
        Client = new SntpClient(wire.Endpoint, new FixedEntropy(77), name, interval);
    }

    public Wire Wire { get; }

    public DnsServer Dns { get; }

    public SntpClient Client { get; }

    public int Port { get; private set; }

    /// <summary>What the last request has as its transmit timestamp.</summary>
    public ulong Nonce
    {
        get { return ((ulong)Packet.Get32(_nonce, 0) << 32) | Packet.Get32(_nonce, 4); }
    }

    /// <summary>Lets time go by as a program does that calls the client at its deadlines.</summary>
    public void Runs(ulong microseconds)
    {
        ulong end = Wire.Now + microseconds;
        while (true)
        {
            Client.OnTime(Wire.Now);
            Wire.Run();
            if (Wire.Now == end)
                return;
            ulong next = Client.Deadline < Wire.Deadline ? Client.Deadline : Wire.Deadline;
            if (next <= Wire.Now)
                next = Wire.Now + Wire.Second / 10;
            Wire.Advance((next < end ? next : end) - Wire.Now);
        }
    }

    /// <summary>Demands a request, however long that takes.</summary>
    /// <returns>How long it took, in microseconds.</returns>
    public ulong IsAsked()
    {
        ulong begin = Wire.Now;
        Client.OnTime(begin);
        Wire.Run();
        while (Wire.SentCount == 0)
        {
            Assert.IsTrue(Client.Deadline != ulong.MaxValue, "it never asks");
            Runs(Client.Deadline > Wire.Now ? Client.Deadline - Wire.Now : Wire.Second / 10);
        }

        byte[] actual = Wire.Take();
        Port = Packet.Get16(actual, Packet.Transport);
        Assert.IsTrue(Port >= 49152, "port " + Port.ToString());
        Assert.AreEqual(Packet.Transport + 8 + 48, actual.Length);
        Array.Copy(actual, Packet.Transport + 8 + 40, _nonce, 0, 8);
        byte[] message = new byte[48];
        message[0] = 0x23;
        Array.Copy(_nonce, 0, message, 40, 8);
        byte[] expected = Packet.Udp(Wire.OurAddress, Port, Address, 123, message);
        Packet.Put16(expected, Packet.Ip + 4, 0);
        Packet.FixIpv4(expected);
        Assert.IsTrue(Packet.SameBytes(expected, Packet.Ip, actual, Packet.Ip, actual.Length - Packet.Ip), "got " + Wire.Describe(actual));
        Wire.ExpectsSilence();
        return Wire.Now - begin;
    }

    /// <summary>An answer to the last request.</summary>
    /// <param name="flags">Leap indicator, version and mode.</param>
    /// <param name="stratum">The stratum.</param>
    /// <param name="received">When the request came, in microseconds since 1970; multiples of 1/64 s are exact.</param>
    /// <param name="sent">When the answer goes, likewise.</param>
    public byte[] Answer(int flags, int stratum, ulong received, ulong sent)
    {
        byte[] message = new byte[48];
        message[0] = (byte)flags;
        message[1] = (byte)stratum;
        Array.Copy(_nonce, 0, message, 24, 8);
        Put(message, 32, received);
        Put(message, 40, sent);
        return message;
    }

    public void Sends(byte[] message)
    {
        Wire.Inject(Packet.Udp(Address, 123, Wire.OurAddress, Port, message));
    }

    private static void Put(byte[] message, int at, ulong microseconds)
    {
        ulong seconds = microseconds / 1000000;
        Packet.Put32(message, at, (uint)((seconds + 2208988800) & 0xFFFFFFFF));
        Packet.Put32(message, at + 4, (uint)(((microseconds - seconds * 1000000) << 32) / 1000000));
    }
}
