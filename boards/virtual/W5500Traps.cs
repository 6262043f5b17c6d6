#nullable enable
using System;

namespace HandshakeNano.Boards.Virtual;

/// <summary>
/// What a <see cref="W5500Model"/> does wrong, or does where the datasheet leaves it open. "Every n-th": 0 never, 1 always.
/// May be changed at any time.
/// </summary>
public sealed class W5500Traps
{
    /// <summary>Where the socket's pointers begin when it is opened.</summary>
    public int InitialPointer { get; set; }

    /// <summary>How often VERSIONR reads 0 after a reset.</summary>
    public int VersionZeroReads { get; set; }

    /// <summary>The chip does not answer: every byte reads as this; -1: it answers.</summary>
    public int Absent { get; set; } = -1;

    /// <summary>
    /// What came since Sn_RX_RSR or Sn_RX_WR was read came between the two bytes of one of them, in turn, whenever they are read:
    /// the high byte is old, the low byte new.
    /// </summary>
    public bool TornReads { get; set; }

    /// <summary>For how many SPI frames Sn_CR stays set after a command.</summary>
    public int CommandDelay { get; set; }

    /// <summary>Every n-th command is never accepted, nor is any after it until the chip is reset.</summary>
    public int StuckCommandEvery { get; set; }

    /// <summary>How many SPI frames pass until a frame is out and SENDOK comes.</summary>
    public int SendDelay { get; set; }

    /// <summary>Every n-th frame never leaves, and SENDOK never comes.</summary>
    public int LostSendOkEvery { get; set; }

    /// <summary>Every n-th frame received has <see cref="WrongLength"/> as its length header.</summary>
    public int WrongLengthEvery { get; set; }

    /// <summary>The length header that is wrong.</summary>
    public int WrongLength { get; set; }

    /// <summary>Sn_IMR also keeps masked causes out of Sn_IR, as the datasheet says and drivers in the field deny.</summary>
    public bool MaskPreventsCause { get; set; }

    /// <summary>Sn_RX_RSR counts from Sn_RX_RD as soon as that is written, not from RECV on.</summary>
    public bool ReadPointerCountsAtOnce { get; set; }

    /// <summary>Sn_RX_RD reads as what it was until the command after it is accepted.</summary>
    public bool ReadPointerShowsLate { get; set; }

    /// <summary>Every n-th fall of INTn goes unnoticed by the host; the level is still there to be read.</summary>
    public int LostEdgeEvery { get; set; }

    /// <summary>The wire of INTn is broken: it reads high and never falls.</summary>
    public bool InterruptWireBroken { get; set; }

    /// <summary>Every n-th SPI frame fails in the host's SPI driver.</summary>
    public int BusErrorEvery { get; set; }

    /// <summary>What fails is an IOException, as .NET's SPI driver for Linux has it.</summary>
    public bool BusErrorIsIo { get; set; }

    /// <summary>How likely a bit from the chip is read wrong, 0 to 1.</summary>
    public double MisoBitErrors { get; set; }

    /// <summary>How likely a bit to the chip is taken wrong, 0 to 1.</summary>
    public double MosiBitErrors { get; set; }

    /// <summary>
    /// How many bits of a SPI frame come wrong at the most, either way. Two in the data of a frame may cancel out in the checksum of
    /// TCP, which no driver can help: who wants the data to be whole says 1.
    /// </summary>
    public int MostBitErrors { get; set; } = int.MaxValue;

    /// <summary>For how many SPI frames after RSTn the PHY negotiates and has no link: on a chip 1 to 3 s.</summary>
    public int LinkDelay { get; set; }

    /// <summary>For how many SPI frames after RECV Sn_RX_RSR still counts what the host has read.</summary>
    public int ReceivedSizeDelay { get; set; }

    /// <summary>The wire of RSTn is broken.</summary>
    public bool ResetWireBroken { get; set; }

    /// <summary>
    /// Whether a controller of the module's own is at work, as that of the WIZ550io for 150 ms after RSTn: after each SPI frame it writes its
    /// own Ethernet address. Null: there is none.
    /// </summary>
    public Func<bool>? ModuleIsBusy { get; set; }

    /// <summary>A command takes one byte: what comes in the same burst for Sn_IR is ignored.</summary>
    public bool CommandIgnoresRest { get; set; }

    /// <summary>It fails when the chip has had the frame already, and not before.</summary>
    public bool BusErrorIsLate { get; set; }
}
