using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
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
internal sealed class ScriptRunner
{
    private const uint OurAddress = 0xC0A80001;
    private const uint PeerAddress = 0xC0000201;
    private const int ServicePort = 8080;
    private const int ClientPort = 40000;

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
    private readonly uint _remoteIsn;
    private readonly ulong _tolerance;
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
        var settings = new TcpSettings { Address = OurAddress, ReceiveBufferSize = 16384, SendBufferSize = 16384 };
        int mtu = 1500;
        long isn = 0x13579BDF;
        foreach (ScriptOption option in script.Options)
        {
            switch (option.Name)
            {
                case "tolerance_usecs":
                    _tolerance = (ulong)option.Value;
                    break;
                case "mtu":
                    mtu = (int)option.Value;
                    break;
                case "remote_isn":
                    isn = option.Value;
                    break;
                case "receive_buffer":
                    settings.ReceiveBufferSize = (int)option.Value;
                    break;
                case "send_buffer":
                    settings.SendBufferSize = (int)option.Value;
                    break;
                case "connections":
                    settings.Connections = (int)option.Value;
                    break;
                case "time_waits":
                    settings.TimeWaits = (int)option.Value;
                    break;
                case "start_usecs":
                    Start = (ulong)option.Value;
                    break;
                default:
                    throw new ScriptException(option.At, $"'{option.Name}' is no option that is known here");
            }
        }

