using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// A client of SNTP (RFC 4330, RFC 5905 section 14): asks a server what time it is, again and again, so that the clock of the endpoint can
/// be read as UTC. It is a user of its endpoint as an application is, and belongs to the same thread: <see cref="OnTime"/> is to be
/// called as often as the endpoint's Poll, or some times a second.
/// </summary>
/// <remarks>
/// The request tells nothing of us: its timestamp is a random number, and only who has seen it can answer. Nobody who has is kept from
/// lying: SNTP has no signatures.
/// </remarks>
public sealed class SntpClient : UdpHandler
{
    /// <summary>The least time between two requests, in microseconds (RFC 4330 section 10).</summary>
    public const ulong LeastInterval = 15_000_000;

    private const ulong Second = 1_000_000;

    /// <summary>The longest time between two requests that a server can bring about.</summary>
    private const ulong LongestInterval = 86400 * Second;

    /// <summary>The longest pause after a request that was not answered.</summary>
    private const ulong LongestPause = 3600 * Second;

    /// <summary>How long an answer is waited for.</summary>
    private const ulong AnswerWait = 5 * Second;

    /// <summary>Devices that get power at the same moment ask at different ones. RFC 4330 section 10 says 1 to 5 minutes, which is long for a user.</summary>
    private const ulong LongestStartDelay = 10 * Second;

    /// <summary>From 1900, where NTP begins, to 1970, in seconds.</summary>
    private const ulong SecondsTo1970 = 2_208_988_800;

    private readonly TcpEndpoint _endpoint;
    private readonly ulong[] _counters;
    private readonly string _server;
    private readonly bool _isName;
    private readonly KeyedRandom _random;
    private readonly DnsQuery _query = new DnsQuery();
    private readonly UdpSocket _socket;
    private readonly byte[] _message = new byte[NtpMessage.Length];

    private ulong _interval;
    private ulong _due;
    private bool _hasBegun;
    private int _failures;
    private uint _address;

    // What the answer must have in it, and when the request was sent.
    private uint _nonceHigh;
    private uint _nonceLow;
    private ulong _sentAt;

    /// <summary>Makes a client; it asks within ten seconds after the first <see cref="OnTime"/>.</summary>
    /// <param name="endpoint">The endpoint; one of its UDP sockets is taken.</param>
    /// <param name="entropy">Where its random numbers come from; asked here and never again.</param>
    /// <param name="server">The server's IPv4 address, or its name where <see cref="TcpSettings.DnsQueries"/> is not 0.</param>
    /// <param name="interval">The time between two requests in microseconds, <see cref="LeastInterval"/> to a day; an hour is a good one.</param>
    /// <exception cref="ArgumentException">The interval is out of range.</exception>
    /// <exception cref="InvalidOperationException">No UDP socket is free, or no name can be looked up; the message says which.</exception>
    public SntpClient(TcpEndpoint endpoint, IEntropy entropy, string server, ulong interval)
    {
        if (endpoint == null)
            throw new ArgumentNullException(nameof(endpoint));
        if (entropy == null)
            throw new ArgumentNullException(nameof(entropy));
        if (server == null)
            throw new ArgumentNullException(nameof(server));
        if (interval < LeastInterval || interval > LongestInterval)
            throw new ArgumentException("The interval must be 15 seconds to a day, in microseconds.");
        _isName = !Ipv4Address.TryParse(server, out _address);
        if (_isName && !endpoint.CanResolve)
            throw new InvalidOperationException("The server's name cannot be looked up: set TcpSettings.DnsQueries, or give its address.");
        _endpoint = endpoint;
        _counters = endpoint.Counters.Values;
        _server = server;
        _interval = interval;
        _random = new KeyedRandom(entropy);
        _socket = endpoint.OpenUdp(0);
        _socket.Handler = this;
    }

    /// <summary>What it is doing.</summary>
    public SntpState State { get; private set; }

    /// <summary>Whether the time is known.</summary>
    public bool IsSet { get; private set; }

