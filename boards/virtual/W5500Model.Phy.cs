#nullable enable
namespace HandshakeNano.Boards.Virtual;

// The PHY: PHYCFGR says what it is to do, and whether it has a link and of which kind.
public sealed partial class W5500Model
{
    // Bits of PHYCFGR: not in reset; the mode is that of the register, not of the pins, which ask for all modes; link, speed, duplex.
    private const byte PhyRuns = 0x80, PhyModeByRegister = 0x40, PhyModeBits = 0x38, PhyHasLink = 0x01, PhyIsFast = 0x02, PhyIsFullDuplex = 0x04;

    private int _phyMode;

    /// <summary>The cable is in, and the PHY has agreed with the other end on how to use it. Mode 6 is no power, mode 5 none at all.</summary>
    private bool HasLink => _isLinkUp && _linkDelay == 0 && (_common[PHYCFGR] & PhyRuns) != 0 && _phyMode is not (5 or 6);

    /// <summary>100 Mb/s.</summary>
    private bool IsFast => _phyMode is 2 or 3 or 4 or 7;

    private bool IsFullDuplex => _phyMode is 1 or 3 or 7;

    private int PhyStatus()
    {
        return HasLink ? PhyHasLink | (IsFast ? PhyIsFast : 0) | (IsFullDuplex ? PhyIsFullDuplex : 0) : 0;
    }

    /// <summary>The host writes PHYCFGR. A mode counts from the PHY's next reset on.</summary>
    private void ConfigurePhy(byte value)
    {
        bool wasReset = (_common[PHYCFGR] & PhyRuns) == 0;
        _common[PHYCFGR] = (byte)(value & (PhyRuns | PhyModeByRegister | PhyModeBits));
        if (!wasReset || (value & PhyRuns) == 0)
            return;
        TakePhyMode();
        Negotiate();
    }

    private void TakePhyMode()
    {
        _phyMode = (_common[PHYCFGR] & PhyModeByRegister) != 0 ? (_common[PHYCFGR] & PhyModeBits) >> 3 : 7;
    }

    private void Negotiate()
    {
        _linkDelay = Traps.LinkDelay;
    }
}
