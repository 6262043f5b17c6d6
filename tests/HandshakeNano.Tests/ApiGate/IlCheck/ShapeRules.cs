using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace HandshakeNano.IlCheck;

/// <summary>What types, fields and signatures may look like.</summary>
internal static class ShapeRules
{
    /// <summary>Most instance fields, static fields, methods of a class and locals of a method: their indices are bytes.</summary>
    public const int MostMembers = 255;

    public static void Check(CodeBase program, Findings findings)
    {
        foreach (TypeDefinition type in program.Types)
        {
            CheckType(type, findings);
            foreach (FieldDefinition field in type.Fields)
                CheckNamed(TypeShapes.Parts(field.FieldType), $"The field {field.Name}", (rule, text) => findings.Add(rule, type, text));
            foreach (MethodDefinition method in type.Methods)
                CheckMethod(method, findings);
        }
    }

    /// <summary>Reports generic types, arrays of more than one dimension and pointers among the types that something names.</summary>
    public static void CheckNamed(IEnumerable<TypeReference> types, string what, System.Action<Rule, string> report)
    {
        List<TypeReference> named = types.ToList();
        if (named.Find(TypeShapes.IsGeneric) is { } generic)
            report(Rule.Generic, $"{what} uses the generic {generic.FullName}, which crashes: write the type or delegate out.");
        if (named.Find(TypeShapes.IsMultidimensional) is { } array)
            report(Rule.ArrayRank, $"{what} uses {array.FullName}, which crashes: use one dimension or an array of arrays.");
        if (named.Find(TypeShapes.IsPointer) is { } pointer)
            report(Rule.Unsafe, $"{what} uses the pointer {pointer.FullName}, which throws: use an array and an index.");
    }

    private static void CheckType(TypeDefinition type, Findings findings)
    {
        if (type.HasGenericParameters)
            findings.Add(Rule.Generic, type, "A generic type crashes: write one type for each use.");
        int instance = 0;
        for (TypeDefinition? t = type; t is not null; t = t.BaseType?.Resolve())
            instance += t.Fields.Count(f => !f.IsStatic);
        CheckCount(instance, "instance fields, inherited ones included");
        // A constant is no field on the device.
        CheckCount(type.Fields.Count(f => f.IsStatic && !f.IsLiteral), "static fields");
        CheckCount(type.Methods.Count, "methods");

        void CheckCount(int count, string what)
        {
            if (count > MostMembers)
                findings.Add(Rule.Limit, type, $"{count} {what}; {MostMembers} are the most: divide the class.");
        }
    }

    private static void CheckMethod(MethodDefinition method, Findings findings)
    {
        void Report(Rule rule, string text) => findings.Add(rule, method, null, text);

        if (method.HasGenericParameters)
            Report(Rule.Generic, "A generic method crashes: write one method for each use.");
        CheckNamed(TypeShapes.Parts(method.ReturnType), "The result", Report);
        foreach (ParameterDefinition parameter in method.Parameters)
            CheckNamed(TypeShapes.Parts(parameter.ParameterType), $"The parameter {parameter.Name}", Report);
        if (!method.HasBody)
            return;
        if (method.DeclaringType.IsInterface && !method.IsStatic)
            Report(Rule.InterfaceBody, "A method body in an interface throws: use an abstract class.");
        if (method.Body.Variables.Count > MostMembers)
            Report(Rule.Limit, $"{method.Body.Variables.Count} locals; {MostMembers} are the most: divide the method.");
        CheckNamed(method.Body.Variables.SelectMany(v => TypeShapes.Parts(v.VariableType)), "A local", Report);
    }
}
