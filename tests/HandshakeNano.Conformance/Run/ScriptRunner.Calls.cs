using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using HandshakeNano.Conformance.Language;
using HandshakeNano.Conformance.Segments;
using HandshakeNano.Net;

namespace HandshakeNano.Conformance.Run;

/// <summary>The calls of the socket interface.</summary>
internal sealed partial class ScriptRunner
{
    /// <summary>O_RDWR of Linux.</summary>
    private const int ReadWrite = 2;

    /// <summary>O_NONBLOCK of Linux.</summary>
    private const int NonBlock = 0x800;

    private static readonly string[] SendFlags = ["MSG_OOB", "MSG_DONTWAIT", "MSG_NOSIGNAL"];
    private static readonly string[] ReceiveFlags = ["MSG_DONTWAIT"];
    private static readonly string[] MessageFlags = ["MSG_OOB", "MSG_TRUNC", "MSG_CTRUNC", "MSG_EOR", "MSG_ERRQUEUE"];

    private static readonly string[] PollBits =
    [
        "POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDNORM", "POLLWRNORM", "POLLRDHUP",
    ];

    private void Call(CallEvent step, ulong end)
    {
        var call = new CallArguments(step);
        ScriptSocket? socket = null;
        if (step.Name is not ("socket" or "poll") && !_sockets.TryGetValue((int)call.Number(0), out socket))
        {
            Complete(step, CallResult.Fail("EBADF"));
            return;
        }

        ulong timeout = ulong.MaxValue;
        Func<CallResult?> attempt = () => Begin(call, socket!);
        if (step.Name == "poll")
        {
            if (call.Number(2) >= 0)
                timeout = _now + (ulong)call.Number(2) * 1000;
            attempt = () => Poll(call, timeout);
        }
        else if (step.Name == "connect")
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
        if (early != null && end <= _now + _tolerance)
        {
            Complete(step, early.Value);
            return;
        }

        if (early != null)
            throw new ScriptException(step.At, $"{step.Name} returns at once, with {early}, instead of at {Seconds(end)}");
        _pending.Add(new PendingCall(step, end, timeout, attempt));
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
        IPAddress address = call.AddressOr(1, _peerAddress);
        TcpConnection connection;
        try
        {
            connection = address.AddressFamily == AddressFamily.InterNetworkV6
                ? _endpoint.Connect(address.GetAddressBytes(), ServicePort, socket.LocalPort)
                : _endpoint.Connect(ScriptPacket.Number(address), ServicePort, socket.LocalPort);
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
                if (!call.HasSymbol(2, "IPPROTO_TCP"))
                    return CallResult.Fail("EPROTONOSUPPORT");
                return Opened(call, new ScriptSocket { NonBlocking = call.HasSymbol(1, "SOCK_NONBLOCK") });
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
                return Opened(call, _current);
            case "read":
                return Read(call, socket, (int)call.Number(2), []);
            case "recv":
            case "recvfrom":
                return Read(call, socket, (int)call.Number(2), call.Flags(3, ReceiveFlags));
            case "recvmsg":
                return ReceiveMessage(call, socket);
            case "write":
                return Write(call, socket, (int)call.Number(2), []);
            case "send":
            case "sendto":
                return Write(call, socket, (int)call.Number(2), call.Flags(3, SendFlags));
            case "sendmsg":
                return Write(call, socket, call.MessageLength(1), call.Flags(2, SendFlags));
            case "ioctl":
                return Ioctl(call, socket);
            case "close":
                _sockets.Remove((int)call.Number(0));
                socket.Close();
                return new CallResult(0);
            case "shutdown":
                call.Symbols(1, "SHUT_RD", "SHUT_WR", "SHUT_RDWR");
                return socket.Shutdown(call.Symbol(1) != "SHUT_WR", call.Symbol(1) != "SHUT_RD");
            case "fcntl":
                call.Symbols(1, "F_SETFL", "F_GETFL");
                if (call.Symbol(1) == "F_GETFL")
                    return new CallResult(ReadWrite | (socket.NonBlocking ? NonBlock : 0));
                call.Symbols(2, "O_RDWR", "O_NONBLOCK");
                socket.NonBlocking = call.HasSymbol(2, "O_NONBLOCK");
                return new CallResult(0);
            case "setsockopt":
                return SetOption(call, socket);
            default:
                return GetOption(call, socket);
        }
    }

    /// <summary>Gives a socket the number that the script wants; if that is none, a number that it does not want.</summary>
    private CallResult Opened(CallArguments call, ScriptSocket socket)
    {
        int number = Math.Max(0, call.Result);
        _sockets[number] = socket;
        return new CallResult(number);
    }

