using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A responder of multicast DNS (RFC 6762): gives the device a name on its link, and tells which services it has (RFC 6763). The name
/// is checked before it is used; if it is another host's it becomes <c>name-2</c>, and so on. It is told the time and the
/// messages that come, and what it sends goes to an <see cref="IMdnsSender"/>.
/// </summary>
public sealed partial class MdnsResponder
{
    /// <summary>224.0.0.251, the group that messages go to, most significant byte first.</summary>
    public const uint Group = 0xE00000FB;

    private const ulong Millisecond = 1000;
    private const ulong Second = 1_000_000;

    // RFC 6762 section 8.1.
    private const int ProbeNumber = 3;
    private const ulong ProbeInterval = 250 * Millisecond;
    private const int MaximumConflicts = 15;
    private const ulong ConflictWait = 5 * Second;

    /// <summary>How long the loser of two that probe at once waits (section 8.2).</summary>
    private const ulong TieWait = Second;

    private const ulong AnnounceInterval = Second;

    /// <summary>The least time from one multicast of a record to the next (section 6).</summary>
    private const ulong LeastInterval = Second;

    /// <summary>The same in answer to a probe.</summary>
    private const ulong LeastProbeInterval = 250 * Millisecond;

    // How long an answer that others may give too waits (section 6), and one of which more known answers follow (section 7.2).
    private const ulong SharedDelay = 20 * Millisecond;
    private const ulong SharedDelayRange = 100 * Millisecond;
    private const ulong TruncatedDelay = 400 * Millisecond;
    private const ulong TruncatedDelayRange = 100 * Millisecond;

    /// <summary>Room for a message: a probe of all services must fit.</summary>
    private const int MessageLength = 512;

    /// <summary>The longest data of a TXT record.</summary>
    private const int LongestText = 256;

    /// <summary>Room for class, type and data of a record with a name in it.</summary>
    private const int FormLength = 4 + 6 + DnsMessage.LongestName + 8;

    private readonly IMdnsSender _sender;
    private readonly ulong[] _counters;
    private readonly KeyedRandom _random;
    private readonly MdnsRecords _records = new MdnsRecords();
    private readonly DnsReader _reader = new DnsReader();
    private readonly byte[] _message = new byte[MessageLength];
    private readonly DnsWriter _writer;
    private readonly byte[] _ours = new byte[FormLength];
    private readonly byte[] _theirs = new byte[FormLength];
    private readonly byte[] _last = new byte[FormLength];

    /// <summary>The name's first label as it was given.</summary>
    private readonly byte[] _wish;

    private readonly byte[] _label = new byte[DnsMessage.LongestLabel];
    private MdnsState _state;
    private uint _address;
    private int _prefixLength;

    /// <summary>1 for the name as it was given; 2 and more come behind it.</summary>
    private int _number = 1;

    private int _conflicts;

    /// <summary>Whether others may know our records under the name that we have.</summary>
    private bool _isAnnounced;

    /// <summary>How many probes or announcements have been sent.</summary>
    private int _step;

    /// <summary>When the next one is due.</summary>
    private ulong _stepDue = ulong.MaxValue;

    // For each record: when it is to be multicast, and when it was.
    private ulong[] _due = new ulong[MdnsRecords.Services];
    private ulong[] _sentAt = new ulong[MdnsRecords.Services];
    private bool[] _wasSent = new bool[MdnsRecords.Services];

    /// <summary>The records that answer the query at hand.</summary>
    private bool[] _marks = new bool[MdnsRecords.Services];

    /// <summary>Those of them that are left for a multicast when there is a unicast answer.</summary>
    private bool[] _rest = new bool[MdnsRecords.Services];

    /// <summary>Whose query said that more known answers follow; 0 if none.</summary>
    private uint _truncatedFrom;

