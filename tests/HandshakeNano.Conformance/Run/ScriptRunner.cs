using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HandshakeNano.Conformance.Language;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;
using HandshakeNano.Packets;

namespace HandshakeNano.Conformance.Run;

/// <summary>
/// Plays a script against an endpoint in virtual time. It is stricter than packetdrill: times are exact unless the script says
/// otherwise, and a segment that no event expects is an error as soon as time goes on.
/// </summary>
internal sealed partial class ScriptRunner
{
    private const int ServicePort = 8080;
    private const int ClientPort = 40000;

    /// <summary>
    /// How long the endpoint has for its IPv6 addresses before the script begins, in microseconds: no fraction of any of its clocks' ticks.
    /// </summary>
    private const ulong TimeForAddresses = 1 << 26;

    /// <summary>The largest packet of an Ethernet frame, in bytes.</summary>
    private const int MostMtu = 1500;

    /// <summary>How much longer a header of IPv6 is, in bytes.</summary>
    private const int IpHeaderDifference = 20;

    /// <summary>How long <c>*</c> waits.</summary>
    private const ulong Patience = 3_600_000_000;

    private readonly Script _script;
    private readonly ScriptLink _link;
    private readonly TcpEndpoint _endpoint;
    private readonly Dictionary<int, ScriptSocket> _sockets = [];
    private readonly List<PendingCall> _pending = [];
    private readonly Dictionary<int, uint> _issByPort = [];

    /// <summary>The peer's ports whose next SYN from the endpoint brings a new initial sequence number.</summary>
    private readonly HashSet<int> _renumbered = [];
    /// <summary>The endpoint's timestamps, by its port and the peer's.</summary>
    private readonly Dictionary<(int Local, int Remote), ScriptClock> _clocks = [];

    /// <summary>The shell commands that nothing has run.</summary>
    private readonly List<ShellEvent> _notRun = [];

    /// <summary>Those whose work the endpoint's settings do.</summary>
    private readonly HashSet<ShellEvent> _done = [];
    private readonly CodeRunner _code;
    private readonly IPAddress _peerAddress;
    private IPAddress _ourAddress;
    private readonly uint _remoteIsn;
    private readonly ulong _tolerance;

    /// <summary>How many microseconds the script takes a tick of timestamps for.</summary>
    private readonly int _tick = ScriptClock.Tick;

    /// <summary>The script is for Linux, played by packetdrill, which asks for no segment any more when a script ends.</summary>
    private readonly bool _likeLinux;

    /// <summary>A segment that is expected may come in pieces.</summary>
    private readonly bool _joinsSegments;

    /// <summary>
    /// By how much the script takes the endpoint's MSS for more than it is. packetdrill's users play scripts for IPv4 over IPv6 with
    /// --mtu=1520; no frame of Ethernet is as long.
    /// </summary>
    private readonly int _mssMore;

    /// <summary>The most data that the peer sends in a segment.</summary>
    private readonly int _peerMss = int.MaxValue;
    private ulong _now;
    private ulong _last;
    private ulong _next;
    private int _localPort = ServicePort;
    private int _remotePort = ClientPort;
    private ScriptSocket? _current;
    private uint _iss;
    private uint _previousIss;

