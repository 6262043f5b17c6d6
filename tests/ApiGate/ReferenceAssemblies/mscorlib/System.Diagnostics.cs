namespace System.Diagnostics;

[System.AttributeUsage(System.AttributeTargets.Method, AllowMultiple = true)]
public sealed class ConditionalAttribute : System.Attribute
{
    public ConditionalAttribute(string conditionString) => throw null;
    public string ConditionString => throw null;
}

public static class Debug
{
    [Conditional("DEBUG")]
    public static void Assert(bool condition) => throw null;
    [Conditional("DEBUG")]
    public static void Assert(bool condition, string message) => throw null;
    [Conditional("DEBUG")]
    public static void Assert(bool condition, string message, string detailedMessage) => throw null;
    [Conditional("DEBUG")]
    public static void Write(string message) => throw null;
    [Conditional("DEBUG")]
    public static void WriteLine() => throw null;
    [Conditional("DEBUG")]
    public static void WriteLine(string message) => throw null;
}

public sealed class DebuggableAttribute : System.Attribute
{
    public DebuggableAttribute(bool isJITTrackingEnabled, bool isJITOptimizerDisabled) => throw null;
    public DebuggableAttribute(System.Diagnostics.DebuggableAttribute.DebuggingModes modes) => throw null;
    public bool IsJITTrackingEnabled => throw null;
    public bool IsJITOptimizerDisabled => throw null;
    public System.Diagnostics.DebuggableAttribute.DebuggingModes DebuggingFlags => throw null;

    public enum DebuggingModes
    {
        None = 0,
        Default = 1,
        DisableOptimizations = 256,
        IgnoreSymbolStoreSequencePoints = 2,
        EnableEditAndContinue = 4,
    }
}

public static class Debugger
{
    public static bool IsAttached => throw null;
    public static void Break() => throw null;
}

public sealed class DebuggerBrowsableAttribute : System.Attribute
{
    public DebuggerBrowsableAttribute(System.Diagnostics.DebuggerBrowsableState state) => throw null;
    public System.Diagnostics.DebuggerBrowsableState State => throw null;
}

public enum DebuggerBrowsableState
{
    Never = 0,
    Collapsed = 2,
    RootHidden = 3,
}

public sealed class DebuggerDisplayAttribute : System.Attribute
{
    public DebuggerDisplayAttribute(string value) => throw null;
    public string Value => throw null;
    public string Name { get => throw null; set => throw null; }
    public string Type { get => throw null; set => throw null; }
    public System.Type Target { get => throw null; set => throw null; }
    public string TargetTypeName { get => throw null; set => throw null; }
}

public sealed class DebuggerHiddenAttribute : System.Attribute
{
    public DebuggerHiddenAttribute() => throw null;
}

public sealed class DebuggerNonUserCodeAttribute : System.Attribute
{
    public DebuggerNonUserCodeAttribute() => throw null;
}

public sealed class DebuggerStepThroughAttribute : System.Attribute
{
    public DebuggerStepThroughAttribute() => throw null;
}

public sealed class DebuggerStepperBoundaryAttribute : System.Attribute
{
    public DebuggerStepperBoundaryAttribute() => throw null;
}

public sealed class DebuggerTypeProxyAttribute : System.Attribute
{
    public DebuggerTypeProxyAttribute(System.Type type) => throw null;
    public DebuggerTypeProxyAttribute(string typeName) => throw null;
    public string ProxyTypeName => throw null;
    public System.Type Target { get => throw null; set => throw null; }
    public string TargetTypeName { get => throw null; set => throw null; }
}

public sealed class NativeProfiledAttribute : System.Attribute
{
    public NativeProfiledAttribute() => throw null;
}
