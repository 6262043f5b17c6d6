namespace HandshakeNano.Links;

/// <summary>What a <see cref="W5500Link"/> has carried, what went wrong, and what it did about it. Counters only grow.</summary>
public sealed class W5500Counts
{
    /// <summary>Frames handed to the endpoint.</summary>
    public ulong Received { get; internal set; }

    /// <summary>Frames that the chip was told to send.</summary>
    public ulong Sent { get; internal set; }

    /// <summary>SPI frames: calls of the SPI device.</summary>
    public ulong Transactions { get; internal set; }

    /// <summary>Calls of the SPI device that failed; all but commands were made again, twice at the most.</summary>
    public ulong BusErrors { get; internal set; }

    /// <summary>Frames dropped: longer than the receiver's buffer.</summary>
    public ulong ReceivedTooLong { get; internal set; }

    /// <summary>Readings of the socket that did not agree with each other, or with how it was left; each was read again.</summary>
    public ulong TornReadings { get; internal set; }

    /// <summary>Frames dropped: of 1515 to 1518 bytes, as one with a VLAN tag may have.</summary>
    public ulong ReceivedOversize { get; internal set; }

    /// <summary>Length headers that no frame can have.</summary>
    public ulong BadLengths { get; internal set; }

    /// <summary>Backlogs thrown away whole to find the beginning of a frame again.</summary>
    public ulong Resynchronisations { get; internal set; }

    /// <summary>Times that the receive buffer had no room left for a full frame: the chip may have dropped some.</summary>
    public ulong NearlyFull { get; internal set; }

    /// <summary>Times that frames waited while the interrupt pin was high: a missed or broken interrupt.</summary>
    public ulong MissedInterrupts { get; internal set; }

    /// <summary>Frames not sent: shorter than an Ethernet header or longer than the MTU allows.</summary>
    public ulong NotSentLength { get; internal set; }

    /// <summary>Frames not sent: the cable's link is down, or the chip is not there.</summary>
    public ulong NotSentDown { get; internal set; }

    /// <summary>Frames not sent: the chip, the bus or the cable's link was lost while they were written.</summary>
    public ulong NotSentBusy { get; internal set; }

    /// <summary>Frames whose completion the chip never told; the socket was opened again.</summary>
    public ulong SendTimeouts { get; internal set; }

    /// <summary>Commands that the chip did not accept in time.</summary>
    public ulong CommandTimeouts { get; internal set; }

    /// <summary>Times that the chip was not in the state that it had been put in, look after look: it was reset, or the bus fails.</summary>
    public ulong StateLost { get; internal set; }

    /// <summary>Times that the socket was closed and opened again.</summary>
    public ulong Reopened { get; internal set; }

    /// <summary>Times that the chip was reset, the first one included.</summary>
    public ulong Resets { get; internal set; }

    /// <summary>Times that RSTn was pulled, the first one included; the others were done by MR.</summary>
    public ulong PinResets { get; internal set; }

    /// <summary>Resets after which there was no W5500, or it could not be opened; tried again after a second.</summary>
    public ulong FailedResets { get; internal set; }

    /// <summary>Times that the cable's link came up.</summary>
    public ulong LinkUps { get; internal set; }

    /// <summary>Times that the cable's link went down.</summary>
    public ulong LinkDowns { get; internal set; }
}