    private ScriptRunner(Script script)
    {
        _script = script;
        var settings = new TcpSettings
        {
            ReceiveBufferSize = 16384,
            SendBufferSize = 16384,
            SelectiveAcknowledgments = false,
            WindowScale = false,
            Timestamps = false,
        };
        int mtu = 1500;
        long isn = 0x13579BDF;
        bool ipv6 = false;
        ScriptOption? local = null;
        ScriptOption? remote = null;
        foreach (ScriptOption option in script.Options)
        {
            switch (option.Name)
            {
                case "tolerance_usecs":
                    _tolerance = (ulong)option.Number;
                    break;
                case "mtu":
                    mtu = (int)option.Number;
                    break;
                case "remote_isn":
                    isn = option.Number;
                    break;
                case "receive_buffer":
                    settings.ReceiveBufferSize = (int)option.Number;
                    break;
                case "send_buffer":
                    settings.SendBufferSize = (int)option.Number;
                    break;
                case "connections":
                    settings.Connections = (int)option.Number;
                    break;
                case "sack":
                    settings.SelectiveAcknowledgments = option.Number != 0;
                    break;
                case "window_scale":
                    settings.WindowScale = option.Number != 0;
                    break;
                case "timestamps":
                    settings.Timestamps = option.Number != 0;
                    break;
                case "tcp_ts_tick_usecs":
                    _tick = (int)option.Number;
                    break;
                case "time_waits":
                    settings.TimeWaits = (int)option.Number;
                    break;
                case "start_usecs":
                    Start = (ulong)option.Number;
                    break;
                case "join_segments":
                    _joinsSegments = true;
                    break;
                case "strict_segments":
                    _joinsSegments = false;
                    break;
                case "mss":
                    _peerMss = (int)option.Number;
                    break;
                case "local_ip":
                    local = option;
                    break;
                case "remote_ip":
                    remote = option;
                    break;
                case "like_linux":
                    LinuxSettings.TakeDefaults(settings);
                    _joinsSegments = true;
                    _likeLinux = true;
                    _tick = 0;
                    break;
                case "ip_version":
                    // A mapped address is one of IPv4 on the wire.
                    ipv6 = option.Value == "ipv6";
                    break;
                default:
                    throw new ScriptException(option.At, $"'{option.Name}' is no option that is known here");
            }
        }

        // What the script's shell commands set comes after what everybody takes for granted.
        if (_likeLinux)
            _done.UnionWith(script.Events.TakeWhile(step => step is ShellEvent).OfType<ShellEvent>().Where(shell => LinuxSettings.Run(shell, settings)));
        _ourAddress = AddressOf(local, ipv6) ?? IPAddress.Parse(ipv6 ? "fd3d:a0b:17d6::1" : "192.168.0.1");
        _peerAddress = AddressOf(remote, ipv6) ?? IPAddress.Parse(ipv6 ? "fd3d:fa7b:d17d::1" : "192.0.2.1");
        if (ipv6 && mtu is > MostMtu and <= MostMtu + IpHeaderDifference)
        {
            _mssMore = mtu - MostMtu;
            mtu = MostMtu;
        }

        if (ipv6)
            settings.Ipv6 = true;
        else
            settings.Address = ScriptPacket.Number(_ourAddress);
        _code = new CodeRunner(Value);
        _remoteIsn = (uint)isn;
        _link = ipv6 ? new Ipv6ScriptLink(mtu, _ourAddress) : new ScriptLink(mtu);
        try
        {
            _endpoint = new TcpEndpoint(_link, new FixedEntropy(), settings);
        }
        catch (ArgumentException problem)
        {
            throw new ScriptException(new Position(script.File, 1, 1), problem.Message);
        }

        _now = Start;
        if (ipv6)
            Start += TimeForAddresses;
        _last = Start;
    }

    /// <summary>The endpoint's time when the script begins, in microseconds.</summary>
    private ulong Start { get; }

    /// <summary>When something happens next: in the endpoint, or because a call's timeout is over.</summary>
    private ulong Next => _pending.Count == 0 ? _next : Math.Min(_next, _pending.Min(call => call.Timeout));

    private static IPAddress? AddressOf(ScriptOption? option, bool ipv6)
        => option == null || option.Address.AddressFamily == AddressFamily.InterNetworkV6 == ipv6
            ? option?.Address : throw new ScriptException(option.At, $"'{option.Value}' is of another version of IP than --ip_version says");