    /// <summary>
    /// What is to be added to the endpoint's time for UTC in microseconds since 1970, modulo 2^64 and without leap seconds; 0 before the time
    /// is known.
    /// </summary>
    public ulong Offset { get; private set; }

    /// <summary>How long the way to the server and back took the last time, in microseconds; half of it is what the time can be wrong by.</summary>
    public ulong RoundTripTime { get; private set; }

    /// <summary>The stratum of the server: 1 to 15; 0 before it has answered.</summary>
    public int Stratum { get; private set; }

    /// <summary>Why the server wants to be left alone or asked less often: four letters of ASCII, the first in the upper byte; 0 if it does not.</summary>
    public uint Kiss { get; private set; }

    /// <summary>When <see cref="OnTime"/> has something to do, in microseconds, unless an answer comes.</summary>
    public ulong Deadline
    {
        get
        {
            if (State == SntpState.Refused || State == SntpState.Closed)
                return ulong.MaxValue;
            return State == SntpState.Resolving ? 0 : _due;
        }
    }

    /// <summary>The time of day.</summary>
    /// <param name="now">The endpoint's time in microseconds.</param>
    /// <returns>UTC in microseconds since the beginning of 1970; 0 if it is not known.</returns>
    public ulong GetUtc(ulong now)
    {
        return IsSet ? now + Offset : 0;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="now">The time in microseconds, as the endpoint's Poll is told it.</param>
    public void OnTime(ulong now)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _due = now + _random.Below(LongestStartDelay);
        }

