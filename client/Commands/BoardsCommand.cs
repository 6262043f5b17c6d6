using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake boards</c>: what the firmware can be flashed to.</summary>
internal static class BoardsCommand
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, NewLine = "\n" };

    public static int Run(bool json, Surroundings surroundings)
    {
        IReadOnlyList<BoardDefinition> boards = BoardCatalog.Boards;
        if (json)
        {
            surroundings.Output.WriteLine(JsonSerializer.Serialize(
                boards.Select(board => new
                {
                    name = board.Name,
                    title = board.Title,
                    chip = board.Chip,
                    link = Link(board),
                    wifi = board.Wifi,
                    targets = board.Firmware.Select(image => image.Target),
                }),
                s_options));
            return 0;
        }

        int name = boards.Max(board => board.Name.Length);
        int title = boards.Max(board => board.Title.Length);
        foreach (BoardDefinition board in boards)
        {
            string target = board.Firmware.Count > 0 ? "  " + board.Firmware[0].Target : "";
            surroundings.Output.WriteLine(
                $"{board.Name.PadRight(name)}  {board.Title.PadRight(title)}  {Link(board),-23}{target}".TrimEnd());
        }

        return 0;
    }

    private static string Link(BoardDefinition board) => board.Link switch
    {
        LinkKind.W5500 => "W5500",
        LinkKind.Vxlan => "VXLAN over " + (board.Underlay == UnderlayKind.Wifi ? "Wi-Fi" : "Ethernet"),
        _ => "TAP or memory",
    };
}