    /// <summary>Makes a responder; it begins when it has an address.</summary>
    /// <param name="sender">What sends its messages.</param>
    /// <param name="hostName">The name's first label, 1 to 63 bytes of ASCII without a dot.</param>
    /// <param name="entropy">Where its random numbers come from; asked here and never again.</param>
    /// <param name="counters">What to count in.</param>
    /// <exception cref="ArgumentException">The name is not possible.</exception>
    public MdnsResponder(IMdnsSender sender, string hostName, IEntropy entropy, ulong[] counters)
    {
        if (sender == null)
            throw new ArgumentNullException(nameof(sender));
        if (entropy == null)
            throw new ArgumentNullException(nameof(entropy));
        byte[] name = DnsName.FromText(hostName);
        if (name == null || name.Length != name[0] + 2)
            throw new ArgumentException("The host's name must be 1 to 63 characters of ASCII without a dot.");
        _sender = sender;
        _counters = counters;
        _writer = new DnsWriter(_message);
        _wish = new byte[name[0]];
        Array.Copy(name, 1, _wish, 0, _wish.Length);
        _random = new KeyedRandom(entropy);
        NameAll();
    }

    /// <summary>What it is doing.</summary>
    public MdnsState State
    {
        get { return _state; }
    }

    /// <summary>The device's name, such as <c>handshake-0A1B.local</c>. It is its own while it is announced. Each call makes a text.</summary>
    public string HostName
    {
        get
        {
            byte[] host = _records.HostName;
            string text = "";
            for (int i = 1; i <= host[0]; i++)
                text = text + ((char)host[i]).ToString();
            return text + ".local";
        }
    }

    /// <summary>Copies the device's name as <see cref="HostName"/> has it.</summary>
    /// <param name="buffer">The array that takes it, in ASCII.</param>
    /// <param name="offset">Index of the first byte; 69 bytes are enough.</param>
    /// <returns>How many bytes.</returns>
    public int CopyHostName(byte[] buffer, int offset)
    {
        byte[] host = _records.HostName;
        int length = host[0];
        Array.Copy(host, 1, buffer, offset, length);
        buffer[offset + length] = (byte)'.';
        Array.Copy(host, length + 2, buffer, offset + length + 1, 5);
        return length + 6;
    }

    /// <summary>When <see cref="OnTimer"/> wants to be called, in microseconds.</summary>
    public ulong Deadline { get; private set; } = ulong.MaxValue;

    /// <summary>Adds a service, which is announced under the device's name. This is for start-up: it allocates.</summary>
    /// <param name="type">Its type, such as <c>_http._tcp</c> (RFC 6763 section 7).</param>
    /// <param name="port">Its port, 1 to 65535.</param>
    /// <param name="texts">What to say about it, each <c>key=value</c> and 1 to 255 characters of ASCII; null or none for nothing.</param>
    /// <exception cref="ArgumentException">The type, the port or a text is not possible.</exception>
    /// <exception cref="InvalidOperationException">
    /// The responder has an address already, there is such a service, or all of them do not fit in a message; the message says which.
    /// </exception>
    public void AddService(string type, int port, string[] texts)
    {
        byte[] name = DnsName.FromText(type + ".local");
        if (name == null || type[0] != '_')
            throw new ArgumentException("A service's type must be such as _http._tcp.");
        if (port < 1 || port > 65535)
            throw new ArgumentException("The port must be 1 to 65535.");
        byte[] text = Join(texts);
        if (_address != 0)
            throw new InvalidOperationException("Add services before the responder has an address.");
        if (_records.HasType(name))
            throw new InvalidOperationException("There is a service of this type already.");
        _records.Add(name, port, text);
        NameAll();
        if (!WriteProbe())
        {
            _records.RemoveLast();
            throw new InvalidOperationException("The services do not fit in a message: have fewer, or shorter texts.");
        }

        _due = new ulong[_records.Count];
        _sentAt = new ulong[_records.Count];
        _wasSent = new bool[_records.Count];
        _marks = new bool[_records.Count];
        _rest = new bool[_records.Count];
    }

