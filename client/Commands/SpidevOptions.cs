using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Client.Boards;

namespace HandshakeNano.Client.Commands;

/// <summary>Where a W5500 is wired to a Raspberry Pi, if it is not where the board's definition has it.</summary>
internal sealed class SpidevOptions
{
    private const string NotWired = "none";

    // The most that the kernel counts to, lines of all chips together.
    private const int LastPin = 511;

    private readonly BoardDefinition _board;
    private readonly Option<(int Bus, int ChipSelect)> _spi;
    private readonly Option<int> _reset;
    private readonly Option<int> _interrupt;

    /// <summary>Makes the options.</summary>
    /// <param name="board">The board's definition: what holds where nothing is typed.</param>
    public SpidevOptions(BoardDefinition board)
    {
        _board = board;
        _spi = new Option<(int Bus, int ChipSelect)>("--spi")
        {
            Description = $"{board.Name}: the SPI bus and chip select of the W5500, {board.Spi!.Bus}.{board.Spi.ChipSelect} unless it is typed",
            HelpName = "BUS.CS",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                Match match = Regex.Match(text, @"^([0-9]{1,2})\.([0-9]{1,2})$");
                if (match.Success)
                    return (Number(match.Groups[1].Value), Number(match.Groups[2].Value));
                result.AddError($"'{text}' is not BUS.CS, such as 0.1 for /dev/spidev0.1.");
                return default;
            },
        };
        _reset = Pin("--reset", $"{board.Name}: the GPIO of RST, {board.Pins!.Rstn} unless it is typed; none: it is not wired");
        _interrupt = Pin(
            "--interrupt",
            $"{board.Name}: the GPIO of INT, {board.Pins.Intn} unless it is typed; none: it is not wired, and the chip\n"
            + "is looked at without rest, which takes a processor");
    }

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>Says what is wrong with what was typed.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="isBoard">Whether it names this board.</param>
    public void Check(CommandResult result, bool isBoard)
    {
        foreach (Option option in All)
        {
            if (!isBoard && Options.Given(result, option))
                result.AddError($"{option.Name} is for --board {_board.Name}.");
        }

        // What is not a number is told already.
        string reset = Options.Text(result, _reset) ?? Text(_board.Pins!.Rstn), interrupt = Options.Text(result, _interrupt) ?? Text(_board.Pins!.Intn);
        if (isBoard && reset == interrupt && reset != NotWired)
            result.AddError($"--reset and --interrupt are both GPIO {reset}: type another one, or none.");
    }

    /// <summary>Reads what was typed.</summary>
    /// <param name="result">The command line.</param>
    /// <returns>The wiring.</returns>
    public SpidevWiring Read(ParseResult result)
    {
        SpiBus spi = _board.Spi!;
        (int bus, int chipSelect) = Options.Given(result.CommandResult, _spi) ? result.GetValue(_spi) : (spi.Bus, spi.ChipSelect ?? 0);
        return new SpidevWiring(
            bus, chipSelect, spi.Clock, PinOf(result, _reset, _board.Pins!.Rstn), PinOf(result, _interrupt, _board.Pins.Intn));
    }

    private Option[] All => [_spi, _reset, _interrupt];

    private static Option<int> Pin(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PIN",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text == NotWired)
                return -1;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pin) && pin <= LastPin)
                return pin;
            result.AddError($"'{text}' is neither the number of a GPIO, 0 to {LastPin}, nor {NotWired}.");
            return -1;
        },
    };

    private static int PinOf(ParseResult result, Option<int> option, int? usual)
        => Options.Given(result.CommandResult, option) ? result.GetValue(option) : usual ?? -1;

    private static string Text(int? pin) => pin is int number ? number.ToString(CultureInfo.InvariantCulture) : NotWired;

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
}
