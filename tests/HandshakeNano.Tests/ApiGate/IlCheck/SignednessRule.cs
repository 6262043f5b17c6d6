using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.IlCheck;

/// <summary>
/// Follows the interpreter's signed and unsigned tags through all methods together. The compiler emits nothing for a cast
/// between int and uint or long and ulong, so a value keeps the tag that it was loaded or computed with:
/// - a field, an array element and a local keep the type that they were declared with, whatever is stored in them;
/// - a parameter has the tag that the caller passed, for as long as the method runs, and a result the tag that was returned;
/// - an operation on two values gives the tag of the left one, and conv gives the tag of its target;
/// - a store through a reference to a variable passes its tag on to the variable.
/// Then shr, rem, conv.i8, conv.r4 and conv.r8 go by the tag. Comparisons, + - * / and negation give the right bits always,
/// and so do the .un operations and conv.u8; conv.r.un of a value with a signed tag is not known to, and is reported.
/// </summary>
internal sealed class SignednessRule
{
    private const string Advice = "store it in a local that is used more than once or in a field first, or cast an int through (int)(ulong)";

    private readonly CodeBase _program;
    private readonly Findings _findings;
    private readonly Dictionary<MethodDefinition, Summary> _summaries = [];
    private readonly Dictionary<string, List<MethodDefinition>> _delegates = [];
    private bool _changed;
    private bool _reporting;

    public SignednessRule(CodeBase program, Findings findings)
    {
        _program = program;
        _findings = findings;
    }

    public void Check()
    {
        foreach (MethodDefinition method in _program.Methods)
            _summaries.Add(method, new Summary(method));
        FindDelegates();
        do
        {
            _changed = false;
            foreach (MethodDefinition method in _program.Methods.Where(m => m.HasBody))
                Run(method);
        }
        while (_changed);
        _reporting = true;
        foreach (MethodDefinition method in _program.Methods.Where(m => m.HasBody))
            Run(method);
    }

