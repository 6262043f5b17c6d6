using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using HandshakeNano.Client.Boards;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake boards</c>: what the firmware runs on.</summary>
internal static class BoardsCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        Option<bool> json = Options.Json();
        var command = new Command("boards", "List the boards that the firmware runs on.");
        command.Options.Add(json);
        command.SetAction(result => Run(result.GetValue(json), surroundings));
        return command;
    }

    public static int Run(bool json, Surroundings surroundings)
    {
        IReadOnlyList<BoardDefinition> boards = BoardCatalog.Boards;
        if (json)
        {
            JsonReport.Write(
                boards.Select(board => new
                {
                    board.Name,
                    board.Title,
                    board.Chip,
                    Link = Link(board),
                    board.Wifi,
                    Targets = board.Firmware.Select(image => image.Target),
                }),
                surroundings.Output);
            return 0;
        }

        // Within 80 columns: the firmware's targets are in the JSON, and in each board's README.
        int name = boards.Max(board => board.Name.Length);
        string[] links = [.. boards.Select(board => Link(board).Replace(" over", ",", System.StringComparison.Ordinal))];
        int link = links.Max(text => text.Length);
        foreach ((BoardDefinition board, string text) in boards.Zip(links))
            surroundings.Output.WriteLine($"{board.Name.PadRight(name)}  {text.PadRight(link)}  {board.Title}");

        return 0;
    }

    private static string Link(BoardDefinition board) => board.Link switch
    {
        LinkKind.W5500 => "W5500",
        LinkKind.Vxlan => "VXLAN over " + (board.Underlay == UnderlayKind.Wifi ? "Wi-Fi" : "Ethernet"),
        _ => "TAP or memory",
    };
}