        if (State == SntpState.Waiting && now >= _due)
            Begin(now);
        if (State == SntpState.Resolving)
            TakeAddress(now);
        else if (State == SntpState.Asking && now >= _due)
            WaitAfterFailure(now);
    }

    /// <summary>Ends it, and gives its socket back. The time that is known stays.</summary>
    public void Close()
    {
        _query.Close();
        _socket.Close();
        State = SntpState.Closed;
    }

    /// <inheritdoc/>
    public override void OnReceived(UdpSocket socket, ulong now)
    {
        byte[] message = _message;
        int length = socket.Receive(message, 0, message.Length);
        if (State != SntpState.Asking || socket.WasForMany || socket.RemoteAddress != _address || socket.RemotePort != NtpMessage.ServerPort
            || length < NtpMessage.Length || BigEndian.Get32(message, NtpMessage.OriginTimestamp) != _nonceHigh
            || BigEndian.Get32(message, NtpMessage.OriginTimestamp + 4) != _nonceLow)
        {
            _counters[(int)Counter.SntpUnmatched]++;
            return;
        }

        int flags = message[NtpMessage.Flags];
        int version = (flags >> 3) & 7;
        if ((flags & 7) != NtpMessage.Server || version == 0 || version > NtpMessage.Version)
            _counters[(int)Counter.SntpBad]++;
        else if (message[NtpMessage.Stratum] == 0 && IsLetter(message[NtpMessage.ReferenceIdentifier]))
            BeRefused(BigEndian.Get32(message, NtpMessage.ReferenceIdentifier), now);
        else if ((flags >> 6) == NtpMessage.NotSynchronized || message[NtpMessage.Stratum] == 0
            || message[NtpMessage.Stratum] >= NtpMessage.LeastBadStratum || BigEndian.Get16(message, NtpMessage.RootDelay) != 0
            || BigEndian.Get16(message, NtpMessage.RootDispersion) != 0)
        {
            // It does not know the time, or not to a second.
            _counters[(int)Counter.SntpBad]++;
            WaitAfterFailure(now);
        }
        else
            Take(message, now);
    }

    /// <summary>A request is due: the server's address comes first, each time, as it may change.</summary>
    private void Begin(ulong now)
    {
        if (_endpoint.Address == 0 || (_isName && !_endpoint.CanResolve))
            return;
        if (!_isName)
        {
            Ask(now);
            return;
        }

        _endpoint.Resolve(_server, DnsAddresses.Ipv4, _query);
        State = SntpState.Resolving;
    }

    private void TakeAddress(ulong now)
    {
        if (_query.State == DnsQueryState.Asking)
            return;
        _address = _query.Address;
        bool isFound = _query.State == DnsQueryState.Found;
        _query.Close();
        if (isFound)
            Ask(now);
        else
            WaitAfterFailure(now);
    }

    private void Ask(ulong now)
    {
        byte[] message = _message;
        Array.Clear(message, 0, message.Length);
        message[NtpMessage.Flags] = (NtpMessage.Version << 3) | NtpMessage.Client;
        _nonceHigh = (uint)_random.Below(0x100000000);
        _nonceLow = (uint)_random.Below(0x100000000);
        BigEndian.Put32(message, NtpMessage.TransmitTimestamp, _nonceHigh);
        BigEndian.Put32(message, NtpMessage.TransmitTimestamp + 4, _nonceLow);
        _sentAt = now;
        _due = now + AnswerWait;
        State = SntpState.Asking;
        _counters[(int)Counter.SntpSent]++;
        _socket.Send(message, 0, message.Length, _address, NtpMessage.ServerPort, now);
    }

    /// <summary>Takes the time from an answer (RFC 4330 section 5).</summary>
    private void Take(byte[] message, ulong now)
    {
        ulong received = Read(message, NtpMessage.ReceiveTimestamp);
        ulong sent = Read(message, NtpMessage.TransmitTimestamp);
        ulong took = now - _sentAt;
        bool isZero = BigEndian.Get32(message, NtpMessage.TransmitTimestamp) == 0 && BigEndian.Get32(message, NtpMessage.TransmitTimestamp + 4) == 0;
        if (isZero || sent < received)
        {
            _counters[(int)Counter.SntpBad]++;
            WaitAfterFailure(now);
            return;
        }

        // The middle between the server's two times is the middle between ours, if both ways take as long.
        Offset = received + (sent - received) / 2 - (_sentAt + took / 2);
        RoundTripTime = took > sent - received ? took - (sent - received) : 0;
        Stratum = message[NtpMessage.Stratum];
        Kiss = 0;
        IsSet = true;
        _failures = 0;
        Wait(_interval, now);
    }

    /// <summary>A kiss of death (RFC 4330 section 8): less often for RATE, no more for the refusals, else as if there were no answer.</summary>
    private void BeRefused(uint kiss, ulong now)
    {
        _counters[(int)Counter.SntpRefused]++;
        Kiss = kiss;
        if (kiss == NtpMessage.Deny || kiss == NtpMessage.Restrict)
        {
            State = SntpState.Refused;
            return;
        }

        if (kiss == NtpMessage.Rate)
            _interval = _interval > LongestInterval / 2 ? LongestInterval : 2 * _interval;
        WaitAfterFailure(now);
        if (kiss == NtpMessage.Rate && _due < now + _interval)
            _due = now + _interval;
    }

    /// <summary>Whether a byte begins a code of letters; a server that does not know the time has stratum 0 too, and no code.</summary>
    private static bool IsLetter(int letter)
    {
        return letter >= 'A' && letter <= 'Z';
    }

    /// <summary>Twice as long after each failure.</summary>
    private void WaitAfterFailure(ulong now)
    {
        ulong pause = LeastInterval << _failures;
        if (pause < LongestPause)
            _failures++;
        Wait(pause < LongestPause ? pause : LongestPause, now);
    }

    private void Wait(ulong pause, ulong now)
    {
        State = SntpState.Waiting;
        _due = now + pause;
    }

    /// <summary>
    /// A timestamp in microseconds since 1970. Seconds begin at 0 again in 2036: no answer is from before 1970, so it is good until 2106
    /// (RFC 4330 section 3 has 1968).
    /// </summary>
    private static ulong Read(byte[] message, int at)
    {
        ulong seconds = BigEndian.Get32(message, at);
        if (seconds < SecondsTo1970)
            seconds += 0x100000000;
        ulong parts = BigEndian.Get32(message, at + 4);
        return (seconds - SecondsTo1970) * Second + ((parts * Second) >> 32);
    }
}
