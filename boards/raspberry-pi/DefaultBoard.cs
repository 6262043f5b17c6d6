#nullable enable
using System;
using System.IO;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Firmware;

/// <summary>The board of a program that sets none: the W5500 of this build's <c>board.json</c>.</summary>
internal static class DefaultBoard
{
    /// <summary>Opens it. Ctrl-C stops it. Where it cannot be opened the program says why, in a line, and ends with exit code 1.</summary>
    /// <returns>The board.</returns>
    internal static VirtualBoard Open()
    {
        var wiring = new SpidevWiring(BoardOptions.SpiBus, BoardOptions.ChipSelect, BoardOptions.SpiClock, BoardOptions.Rstn, BoardOptions.Intn);
        byte[] physicalAddress = MachineIdentity.GetPhysicalAddress(wiring.Device);
        W5500Link link;
        try
        {
            link = SpidevW5500.Open(wiring, physicalAddress, BoardOptions.LowPower).Link;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(BoardOptions.Name + ": " + e.Message);
            Environment.Exit(1);
            throw;
        }

        link.PassesMulticast = BoardOptions.MulticastDns;
        TcpSettings settings = VirtualBoard.NewSettings();
        settings.HostName = BoardOptions.HostName.Length != 0 ? BoardOptions.HostName : NetworkSettings.MakeName(physicalAddress);
        settings.MulticastDns = BoardOptions.MulticastDns;
        NetworkSettings.SetAddress(settings, BoardOptions.Address, BoardOptions.PrefixLength, BoardOptions.Gateway, BoardOptions.DnsServer);
        var board = new VirtualBoard(link, settings, BoardOptions.Name);
        board.StopAtSignals();
        return board;
    }
}
