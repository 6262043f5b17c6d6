using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>Tells the console how the device comes by its address: a line a step.</summary>
internal sealed class DhcpConsole
{
    private readonly Board _board;
    private readonly DhcpClient _client;
    private uint _told;
    private DhcpState _state = DhcpState.Init;

    internal DhcpConsole(Board board, DhcpClient client)
    {
        _board = board;
        _client = client;
        _told = client.Steps;
    }

    /// <summary>Writes what has happened since the last time.</summary>
    internal void Update()
    {
        DhcpClient client = _client;
        if (client.Steps == _told)
            return;
        _told = client.Steps;
        DhcpState before = _state;
        _state = client.State;
        string line = Describe(before, _state);
        if (line.Length != 0)
            _board.Log("DHCP: " + line);
    }

    private string Describe(DhcpState before, DhcpState state)
    {
        DhcpClient client = _client;
        string address = Ipv4Address.ToString(client.Address);
        string server = Ipv4Address.ToString(client.Server);
        bool again = client.Attempts > 1;
        switch (state)
        {
            case DhcpState.Init:
                return before == DhcpState.Init || before == DhcpState.Stopped ? "" : DescribeLoss(address);
            case DhcpState.Selecting:
                return again ? "no server answers; asking again" : "asking for an address";
            case DhcpState.Requesting:
                return again ? server + " does not answer; asking again" : server + " offers " + address;
            case DhcpState.Probing:
                return before == state ? "" : "looking whether " + address + " is free";
            case DhcpState.Bound:
                return before == state ? "" : "the address is " + address + "/" + client.PrefixLength.ToString() + DescribeLease(server);
            case DhcpState.Renewing:
                return again ? server + " does not answer; asking again" : "renewing " + address;
            case DhcpState.Rebinding:
                return again ? "no server answers; asking again" : server + " does not answer; asking all servers";
            case DhcpState.Rebooting:
                return client.Attempts != 1 ? "" : "asking whether " + address + " is right still";
            case DhcpState.Releasing:
                return "giving " + address + " back";
            default:
                return "stopped";
        }
    }

    private string DescribeLease(string server)
    {
        DhcpClient client = _client;
        return (client.Gateway == 0 ? "" : ", the router " + Ipv4Address.ToString(client.Gateway)) + ", from " + server
            + (client.LeaseTime == 0xFFFFFFFF ? ", for ever" : ", for " + client.LeaseTime.ToString() + " s");
    }

    private string DescribeLoss(string address)
    {
        switch (_client.LastLoss)
        {
            case DhcpLoss.NoAnswer:
                return Ipv4Address.ToString(_client.Server) + " offered " + address + " and does not answer any more";
            case DhcpLoss.Refused:
                return address + " was refused";
            case DhcpLoss.Conflict:
                return address + " is another host's; asking for another one in a while";
            case DhcpLoss.Expired:
                return "the lease is over; " + address + " is given up";
            default:
                // A link that is down is the firmware's to tell.
                return "";
        }
    }
}