    private static CallResult SetOption(CallArguments call, ScriptSocket socket)
    {
        string name = call.Symbol(2);
        if (name == "SO_LINGER")
        {
            socket.SetLinger(call.FieldNumber(3, "onoff") != 0, (int)call.FieldNumber(3, "linger"));
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

    private static CallResult? Read(CallArguments call, ScriptSocket socket, int count, IReadOnlyList<string> flags)
        => call.IsNull(1) && count > 0 && socket.Unread > 0 ? CallResult.Fail("EFAULT")
            : socket.Read(count, socket.NonBlocking || flags.Contains("MSG_DONTWAIT"));

    private static CallResult? Write(CallArguments call, ScriptSocket socket, int count, IReadOnlyList<string> flags)
        => call.IsNull(1) && count > 0 && socket.Connection is { CanSend: true } ? CallResult.Fail("EFAULT")
            : socket.Write(count, flags.Contains("MSG_OOB"), socket.NonBlocking || flags.Contains("MSG_DONTWAIT"));

    private static CallResult? ReceiveMessage(CallArguments call, ScriptSocket socket)
    {
        CallResult? result = Read(call, socket, call.MessageLength(1), call.Flags(2, ReceiveFlags));
        if (result is not { Error: null })
            return result;
        StructArgument message = call.Struct(1);
        if (message.Fields.TryGetValue("msg_flags", out Argument? flags) && call.FlagsOf(flags, MessageFlags) is { Count: > 0 } names)
            throw Differs(call, "msg_flags", string.Join('|', names), "0");
        if (message.Fields.TryGetValue("msg_control", out Argument? control))
        {
            string expected = ControlText(control);
            string seen = socket.TellsUnread ? $"SOL_TCP TCP_CM_INQ {socket.UnreadOrEnd}" : "nothing";
            if (expected != seen)
                throw Differs(call, "msg_control", expected, seen);
        }

        return result;
    }

    private static string ControlText(Argument control)
    {
        if (control is ListArgument { Items: [] })
            return "nothing";
        if (control is ListArgument { Items: [StructArgument { Fields: { Count: 3 } fields }] }
            && fields.GetValueOrDefault("cmsg_level") is SymbolArgument { Names: [string level] }
            && fields.GetValueOrDefault("cmsg_type") is SymbolArgument { Names: [string type] }
            && fields.GetValueOrDefault("cmsg_data") is NumberArgument data)
            return $"{level} {type} {data.Value}";
        throw new ScriptException(control.At, "msg_control must be [] or [{cmsg_level=NAME, cmsg_type=NAME, cmsg_data=NUMBER}]");
    }

    private static CallResult Ioctl(CallArguments call, ScriptSocket socket)
    {
        string request = call.Symbol(1);
        if (request is not ("SIOCINQ" or "FIONREAD" or "SIOCOUTQ"))
            throw new ScriptException(call.At, $"'{request}' is nothing that ioctl knows here");
        if (socket.Listener != null)
            return CallResult.Fail("EINVAL");
        int seen = request == "SIOCOUTQ" ? socket.Unacknowledged : socket.Unread;
        return call.Pointed(2) == seen ? new CallResult(0) : throw Differs(call, request, Text(call.Pointed(2)), Text(seen));
    }

    private CallResult? Poll(CallArguments call, ulong timeout)
    {
        IReadOnlyList<StructArgument> entries = call.Structs(0);
        if (entries.Count != call.Number(1))
            throw new ScriptException(call.At, $"poll is told of {call.Number(1)} sockets, but here are {entries.Count}");
        var seen = new List<string>();
        var expected = new List<string>();
        int count = 0;
        foreach (StructArgument entry in entries)
        {
            if (entry.Fields.GetValueOrDefault("fd") is not NumberArgument socket || entry.Fields.GetValueOrDefault("events") is not Argument events
                || entry.Fields.GetValueOrDefault("revents") is not Argument revents)
                throw new ScriptException(entry.At, "an entry of poll must be {fd=NUMBER, events=NAMES, revents=NAMES}");
            IReadOnlyList<string> wanted = call.FlagsOf(events, PollBits);
            IReadOnlyList<string> ready = _sockets.TryGetValue((int)socket.Value, out ScriptSocket? known)
                ? [.. known.Ready().Where(bit => bit is "POLLERR" or "POLLHUP" || wanted.Contains(bit))] : ["POLLNVAL"];
            count += ready.Count > 0 ? 1 : 0;
            seen.Add(Bits(ready));
            expected.Add(Bits(call.FlagsOf(revents, PollBits)));
        }

        if (count == 0 && _now < timeout)
            return null;
        if (!seen.SequenceEqual(expected))
            throw Differs(call, "revents", string.Join(", ", expected), string.Join(", ", seen));
        return new CallResult(count);
    }

    private static string Bits(IReadOnlyList<string> names)
        => names.Count == 0 ? "0" : string.Join('|', names.OrderBy(name => Array.IndexOf(PollBits, name)));

    private static ScriptException Differs(CallArguments call, string what, string expected, string seen)
        => new(call.At, $"{call.Name} gave something else\n  expected: {what} {expected}\n  seen:     {what} {seen}");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
