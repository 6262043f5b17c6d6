using System;
using HandshakeNano.Net.Wire;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>A responder of multicast DNS, what it sends as text, and what others send to it.</summary>
internal sealed class MdnsLink : IMdnsSender
{
    private const uint Peer = 0x0A4D0001;
    private readonly byte[] _message = new byte[512];
    private readonly DnsWriter _writer;
    private string _sent = "";

    public MdnsLink(string name)
        : this(name, 0)
    {
    }

    public MdnsLink(string name, byte seed)
    {
        _writer = new DnsWriter(_message);
        Responder = new MdnsResponder(this, name, new FixedEntropy(seed), Counters);
    }

    public ulong[] Counters { get; } = new ulong[HandshakeNano.Net.Counters.Count];

    public MdnsResponder Responder { get; }

    public ulong Now { get; set; }

    public uint ToAddress { get; private set; }

    public int ToPort { get; private set; }

    public int Identifier { get; private set; }

    /// <summary>Length of the last message that was sent, in bytes.</summary>
    public int SentLength { get; private set; }

    public int Length
    {
        get { return _writer.Length; }
    }

    public void Send(byte[] message, int length, uint address, int port, ulong now)
    {
        Assert.AreEqual(Now, now);
        ToAddress = address;
        ToPort = port;
        SentLength = length;
        int identifier;
        _sent = Describe(message, length, out identifier);
        Identifier = identifier;
    }

    /// <summary>Moves on to the time when something is due, and has it done.</summary>
    public ulong RunToNext()
    {
        Assert.AreNotEqual(ulong.MaxValue, Responder.Deadline);
        if (Responder.Deadline > Now)
            Now = Responder.Deadline;
        Responder.OnTimer(Now);
        return Now;
    }

    /// <summary>The last message; empty if there is none since it was taken.</summary>
    public string Take()
    {
        string sent = _sent;
        _sent = "";
        return sent;
    }

    public void Ask(string name, int type, int questionClass)
    {
        Begin(0);
        Question(name, type, questionClass);
        Arrive();
    }

    public void Probe(string name, uint address, int questionClass)
    {
        Begin(0);
        Question(name, DnsMessage.TypeAny, questionClass);
        HostRecord(DnsMessage.Authorities, name, address, 120);
        Arrive();
    }

    public void Claim(string name, uint address)
    {
        Begin(DnsMessage.Response | DnsMessage.Authoritative);
        HostRecord(DnsMessage.Answers, name, address, 120);
        Arrive();
    }

    public void Begin(int flags)
    {
        _writer.Begin(0x5A5A, flags);
    }

    public void Question(string name, int type, int questionClass)
    {
        _writer.PutQuestion(DnsName.FromText(name), type, questionClass);
    }

    public void HostRecord(int section, string name, uint address, uint timeToLive)
    {
        _writer.BeginRecord(section, DnsName.FromText(name), DnsMessage.TypeA, 0x8001, timeToLive);
        _writer.Put32(address);
        _writer.EndRecord();
    }

    public void Pointer(int section, string name, string target, uint timeToLive)
    {
        _writer.BeginRecord(section, DnsName.FromText(name), DnsMessage.TypePtr, 1, timeToLive);
        _writer.PutName(DnsName.FromText(target), true);
        _writer.EndRecord();
    }

    public void RawRecord(string name, int type, int zeros)
    {
        _writer.BeginRecord(DnsMessage.Answers, DnsName.FromText(name), type, 1, 120);
        for (int i = 0; i < zeros; i++)
            _writer.Put8(0);
        _writer.EndRecord();
    }

    /// <summary>A record whose data are bytes, a name and bytes again; each may be null.</summary>
    public void Record(int section, string name, int type, int recordClass, uint timeToLive, byte[] before, string target, byte[] after)
    {
        _writer.BeginRecord(section, DnsName.FromText(name), type, recordClass, timeToLive);
        if (before != null)
            _writer.PutBytes(before, 0, before.Length);
        if (target != null)
            _writer.PutName(DnsName.FromText(target), true);
        if (after != null)
            _writer.PutBytes(after, 0, after.Length);
        _writer.EndRecord();
    }

