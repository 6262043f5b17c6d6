using System;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Firmware;

/// <summary>Where the device starts.</summary>
public static class Program
{
    /// <summary>Brings the board up and runs the services; after a fault it starts the device again.</summary>
    public static void Main()
    {
        Recovery recovery = BoardSupport.Recovery;
        ulong begin = HighResTimer.GetCurrent();
        string before = recovery.FaultBefore;
        string fault;

        // An uncaught exception may end the program on the device silently, and then nothing runs any more.
        try
        {
            if (before != null)
                recovery.Log("Started again after a fault: " + before);
            new DeviceFirmware(BoardSupport.Create()).Run();
            return;
        }
        catch (Exception e)
        {
            fault = e.GetType().FullName;
            Report(recovery, e);
        }

        bool again = before != null && HighResTimer.GetCurrent() - begin < Recovery.SoundRun;
        recovery.Wait(again ? Recovery.LongPause : Recovery.Pause);
        recovery.Restart(fault);
    }

    private static void Report(Recovery recovery, Exception fault)
    {
        try
        {
            recovery.Log("HandshakeNano stopped: " + fault.GetType().FullName + ": " + fault.Message);
            if (fault.StackTrace != null)
                recovery.Log(fault.StackTrace);
            recovery.Log("It starts again after a pause, in which the board can be flashed");
        }
        catch (Exception)
        {
            // The fault may be that there is no memory, and a line needs some.
        }
    }
}
