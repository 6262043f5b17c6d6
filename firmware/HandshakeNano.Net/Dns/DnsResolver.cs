using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Looks names up (RFC 1035): asks a DNS server that asks others, over UDP from a port of each question's own, and over TCP where an
/// answer does not fit. What an attacker who does not see the question has to guess is drawn anew for each message (RFC 5452): the
/// identifier and the port, 32 bits together but for the ports below 1024. It has one deadline.
/// </summary>
internal sealed partial class DnsResolver
{
    private const ulong Second = 1_000_000;

    /// <summary>How often a question is sent before it is given up, to whichever servers.</summary>
    private const int MostTries = 4;

    /// <summary>How long the first two times wait for an answer (RFC 1035 section 7.2); the next two wait twice as long.</summary>
    private const ulong FirstWait = 2 * Second;

    /// <summary>How long an answer over TCP may take, with the connection.</summary>
    private const ulong StreamWait = 4 * Second;

    /// <summary>How many messages with a wrong identifier make it ask over TCP, where they would have to guess 32 bits more (RFC 5452 section 9.3).</summary>
    private const int MostForgeries = 16;

    /// <summary>How many names a name may be led on by.</summary>
    private const int MostAliases = 8;

    /// <summary>Ports below are those of services (RFC 5452 section 9.2).</summary>
    private const int FirstPort = 1024;

    private const int LongestQuestion = DnsMessage.HeaderLength + DnsMessage.LongestName + 4;

    /// <summary>The last label of names that are asked for on the link (RFC 6762 section 3).</summary>
    private readonly byte[] _local = DnsName.FromText("local");

    private readonly UdpLayer _udp;
    private readonly TcpLayer _tcp;
    private readonly Ipv4Layer _ipv4;

    /// <summary>Ours; null without IPv6.</summary>
    private readonly Ipv6Addresses _ipv6;

    private readonly Wakeup _wakeup;
    private readonly ulong[] _counters;
    private readonly KeyedRandom _random;
    private readonly DnsQuestion[] _questions;
    private readonly DnsCache _cache;
    private readonly DnsStream _stream;
    private readonly DnsReader _reader = new DnsReader();
    private readonly byte[] _message = new byte[LongestQuestion];
    private readonly DnsWriter _writer;
    private readonly byte[] _literal = new byte[Ipv6Address.Length];

    private readonly uint[] _servers = new uint[TcpSettings.MostDnsServers];
    private readonly bool _hasOwnServers;
    private int _serverCount;

    /// <summary>The place of the server that is asked first: the one that answered last.</summary>
    private int _preferred;

    /// <summary>Makes a resolver.</summary>
    /// <param name="udp">Carries questions.</param>
    /// <param name="tcp">Carries those whose answers are long.</param>
    /// <param name="ipv4">The layer below.</param>
    /// <param name="ipv6">Our IPv6 addresses; null without IPv6.</param>
    /// <param name="settings">How many questions at a time, the servers, how much is kept.</param>
    /// <param name="entropy">Where secrets come from.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    /// <param name="counters">What to count in.</param>
    public DnsResolver(UdpLayer udp, TcpLayer tcp, Ipv4Layer ipv4, Ipv6Addresses ipv6, TcpSettings settings, IEntropy entropy, Wakeup wakeup,
        ulong[] counters)
    {
        _udp = udp;
        _tcp = tcp;
        _ipv4 = ipv4;
        _ipv6 = ipv6;
        _wakeup = wakeup;
        _counters = counters;
        _random = new KeyedRandom(entropy);
        _cache = new DnsCache(settings.DnsCache, entropy);
        _stream = new DnsStream(wakeup);
        _writer = new DnsWriter(_message);
        _questions = new DnsQuestion[settings.DnsQueries];
        for (int i = 0; i < _questions.Length; i++)
            _questions[i] = new DnsQuestion(this, udp);
        _hasOwnServers = settings.DnsServers != null;
        for (int i = 0; _hasOwnServers && i < settings.DnsServers.Length; i++)
            _servers[_serverCount++] = settings.DnsServers[i];
    }

    /// <summary>Whether a question is free.</summary>
    public bool CanResolve
    {
        get { return FindFree() != null; }
    }

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public ulong Deadline
    {
        get
        {
            if (_stream.HasNews)
                return 0;
            ulong next = ulong.MaxValue;
            for (int i = 0; i < _questions.Length; i++)
            {
                if (_questions[i].Query != null && _questions[i].DueAt < next)
                    next = _questions[i].DueAt;
            }

            return next;
        }
    }

    /// <summary>Takes the servers that come with our address, unless the settings name some.</summary>
    /// <param name="first">The first one's address, most significant byte first; 0 for none.</param>
    /// <param name="second">The second one's; 0 for none.</param>
    public void TakeServers(uint first, uint second)
    {
        if (_hasOwnServers || (first == _servers[0] && second == _servers[1]))
            return;
        _servers[0] = first;
        _servers[1] = second;
        _serverCount = first == 0 ? 0 : second == 0 ? 1 : 2;
        _preferred = 0;
        for (int i = 0; i < _questions.Length; i++)
            _questions[i].Failed = 0;
    }

    /// <summary>Forgets what it keeps: in another network names may have other addresses.</summary>
    public void ForgetAnswers()
    {
        _cache.Clear();
    }

