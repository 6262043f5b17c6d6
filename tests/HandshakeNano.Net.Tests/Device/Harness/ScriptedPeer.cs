using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// The other end of one connection, played segment by segment from one-line texts:
/// <c>FLAGS seq NUMBER [ack NUMBER] [win N] [len N] [mss N] [sackok] [ts N:N] [wscale N] [sack N:N,N:N] [opt HEX] [urg N]</c>.
/// </summary>
/// <remarks>
/// Flags are tcpdump's (S F R P U and . for ACK; - for none). A number is decimal, or a letter with + or - a decimal:
/// I is the initial sequence number of the endpoint and T its timestamp (learned from its SYN), R the initial sequence number of the
/// peer, and a test may set others.
/// <c>len</c> is that many bytes of <see cref="Segment.Pattern"/>, at the place that the sequence number says, so every
/// byte that crosses the wire in either direction is checked. What an expected segment does not name must not be there,
/// except the window, which is checked only if named.
/// </remarks>
internal sealed class ScriptedPeer
{
    private static readonly char[] Space = new char[] { ' ' };

    private readonly Wire _wire;
    private readonly uint[] _numbers = new uint[26];
    private bool _knowsIss;
    private uint _read;
    private uint _written;

    public ScriptedPeer(Wire wire)
        : this(wire, 40000, 7)
    {
    }

    public ScriptedPeer(Wire wire, int port, int ourPort)
    {
        _wire = wire;
        Address = Wire.PeerAddress;
        Port = port;
        OurPort = ourPort;
        Window = 65535;
        this['R'] = 5000;
    }

    /// <summary>A peer whose connection a listener has accepted, on a wire with the usual settings.</summary>
    public static ScriptedPeer Accepted(out Wire wire)
    {
        wire = new Wire();
        return Accepted(wire);
    }

