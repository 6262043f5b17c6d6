using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.IlCheck;

/// <summary>What code on the way of a segment must not do because it costs too much on the interpreter.</summary>
internal static class SegmentRules
{
    public static void Check(CodeBase program, CheckOptions options, Findings findings)
    {
        foreach (TypeDefinition type in program.Types.Where(IsOnTheWay))
        {
            foreach (FieldDefinition field in type.Fields.Where(f => TypeShapes.Parts(f.FieldType).Any(IsSpanByte)))
                findings.Add(Rule.Span, type, $"The field {field.Name} is a SpanByte, which costs 4 to 15 times an array: use a byte[] and an offset.");
            foreach (MethodDefinition method in type.Methods)
                CheckStructs(method, findings);
        }

        foreach (MethodDefinition method in Reached(program, options.SegmentEntries).Where(m => IsOnTheWay(m.DeclaringType)))
            CheckMemory(method, findings);

        bool IsOnTheWay(TypeDefinition type) => options.SegmentAssemblies.Contains(type.Module.Assembly.Name.Name);
    }

    private static bool IsSpanByte(TypeReference type)
    {
        return type.FullName == "System.SpanByte";
    }

    private static void CheckStructs(MethodDefinition method, Findings findings)
    {
        IEnumerable<(string What, TypeReference Type)> values = method.Parameters
            .Select(p => ($"The parameter {p.Name}", p.ParameterType))
            .Append(("The result", method.ReturnType));
        if (method.HasBody)
            values = values.Concat(method.Body.Variables.Select(v => ($"Local {v.Index}", v.VariableType)));
        foreach ((string what, TypeReference type) in values)
        {
            if (TypeShapes.Parts(type).Any(IsSpanByte))
                findings.Add(Rule.Span, method, null, $"{what} is a SpanByte, which costs 4 to 15 times an array: use a byte[] and an offset.");
            else if (TypeShapes.IsStruct(type))
                findings.Add(Rule.Struct, method, null, $"{what} is a {type.Name} by value, which is cloned at every use: keep its fields in locals or pass it by ref.");
        }

        if (!method.HasBody)
            return;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (TypeShapes.Named(instruction.Operand).Any(IsSpanByte))
                findings.Add(Rule.Span, method, instruction, "SpanByte costs 4 to 15 times an array: use a byte[] and an offset.");
        }
    }

    private static HashSet<MethodDefinition> Reached(CodeBase program, IReadOnlyCollection<string> entries)
    {
        var reached = new HashSet<MethodDefinition>();
        var waiting = new Queue<MethodDefinition>(
            program.Methods.Where(m => entries.Contains(m.DeclaringType.FullName + "::" + m.Name)));
        while (waiting.TryDequeue(out MethodDefinition? method))
        {
            if (!reached.Add(method) || !method.HasBody)
                continue;
            foreach (Instruction instruction in method.Body.Instructions)
            {
                if (instruction.Operand is not MethodReference called || EndsInThrow(instruction))
                    continue;
                foreach (MethodDefinition target in program.Targets(called, instruction.OpCode))
                    waiting.Enqueue(target);
            }
        }

        return reached;
    }

    private static void CheckMemory(MethodDefinition method, Findings findings)
    {
        if (!method.HasBody)
            return;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            string? what = Cost(instruction);
            if (what is not null && !EndsInThrow(instruction))
                findings.Add(Rule.Allocation, method, instruction, $"{what} on the way of a segment: do it once, at construction.");
        }
    }

    private static string? Cost(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Newarr:
                return "An array is made";
            case Code.Box:
                return "A value is boxed";
            case Code.Newobj:
                TypeReference made = ((MethodReference)instruction.Operand).DeclaringType;
                return made.IsValueType ? null : $"An object ({made.Name}) is made";
            case Code.Call:
            case Code.Callvirt:
                var called = (MethodReference)instruction.Operand;
                if (called.DeclaringType.FullName == "System.Threading.Monitor")
                    return "A lock is taken";
                if (called.ReturnType.FullName == "System.String" && called.DeclaringType.Namespace.StartsWith("System", System.StringComparison.Ordinal))
                    return $"{called.DeclaringType.Name}.{called.Name} makes a string";
                return null;
            default:
                return null;
        }
    }

    /// <summary>Whether what follows runs into a throw: the message of an exception may cost what it likes.</summary>
    private static bool EndsInThrow(Instruction instruction)
    {
        for (Instruction? next = instruction.Next; next is not null; next = next.Next)
        {
            if (next.OpCode == OpCodes.Throw)
                return true;
            if (next.OpCode.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return)
                return false;
        }

        return false;
    }
}