        _remoteIsn = (uint)isn;
        _now = Start;
        _last = Start;
        _link = new ScriptLink(mtu) { Now = Start };
        _endpoint = new TcpEndpoint(_link, new FixedEntropy(), settings);
    }

    /// <summary>The endpoint's time when the script begins, in microseconds.</summary>
    private ulong Start { get; }

    /// <summary>Plays a script.</summary>
    /// <exception cref="ScriptException">Something did not happen as the script says.</exception>
    public static void Run(Script script)
    {
        var runner = new ScriptRunner(script);
        runner.Settle();
        foreach (ScriptEvent step in script.Events)
            runner.Do(step);
        runner.Finish();
    }

    /// <summary>Reads and plays a script.</summary>
    public static void RunFile(string path, string name) => Run(ScriptParser.Parse(name, File.ReadAllText(path)));

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
                Inject(segment.Segment);
                break;
            case IcmpEvent icmp:
                _link.Inject(ScriptPacket.IcmpError(PeerAddress, OurAddress, _localPort, PeerAddress, _remotePort, icmp.Type, icmp.Code, icmp.Mtu,
                    Iss(_remotePort) + icmp.QuotedSeq));
                break;
            case AssertEvent assert:
                Assert(assert);
                break;
            case CallEvent call:
                Call(call, to);
                break;
        }

        Settle();
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
        Refuse(last.At, "the script ends, and");
    }

    private void Inject(SegmentText text)
    {
        int port = text.Port ?? _remotePort;

        // Another connection begins: its SYN,ACK brings another initial sequence number.
        if ((text.Flags & (ControlBits.Syn | ControlBits.Ack)) == ControlBits.Syn && (_endpoint.ConnectionCount == 0 || text.Port != null)
            && !IsOpen(port))
            _renumbered.Add(port);
        uint ack = text.Ack is uint number ? Iss(port) + number : 0;
        _link.Inject(ScriptPacket.Tcp(text, _remoteIsn + text.Seq, ack, text.From ?? PeerAddress, port, text.To ?? OurAddress,
            text.LocalPort ?? _localPort));
    }

    private bool IsOpen(int port) => _sockets.Values.Any(socket => socket.Connection is { State: not (TcpState.Closed or TcpState.TimeWait) }
        && socket.Connection.RemotePort == port);

    private uint Iss(int port) => _issByPort.TryGetValue(port, out uint iss) ? iss : 0;

    private void Expect(SegmentEvent step, ulong from, ulong to)
    {
        bool any = step.Time.Kind == TimeKind.Any;
        ulong limit = any ? _now + Patience : to + _tolerance;
        while (_link.Sent.Count == 0 && _next <= limit)
            Advance(Math.Max(_next, _now), step);
        if (_link.Sent.Count == 0)
        {
            if (!any && limit > _now)
                Advance(limit, step);
            if (_link.Sent.Count == 0)
                throw Mismatch(step, from, to, null, any ? "nothing was sent for an hour" : "nothing was sent until then");
        }

        SentSegment seen = _link.Sent.Dequeue();
        SegmentText text = step.Segment;
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
        if (text.Options != null && !text.Options.AsSpan().SequenceEqual(seen.Options))
            wrong.Add("options");
        if (seen.DestinationPort != (text.Port ?? _remotePort) || seen.SourcePort != (text.LocalPort ?? _localPort)
            || seen.Destination != PeerAddress)
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

    private void Assert(AssertEvent step)
    {
        long left = Value(step, step.Left);
        long right = Value(step, step.Right);
        bool holds = step.Operator switch
        {
            "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            "<=" => left <= right,
            _ => left >= right,
        };
        if (holds)
            return;
        string seen = step.Left == "tcpi_state" ? ((TcpState)left).ToString() : left.ToString(CultureInfo.InvariantCulture);
        throw new ScriptException(step.At, $"it is not so\n  expected: {step.Left} {step.Operator} {step.Right}\n  seen:     {seen}");
    }

    private long Value(AssertEvent step, string name)
    {
        if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return number;
        if (name.StartsWith("counter.", StringComparison.Ordinal) && Enum.TryParse(name["counter.".Length..], out Counter counter))
            return (long)_endpoint.Counters.Get(counter);
        switch (name)
        {
            case "TCP_CLOSE":
                return (long)TcpState.Closed;
            case "TCP_SYN_SENT":
                return (long)TcpState.SynSent;
            case "TCP_SYN_RECV":
                return (long)TcpState.SynReceived;
            case "TCP_ESTABLISHED":
                return (long)TcpState.Established;
            case "TCP_FIN_WAIT1":
                return (long)TcpState.FinWait1;
            case "TCP_FIN_WAIT2":
                return (long)TcpState.FinWait2;
            case "TCP_CLOSE_WAIT":
                return (long)TcpState.CloseWait;
            case "TCP_CLOSING":
                return (long)TcpState.Closing;
            case "TCP_LAST_ACK":
                return (long)TcpState.LastAck;
            case "TCP_TIME_WAIT":
                return (long)TcpState.TimeWait;
            case "connections":
                return _endpoint.ConnectionCount;
            case "time_waits":
                return _endpoint.TimeWaitCount;
            case "isn_step":
                return _iss - _previousIss;
        }

        TcpConnection? connection = _current?.Connection;
        switch (name)
        {
            case "tcpi_state" when connection != null:
                return (long)connection.State;
            case "tcpi_rto" when connection != null:
                return (long)connection.RetransmissionTimeout;
            case "tcpi_rtt" when connection != null:
                return (long)connection.RoundTripTime;
            case "tcpi_snd_mss" when connection != null:
                return connection.MaximumSegmentSize;
            case "tcpi_snd_wnd" when connection != null:
                return connection.SndWnd;
            case "tcpi_rcv_wnd" when connection != null:
                return connection.RcvWnd;
            case "tcpi_unacked" when connection != null:
                return connection.Unacknowledged;
            case "tcpi_available" when connection != null:
                return connection.Available;
            case "tcpi_urgent" when connection != null:
                return connection.UrgentCount;
        }

        throw new ScriptException(step.At, name.StartsWith("tcpi_", StringComparison.Ordinal) && connection == null
            ? $"'{name}' needs a connection" : $"'{name}' is nothing that can be compared");
    }

    private void Call(CallEvent step, ulong end)
    {
        var call = new CallArguments(step);
        ScriptSocket? socket = null;
        if (step.Name != "socket" && !_sockets.TryGetValue((int)call.Number(0), out socket))
        {
            Complete(step, CallResult.Fail("EBADF"));
            return;
        }

        Func<CallResult?> attempt = () => Begin(call, socket!);
        if (step.Name == "connect")
        {
            // A connect begins once; what follows is waiting.
            CallResult? begun = BeginConnect(call, socket!);
            attempt = () => begun ?? socket!.FinishConnect();
        }

        if (step.Time.Kind != TimeKind.Blocking)
        {
            CallResult? result = attempt();
            if (result == null)
                throw new ScriptException(step.At, $"{step.Name} blocks; a call that blocks has a time such as +0...1.5");
            Complete(step, result.Value);
            return;
        }

        CallResult? early = attempt();
        if (early != null)
            throw new ScriptException(step.At, $"{step.Name} returns at once, with {early}, instead of at {Seconds(end)}");
        _pending.Add(new PendingCall(step, end, attempt));
    }

    private CallResult? BeginConnect(CallArguments call, ScriptSocket socket)
    {
        if (socket.Connection != null)
        {
            if (socket.Connection.State is TcpState.SynSent or TcpState.SynReceived)
                return CallResult.Fail("EALREADY");
            return socket.Connection.CloseReason == TcpCloseReason.None ? CallResult.Fail("EISCONN") : socket.FinishConnect();
        }

        if (!_endpoint.CanConnect)
            return CallResult.Fail("ENOBUFS");
        uint address = call.AddressOr(1, PeerAddress);
        TcpConnection connection;
        try
        {
            connection = _endpoint.Connect(address, ServicePort, socket.LocalPort);
        }
        catch (ArgumentException)
        {
            return CallResult.Fail("ENETUNREACH");
        }
        catch (InvalidOperationException)
        {
            return CallResult.Fail("EADDRNOTAVAIL");
        }

        _remotePort = ServicePort;
        _localPort = connection.LocalPort;
        _issByPort.Remove(ServicePort);
        socket.Attach(connection);
        _current = socket;
        return null;
    }

    private CallResult? Begin(CallArguments call, ScriptSocket socket)
    {
        switch (call.Name)
        {
            case "socket":
                call.Symbols(1, "SOCK_STREAM", "SOCK_NONBLOCK");
                _sockets[call.Result] = new ScriptSocket { NonBlocking = call.HasSymbol(1, "SOCK_NONBLOCK") };
                return new CallResult(call.Result);
            case "bind":
                socket.LocalPort = ServicePort;
                return new CallResult(0);
            case "listen":
                try
                {
                    socket.Listener = _endpoint.Listen(socket.LocalPort, (int)Math.Max(1, call.Number(1)));
                }
                catch (InvalidOperationException)
                {
                    return CallResult.Fail("EADDRINUSE");
                }

                return new CallResult(0);
            case "accept":
                TcpConnection? connection = socket.Listener?.Accept();
                if (connection == null)
                    return socket.Listener == null ? CallResult.Fail("EINVAL") : socket.NonBlocking ? CallResult.Fail("EAGAIN") : null;
                _current = socket.Accepted(connection);
                _sockets[call.Result] = _current;
                return new CallResult(call.Result);
            case "read":
            case "recv":
                return socket.Read((int)call.Number(2));
            case "write":
            case "send":
                return socket.Write((int)call.Number(2), call.Name == "send" && call.HasSymbol(3, "MSG_OOB"));
            case "close":
                _sockets.Remove((int)call.Number(0));
                socket.Close();
                return new CallResult(0);
            case "shutdown":
                call.Symbols(1, "SHUT_WR");
                return socket.Shutdown();
            case "fcntl":
                call.Symbols(1, "F_SETFL");
                call.Symbols(2, "O_RDWR", "O_NONBLOCK");
                socket.NonBlocking = call.HasSymbol(2, "O_NONBLOCK");
                return new CallResult(0);
            case "setsockopt":
                return SetOption(call, socket);
            default:
                return GetOption(call, socket);
        }
    }

    private static CallResult SetOption(CallArguments call, ScriptSocket socket)
    {
        string name = call.Symbol(2);
        if (name == "SO_LINGER")
        {
            IReadOnlyDictionary<string, long> fields = call.Struct(3);
            socket.SetLinger(fields.GetValueOrDefault("onoff") != 0, (int)fields.GetValueOrDefault("linger"));
            return new CallResult(0);
        }

        return socket.SetOption(name, call.Pointed(3)) ? new CallResult(0) : CallResult.Fail("ENOPROTOOPT");
    }

    private static CallResult GetOption(CallArguments call, ScriptSocket socket)
    {
        string name = call.Symbol(2);
        string expected = call.PointedText(3);
        string? seen = name == "SO_ERROR" ? socket.TakeError() : socket.GetOption(name)?.ToString(CultureInfo.InvariantCulture);
        if (seen == null)
            return CallResult.Fail("ENOPROTOOPT");
        if (seen != expected)
            throw new ScriptException(call.At, $"the option is not the expected one\n  expected: {name} {expected}\n  seen:     {name} {seen}");
        return new CallResult(0);
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
        while (_next <= time && _next != ulong.MaxValue)
        {
            Advance(Math.Max(_next, _now), step);
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
        => Describe(text.Flags, text.Seq, text.Length, text.Ack, text.Window, text.Urgent, text.Options);

    private string Describe(SentSegment seen)
    {
        uint iss = IsUnnumberedReset(seen) ? 0 : Iss(seen.DestinationPort);
        uint? ack = (seen.Flags & ControlBits.Ack) != 0 ? seen.Ack - _remoteIsn : null;
        return Describe(seen.Flags, seen.Seq - iss, seen.Data.Length, ack, seen.Window, seen.Urgent, seen.Options)
            + (seen.DestinationPort == _remotePort ? "" : string.Create(CultureInfo.InvariantCulture, $" port {seen.DestinationPort}"));
    }

    private static string Describe(ControlBits flags, uint seq, int length, uint? ack, int? window, int urgent, byte[]? options)
    {
        var text = new StringBuilder("> ");
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
        if (options == null)
            text.Append(" <...>");
        else if (options.Length > 0)
            text.Append(' ').Append(TcpOptionText.Describe(options));
        return text.ToString();
    }

    private string Seconds(ulong time) => ((time - Start) / 1_000_000m).ToString("0.000000", CultureInfo.InvariantCulture);

    private sealed record PendingCall(CallEvent Step, ulong End, Func<CallResult?> Attempt);
}