    /// <summary>Begins to look a name up.</summary>
    /// <param name="name">The name, or an address as text.</param>
    /// <param name="which">Which addresses.</param>
    /// <param name="query">Where the answer goes.</param>
    public void Resolve(string name, DnsAddresses which, DnsQuery query)
    {
        if (name == null)
            throw new ArgumentNullException(nameof(name));
        if (query == null)
            throw new ArgumentNullException(nameof(query));
        if (which < DnsAddresses.Ipv4First || which > DnsAddresses.Ipv6)
            throw new ArgumentException("The kind of address must be one of the enum's.");
        if (which == DnsAddresses.Ipv6 && _ipv6 == null)
            throw new InvalidOperationException("IPv6 is off: set TcpSettings.Ipv6.");
        if (query.State == DnsQueryState.Asking)
            throw new InvalidOperationException("The query waits for an answer already: close it first, or make another one.");
        DnsQuestion question = FindFree();
        if (question == null)
            throw new InvalidOperationException("All questions are in use: wait until one is answered, or set TcpSettings.DnsQueries higher.");
        uint address;
        bool isIpv4 = Ipv4Address.TryParse(name, out address);
        bool isLiteral = isIpv4 || Ipv6Address.TryParse(name, _literal, 0);
        if (!isLiteral)
            WriteName(name, question.Name);
        query.Begin(question, _ipv6 != null && which != DnsAddresses.Ipv4);
        question.Query = query;
        question.Step = isLiteral ? DnsStep.Tell : DnsStep.Begin;
        question.DueAt = 0;
        question.AsksBoth = which == DnsAddresses.Ipv4First && _ipv6 != null;
        question.Type = which == DnsAddresses.Ipv6 ? DnsMessage.TypeAaaa : DnsMessage.TypeA;
        if (isIpv4 && which != DnsAddresses.Ipv6)
            query.Find(address);
        else if (isLiteral && !isIpv4 && (question.AsksBoth || which == DnsAddresses.Ipv6))
            query.Find(_literal, 0);
        else if (isLiteral)
            query.Fail(DnsError.NoAddress);
        _wakeup.At = 0;
    }

    /// <summary>The application wants no answer any more.</summary>
    /// <param name="question">Its question.</param>
    public void GiveUp(DnsQuestion question)
    {
        Leave(question);
        question.Query = null;
    }

    /// <summary>Leaves a port that an application wants to have, and asks again from another one.</summary>
    /// <param name="port">The port.</param>
    public void YieldPort(int port)
    {
        for (int i = 0; i < _questions.Length; i++)
        {
            if (_questions[i].Socket.Port != port)
                continue;
            Leave(_questions[i]);
            _questions[i].DueAt = 0;
            _wakeup.At = 0;
        }
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds.</param>
    public void OnTimer(ulong now)
    {
        if (_stream.TakeNews())
            GoOnWithStream(now);
        for (int i = 0; i < _questions.Length; i++)
        {
            DnsQuestion question = _questions[i];
            if (question.Query == null || question.DueAt > now)
                continue;
            if (question.Step == DnsStep.Begin)
                Begin(question, now);
            else if (question.Step == DnsStep.Tell)
                End(question, now);
            else
            {
                _counters[(int)Counter.DnsTimedOut]++;
                Ask(question, now);
            }
        }
    }

    private DnsQuestion FindFree()
    {
        for (int i = 0; i < _questions.Length; i++)
        {
            if (_questions[i].Query == null)
                return _questions[i];
        }

        return null;
    }

    private void WriteName(string text, byte[] name)
    {
        int length = DnsName.Write(text, name);
        if (length == 0)
        {
            throw new ArgumentException(
                "A name must be labels of 1 to 63 ASCII characters with dots between them, 253 characters together at the most.");
        }

        byte[] local = _local;
        int label = 0;
        while (length - label > local.Length)
            label += name[label] + 1;
        int same = 0;
        while (label + same < length && DnsName.Fold(name[label + same]) == local[same])
            same++;
        if (same == local.Length)
            throw new ArgumentException("Names that end in .local are known on their link alone, and no DNS server is asked for them: give the address.");
    }

    /// <summary>A new question, or the second one about a name: it may be answered already.</summary>
    private void Begin(DnsQuestion question, ulong now)
    {
        if (question.Step == DnsStep.Begin)
            question.Key = _cache.KeyOf(question.Name);
        question.Tries = 0;
        question.Failed = 0;
        question.Aliases = 0;
        question.TimeToLive = uint.MaxValue;
        question.Place = _preferred + _serverCount - 1;
        DnsError error;
        int at = _cache.Find(question.Key, DnsCache.NoSuchName, now, out error);
        if (at < 0)
            at = _cache.Find(question.Key, question.Type, now, out error);
        if (at < 0)
        {
            Ask(question, now);
            return;
        }

        _counters[(int)Counter.DnsCached]++;
        if (error == DnsError.None)
            Find(question, _cache.Addresses, at, now);
        else
            Fail(question, error, now);
    }

    private void Find(DnsQuestion question, byte[] data, int at, ulong now)
    {
        if (question.Type == DnsMessage.TypeA)
            question.Query.Find(BigEndian.Get32(data, at));
        else
            question.Query.Find(data, at);
        End(question, now);
    }

    private void Fail(DnsQuestion question, DnsError error, ulong now)
    {
        if (error == DnsError.NoAddress && question.AsksBoth && question.Type == DnsMessage.TypeA)
        {
            // A name that leads on does so for all types: the last name is asked for.
            question.Type = DnsMessage.TypeAaaa;
            Leave(question);
            Begin(question, now);
            return;
        }

        question.Query.Fail(error);
        End(question, now);
    }

    private void End(DnsQuestion question, ulong now)
    {
        DnsQuery query = question.Query;
        GiveUp(question);
        query.End(now);
    }
}
