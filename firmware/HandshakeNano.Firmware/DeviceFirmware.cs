using System;
using System.Threading;
using HandshakeNano.Links;
using HandshakeNano.Net;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>What the device does: an endpoint on the board's link, with the services that the application gives to it.</summary>
/// <remarks>One thread owns it. Other threads may call <see cref="Wake"/> and nothing else.</remarks>
public sealed class DeviceFirmware
{
    private const string LinkDown = "The link is down; it is looked at again and again";

    // How often services are told the time, in microseconds.
    private const ulong TimeInterval = 100_000;

    // A full segment of Ethernet.
    private const int ServiceBufferSize = 1460;

    private readonly Board _board;
    private readonly Service[] _services;
    private readonly TcpLoop _loop;
    private readonly DhcpConsole _dhcp;
    private readonly NameConsole _name;
    private readonly bool _tellsTime;
    private int _woken;
    private ulong _nextTime;

    /// <summary>Brings the endpoint up and starts the services; the loop does not turn yet.</summary>
    /// <param name="board">The board.</param>
    /// <param name="services">What it does with connections, each on a port of its own or on none.</param>
    /// <exception cref="InvalidOperationException">Two services have the same port, or there are more than TcpSettings.Listeners.</exception>
    public DeviceFirmware(Board board, params Service[] services)
    {
        if (board == null)
            throw new ArgumentNullException(nameof(board));
        if (services == null)
            throw new ArgumentNullException(nameof(services));
        _board = board;
        _services = services;
        ILink link = board.Link;
        TcpSettings settings = board.Settings;
        int queries = 0, sockets = 0;
        foreach (Service service in services)
        {
            if (service == null)
                throw new ArgumentNullException(nameof(services), "One of the services is null: make each before the firmware.");
            queries += service.DnsQueries;
            sockets += service.UdpSockets;
            FrameObserver observer = service.Observer;
            if (observer != null)
                link = new TracerLink(link, observer);
        }

        if (settings.DnsQueries < queries)
            settings.DnsQueries = queries;
        if (settings.UdpSockets < sockets)
            settings.UdpSockets = sockets;
        Endpoint = new TcpEndpoint(link, board.Entropy, settings);
        _loop = new TcpLoop(Endpoint, link, board.Clock);
        if (Endpoint.Dhcp != null)
            _dhcp = new DhcpConsole(board, Endpoint.Dhcp);
        if (Endpoint.Mdns != null)
            _name = new NameConsole(board, Endpoint.Mdns);
        byte[] buffer = new byte[ServiceBufferSize];
        foreach (Service service in services)
        {
            service.Start(this, board, buffer);
            if (Endpoint.Mdns != null && service.DnsType != null)
                Endpoint.Mdns.AddService(service.DnsType, service.Port, null);
            _tellsTime |= service.UsesTime;
        }
    }

    /// <summary>The device's end of every connection.</summary>
    public TcpEndpoint Endpoint { get; }

    /// <summary>What it runs on.</summary>
    public Board Board
    {
        get { return _board; }
    }

    /// <summary>The time in microseconds, of the board's clock.</summary>
    public ulong Now
    {
        get { return _loop.Now; }
    }

    /// <summary>
    /// All that an application's Main does: brings up the board that it is built for and runs the services, on a device for ever.
    /// After a fault it says what it was, waits, and starts the device again.
    /// </summary>
    /// <param name="services">What the device does with connections, each on a port of its own or on none.</param>
    public static void Run(params Service[] services)
    {
        Recovery recovery = BoardSupport.Recovery;
        ulong begin = HighResTimer.GetCurrent();
        string before = recovery.FaultBefore;
        string fault;

        // An uncaught exception may end the program on the device silently, and then nothing runs any more.
        try
        {
            if (before != null)
                recovery.Log("Started again after a fault: " + before);
            new DeviceFirmware(BoardSupport.Create(), services).RunUntilStopped();
            return;
        }
        catch (Exception e)
        {
            fault = e.GetType().FullName;
            Report(recovery, e);
        }

        bool again = before != null && HighResTimer.GetCurrent() - begin < Recovery.SoundRun;
        recovery.Wait(again ? Recovery.LongPause : Recovery.Pause);
        recovery.Restart(fault);
    }

    /// <summary>Says what is there and turns the loop until the board no longer runs.</summary>
    public void RunUntilStopped()
    {
        Board board = _board;
        board.Log("HandshakeNano on " + board.Name + ": " + (_dhcp != null ? "an address by DHCP"
            : Ipv4Address.ToString(Endpoint.Address) + "/" + board.Settings.PrefixLength.ToString())
            + " at " + FormatPhysicalAddress(board.Link) + ListServices());
        board.OnStarted(this);
        ILink link = board.Link;
        bool wasUp = link.IsUp;
        if (!wasUp)
            board.Log(LinkDown);
        while (board.IsRunning)
        {
            Step(board.MaximumWait);
            bool isUp = link.IsUp;
            if (isUp == wasUp)
                continue;
            wasUp = isUp;
            board.Log(isUp ? "The link is up" : LinkDown);
        }

        if (_dhcp != null)
            GiveAddressBack();
        else if (Endpoint.Mdns != null)
            Endpoint.Mdns.SetAddress(0, 0, _loop.Now);
    }

    /// <summary>One turn of the loop: takes what has come, sends what is due, waits for more.</summary>
    /// <param name="maximumMilliseconds">How long to wait at the most, in milliseconds, as <see cref="TcpLoop.Step"/> does.</param>
    public void Step(int maximumMilliseconds)
    {
        _loop.Step(maximumMilliseconds);
        if (_dhcp != null)
            _dhcp.Update();
        if (_name != null)
            _name.Update();
        if (_woken != 0 && Interlocked.Exchange(ref _woken, 0) != 0)
        {
            foreach (Service service in _services)
                service.OnWoken();
        }

        if (_tellsTime)
            TellTime();
    }

    /// <summary>
    /// Has <see cref="Service.OnWoken"/> of each service called soon on the firmware's thread. Any thread may call it, when it has
    /// something for a service. Several calls may become one.
    /// </summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
        _loop.Wake();
    }

    private void TellTime()
    {
        ulong now = _loop.Now;
        if (now < _nextTime)
            return;
        _nextTime = now + TimeInterval;
        foreach (Service service in _services)
        {
            if (service.UsesTime)
                service.OnTime(now);
        }
    }

    private void GiveAddressBack()
    {
        // A second at the most.
        Endpoint.Dhcp.Stop();
        while (Endpoint.Dhcp.State != DhcpState.Stopped)
            Step(_board.MaximumWait);
    }

    private string ListServices()
    {
        string text = "";
        foreach (Service service in _services)
            text = text + ", " + service.Name + (service.Port == 0 ? "" : " on TCP " + service.Port.ToString());
        return text;
    }

    private static string FormatPhysicalAddress(ILink link)
    {
        if (!link.HasEthernetHeader)
            return "no Ethernet address";
        byte[] address = link.PhysicalAddress;
        string text = address[0].ToString("X2");
        for (int i = 1; i < address.Length; i++)
            text = text + ":" + address[i].ToString("X2");
        return text;
    }

    private static void Report(Recovery recovery, Exception fault)
    {
        try
        {
            recovery.Log("HandshakeNano stopped: " + fault.GetType().FullName + ": " + fault.Message);
            if (fault.StackTrace != null)
                recovery.Log(fault.StackTrace);
            recovery.Log("It starts again after a pause, in which the board can be flashed");
        }
        catch (Exception)
        {
            // The fault may be that there is no memory, and a line needs some.
        }
    }
}