    private bool IsIpv6 => _peerAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Plays a script.</summary>
    /// <exception cref="ScriptException">Something did not happen as the script says.</exception>
    public static ScriptResult Run(Script script)
    {
        var runner = new ScriptRunner(script);
        runner.Begin();
        foreach (ScriptEvent step in script.Events)
            runner.Do(step);
        runner.Finish();
        return new ScriptResult(runner._notRun.Count == 0 ? null
            : "it holds without its shell commands, which nothing runs here: "
                + string.Join("; ", runner._notRun.Select(shell => $"line {shell.At.Line}: {shell.Text}")));
    }

    /// <summary>Reads and plays a script.</summary>
    public static ScriptResult RunFile(string path, string name) => Run(ScriptParser.Parse(name, File.ReadAllText(path)));

    private void Do(ScriptEvent step)
    {
        ulong origin = step.Time.Relative ? _last : Start;
        ulong from = origin + step.Time.From;
        ulong to = origin + step.Time.To;
        if (step.Time.Kind != TimeKind.Any && to + _tolerance < _now)
            throw new ScriptException(step.At, $"the time is {Seconds(_now)} already");
        if (step is SegmentEvent { Inbound: false } expected)
        {
            Expect(expected, from, to);
            return;
        }

        AdvanceTo(from, step);
        _last = from;
        switch (step)
        {
            case SegmentEvent segment:
                Inject(segment.Segment, segment.At);
                break;
            case IcmpEvent icmp:
                (int type, int code) = IcmpNames.Numbers(icmp, IsIpv6);
                _link.Inject(ScriptPacket.IcmpError(_ourAddress, _localPort, _peerAddress, _remotePort, type, code, icmp.Mtu,
                    Iss(_remotePort) + icmp.QuotedSeq));
                break;
            case CodeEvent block:
                _code.Run(block.Statements);
                break;
            case ShellEvent shell:
                if (!_done.Contains(shell) && !(_likeLinux && LinuxSettings.IsRestore(shell)))
                    _notRun.Add(shell);
                break;
            case CallEvent call:
                Call(call, to);
                break;
        }

        Settle();
    }

    /// <summary>Lets time go on until the script begins.</summary>
    private void Begin()
    {
        Settle();
        while (Next <= Start && _now < Start)
        {
            _now = Next;
            Settle();
        }

        _now = Start;
        Settle();
        if (!IsIpv6)
            return;

        // Of the address that the script has, the endpoint has the prefix; the rest is its own.
        byte[] address = new byte[Ipv6Address.Length];
        for (int i = 0; i < Ipv6Host.MostAddresses; i++)
        {
            if (_endpoint.Ipv6.CopyAddress(i, address, 0) && address.AsSpan(0, 8).SequenceEqual(_ourAddress.GetAddressBytes().AsSpan(0, 8)))
                _ourAddress = new IPAddress(address);
        }
    }

    private void Finish()
    {
        ulong end = _pending.Count == 0 ? _now : _pending.Max(call => call.End);
        if (_script.Events.Count == 0)
            throw new ScriptException(new Position(_script.File, 1, 1), "the script has no events");
        ScriptEvent last = _script.Events[^1];
        AdvanceTo(end, last);
        foreach (PendingCall call in _pending)
            throw new ScriptException(call.Step.At, $"{call.Step.Name} has not returned at {Seconds(call.End)}, and the script ends");
        if (!_likeLinux)
            Refuse(last.At, "the script ends, and");
    }

