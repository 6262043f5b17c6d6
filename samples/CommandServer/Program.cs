using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.CommandServer;

/// <summary>Commands on port 2323, for several clients at once.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new CommandService());
}
