using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// A DNS server on the wire of an endpoint, played message by message. A question is compared as a whole packet. An answer is made from a
/// text: records with commas between them, sections with bars: <c>w.test CNAME 60 a.test, a.test A 30 10.1.2.3 | test SOA 600 300</c>.
/// </summary>
internal sealed class DnsServer
{
    public const int Good = 0x8180;
    public const int Truncated = 0x8380;
    public const int ServerFailed = 0x8182;
    public const int NoSuchName = 0x8183;
    public const int Refused = 0x8185;
    public const int A = 1;
    public const int Aaaa = 28;

    private readonly Wire _wire;

    public DnsServer(Wire wire, uint address)
    {
        _wire = wire;
        Address = address;
    }

    public uint Address { get; }

    /// <summary>Of the question that was expected last.</summary>
    public int Port { get; set; }
    public int Identifier { get; set; }
    public string Name { get; private set; }
    public int Type { get; private set; }

    /// <summary>Settings of an endpoint that asks the first server, or the first and then the second.</summary>
    public static TcpSettings Settings(int servers)
    {
        TcpSettings settings = Wire.Settings();
        settings.DnsQueries = 2;
        settings.DnsServers = servers == 1 ? new uint[] { Wire.PeerAddress } : new uint[] { Wire.PeerAddress, Wire.RouterAddress };
        return settings;
    }

    /// <summary>A server whose endpoint knows no other.</summary>
    public static DnsServer Only(out Wire wire)
    {
        return Only(out wire, Settings(1));
    }

    public static DnsServer Only(out Wire wire, TcpSettings settings)
    {
        wire = new Wire(settings);
        wire.Run();
        wire.Discard();
        return new DnsServer(wire, Wire.PeerAddress);
    }

    /// <summary>Demands that the endpoint asks this server, and nobody else.</summary>
    public void IsAsked(string name, int type)
    {
        byte[] actual = _wire.Take();
        Assert.IsNotNull(actual, "expected a question for " + name + ", got nothing");
        Assert.IsTrue(actual[Packet.Ip + 9] == 17 && actual.Length >= Packet.Transport + 20, "expected a question for " + name + ", got " + Wire.Describe(actual));
        Port = Packet.Get16(actual, Packet.Transport);
        Identifier = Packet.Get16(actual, Packet.Transport + 8);
        Expect(name, type);
        Assert.IsTrue(Port >= 1024, "port " + Port.ToString());
        byte[] expected = Packet.Udp(Wire.OurAddress, Port, Address, 53, Question(0x0100));
        Packet.Put16(expected, Packet.Ip + 4, 0);
        Packet.FixIpv4(expected);
        int length = Packet.Get16(expected, Packet.Ip + 2);
        Assert.IsTrue(Packet.Ip + length == actual.Length && Packet.SameBytes(expected, Packet.Ip, actual, Packet.Ip, length), "got " + Wire.Describe(actual));
        _wire.ExpectsSilence("after the question for " + name);
    }

    /// <summary>Another question is expected, over TCP.</summary>
    public void Expect(string name, int type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>Answers the question.</summary>
    public void Answers(int flags, string records)
    {
        Sends(Message(flags, records));
    }

    /// <summary>Sends a message to where the question came from.</summary>
    public void Sends(byte[] message)
    {
        _wire.Inject(Packet.Udp(Address, 53, Wire.OurAddress, Port, message));
    }

    /// <summary>A message with the question alone.</summary>
    public byte[] Question(int flags)
    {
        byte[] message = new byte[12];
        Packet.Put16(message, 0, Identifier);
        Packet.Put16(message, 2, flags);
        Packet.Put16(message, 4, 1);
        return DhcpServer.Join(message, DhcpServer.Join(DnsName.FromText(Name), new byte[] { 0, (byte)Type, 0, 1 }));
    }

    /// <summary>A message with the question and records.</summary>
    public byte[] Message(int flags, string records)
    {
        byte[] message = Question(flags);
        string[] sections = records.Split(new char[] { '|' });
        for (int section = 0; section < sections.Length; section++)
        {
            string[] lines = sections[section].Split(new char[] { ',' });
            int count = 0;
            for (int i = 0; i < lines.Length; i++)
            {
                string line = lines[i].Trim();
                if (line.Length == 0)
                    continue;
                message = DhcpServer.Join(message, Record(line));
                count++;
            }

            Packet.Put16(message, 6 + 2 * section, count);
        }

        return message;
    }

    /// <summary>A record: name, type, time to live, data.</summary>
    private static byte[] Record(string line)
    {
        string[] words = line.Split(new char[] { ' ' });
        byte[] data;
        int type;
        switch (words[1])
        {
            case "A":
                type = A;
                data = new byte[4];
                Packet.Put32(data, 0, Ipv4Address.Parse(words[3]));
                break;
            case "AAAA":
                type = Aaaa;
                data = Ipv6Address.Parse(words[3]);
                break;
            case "CNAME":
                type = 5;
                data = DnsName.FromText(words[3]);
                break;
            case "NS":
                type = 2;
                data = DnsName.FromText(words[3]);
                break;
            case "SOA":
                type = 6;
                data = new byte[20];
                Packet.Put32(data, 16, Number(words[3]));
                data = DhcpServer.Join(DhcpServer.Join(DnsName.FromText("m.test"), DnsName.FromText("r.test")), data);
                break;
            default:
                type = 16;
                data = new byte[(int)Number(words[3])];
                break;
        }

        byte[] name = words[0] == "." ? new byte[1] : DnsName.FromText(words[0]);
        byte[] record = new byte[name.Length + 10 + data.Length];
        Array.Copy(name, record, name.Length);
        Packet.Put16(record, name.Length, type);
        Packet.Put16(record, name.Length + 2, 1);
        Packet.Put32(record, name.Length + 4, Number(words[2]));
        Packet.Put16(record, name.Length + 8, data.Length);
        Array.Copy(data, 0, record, name.Length + 10, data.Length);
        return record;
    }

    private static uint Number(string text)
    {
        uint number = 0;
        for (int i = 0; i < text.Length; i++)
            number = number * 10 + (uint)(text[i] - '0');
        return number;
    }
}
