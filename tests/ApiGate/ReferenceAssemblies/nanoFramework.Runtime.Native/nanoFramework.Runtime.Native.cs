namespace nanoFramework.Runtime.Native;

public class ConstraintException : System.Exception
{
    public ConstraintException() => throw null;
}

public static class ExecutionConstraint
{
    public static void Install(int timeoutMilliseconds, int priority) => throw null;
}

public static class GC
{
    public static uint Run(bool compactHeap) => throw null;
    public static void EnableGCMessages(bool enable) => throw null;
}

public class Power
{
    public static event nanoFramework.Runtime.Native.RebootEventHandler OnRebootEvent { add => throw null; remove => throw null; }
    public static void RebootDevice(nanoFramework.Runtime.Native.RebootOption rebootOption) => throw null;
    public static void RebootDevice(int exeConstraintTimeout, nanoFramework.Runtime.Native.RebootOption rebootOption) => throw null;
    public Power() => throw null;
}

public delegate void RebootEventHandler();

public enum RebootOption
{
    NormalReboot = 0,
    EnterNanoBooter = 1,
    ClrOnly = 2,
    EnterProprietaryBooter = 8,
}

public static class SystemInfo
{
    public static System.Version Version => throw null;
    public static string OEMString => throw null;
    public static byte OEM => throw null;
    public static byte Model => throw null;
    public static ushort SKU => throw null;
    public static string TargetName => throw null;
    public static string Platform => throw null;
    public static nanoFramework.Runtime.Native.SystemInfo.FloatingPoint FloatingPointSupport => throw null;

    public enum FloatingPoint
    {
        None = 0,
        SinglePrecisionSoftware = 1,
        SinglePrecisionHardware = 2,
        DoublePrecisionSoftware = 3,
        DoublePrecisionHardware = 4,
    }
}
