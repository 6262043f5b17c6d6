using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace HandshakeNano.IlCheck;

/// <summary>Questions about types.</summary>
internal static class TypeShapes
{
    /// <summary>A type and every type that it is made of.</summary>
    public static IEnumerable<TypeReference> Parts(TypeReference? type)
    {
        while (type is not null)
        {
            yield return type;
            if (type is GenericInstanceType generic)
            {
                foreach (TypeReference part in generic.GenericArguments.SelectMany(Parts))
                    yield return part;
            }

            type = (type as TypeSpecification)?.ElementType;
        }
    }

    /// <summary>Every type that an instruction names.</summary>
    public static IEnumerable<TypeReference> Named(object? operand)
    {
        switch (operand)
        {
            case TypeReference type:
                return Parts(type);
            case MethodReference method:
                IEnumerable<TypeReference> named = Parts(method.DeclaringType).Concat(Parts(method.ReturnType))
                    .Concat(method.Parameters.SelectMany(p => Parts(p.ParameterType)));
                return method is GenericInstanceMethod generic ? named.Concat(generic.GenericArguments.SelectMany(Parts)) : named;
            case FieldReference field:
                return Parts(field.DeclaringType).Concat(Parts(field.FieldType));
            default:
                return [];
        }
    }

    public static bool IsGeneric(TypeReference type)
    {
        return type is GenericInstanceType or GenericParameter || type.HasGenericParameters;
    }

    public static bool IsMultidimensional(TypeReference type)
    {
        return type is ArrayType { Rank: > 1 };
    }

    public static bool IsPointer(TypeReference type)
    {
        return type is PointerType or FunctionPointerType;
    }

    /// <summary>A value type that is neither a primitive nor an enum: the interpreter keeps it as an object and clones it.</summary>
    public static bool IsStruct(TypeReference type)
    {
        return type.IsValueType && !type.IsPrimitive && type.Resolve() is not { IsEnum: true };
    }

    /// <summary>The primitive that a value of the type is on the evaluation stack.</summary>
    public static MetadataType Primitive(TypeReference type)
    {
        if (type is RequiredModifierType or OptionalModifierType)
            return Primitive(((TypeSpecification)type).ElementType);
        if (type.MetadataType == MetadataType.ValueType && type.Resolve() is { IsEnum: true } enumeration)
            return enumeration.Fields.First(f => !f.IsStatic).FieldType.MetadataType;
        return type.MetadataType;
    }
}
