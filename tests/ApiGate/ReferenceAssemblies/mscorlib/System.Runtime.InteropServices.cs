namespace System.Runtime.InteropServices;

public enum CharSet
{
    None = 1,
    Ansi = 2,
    Unicode = 3,
    Auto = 4,
}

public sealed class ComVisibleAttribute : System.Attribute
{
    public ComVisibleAttribute(bool visibility) => throw null;
    public bool Value => throw null;
}

public sealed class GuidAttribute : System.Attribute
{
    public GuidAttribute(string guid) => throw null;
    public string Value => throw null;
}

public enum LayoutKind
{
    Sequential = 0,
    Explicit = 2,
    Auto = 3,
}

public sealed class OutAttribute : System.Attribute
{
    public OutAttribute() => throw null;
}

public sealed class StructLayoutAttribute : System.Attribute
{
    public int Pack;
    public int Size;
    public System.Runtime.InteropServices.CharSet CharSet;
    public StructLayoutAttribute(System.Runtime.InteropServices.LayoutKind layoutKind) => throw null;
    public StructLayoutAttribute(short layoutKind) => throw null;
    public System.Runtime.InteropServices.LayoutKind Value => throw null;
}
