namespace System.Device.Spi;

/// <summary>
/// One device on an SPI bus: the desktop's stand-in for the device's class of the same name. Chip select is active for
/// each call, and released after it.
/// </summary>
public abstract class SpiDevice
{
    /// <summary>Sends bytes; what comes back is not kept.</summary>
    /// <param name="buffer">What is sent, at most 16384 bytes.</param>
    public abstract void Write(SpanByte buffer);

    /// <summary>Sends bytes and receives as many.</summary>
    /// <param name="writeBuffer">What is sent, at most 16384 bytes.</param>
    /// <param name="readBuffer">
    /// Where what comes back is put. As long as <paramref name="writeBuffer"/>: the device does not look, and writes beyond its
    /// end.
    /// </param>
    public abstract void TransferFullDuplex(SpanByte writeBuffer, SpanByte readBuffer);
}