    private void Inject(SegmentText text, Position at)
    {
        int port = text.Port ?? _remotePort;

        // Another connection begins: its SYN,ACK brings another initial sequence number.
        if ((text.Flags & (ControlBits.Syn | ControlBits.Ack)) == ControlBits.Syn && (_endpoint.ConnectionCount == 0 || text.Port != null)
            && !IsOpen(port))
            _renumbered.Add(port);
        uint ack = text.Ack is uint number ? Iss(port) + number : 0;
        int local = text.LocalPort ?? _localPort;
        IPAddress from = text.From ?? _peerAddress;
        IPAddress to = text.To ?? _ourAddress;
        if (from.AddressFamily != _ourAddress.AddressFamily || to.AddressFamily != _ourAddress.AddressFamily)
            throw new ScriptException(at, $"an address is of another version of IP than {_ourAddress}");
        byte[] options = WithEcho(text.OptionsOnWire(Iss(port)) ?? [], local, port);

        // A kernel takes what its network card has joined; a link carries packets.
        foreach (SegmentText piece in Pieces(text, options.Length))
        {
            byte[] packet = ScriptPacket.Tcp(piece, _remoteIsn + piece.Seq, ack, options, from, port, to, local);
            if (packet.Length > _link.Mtu || piece.Length > _peerMss)
                throw new ScriptException(at, $"the peer's segment of {text.Length} bytes is more than a packet carries; nothing here splits it");
            _link.Inject(packet);
        }
    }

    /// <summary>A segment of the peer, in pieces that packets carry if segments are joined and split.</summary>
    private IEnumerable<SegmentText> Pieces(SegmentText text, int options)
    {
        int most = Math.Min(_peerMss, _link.Mtu - (IsIpv6 ? Ipv6.HeaderLength : Ipv4Packet.HeaderLength) - 20 - options);
        if (!_joinsSegments || text.Length <= most || text.Flags.HasFlag(ControlBits.Syn))
        {
            yield return text;
            yield break;
        }

        const ControlBits AtTheEnd = ControlBits.Psh | ControlBits.Fin;
        for (int at = 0; at < text.Length; at += most)
        {
            int length = Math.Min(most, text.Length - at);
            yield return text with
            {
                Seq = text.Seq + (uint)at,
                Length = length,
                Flags = at + length < text.Length ? text.Flags & ~AtTheEnd : text.Flags,
            };
        }
    }

    /// <summary>The peer's options, with the echo of the endpoint's timestamp as it is on the wire.</summary>
    private byte[] WithEcho(byte[] options, int localPort, int remotePort)
    {
        int place = TcpOptionText.FindTimestamps(options);
        if (place < 0 || !_clocks.TryGetValue((localPort, remotePort), out ScriptClock? clock))
            return options;
        uint echo = BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(place + 4));