    public void Server(int section, string name, int port, string target)
    {
        Record(section, name, DnsMessage.TypeSrv, 1, 120, new byte[] { 0, 0, 0, 0, (byte)(port >> 8), (byte)port }, target, null);
    }

    public void Text(int section, string name, byte[] data)
    {
        Record(section, name, DnsMessage.TypeTxt, 1, 4500, data, null, null);
    }

    public void Arrive()
    {
        ArriveFrom(Peer, DnsMessage.MulticastPort, true);
    }

    public void ArriveFrom(uint source, int port, bool toGroup)
    {
        Responder.Receive(_message, 0, _writer.Length, source, port, toGroup, Now);
    }

    public void ArriveCut(int length)
    {
        byte[] part = new byte[length];
        Array.Copy(_message, 0, part, 0, length);
        Responder.Receive(part, 0, length, Peer, DnsMessage.MulticastPort, true, Now);
    }

    /// <summary>A message as text.</summary>
    public static string Describe(byte[] message, int length, out int identifier)
    {
        DnsReader reader = new DnsReader();
        Assert.IsTrue(reader.Begin(message, 0, length));
        identifier = reader.Identifier;
        string text = reader.Flags.ToString("X4");
        while (reader.Read())
        {
            string name = Text(reader, reader.Name);
            if (reader.Section == DnsMessage.Questions)
            {
                text += " ?" + name + (reader.Type == 255 && reader.Class == 0x8001 ? "/ANY/QU"
                    : "/" + reader.Type.ToString() + "/" + reader.Class.ToString("X"));
                continue;
            }

            text += " " + "?=!+"[reader.Section].ToString() + name + "/" + TypeName(reader.Type) + "/" + reader.Class.ToString("X") + "/"
                + reader.TimeToLive.ToString() + "/" + Data(reader, message);
        }

        Assert.IsFalse(reader.IsMalformed);
        return text;
    }

    private static string Data(DnsReader reader, byte[] message)
    {
        int end = reader.Data + reader.DataLength;
        switch (reader.Type)
        {
            case DnsMessage.TypePtr:
                Assert.AreEqual(end, reader.EndOfName(reader.Data, end));
                return Text(reader, reader.Data);
            case DnsMessage.TypeSrv:
                Assert.AreEqual(end, reader.EndOfName(reader.Data + 6, end));
                return Hex(message, reader.Data, reader.Data + 6) + " " + Text(reader, reader.Data + 6);
            case DnsMessage.TypeNsec:
                return Text(reader, reader.Data) + " " + Hex(message, reader.EndOfName(reader.Data, end), end);
            default:
                return Hex(message, reader.Data, end);
        }
    }

    private static string TypeName(int type)
    {
        switch (type)
        {
            case DnsMessage.TypeA:
                return "A";
            case DnsMessage.TypePtr:
                return "PTR";
            case DnsMessage.TypeTxt:
                return "TXT";
            case DnsMessage.TypeSrv:
                return "SRV";
            default:
                return "NSEC";
        }
    }

    private static string Text(DnsReader reader, int at)
    {
        byte[] name = new byte[255];
        Assert.AreNotEqual(0, reader.CopyName(at, name, 0));
        string text = "";
        for (int label = 0; name[label] != 0; label += name[label] + 1)
        {
            if (label != 0)
                text += ".";
            for (int i = 1; i <= name[label]; i++)
                text += ((char)name[label + i]).ToString();
        }

        return text;
    }

    private static string Hex(byte[] data, int from, int to)
    {
        string text = "";
        for (int i = from; i < to; i++)
            text += data[i].ToString("X2");
        return text;
    }
}
