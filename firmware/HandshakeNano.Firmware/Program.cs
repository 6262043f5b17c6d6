using System;

namespace HandshakeNano.Firmware;

/// <summary>Where the device starts.</summary>
public static class Program
{
    /// <summary>Brings the board up and runs the services.</summary>
    public static void Main()
    {
        // An exception that nobody catches can end the program on the device without a word.
        try
        {
            new DeviceFirmware(BoardSupport.Create()).Run();
        }
        catch (Exception e)
        {
            Console.WriteLine("HandshakeNano stopped: " + e.GetType().FullName + ": " + e.Message);
            Console.WriteLine(e.StackTrace);
        }
    }
}