        // Who has seen none echoes 0.
        if (echo == 0)
            return options;
        options = [.. options];
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(place + 4), clock.OnWire(echo));
        return options;
    }

    /// <summary>Whether the endpoint's timestamp is the one that is expected. If so, it is put into what is expected.</summary>
    private bool TakeTimestamp(SentSegment seen, ref byte[] expected)
    {
        int place = TcpOptionText.FindTimestamps(expected);
        if (place < 0 || place != TcpOptionText.FindTimestamps(seen.Options))
            return true;
        uint script = BinaryPrimitives.ReadUInt32BigEndian(expected.AsSpan(place));
        uint wire = BinaryPrimitives.ReadUInt32BigEndian(seen.Options.AsSpan(place));
        if (!_clocks.TryGetValue((seen.SourcePort, seen.DestinationPort), out ScriptClock? clock))
            _clocks.Add((seen.SourcePort, seen.DestinationPort), clock = new ScriptClock(wire, script, _tick));
        expected = [.. expected];
        BinaryPrimitives.WriteUInt32BigEndian(expected.AsSpan(place), wire);
        return clock.Takes(wire, script, _tolerance);
    }

    /// <summary>Options that are expected, with the MSS that a link of Ethernet has.</summary>
    private byte[] WithMss(byte[] options)
    {
        if (_mssMore == 0 || options.Length < 4 || options[0] != 2)
            return options;
        options = [.. options];
        BinaryPrimitives.WriteUInt16BigEndian(options.AsSpan(2), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(options.AsSpan(2)) - _mssMore));
        return options;
    }

    private bool IsOpen(int port) => _sockets.Values.Any(socket => socket.Connection is { State: not (TcpState.Closed or TcpState.TimeWait) }
        && socket.Connection.RemotePort == port);

    private uint Iss(int port) => _issByPort.TryGetValue(port, out uint iss) ? iss : 0;

    private void Expect(SegmentEvent step, ulong from, ulong to)
    {
        bool any = step.Time.Kind == TimeKind.Any;
        ulong limit = any ? _now + Patience : to + _tolerance;
        while (_link.Sent.Count == 0 && Next <= limit)
            Advance(Math.Max(Next, _now), step);
        if (_link.Sent.Count == 0)
        {
            if (!any && limit > _now)
                Advance(limit, step);
            if (_link.Sent.Count == 0)
                throw Mismatch(step, from, to, null, any ? "nothing was sent for an hour" : "nothing was sent until then");
        }

        SegmentText text = step.Segment;
        SentSegment seen = Take(text.Length);
        if ((seen.Flags & ControlBits.Syn) != 0 && (text.Flags & ControlBits.Syn) != 0
            && (_renumbered.Remove(seen.DestinationPort) || !_issByPort.ContainsKey(seen.DestinationPort)))
        {
            _issByPort[seen.DestinationPort] = seen.Seq - text.Seq;
            _previousIss = _iss;
            _iss = seen.Seq;
        }

        var wrong = new List<string>();
        if (seen.Wrong != null)
            wrong.Add(seen.Wrong);
        if (!any && (seen.Time + _tolerance < from || seen.Time > limit))
            wrong.Add("time");
        uint seq = seen.Seq - Iss(seen.DestinationPort);
        if (seen.Flags != text.Flags)
            wrong.Add("flags");
        if (seq != text.Seq && !(IsUnnumberedReset(seen) && text.Seq == 0))
            wrong.Add("sequence number");
        if (seen.Data.Length != text.Length)
            wrong.Add("length");
        if (text.Ack is uint ack && (seen.Flags & ControlBits.Ack) != 0 && seen.Ack != _remoteIsn + ack)
            wrong.Add("acknowledgment number");
        if (text.Window is int window && seen.Window != window)
            wrong.Add("window");
        if (seen.Urgent != text.Urgent)
            wrong.Add("urgent pointer");
        if (text.Ecn is int mark && seen.Ecn != mark)
            wrong.Add("ECN mark");
        if (text.OptionsOnWire(_remoteIsn) is byte[] options)
        {
            options = WithMss(options);
            if (!TakeTimestamp(seen, ref options))
                wrong.Add("timestamp");
            if (!options.AsSpan().SequenceEqual(seen.Options))
                wrong.Add("options");
        }

        if (seen.DestinationPort != (text.Port ?? _remotePort) || seen.SourcePort != (text.LocalPort ?? _localPort)
            || !seen.Destination.Equals(_peerAddress))
            wrong.Add("address or port");
        for (int i = 0; i < seen.Data.Length && wrong.Count == 0; i++)
        {
            if (seen.Data[i] != ScriptPacket.Pattern(seq - 1 + (uint)i))
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"data byte {i}"));
        }

        if (wrong.Count > 0)
            throw Mismatch(step, from, to, seen, "differs in: " + string.Join(", ", wrong));
        _last = any || from != to ? seen.Time : from;
    }

    /// <summary>Takes a segment that was sent; with what it goes on in, if that makes it as long as it is expected to be.</summary>
    private SentSegment Take(int length)
    {
        SentSegment seen = _link.Sent.Dequeue();
        int piece = seen.Data.Length;
        while (_joinsSegments && seen.Data.Length < length && _link.Sent.TryPeek(out SentSegment? next) && seen.GoesOnIn(next)
            && (next.Data.Length == piece || seen.Data.Length + next.Data.Length == length))
            seen = seen.With(_link.Sent.Dequeue());
        return seen;
    }

    /// <summary>A reset for what has no connection has the number 0 on the wire, whatever our initial one was (RFC 9293 section 3.10.7.1).</summary>
    private static bool IsUnnumberedReset(SentSegment seen) => seen.Flags == (ControlBits.Rst | ControlBits.Ack) && seen.Seq == 0;

    private ScriptException Mismatch(SegmentEvent step, ulong from, ulong to, SentSegment? seen, string problem)
    {
        string time = step.Time.Kind == TimeKind.Any ? "any time" : from == to ? Seconds(from) : $"{Seconds(from)} to {Seconds(to)}";
        var text = new StringBuilder("the segment is not the expected one: ").Append(problem);
        text.Append(CultureInfo.InvariantCulture, $"\n  expected: {Describe(step.Segment),-60} at {time}");
        if (seen != null)
            text.Append(CultureInfo.InvariantCulture, $"\n  seen:     {Describe(seen),-60} at {Seconds(seen.Time)}");
        else
            text.Append("\n  seen:     nothing");
        foreach (SentSegment other in _link.Sent)
            text.Append(CultureInfo.InvariantCulture, $"\n  and then: {Describe(other),-60} at {Seconds(other.Time)}");
        return new ScriptException(step.At, text.ToString());
    }

    private long Value(NameExpression expression)
    {
        string name = expression.Name;
        if (CodeNames.CounterOf(name) is Counter counter)
            return (long)_endpoint.Counters.Get(counter);
        switch (name)
        {
            case "connections":
                return _endpoint.ConnectionCount;
            case "time_waits":
                return _endpoint.TimeWaitCount;
            case "isn_step":
                return _iss - _previousIss;
        }

        TcpConnection connection = _current?.Connection ?? throw new ScriptException(expression.At, $"'{name}' needs a connection");
        return name switch
        {
            "tcpi_state" => CodeNames.NumberOf(connection.State),
            "tcpi_rto" => (long)connection.RetransmissionTimeout,
            "tcpi_rtt" => (long)connection.RoundTripTime,
            "tcpi_snd_mss" => connection.MaximumSegmentSize,
            "tcpi_snd_wnd" => connection.SndWnd,
            "tcpi_rcv_wnd" => connection.RcvWnd,
            "tcpi_available" => connection.Available,
            "tcpi_urgent" => connection.UrgentCount,
            _ => connection.Unacknowledged,
        };
    }

    private void Complete(CallEvent step, CallResult result)
    {
        if (result.Value != step.Result || result.Error != step.Error)
        {
            string expected = new CallResult(step.Result, step.Error).ToString();
            throw new ScriptException(step.At, $"{step.Name} returned something else\n  expected: {expected}\n  seen:     {result}");
        }

        foreach (ScriptSocket socket in _sockets.Values)
        {
            if (socket.DataDamaged)
                throw new ScriptException(step.At, "the bytes read are not those that were sent");
        }
    }

    /// <summary>Lets time go on until an event, in which no unexpected segment may be sent.</summary>
    private void AdvanceTo(ulong time, ScriptEvent step)
    {
        if (time > _now)
            Refuse(step.At, "before this event");
        while (Next <= time && Next != ulong.MaxValue)
        {
            Advance(Math.Max(Next, _now), step);
            if (_now < time)
                Refuse(step.At, "before this event");
        }

        if (time > _now)
            Advance(time, step);
    }

    private void Advance(ulong time, ScriptEvent step)
    {
        // A call that is due comes first: it has to have returned.
        foreach (PendingCall call in _pending)
        {
            if (time > call.End + _tolerance)
                throw new ScriptException(call.Step.At, $"{call.Step.Name} has not returned at {Seconds(call.End)}, as this event goes on: {step.Text}");
        }

        _now = time;
        Settle();
    }

    private void Settle()
    {
        _link.Now = _now;
        for (int i = 0; i < 1000; i++)
        {
            _next = _endpoint.Poll(_now);
            bool returned = Return();
            if (_next > _now && !returned)
                return;
        }

        throw new InvalidOperationException("The endpoint has something to do for ever at " + Seconds(_now));
    }

    /// <summary>Lets calls return that can.</summary>
    private bool Return()
    {
        bool any = false;
        for (int i = 0; i < _pending.Count; i++)
        {
            PendingCall call = _pending[i];
            CallResult? result = call.Attempt();
            if (result == null)
                continue;
            if (_now + _tolerance < call.End)
                throw new ScriptException(call.Step.At, $"{call.Step.Name} returned {result} at {Seconds(_now)}, not at {Seconds(call.End)}");
            Complete(call.Step, result.Value);
            _pending.RemoveAt(i--);
            any = true;
        }

        return any;
    }

    private void Refuse(Position at, string when)
    {
        if (_link.Sent.Count == 0)
            return;
        var text = new StringBuilder(when).Append(" the endpoint has sent something that no event expects\n  expected: nothing");
        foreach (SentSegment seen in _link.Sent)
            text.Append(CultureInfo.InvariantCulture, $"\n  seen:     {Describe(seen),-60} at {Seconds(seen.Time)}");
        throw new ScriptException(at, text.ToString());
    }

    private static string Describe(SegmentText text)
        => Describe(text.Ecn ?? 0, text.Flags, text.Seq, text.Length, text.Ack, text.Window, text.Urgent,
            text.Options == null ? " <...>" : Describe(text.Options, 0));

    private string Describe(SentSegment seen)
    {
        uint iss = IsUnnumberedReset(seen) ? 0 : Iss(seen.DestinationPort);
        uint? ack = (seen.Flags & ControlBits.Ack) != 0 ? seen.Ack - _remoteIsn : null;
        byte[] options = [.. seen.Options];
        int place = TcpOptionText.FindTimestamps(options);
        if (place >= 0 && _clocks.TryGetValue((seen.SourcePort, seen.DestinationPort), out ScriptClock? clock))
        {
            uint value = clock.InScript(BinaryPrimitives.ReadUInt32BigEndian(options.AsSpan(place)));
            BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(place), value);
        }

        return Describe(seen.Ecn, seen.Flags, seen.Seq - iss, seen.Data.Length, ack, seen.Window, seen.Urgent, Describe(options, _remoteIsn))
            + (seen.DestinationPort == _remotePort ? "" : string.Create(CultureInfo.InvariantCulture, $" port {seen.DestinationPort}"));
    }

    private static string Describe(byte[] options, uint initial) => options.Length == 0 ? "" : " " + TcpOptionText.Describe(options, initial);

    private static string Describe(int ecn, ControlBits flags, uint seq, int length, uint? ack, int? window, int urgent, string options)
    {
        StringBuilder text = new StringBuilder("> ").Append(ecn switch { 1 => "[ect1] ", 2 => "[ect0] ", 3 => "[ce] ", _ => "" });
        for (int i = 0; i < 8; i++)
        {
            if (((int)flags & (1 << i)) != 0)
                text.Append("FSRP.UEW"[i]);
        }

        if (flags == 0)
            text.Append('-');
        text.Append(CultureInfo.InvariantCulture, $" {seq}:{seq + (uint)length}({length})");
        if (ack != null)
            text.Append(CultureInfo.InvariantCulture, $" ack {ack}");
        if (window != null)
            text.Append(CultureInfo.InvariantCulture, $" win {window}");
        if (urgent != 0)
            text.Append(CultureInfo.InvariantCulture, $" urg {urgent}");
        return text.Append(options).ToString();
    }

    private string Seconds(ulong time) => ((time - Start) / 1_000_000m).ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>A call that blocks.</summary>
    /// <param name="End">When the script says that it returns.</param>
    /// <param name="Timeout">When it returns at the latest, by its own timeout.</param>
    private sealed record PendingCall(CallEvent Step, ulong End, ulong Timeout, Func<CallResult?> Attempt);
}