    /// <summary>
    /// Begins with an address, or with another one. What was announced is taken back (section 10.1) if the address is another: the
    /// sender must still send from the old one.
    /// </summary>
    /// <param name="address">Our IPv4 address, most significant byte first; 0 for none: it is stopped.</param>
    /// <param name="prefixLength">Length of the network's prefix in bits, 0 to 32.</param>
    /// <param name="now">The time in microseconds.</param>
    public void SetAddress(uint address, int prefixLength, ulong now)
    {
        _prefixLength = prefixLength;
        if (address == _address)
            return;
        TakeBack(now);
        _address = address;
        _records.SetAddress(address);
        if (address == 0)
        {
            ForgetAnswers();
            Enter(MdnsState.Idle, ulong.MaxValue);
        }
        else
            BeginProbing(now + _random.Below(ProbeInterval));
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (now < Deadline)
            return;
        if (_stepDue <= now)
            Step(now);
        SendAnswers(now);
        Schedule();
    }

    private void Step(ulong now)
    {
        if (_state == MdnsState.Probing && _step < ProbeNumber)
        {
            WriteProbe();
            Send(Group, DnsMessage.MulticastPort, now);
            _step++;
            _stepDue = now + ProbeInterval;
            return;
        }

        if (_state == MdnsState.Probing)
        {
            _isAnnounced = true;
            Enter(MdnsState.Announcing, now + AnnounceInterval);
        }
        else
        {
            Enter(MdnsState.Running, ulong.MaxValue);
            _conflicts = 0;
        }

        for (int record = 0; record < _due.Length; record++)
        {
            if (MdnsRecords.GetType(record) != DnsMessage.TypeNsec)
                _due[record] = now;
        }
    }

    private void BeginProbing(ulong due)
    {
        ForgetAnswers();
        Enter(MdnsState.Probing, due);
    }

    /// <summary>Another host has the name: takes the next one. That there are services under the old one is no longer true.</summary>
    private void Rename(ulong now)
    {
        TakeBack(now);
        _number++;
        NameAll();
        _conflicts++;
        BeginProbing(now + (_conflicts < MaximumConflicts ? _random.Below(ProbeInterval) : ConflictWait));
    }

    private void Enter(MdnsState state, ulong due)
    {
        _state = state;
        _step = 0;
        _stepDue = due;
        Schedule();
    }

    private void ForgetAnswers()
    {
        _truncatedFrom = 0;
        for (int record = 0; record < _due.Length; record++)
        {
            _due[record] = ulong.MaxValue;
            _wasSent[record] = false;
        }
    }

    private void Schedule()
    {
        ulong deadline = _stepDue;
        for (int record = 0; record < _due.Length; record++)
        {
            if (_due[record] < deadline)
                deadline = _due[record];
        }

        Deadline = deadline;
    }

    /// <summary>Builds all names from the label, with the number behind it from 2 on.</summary>
    private void NameAll()
    {
        byte[] label = _label;
        int length = _wish.Length;
        Array.Copy(_wish, 0, label, 0, length);
        if (_number > 1)
        {
            int digits = 1;
            for (int rest = _number; rest >= 10; rest /= 10)
                digits++;
            if (length + 1 + digits > DnsMessage.LongestLabel)
                length = DnsMessage.LongestLabel - 1 - digits;
            label[length] = (byte)'-';
            int number = _number;
            for (int at = length + digits; at > length; at--)
            {
                label[at] = (byte)('0' + (number % 10));
                number /= 10;
            }

            length += 1 + digits;
        }

        _records.SetLabel(label, length);
    }

    /// <summary>The data of a TXT record: each text after its length; one empty text if there is none (RFC 6763 section 6.1).</summary>
    private static byte[] Join(string[] texts)
    {
        if (texts == null || texts.Length == 0)
            return new byte[1];
        int length = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i] == null || texts[i].Length < 1 || texts[i].Length > 255)
                throw new ArgumentException("A text must be 1 to 255 characters.");
            length += texts[i].Length + 1;
        }

        if (length > LongestText)
            throw new ArgumentException("The texts must be 255 characters together at the most.");
        byte[] data = new byte[length];
        int at = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            string text = texts[i];
            data[at++] = (byte)text.Length;
            for (int k = 0; k < text.Length; k++)
            {
                if (text[k] > 127)
                    throw new ArgumentException("A text must be of ASCII.");
                data[at++] = (byte)text[k];
            }
        }

        return data;
    }
}
