using Mono.Cecil;

namespace HandshakeNano.IlCheck;

/// <summary>
/// What is known of a value on the evaluation stack. The interpreter tags each value as signed or unsigned where it is
/// loaded or computed, and chooses what shr, rem and conversions do by the tag.
/// </summary>
/// <param name="MaySign">The tag can be signed.</param>
/// <param name="MayUnsign">The tag can be unsigned.</param>
/// <param name="TopBit">The highest bit can be set; without it both tags mean the same number.</param>
/// <param name="Wide">It has 64 bits.</param>
/// <param name="Type">The type, if it is an array or a reference to a variable.</param>
internal readonly record struct StackValue(bool MaySign, bool MayUnsign, bool TopBit, bool Wide, TypeReference? Type)
{
    /// <summary>Anything that is not an integer, or of which nothing is known.</summary>
    public static StackValue Other => default;

    /// <summary>Whether reading it as unsigned where C# means signed gives another number.</summary>
    public bool ReadsWrong => MayUnsign && TopBit;

    public static StackValue Signed(bool wide, bool topBit = true)
    {
        return new StackValue(true, false, topBit, wide, null);
    }

    public static StackValue Unsigned(bool wide, bool topBit = true)
    {
        return new StackValue(false, true, topBit, wide, null);
    }

    /// <summary>A value as it is loaded from a place of the given type, which keeps its tag.</summary>
    public static StackValue Of(TypeReference? type)
    {
        if (type is null)
            return Other;
        return TypeShapes.Primitive(type) switch
        {
            // Narrow ones are widened to a signed int.
            MetadataType.Boolean or MetadataType.Char or MetadataType.Byte or MetadataType.UInt16 => Signed(wide: false, topBit: false),
            MetadataType.SByte or MetadataType.Int16 or MetadataType.Int32 => Signed(wide: false),
            MetadataType.Int64 => Signed(wide: true),
            MetadataType.UInt32 => Unsigned(wide: false),
            MetadataType.UInt64 => Unsigned(wide: true),
            MetadataType.Array or MetadataType.ByReference => new StackValue(false, false, false, false, type),
            _ => Other,
        };
    }

    public static StackValue Merge(StackValue a, StackValue b)
    {
        return new StackValue(a.MaySign || b.MaySign, a.MayUnsign || b.MayUnsign, a.TopBit || b.TopBit, a.Wide || b.Wide,
            MergeTypes(a, b));
    }

    private static TypeReference? MergeTypes(StackValue a, StackValue b)
    {
        if (a == Other || b == Other)
            return a.Type ?? b.Type;
        return a.Type?.FullName == b.Type?.FullName ? a.Type : null;
    }
}
