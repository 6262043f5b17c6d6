using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Esp32;

/// <summary>A board with an ESP32, whatever carries its frames.</summary>
public abstract class Esp32Board : Board
{
    /// <summary>Makes a board.</summary>
    /// <param name="name">The board's name: its folder under <c>boards/</c>.</param>
    protected Esp32Board(string name)
        : base(name)
    {
    }

    /// <summary>
    /// Makes the rest. Call it once the radio is on, if it will be: until then the chip's generator is only pseudo-random. The
    /// link must be made by then, since the memory that is left decides on the number of connections.
    /// </summary>
    /// <param name="physicalAddress">The endpoint's Ethernet address, 6 bytes.</param>
    /// <param name="link">What carries the frames.</param>
    protected void SetUp(byte[] physicalAddress, ILink link)
    {
        Link = link;
        Entropy = new Esp32Entropy(physicalAddress);
        Settings = DeviceIdentity.MakeSettings(physicalAddress);
    }
}
