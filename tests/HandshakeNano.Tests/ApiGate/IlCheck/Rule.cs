namespace HandshakeNano.IlCheck;

/// <summary>What compiles for the nanoFramework and then goes wrong, or costs too much, on its interpreter.</summary>
public enum Rule
{
    /// <summary>A value cast from unsigned to signed meets shr, rem, a widening or a conversion to floating point.</summary>
    Signedness,

    /// <summary>An unsigned value is stored through a reference to a signed variable, which makes it unsigned for good.</summary>
    Retag,

    /// <summary>A generic type or method, declared or used.</summary>
    Generic,

    /// <summary>An array of more than one dimension.</summary>
    ArrayRank,

    /// <summary>More locals, fields, methods, switch cases or code than the format of the device has room for.</summary>
    Limit,

    /// <summary>An instruction of a checked context, which does not throw there.</summary>
    Checked,

    /// <summary>Pointers, stackalloc, and what else the interpreter refuses to run.</summary>
    Unsafe,

    /// <summary>A method body in an interface.</summary>
    InterfaceBody,

    /// <summary>ToString of an enum, which gives the number there.</summary>
    EnumText,

    /// <summary>SpanByte on the way of a segment.</summary>
    Span,

    /// <summary>A struct by value on the way of a segment: it is cloned at every use.</summary>
    Struct,

    /// <summary>Memory taken, a lock or a string on the way of a segment.</summary>
    Allocation,
}