    /// <summary>A peer whose connection a listener has accepted.</summary>
    public static ScriptedPeer Accepted(Wire wire)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.Opens(wire.Endpoint.Listen(7, 4));
        return peer;
    }

    /// <summary>A peer whose connection a listener has accepted, and the handler that is told of it.</summary>
    public static ScriptedPeer Accepted(Wire wire, TcpConnectionHandler handler)
    {
        ScriptedPeer peer = Accepted(wire);
        peer.Connection.Handler = handler;
        wire.Run();
        return peer;
    }

    /// <summary>A peer that takes segments of 100 bytes, whose connection a listener has accepted.</summary>
    /// <param name="wire">The wire.</param>
    /// <param name="options">What else its SYN offers and ours agrees to, such as " sackok".</param>
    /// <param name="roundTrip">How long its ACK takes, in microseconds.</param>
    public static ScriptedPeer Small(Wire wire, string options, ulong roundTrip)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        TcpListener listener = wire.Endpoint.Listen(7, 4);
        peer.Trades("S seq R mss 100" + options, "S. seq I ack R+1 mss 1460" + options);
        if (roundTrip != 0)
            wire.Advance(roundTrip);
        peer.Trades(". seq R+1 ack I+1", "");
        peer.Connection = listener.Accept();
        return peer;
    }

    /// <summary>A <see cref="Small"/> peer to which so many segments are on their way, from B+1 on, and more wait.</summary>
    /// <param name="wire">The wire.</param>
    /// <param name="options">What else its SYN offers and ours agrees to.</param>
    /// <param name="segments">How many, four or more: each above four takes a round trip of slow start.</param>
    public static ScriptedPeer SmallInFlight(Wire wire, string options, int segments)
    {
        ScriptedPeer peer = Small(wire, options, 0);
        int acknowledged = segments - 4;
        peer.Writes(100 * acknowledged);
        wire.Discard();
        for (int i = 1; i <= acknowledged; i++)
        {
            peer['N'] = peer['I'] + 1 + 100 * (uint)i;
            peer.Sends(". seq R+1 ack N");
            wire.Discard();
        }

        peer['B'] = peer['I'] + 100 * (uint)acknowledged;
        peer.Writes(8000);
        Assert.AreEqual(segments, wire.SentCount);
        wire.Discard();
        return peer;
    }

    /// <summary>A peer to which the endpoint has connected, on a wire with the usual settings.</summary>
    public static ScriptedPeer Connected(out Wire wire)
    {
        wire = new Wire();
        return Connected(wire);
    }

    /// <summary>A peer to which the endpoint has connected: no listener is on the port.</summary>
    public static ScriptedPeer Connected(Wire wire)
    {
        ScriptedPeer peer = new ScriptedPeer(wire);
        peer.IsOpened();
        return peer;
    }

    public uint Address { get; set; }

    /// <summary>The peer's IPv6 address; null, the start value, for a peer over IPv4.</summary>
    public byte[] Ipv6 { get; set; }

    /// <summary>The address of ours that it speaks to.</summary>
    public byte[] OurIpv6 { get; set; }

    public int Port { get; set; }

    /// <summary>The port of the endpoint under test.</summary>
    public int OurPort { get; set; }

    /// <summary>The window that the peer offers unless a text says otherwise.</summary>
    public int Window { get; set; }

    /// <summary>The endpoint's side of the conversation.</summary>
    public TcpConnection Connection { get; set; }

    public TcpState State
    {
        get { return Connection.State; }
    }

    /// <summary>The numbers that texts call by a letter.</summary>
    public uint this[char name]
    {
        get { return _numbers[name - 'A']; }
        set { _numbers[name - 'A'] = value; }
    }

    /// <summary>The endpoint's next SYN brings a new I.</summary>
    public void ForgetIss()
    {
        _knowsIss = false;
        _read = 0;
        _written = 0;
    }

    /// <summary>Sends a segment and lets the endpoint act on it.</summary>
    public void Sends(string text)
    {
        _wire.Inject(Frame(text));
    }

    /// <summary>Puts a segment on the wire, to be received together with later ones.</summary>
    public void Queues(string text)
    {
        _wire.Queue(Frame(text));
    }

    /// <summary>The frame of a segment, for tests that damage it first.</summary>
    public byte[] Frame(string text)
    {
        Segment segment = Parse(text, true);
        segment.SourcePort = Port;
        segment.DestinationPort = OurPort;
        return Ipv6 == null ? segment.ToFrame(Address, Wire.OurAddress) : Ipv6Packet.Tcp(Ipv6, OurIpv6, segment.ToBytes());
    }

    /// <summary>Demands that the next frame that the endpoint has sent is this segment.</summary>
    public void Expects(string text)
    {
        Segment actual = Next(text);
        if (!_knowsIss && (actual.Flags & Segment.Syn) != 0)
        {
            this['I'] = actual.SequenceNumber;
            _knowsIss = true;
            if (actual.Options.Length >= 16 && actual.Options[6] == 8)
                this['T'] = Packet.Get32(actual.Options, 8);
        }

        Segment expected = Parse(text, false);
        bool namesWindow = text.Contains(" win ");
        bool same = expected.Flags == actual.Flags
            && expected.SequenceNumber == actual.SequenceNumber
            && ((actual.Flags & Segment.Ack) == 0 || expected.AcknowledgmentNumber == actual.AcknowledgmentNumber)
            && (!namesWindow || expected.Window == actual.Window)
            && expected.UrgentPointer == actual.UrgentPointer
            && expected.Options.Length == actual.Options.Length
            && Packet.SameBytes(expected.Options, 0, actual.Options, 0, expected.Options.Length)
            && expected.Data.Length == actual.Data.Length;
        if (!same)
            Assert.IsTrue(false, "expected [" + text + "], got [" + Describe(actual) + "]");
        Assert.IsTrue(Packet.SameBytes(expected.Data, 0, actual.Data, 0, expected.Data.Length), "the data of [" + text + "] is wrong");
        this['W'] = (uint)actual.Window;
    }

    /// <summary>Demands this segment and nothing after it.</summary>
    public void ExpectsOnly(string text)
    {
        Expects(text);
        _wire.ExpectsSilence("after [" + text + "]");
    }

    /// <summary>Demands silence for some microseconds, and then, to the microsecond, this segment.</summary>
    public void ExpectsAfter(ulong microseconds, string text)
    {
        _wire.StaysSilent(microseconds - 1);
        _wire.Advance(1);
        Assert.IsTrue(_wire.SentCount > 0, "after " + microseconds.ToString() + " us: expected [" + text + "], got nothing");
        Expects(text);
    }

    /// <summary>Sends one segment and demands the answer ("" for none) at once.</summary>
    public void Trades(string text, string answer)
    {
        Sends(text);
        if (answer.Length > 0)
            Expects(answer);
        _wire.ExpectsSilence("after [" + text + "] -> [" + answer + "]");
    }

    /// <summary>Opens a connection to a listener with an MSS of 1460; it is taken from the accept queue.</summary>
    public void Opens(TcpListener listener)
    {
        ForgetIss();
        Trades("S seq R mss 1460", "S. seq I ack R+1 mss " + LargestSegment);
        Trades(". seq R+1 ack I+1", "");
        Connection = listener.Accept();
        Assert.IsNotNull(Connection, "nothing to accept");
        IsIn(TcpState.Established);
    }

    /// <summary>Answers a Connect of the endpoint with an MSS of 1460.</summary>
    public void IsOpened()
    {
        ForgetIss();
        Connection = Ipv6 == null ? _wire.Endpoint.Connect(Address, Port, OurPort) : _wire.Endpoint.Connect(Ipv6, Port, OurPort);
        Assert.IsNotNull(Connection, "no connection to be had");
        _wire.Run();
        ExpectsOnly("S seq I mss " + LargestSegment);
        Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
        IsIn(TcpState.Established);
    }

    /// <summary>The application writes the next bytes of the pattern; the endpoint must take them all.</summary>
    public void Writes(int count)
    {
        Assert.AreEqual(count, TriesToWrite(count), "bytes taken by Write");
        _wire.Run();
    }

    /// <summary>The application writes the next bytes of the pattern as urgent data; the endpoint must take them all.</summary>
    public void WritesUrgent(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = Segment.Pattern(_written + (uint)i);
        Assert.AreEqual(count, Connection.WriteUrgent(bytes, 0, count), "bytes taken by WriteUrgent");
        _written += (uint)count;
        _wire.Run();
    }

    /// <summary>The application offers the next bytes of the pattern, and the endpoint is not called yet.</summary>
    public int TriesToWrite(int count)
    {
        byte[] bytes = new byte[count + 2];
        for (int i = 0; i < count; i++)
            bytes[i + 1] = Segment.Pattern(_written + (uint)i);
        int taken = Connection.Write(bytes, 1, count);
        _written += (uint)taken;
        return taken;
    }

    /// <summary>The application reads everything; it must be the next bytes of the pattern, and this many.</summary>
    public void Reads(int count)
    {
        Assert.AreEqual(count, Connection.Available, "bytes available");
        byte[] bytes = new byte[count + 3];
        Assert.AreEqual(count, Connection.Read(bytes, 1, count + 1), "bytes read");
        for (int i = 0; i < count; i++)
            Assert.AreEqual(Segment.Pattern(_read + (uint)i), bytes[i + 1], "byte " + i.ToString());
        Assert.AreEqual((byte)0, bytes[0], "Read wrote before its range");
        Assert.AreEqual((byte)0, bytes[count + 1], "Read wrote after its range");
        _read += (uint)count;
        _wire.Run();
    }

    /// <summary>Demands that the endpoint's side is in this state.</summary>
    public void IsIn(TcpState state)
    {
        IsIn(state, "");
    }

    public void IsIn(TcpState state, string why)
    {
        Assert.AreEqual((int)state, (int)State, why);
    }

    /// <summary>The application closes the connection, and the endpoint acts on it.</summary>
    public void Closes()
    {
        Connection.Close();
        _wire.Run();
    }

    /// <summary>The application closes its direction, and the endpoint acts on it.</summary>
    public void ShutsDown()
    {
        Connection.Shutdown();
        _wire.Run();
    }

    /// <summary>The application aborts the connection, and the endpoint acts on it.</summary>
    public void Aborts()
    {
        Connection.Abort();
        _wire.Run();
    }

    /// <summary>What the endpoint offers to take in a segment.</summary>
    private string LargestSegment
    {
        get { return (_wire.Mtu - (Ipv6 == null ? 40 : 60)).ToString(); }
    }

    private bool IsOfUs(byte[] frame)
    {
        return Ipv6 == null ? Packet.Get32(frame, Packet.Ip + 16) == Address
            : Packet.SameBytes(frame, Packet.Ip + 8, OurIpv6, 0, 16) && Packet.SameBytes(frame, Packet.Ip + 24, Ipv6, 0, 16);
    }

    private Segment Next(string text)
    {
        byte[] frame = _wire.Take();
        Assert.IsNotNull(frame, "expected [" + text + "], got nothing");
        bool isTcp = Ipv6 == null ? Packet.Get16(frame, 12) == Packet.EtherTypeIpv4 && frame[Packet.Ip + 9] == 6
            : Packet.Get16(frame, 12) == Ipv6Packet.EtherType && frame[Packet.Ip + 6] == 6;
        Assert.IsTrue(isTcp,
            "expected [" + text + "], got " + Wire.Describe(frame));
        Segment actual = Segment.Of(frame);
        Assert.IsTrue(IsOfUs(frame) && actual.SourcePort == OurPort
            && actual.DestinationPort == Port, "expected [" + text + "], got a segment of another connection: " + Describe(actual));
        return actual;
    }

    private Segment Parse(string text, bool fromPeer)
    {
        string[] words = text.Split(Space);
        Segment segment = new Segment { Window = Window };
        foreach (char letter in words[0])
        {
            if (letter != '-')
                segment.Flags |= 1 << FlagIndex(letter);
        }

        int length = 0;
        for (int i = 1; i < words.Length; i += 2)
        {
            switch (words[i])
            {
                case "sackok":
                    // After the MSS; no number follows.
                    segment.Options = new byte[8] { 2, 4, segment.Options[2], segment.Options[3], 1, 1, 4, 2 };
                    i--;
                    break;
                case "ts":
                    AddTimestamps(segment, words[i + 1]);
                    break;
                case "wscale":
                    int scale = MoreOptions(segment, 4);
                    Packet.Put32(segment.Options, scale, 0x01030300 + Number(words[i + 1]));
                    break;
                case "sack":
                    AddSacks(segment, words[i + 1]);
                    break;
                case "seq":
                    segment.SequenceNumber = Number(words[i + 1]);
                    break;
                case "ack":
                    segment.AcknowledgmentNumber = Number(words[i + 1]);
                    break;
                case "win":
                    segment.Window = (int)Number(words[i + 1]);
                    break;
                case "urg":
                    segment.UrgentPointer = (int)Number(words[i + 1]);
                    break;
                case "len":
                    length = (int)Number(words[i + 1]);
                    break;
                case "mss":
                    segment.Options = new byte[4] { 2, 4, 0, 0 };
                    Packet.Put16(segment.Options, 2, (int)Number(words[i + 1]));
                    break;
                case "opt":
                    segment.Options = Hex(words[i + 1]);
                    break;
                default:
                    Assert.IsTrue(false, "what is " + words[i] + "?");
                    break;
            }
        }

        uint begin = segment.SequenceNumber - (this[fromPeer ? 'R' : 'I'] + 1);
        if ((segment.Flags & Segment.Syn) != 0)
            begin++;
        segment.Data = new byte[length];
        for (int i = 0; i < length; i++)
            segment.Data[i] = Segment.Pattern(begin + (uint)i);
        return segment;
    }

    private static int FlagIndex(char letter)
    {
        int index = Segment.FlagLetters.IndexOf(letter);
        Assert.IsTrue(index >= 0, "what flag is " + letter.ToString() + "?");
        return index;
    }

    private static byte[] Hex(string text)
    {
        byte[] bytes = new byte[text.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Convert.ToInt32(text.Substring(2 * i, 2), 16);
        return bytes;
    }

    /// <summary>Makes room for options after those that are there.</summary>
    /// <returns>Where they begin.</returns>
    private static int MoreOptions(Segment segment, int length)
    {
        byte[] before = segment.Options;
        segment.Options = new byte[before.Length + length];
        Array.Copy(before, segment.Options, before.Length);
        return before.Length;
    }

    /// <summary>Timestamps: 100:T+5. After the permission of selective acknowledgments they take the place of its padding.</summary>
    private void AddTimestamps(Segment segment, string text)
    {
        byte[] before = segment.Options;
        int last = before.Length - 2;
        bool afterSacks = last > 0 && before[last] == 4 && before[last + 1] == 2;
        int at = MoreOptions(segment, afterSacks ? 8 : 12);
        if (afterSacks)
            at -= 4;
        byte[] options = segment.Options;
        options[at] = (byte)(afterSacks ? 4 : 1);
        options[at + 1] = (byte)(afterSacks ? 2 : 1);
        options[at + 2] = 8;
        options[at + 3] = 10;
        string[] both = text.Split(new char[] { ':' });
        Packet.Put32(options, at + 4, Number(both[0]));
        Packet.Put32(options, at + 8, Number(both[1]));
    }

    /// <summary>Selective acknowledgments: R+1:R+11,R+21:R+31.</summary>
    private void AddSacks(Segment segment, string text)
    {
        string[] blocks = text.Split(new char[] { ',' });
        int length = 4 + 8 * blocks.Length;
        int at = MoreOptions(segment, length);
        byte[] options = segment.Options;
        options[at] = 1;
        options[at + 1] = 1;
        options[at + 2] = 5;
        options[at + 3] = (byte)(length - 2);
        for (int i = 0; i < blocks.Length; i++)
        {
            string[] edges = blocks[i].Split(new char[] { ':' });
            Packet.Put32(options, at + 4 + 8 * i, Number(edges[0]));
            Packet.Put32(options, at + 8 + 8 * i, Number(edges[1]));
        }
    }

    /// <summary>12, I, I+12, N+W-1.</summary>
    private uint Number(string text)
    {
        uint sum = 0;
        int at = 0;
        while (at < text.Length)
        {
            bool minus = text[at] == '-';
            if (minus || text[at] == '+')
                at++;
            uint term = 0;
            if (text[at] >= 'A' && text[at] <= 'Z')
            {
                term = this[text[at]];
                at++;
            }
            else
            {
                Assert.IsTrue(text[at] >= '0' && text[at] <= '9', "what number is " + text + "?");
                while (at < text.Length && text[at] >= '0' && text[at] <= '9')
                {
                    term = term * 10 + (uint)(text[at] - '0');
                    at++;
                }
            }

            sum += minus ? 0 - term : term;
        }

        return sum;
    }

    private string Describe(Segment segment)
    {
        string text = segment.Flags == 0 ? "-" : "";
        for (int i = 0; i < 8; i++)
        {
            if (((segment.Flags >> i) & 1) != 0)
                text += Segment.FlagLetters[i].ToString();
        }

        text += " seq " + Relative('I', segment.SequenceNumber);
        if ((segment.Flags & Segment.Ack) != 0)
            text += " ack " + Relative('R', segment.AcknowledgmentNumber);
        text += " win " + segment.Window.ToString();
        if (segment.Data.Length > 0)
            text += " len " + segment.Data.Length.ToString();
        if (segment.Options.Length > 0)
        {
            text += " opt ";
            for (int i = 0; i < segment.Options.Length; i++)
                text += segment.Options[i].ToString("X2");
        }

        if (segment.UrgentPointer != 0)
            text += " urg " + segment.UrgentPointer.ToString();
        return text;
    }

    private string Relative(char name, uint number)
    {
        uint distance = number - this[name];
        if (distance < 1000000)
            return name.ToString() + "+" + distance.ToString();
        if (0 - distance < 100000)
            return name.ToString() + "-" + (0 - distance).ToString();
        return number.ToString();
    }
}
