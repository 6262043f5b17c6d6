using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>What the device does: an endpoint on the board's link, with echo on port 7 and discard on port 9.</summary>
public sealed class DeviceFirmware
{
    private const string LinkDown = "The link is down; it is looked at again and again";

    private readonly Board _board;
    private readonly TcpLoop _loop;
    private readonly DhcpConsole _dhcp;

    /// <summary>Brings the endpoint up and starts the services; the loop does not turn yet.</summary>
    /// <param name="board">The board.</param>
    public DeviceFirmware(Board board)
    {
        _board = board;
        ILink link = board.Link;
        Endpoint = new TcpEndpoint(link, board.Entropy, board.Settings);
        _ = new EchoService(board, Endpoint);
        _ = new DiscardService(board, Endpoint);
        _loop = new TcpLoop(Endpoint, link, board.Clock);
        if (Endpoint.Dhcp != null)
            _dhcp = new DhcpConsole(board, Endpoint.Dhcp);
    }

    /// <summary>The device's end of every connection.</summary>
    public TcpEndpoint Endpoint { get; }

    /// <summary>Says what is there and turns the loop until the board no longer runs.</summary>
    public void Run()
    {
        Board board = _board;
        board.Log("HandshakeNano on " + board.Name + ": " + (_dhcp != null ? "an address by DHCP"
            : Ipv4Address.ToString(Endpoint.Address) + "/" + board.Settings.PrefixLength.ToString())
            + " at " + FormatPhysicalAddress(board.Link) + ", echo on TCP 7, discard on TCP 9");
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
    }

    /// <summary>One turn of the loop: takes what has come, sends what is due, waits for more.</summary>
    /// <param name="maximumMilliseconds">How long to wait at the most.</param>
    public void Step(int maximumMilliseconds)
    {
        _loop.Step(maximumMilliseconds);
        if (_dhcp != null)
            _dhcp.Update();
    }

    private void GiveAddressBack()
    {
        // A second at the most.
        Endpoint.Dhcp.Stop();
        while (Endpoint.Dhcp.State != DhcpState.Stopped)
            Step(_board.MaximumWait);
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
}
