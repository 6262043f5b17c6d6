using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using HandshakeNano.Net;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Client.Connectivity;

/// <summary>
/// Asks the link by multicast DNS, as a program that is no responder does (RFC 6762 section 5.1): from a port of its own, to which each
/// answer comes alone. So it needs no right, and goes beside the system's responder.
/// </summary>
public sealed class MulticastDns : IDisposable
{
    private const int MessageLength = 9000;

    private static readonly TimeSpan s_repeat = TimeSpan.FromMilliseconds(500);
    private static readonly IPEndPoint s_group = new(IPAddress.Parse("224.0.0.251"), DnsMessage.MulticastPort);

    private readonly List<Socket> _sockets = [];
    private readonly Dictionary<string, HashSet<string>> _instances = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Host, int Port)> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HashSet<IPAddress>> _addresses = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens a socket on each network interface with an IPv4 address.</summary>
    public MulticastDns()
    {
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus == OperationalStatus.Down || !network.SupportsMulticast || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
                continue;
            IPAddress? address = network.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)
                .FirstOrDefault(unicast => unicast.AddressFamily == AddressFamily.InterNetwork);
            if (address != null)
                Open(address);
        }
    }

    /// <summary>Finds services of some types.</summary>
    /// <param name="types">Their types, such as _http._tcp.</param>
    /// <param name="time">How long to listen.</param>
    /// <returns>What was found, in the order of names.</returns>
    public IReadOnlyList<FoundService> Find(IReadOnlyCollection<string> types, TimeSpan time)
    {
        string[] names = [.. types.Select(type => type + ".local")];
        AskUntil(() => false, time, () =>
        [
            .. names.Select(name => (name, DnsMessage.TypePtr)),
            .. _instances.Values.SelectMany(found => found).Where(found => !_places.ContainsKey(found)).Select(found => (found, DnsMessage.TypeSrv)),
            .. _places.Values.Select(place => place.Host).Distinct().Where(host => !_addresses.ContainsKey(host)).Select(host => (host, DnsMessage.TypeA)),
        ]);
        return
        [
            .. names.Where(_instances.ContainsKey)
                .SelectMany(name => _instances[name].Select(instance => Describe(instance, name)))
                .OrderBy(service => service.Name, StringComparer.OrdinalIgnoreCase).ThenBy(service => service.Port),
        ];
    }

    /// <summary>Finds the address of a name.</summary>
    /// <param name="name">The name, such as handshake-0A1B.local.</param>
    /// <param name="family">Of IPv4 or IPv6.</param>
    /// <param name="time">How long to wait for an answer.</param>
    /// <returns>The address; null if nobody says one.</returns>
    public IPAddress? Resolve(string name, AddressFamily family, TimeSpan time)
    {
        int type = family == AddressFamily.InterNetworkV6 ? DnsMessage.TypeAaaa : DnsMessage.TypeA;
        IPAddress? Known() => _addresses.GetValueOrDefault(name)?.FirstOrDefault(address => address.AddressFamily == family);
        AskUntil(() => Known() != null, time, () => [(name, type)]);
        return Known();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }

    private FoundService Describe(string instance, string type)
    {
        (string host, int port) = _places.GetValueOrDefault(instance, ("", 0));
        IEnumerable<IPAddress> addresses = _addresses.GetValueOrDefault(host) ?? [];
        string name = instance.EndsWith("." + type, StringComparison.OrdinalIgnoreCase) ? instance[..^(type.Length + 1)] : instance;
        return new FoundService(name, type[..^".local".Length], host, port, [.. addresses.OrderBy(address => address.ToString(), StringComparer.Ordinal)]);
    }

    private void Open(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(address, 0));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address.GetAddressBytes());
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
            _sockets.Add(socket);
        }
        catch (SocketException)
        {
            // The interface has gone, or takes no multicast: the others may.
            socket.Dispose();
        }
    }

    private void AskUntil(Func<bool> isDone, TimeSpan time, Func<IEnumerable<(string Name, int Type)>> questions)
    {
        if (_sockets.Count == 0)
            return;
        long begin = Stopwatch.GetTimestamp();
        TimeSpan ask = TimeSpan.Zero;
        byte[] message = new byte[MessageLength];
        while (!isDone())
        {
            TimeSpan now = Stopwatch.GetElapsedTime(begin);
            if (now >= time)
                return;
            if (now >= ask)
            {
                Ask(message, questions());
                ask = now + s_repeat;
            }

            List<Socket> readable = [.. _sockets];
            TimeSpan wait = (ask < time ? ask : time) - now;
            Socket.Select(readable, null, null, (int)Math.Max(1000, wait.TotalMicroseconds));
            foreach (Socket socket in readable)
                Take(socket, message);
        }
    }

    private void Ask(byte[] message, IEnumerable<(string Name, int Type)> questions)
    {
        var writer = new DnsWriter(message);
        writer.Begin(0, 0);
        foreach ((string name, int type) in questions)
        {
            if (DnsName.FromText(name) is { } wire && writer.Length < 1200)
                writer.PutQuestion(wire, type, DnsMessage.ClassInternet);
        }

        foreach (Socket socket in _sockets)
        {
            try
            {
                socket.SendTo(message, writer.Length, SocketFlags.None, s_group);
            }
            catch (SocketException)
            {
                // The interface leads nowhere now; it is asked again.
            }
        }
    }

    private void Take(Socket socket, byte[] message)
    {
        try
        {
            int length = socket.Receive(message);
            var reader = new DnsReader();
            if (!reader.Begin(message, 0, length) || (reader.Flags & DnsMessage.Response) == 0)
                return;
            while (reader.Read())
            {
                if (reader.Section != DnsMessage.Questions)
                    Take(reader, message);
            }
        }
        catch (SocketException)
        {
            // An ICMP error for a question; it is asked again.
        }
    }

    private void Take(DnsReader reader, byte[] message)
    {
        string name = Text(reader, reader.Name);
        int end = reader.Data + reader.DataLength;
        switch (reader.Type)
        {
            case DnsMessage.TypePtr when reader.EndOfName(reader.Data, end) >= 0:
                Add(_instances, name, Text(reader, reader.Data));
                break;
            case DnsMessage.TypeSrv when reader.DataLength > 6 && reader.EndOfName(reader.Data + 6, end) >= 0:
                _places[name] = (Text(reader, reader.Data + 6), BigEndian.Get16(message, reader.Data + 4));
                break;
            case DnsMessage.TypeA when reader.DataLength == 4:
            case DnsMessage.TypeAaaa when reader.DataLength == 16:
                Add(_addresses, name, new IPAddress(message.AsSpan(reader.Data, reader.DataLength)));
                break;
        }
    }

    private static void Add<T>(Dictionary<string, HashSet<T>> all, string name, T value)
    {
        if (!all.TryGetValue(name, out HashSet<T>? values))
            all[name] = values = [];
        values.Add(value);
    }

    /// <summary>A name as text; what could move a terminal's cursor is left out of it.</summary>
    private static string Text(DnsReader reader, int at)
    {
        byte[] name = new byte[DnsMessage.LongestName];
        reader.CopyName(at, name, 0);
        var text = new StringBuilder();
        for (int label = 0; name[label] != 0; label += name[label] + 1)
        {
            string part = Encoding.UTF8.GetString(name, label + 1, name[label]);
            text.Append(text.Length == 0 ? "" : ".").Append([.. part.Where(letter => !char.IsControl(letter))]);
        }

        return text.ToString();
    }
}
