using HandshakeNano.Net;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Firmware;

/// <summary>Tells the console how the device comes by its address: a line a step, and a line when a server's message is odd.</summary>
internal sealed class DhcpConsole
{
    private readonly Board _board;
    private readonly DhcpClient _client;
    private uint _told;
    private DhcpState _state = DhcpState.Init;

    private uint _oddMessages;
    private string _oddity = "";

    /// <summary>A message that was of no use has come since the last step.</summary>
    private bool _isUseless;

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
        if (client.OddMessages != _oddMessages)
            TellOddity();
        if (client.Steps == _told)
            return;
        _told = client.Steps;
        DhcpState before = _state;
        _state = client.State;
        Log(Describe(before, _state));
        _isUseless = false;
    }

    /// <summary>What a server does wrong it does with every message: it is told once.</summary>
    private void TellOddity()
    {
        DhcpClient client = _client;
        _oddMessages = client.OddMessages;
        _isUseless = client.Oddity == Counter.DhcpOptionBad || client.Oddity == Counter.DhcpLeaseBad;
        string oddity = DescribeOddity();
        if (oddity == _oddity)
            return;
        _oddity = oddity;
        Log(oddity);
    }

    private void Log(string line)
    {
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
                return again ? NoAnswer("no server") + "; asking again"
                    : before == DhcpState.Rebooting ? NoAnswer("no server") + "; asking for an address" : "asking for an address";
            case DhcpState.Requesting:
                return again ? NoAnswer(server) + "; asking again" : server + " offers " + address;
            case DhcpState.Probing:
                return before == state ? "" : "looking whether " + address + " is free";
            case DhcpState.Bound:
                return before == state ? "" : "the address is " + address + "/" + client.PrefixLength.ToString() + DescribeLease(server);
            case DhcpState.Renewing:
                return again ? NoAnswer(server) + "; asking again" : "renewing " + address;
            case DhcpState.Rebinding:
                return again ? NoAnswer("no server") + "; asking again" : NoAnswer(server) + "; asking all servers";
            case DhcpState.Rebooting:
                return client.Attempts != 1 ? "" : "asking whether " + address + " is right still";
            case DhcpState.Releasing:
                return "giving " + address + " back";
            default:
                return "stopped";
        }
    }

    private string NoAnswer(string server)
    {
        if (!_isUseless)
            return server == "no server" ? "no server answers" : server + " does not answer";
        return Ipv4Address.ToString(_client.OddServer) + " answers, but not with a message that can be used";
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

    private string DescribeOddity()
    {
        DhcpClient client = _client;
        string server = Ipv4Address.ToString(client.OddServer);
        string option = "option " + client.OddOption.ToString() + NameOf(client.OddOption);
        switch (client.Oddity)
        {
            case Counter.DhcpOptionRepeated:
                return server + " sends " + option + " twice; the first one counts";
            case Counter.DhcpOptionLengthBad:
                return server + " sends " + option + " with a wrong length; it is ignored";
            case Counter.DhcpOptionValueBad:
                return server + " sends " + option + " with a value that it cannot have; it is ignored";
            case Counter.DhcpOptionMissing:
                return server + " does not send " + option + (client.OddOption == DhcpMessage.LeaseTime
                    ? "; the lease is taken to last " + client.LeaseTime.ToString() + " s" : "; its address is taken for it");
            case Counter.DhcpLeaseBad:
                return server + " gives an address that no host can have in its network; the message is ignored";
            default:
                return server + " sends a message without its type, or one that is cut off; it is ignored";
        }
    }

    private static string NameOf(int option)
    {
        switch (option)
        {
            case DhcpMessage.SubnetMask:
                return " (subnet mask)";
            case DhcpMessage.Router:
                return " (router)";
            case DhcpMessage.DnsServers:
                return " (DNS servers)";
            case DhcpMessage.LeaseTime:
                return " (lease time)";
            case DhcpMessage.Overload:
                return " (overload)";
            case DhcpMessage.MessageType:
                return " (message type)";
            case DhcpMessage.ServerIdentifier:
                return " (server)";
            case DhcpMessage.RenewalTime:
                return " (T1)";
            case DhcpMessage.RebindingTime:
                return " (T2)";
            default:
                return " (client identifier)";
        }
    }
}
