using HandshakeNano.Firmware;
using HandshakeNano.Page;

namespace HandshakeNano.Samples.Echo;

/// <summary>What a board is flashed with unless you have something better: echo on port 7, discard on port 9, its own page on port 80.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main()
    {
        // A chip without PSRAM may have too little for the page.
        if (MemoryBudget.HasRoom(BoardSupport.FreeMemory, PageService.Size))
            DeviceFirmware.Run(new EchoService(), new DiscardService(), new PageService());
        else
            DeviceFirmware.Run(new EchoService(), new DiscardService());
    }
}