    private void FindDelegates()
    {
        foreach (Instruction instruction in _program.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions))
        {
            if (instruction.OpCode != OpCodes.Newobj
                || instruction.Previous?.OpCode.Code is not (Code.Ldftn or Code.Ldvirtftn))
                continue;
            string type = ((MethodReference)instruction.Operand).DeclaringType.FullName;
            if (!_delegates.TryGetValue(type, out List<MethodDefinition>? targets))
                _delegates.Add(type, targets = []);
            targets.AddRange(_program.Targets((MethodReference)instruction.Previous.Operand, OpCodes.Ldvirtftn));
        }
    }

    private void Run(MethodDefinition method)
    {
        var before = new Dictionary<Instruction, StackValue[]>();
        var waiting = new Queue<Instruction>();

        void Flow(Instruction? target, IEnumerable<StackValue> stack)
        {
            if (target is null)
                return;
            StackValue[] values = stack.ToArray();
            if (before.TryGetValue(target, out StackValue[]? known))
            {
                StackValue[] merged = known.Zip(values, StackValue.Merge).ToArray();
                if (merged.SequenceEqual(known))
                    return;
                values = merged;
            }

            before[target] = values;
            waiting.Enqueue(target);
        }

        Flow(method.Body.Instructions[0], []);
        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers)
        {
            bool caught = handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter;
            Flow(handler.HandlerStart, caught ? [StackValue.Other] : []);
            Flow(handler.FilterStart, [StackValue.Other]);
        }

        while (waiting.TryDequeue(out Instruction? instruction))
        {
            var stack = new List<StackValue>(before[instruction]);
            bool reporting = _reporting;
            _reporting = false;
            Step(method, instruction, stack);
            _reporting = reporting;
            switch (instruction.OpCode.FlowControl)
            {
                case FlowControl.Return:
                case FlowControl.Throw:
                    break;
                case FlowControl.Branch:
                    Flow((Instruction)instruction.Operand, instruction.OpCode.Code is Code.Leave or Code.Leave_S ? [] : stack);
                    break;
                case FlowControl.Cond_Branch when instruction.Operand is Instruction[] targets:
                    foreach (Instruction target in targets)
                        Flow(target, stack);
                    Flow(instruction.Next, stack);
                    break;
                case FlowControl.Cond_Branch:
                    Flow((Instruction)instruction.Operand, stack);
                    Flow(instruction.Next, stack);
                    break;
                default:
                    Flow(instruction.Next, stack);
                    break;
            }
        }

        if (!_reporting)
            return;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (before.TryGetValue(instruction, out StackValue[]? stack))
                Step(method, instruction, [.. stack]);
        }
    }

    private void Step(MethodDefinition method, Instruction instruction, List<StackValue> stack)
    {
        StackValue Pop()
        {
            StackValue top = stack[^1];
            stack.RemoveAt(stack.Count - 1);
            return top;
        }

        switch (instruction.OpCode.Code)
        {
            case Code.Nop:
            case Code.Volatile:
            case Code.Unaligned:
            case Code.Constrained:
            case Code.Readonly:
            case Code.Tail:
                break;
            case Code.Dup:
                stack.Add(stack[^1]);
                break;

            case Code.Ldc_I8:
                stack.Add(StackValue.Signed(wide: true, topBit: (long)instruction.Operand < 0));
                break;
            case Code.Ldc_I4_M1:
                stack.Add(StackValue.Signed(wide: false));
                break;
            case Code.Ldc_I4:
                stack.Add(StackValue.Signed(wide: false, topBit: (int)instruction.Operand < 0));
                break;
            case Code.Ldc_I4_S:
                stack.Add(StackValue.Signed(wide: false, topBit: (sbyte)instruction.Operand < 0));
                break;
            case >= Code.Ldc_I4_0 and <= Code.Ldc_I4_8:
                stack.Add(StackValue.Signed(wide: false, topBit: false));
                break;

            case Code.Ldarg_0:
            case Code.Ldarg_1:
            case Code.Ldarg_2:
            case Code.Ldarg_3:
            case Code.Ldarg_S:
            case Code.Ldarg:
                stack.Add(ArgumentOf(method, instruction) is { } loaded ? _summaries[method].Arguments[loaded.Index] : StackValue.Other);
                break;
            case Code.Starg_S:
            case Code.Starg:
                // The slot keeps the tag that the caller gave it, the value is the new one.
                if (ArgumentOf(method, instruction) is { } stored)
                    Widen(_summaries[method].Arguments, stored.Index, stack[^1] with { MaySign = false, MayUnsign = false });
                Pop();
                break;
            case Code.Ldarga:
            case Code.Ldarga_S:
                stack.Add(ReferenceTo(((ParameterDefinition)instruction.Operand).ParameterType));
                break;

            case Code.Ldloc_0:
            case Code.Ldloc_1:
            case Code.Ldloc_2:
            case Code.Ldloc_3:
            case Code.Ldloc_S:
            case Code.Ldloc:
                stack.Add(StackValue.Of(LocalOf(method, instruction).VariableType));
                break;
            case Code.Ldloca:
            case Code.Ldloca_S:
                stack.Add(ReferenceTo(((VariableDefinition)instruction.Operand).VariableType));
                break;

            case Code.Ldfld:
                Pop();
                stack.Add(StackValue.Of(((FieldReference)instruction.Operand).FieldType));
                break;
            case Code.Ldsfld:
                stack.Add(StackValue.Of(((FieldReference)instruction.Operand).FieldType));
                break;
            case Code.Ldflda:
                Pop();
                stack.Add(ReferenceTo(((FieldReference)instruction.Operand).FieldType));
                break;
            case Code.Ldsflda:
                stack.Add(ReferenceTo(((FieldReference)instruction.Operand).FieldType));
                break;

            case Code.Newarr:
                Pop();
                stack.Add(StackValue.Of(new ArrayType((TypeReference)instruction.Operand)));
                break;
            case Code.Ldlen:
                Pop();
                stack.Add(StackValue.Signed(wide: false, topBit: false));
                break;
            case Code.Ldelema:
                Pop();
                Pop();
                stack.Add(ReferenceTo((TypeReference)instruction.Operand));
                break;
            case >= Code.Ldelem_I1 and <= Code.Ldelem_Ref:
            case Code.Ldelem_Any:
                Pop();
                stack.Add(Loaded(instruction, (Pop().Type as ArrayType)?.ElementType));
                break;
            case >= Code.Ldind_I1 and <= Code.Ldind_Ref:
            case Code.Ldobj:
                stack.Add(Loaded(instruction, (Pop().Type as ByReferenceType)?.ElementType));
                break;
            case Code.Stind_I4:
            case Code.Stind_I8:
            case Code.Stobj:
                StackValue value = Pop();
                TypeReference? target = (Pop().Type as ByReferenceType)?.ElementType;
                if (value.MayUnsign && target is not null && StackValue.Of(target).MaySign)
                    Report(Rule.Retag, "An unsigned value is stored through a reference to a signed variable, which is read as unsigned from then on");
                break;

            case Code.Add:
            case Code.Sub:
            case Code.Mul:
            case Code.Div:
            case Code.Add_Ovf:
            case Code.Add_Ovf_Un:
            case Code.Sub_Ovf:
            case Code.Sub_Ovf_Un:
            case Code.Mul_Ovf:
            case Code.Mul_Ovf_Un:
            case Code.Shl:
                Pop();
                stack.Add(Pop() with { TopBit = true, Type = null });
                break;
            case Code.And:
                StackValue right = Pop();
                StackValue left = Pop();
                stack.Add(left with { TopBit = left.TopBit && right.TopBit });
                break;
            case Code.Or:
            case Code.Xor:
                right = Pop();
                left = Pop();
                stack.Add(left with { TopBit = left.TopBit || right.TopBit });
                break;
            case Code.Not:
            case Code.Neg:
                stack.Add(Pop() with { TopBit = true });
                break;
            case Code.Div_Un:
            case Code.Rem_Un:
                right = Pop();
                left = Pop();
                bool shrinks = instruction.OpCode.Code == Code.Div_Un ? Constant(instruction.Previous) >= 2 : !right.TopBit;
                stack.Add(left with { TopBit = left.TopBit && !shrinks });
                break;
            case Code.Shr_Un:
                Pop();
                left = Pop();
                stack.Add(left with { TopBit = left.TopBit && !(Constant(instruction.Previous) >= 1) });
                break;
            case Code.Rem:
            case Code.Shr:
                Pop();
                left = Pop();
                if (left.ReadsWrong && !IsCutAfterShift(instruction, left.Wide))
                    Report(Rule.Signedness, $"{(instruction.OpCode.Code == Code.Shr ? ">>" : "%")} of a value that was cast from unsigned goes by its old type");
                stack.Add(left);
                break;

            case Code.Conv_I1:
            case Code.Conv_I2:
                Pop();
                stack.Add(StackValue.Signed(wide: false));
                break;
            case Code.Conv_I4:
            case Code.Conv_I:
                left = Pop();
                stack.Add(StackValue.Signed(wide: false, topBit: left.TopBit || left.Wide || left == StackValue.Other));
                break;
            case Code.Conv_U1:
            case Code.Conv_U2:
                Pop();
                stack.Add(StackValue.Signed(wide: false, topBit: false));
                break;
            case Code.Conv_U4:
            case Code.Conv_U:
                left = Pop();
                stack.Add(StackValue.Unsigned(wide: false, topBit: left.TopBit || left.Wide || left == StackValue.Other));
                break;
            case Code.Conv_I8:
                left = Pop();
                if (left.ReadsWrong && !left.Wide)
                    Report(Rule.Signedness, "Widening to 64 bits of a value that was cast from unsigned goes by its old type");
                stack.Add(StackValue.Signed(wide: true, topBit: left.TopBit || left == StackValue.Other));
                break;
            case Code.Conv_U8:
                left = Pop();
                stack.Add(StackValue.Unsigned(wide: true, topBit: left == StackValue.Other || (left.Wide && left.TopBit)));
                break;
            case Code.Conv_R4:
            case Code.Conv_R8:
                left = Pop();
                if (left.ReadsWrong)
                    Report(Rule.Signedness, "Conversion to floating point of a value that was cast from unsigned goes by its old type");
                stack.Add(StackValue.Other);
                break;
            case Code.Conv_R_Un:
                left = Pop();
                if (left.MaySign && left.TopBit)
                    Report(Rule.Signedness, "Conversion to floating point of a value that was cast from signed goes by its old type");
                stack.Add(StackValue.Other);
                break;

            case Code.Ceq:
            case Code.Cgt:
            case Code.Cgt_Un:
            case Code.Clt:
            case Code.Clt_Un:
                Pop();
                Pop();
                stack.Add(StackValue.Signed(wide: false, topBit: false));
                break;

            case Code.Call:
            case Code.Callvirt:
            case Code.Newobj:
                StepCall(instruction, stack);
                break;
            case Code.Ret:
                if (method.ReturnType.MetadataType == MetadataType.Void)
                    break;
                StackValue? before = _summaries[method].Result;
                StackValue after = before is { } known ? StackValue.Merge(known, Pop()) : Pop();
                _changed |= before != after;
                _summaries[method].Result = after;
                break;
            case Code.Unbox_Any:
                Pop();
                stack.Add(StackValue.Of((TypeReference)instruction.Operand));
                break;
            default:
                StepOther(instruction, stack);
                break;
        }

        void Report(Rule rule, string what)
        {
            if (_reporting)
                _findings.Add(rule, method, instruction, what + ": " + Advice + ".");
        }
    }

    private void StepCall(Instruction instruction, List<StackValue> stack)
    {
        var called = (MethodReference)instruction.Operand;
        int first = stack.Count - called.Parameters.Count;
        List<StackValue> passed = stack.GetRange(first, called.Parameters.Count);
        stack.RemoveRange(first, called.Parameters.Count);
        bool makes = instruction.OpCode.Code == Code.Newobj;
        if (called.HasThis && !makes)
            stack.RemoveAt(stack.Count - 1);

        List<MethodDefinition> targets = _program.Targets(called, instruction.OpCode).ToList();
        if (called.Name == "Invoke" && _delegates.TryGetValue(called.DeclaringType.FullName, out List<MethodDefinition>? handlers))
            targets.AddRange(handlers);
        StackValue? result = null;
        foreach (MethodDefinition target in targets)
        {
            Summary summary = _summaries[target];
            for (int i = 0; i < passed.Count && i < summary.Arguments.Length; i++)
                Widen(summary.Arguments, i, passed[i]);
            if (summary.Result is { } returned)
                result = result is { } known ? StackValue.Merge(known, returned) : returned;
        }

        if (makes)
            stack.Add(StackValue.Other);
        else if (called.ReturnType.MetadataType != MetadataType.Void)
            stack.Add(result ?? StackValue.Of(called.ReturnType));
    }

    /// <summary>Pops and pushes what the instruction's description says; nothing is known of what it pushes.</summary>
    private static void StepOther(Instruction instruction, List<StackValue> stack)
    {
        int pops = instruction.OpCode.StackBehaviourPop switch
        {
            StackBehaviour.Pop0 => 0,
            StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
            StackBehaviour.PopAll => stack.Count,
            StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
                or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
            StackBehaviour.Varpop => ((IMethodSignature)instruction.Operand).Parameters.Count + 1,
            _ => 3,
        };
        stack.RemoveRange(stack.Count - pops, pops);
        if (instruction.OpCode.StackBehaviourPush != StackBehaviour.Push0)
            stack.Add(StackValue.Other);
    }

    /// <summary>Adds to what is known of a parameter. It starts as what is declared: others may call the method too.</summary>
    private void Widen(StackValue[] values, int index, StackValue value)
    {
        StackValue known = values[index];
        // Only numbers have a tag; references are followed by their type alone.
        if (known == StackValue.Other || known.Type is not null || value.Type is not null)
            return;
        StackValue merged = StackValue.Merge(known, value) with { Wide = known.Wide };
        if (merged == known)
            return;
        values[index] = merged;
        _changed = true;
    }

    private static StackValue Loaded(Instruction instruction, TypeReference? element)
    {
        if (instruction.Operand is TypeReference named)
            return StackValue.Of(named);
        if (element is not null)
            return StackValue.Of(element);
        return instruction.OpCode.Code switch
        {
            Code.Ldelem_U1 or Code.Ldelem_U2 or Code.Ldind_U1 or Code.Ldind_U2 => StackValue.Signed(wide: false, topBit: false),
            Code.Ldelem_I1 or Code.Ldelem_I2 or Code.Ldelem_I4 or Code.Ldind_I1 or Code.Ldind_I2 or Code.Ldind_I4
                => StackValue.Signed(wide: false),
            Code.Ldelem_U4 or Code.Ldind_U4 => StackValue.Unsigned(wide: false),
            Code.Ldelem_I8 or Code.Ldind_I8 => StackValue.Merge(StackValue.Signed(wide: true), StackValue.Unsigned(wide: true)),
            _ => StackValue.Other,
        };
    }

    private static StackValue ReferenceTo(TypeReference type)
    {
        return StackValue.Of(new ByReferenceType(type));
    }

    /// <summary>The parameter that an instruction loads or stores; null for "this".</summary>
    private static ParameterDefinition? ArgumentOf(MethodDefinition method, Instruction instruction)
    {
        if (instruction.Operand is ParameterDefinition named)
            return named.Index < 0 ? null : named;
        int index = instruction.OpCode.Code - Code.Ldarg_0 - (method.HasThis ? 1 : 0);
        return index < 0 ? null : method.Parameters[index];
    }

    private static VariableDefinition LocalOf(MethodDefinition method, Instruction instruction)
    {
        return instruction.Operand as VariableDefinition ?? method.Body.Variables[instruction.OpCode.Code - Code.Ldloc_0];
    }

    /// <summary>Whether what a shift brings in at the top is cut off again at once: (x >> 8) &amp; 0xFF, (byte)(x >> 8).</summary>
    private static bool IsCutAfterShift(Instruction shift, bool wide)
    {
        if (shift.OpCode.Code != Code.Shr || Constant(shift.Previous) is not { } distance || distance < 0)
            return false;
        int kept = (wide ? 64 : 32) - distance;
        Instruction? next = shift.Next;
        switch (next?.OpCode.Code)
        {
            case Code.Conv_U1:
            case Code.Conv_I1:
                return kept >= 8;
            case Code.Conv_U2:
            case Code.Conv_I2:
                return kept >= 16;
            case Code.Conv_U4:
            case Code.Conv_I4:
                return wide && kept >= 32;
            default:
                return Constant(next) is { } mask && mask >= 0 && LastOfConstant(next!).Next?.OpCode.Code == Code.And
                    && (kept >= 32 || mask >> kept == 0);
        }
    }

    private static Instruction LastOfConstant(Instruction instruction)
    {
        return instruction.Next?.OpCode.Code is Code.Conv_I8 or Code.Conv_U8 ? instruction.Next : instruction;
    }

    private static int? Constant(Instruction? instruction)
    {
        return instruction?.OpCode.Code switch
        {
            Code.Ldc_I4 => (int)instruction.Operand,
            Code.Ldc_I4_S => (sbyte)instruction.Operand,
            >= Code.Ldc_I4_0 and <= Code.Ldc_I4_8 => instruction.OpCode.Code - Code.Ldc_I4_0,
            // The divisor of a 64-bit division is widened on the stack.
            Code.Conv_I8 or Code.Conv_U8 => Constant(instruction.Previous),
            _ => null,
        };
    }

    /// <summary>What is known of a method's parameters and its result.</summary>
    private sealed class Summary
    {
        public Summary(MethodDefinition method)
        {
            Arguments = method.Parameters.Select(p => StackValue.Of(p.ParameterType)).ToArray();
        }

        public StackValue[] Arguments { get; }

        /// <summary>What it returns, as far as its body has been followed; null before that and for one without a body.</summary>
        public StackValue? Result { get; set; }
    }
}
