using System;
using System.IO;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.Meter.Tests;

/// <summary>An assembly written instruction by instruction, so that what it executes can be counted by hand.</summary>
internal static class Sample
{
    public const string Name = "MeterSample";

    public static string Write(string folder)
    {
        using var assembly = AssemblyDefinition.CreateAssembly(new AssemblyNameDefinition(Name, new Version(1, 0)), Name, ModuleKind.Dll);
        var module = assembly.MainModule;
        var type = new TypeDefinition("", "Sample", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, module.TypeSystem.Object);
        module.Types.Add(type);
        var total = new FieldDefinition("Total", FieldAttributes.Public | FieldAttributes.Static, module.TypeSystem.Int32);
        type.Fields.Add(total);
        WriteSum(Add(type, "Sum"));
        WriteFieldsAndElements(Add(type, "FieldsAndElements"), total);
        WriteSwitch(Add(type, "Switch"));
        WriteCatch(Add(type, "Catch"), WriteThrow(Add(type, "Throw")));

        var path = Path.Combine(folder, Name + ".dll");
        assembly.Write(path);
        return path;
    }

    /// <summary>5 to start, 8 a turn, 3 for each of n + 1 tests, 2 at the end: 10 + 11 n.</summary>
    private static void WriteSum(MethodDefinition method)
    {
        var il = method.Body.GetILProcessor();
        method.Body.InitLocals = true;
        method.Body.Variables.Add(new VariableDefinition(method.ReturnType));
        method.Body.Variables.Add(new VariableDefinition(method.ReturnType));
        var turn = il.Create(OpCodes.Ldloc_0);
        var test = il.Create(OpCodes.Ldloc_1);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc_0);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Stloc_1);
        il.Emit(OpCodes.Br_S, test);
        il.Append(turn);
        il.Emit(OpCodes.Ldloc_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc_0);
        il.Emit(OpCodes.Ldloc_1);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc_1);
        il.Append(test);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ble_S, turn);
        il.Emit(OpCodes.Ldloc_0);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>13 instructions: 2 field accesses, 3 element accesses, 1 allocation, 1 call (to the outside).</summary>
    private static void WriteFieldsAndElements(MethodDefinition method, FieldDefinition total)
    {
        var module = method.Module;
        var il = method.Body.GetILProcessor();
        il.Emit(OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Newarr, module.TypeSystem.Int32);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Stelem_I4);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ldelem_I4);
        il.Emit(OpCodes.Stsfld, total);
        il.Emit(OpCodes.Ldsfld, total);
        il.Emit(OpCodes.Neg);
        il.Emit(OpCodes.Call, module.ImportReference(typeof(Math).GetMethod(nameof(Math.Abs), [typeof(int)])));
        il.Emit(OpCodes.Ret);
    }

    /// <summary>2, then 2 for case 0 and 1, and 3 for any other: the switch itself is one.</summary>
    private static void WriteSwitch(MethodDefinition method)
    {
        var il = method.Body.GetILProcessor();
        var zero = il.Create(OpCodes.Ldc_I4, 100);
        var one = il.Create(OpCodes.Ldc_I4, 101);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Switch, [zero, one]);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Neg);
        il.Emit(OpCodes.Ret);
        il.Append(zero);
        il.Emit(OpCodes.Ret);
        il.Append(one);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Throws if the argument is not 0: 4 instructions, else 3 (brfalse, ldarg, ret included).</summary>
    private static MethodDefinition WriteThrow(MethodDefinition method)
    {
        var il = method.Body.GetILProcessor();
        var done = il.Create(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Brfalse_S, done);
        il.Emit(OpCodes.Newobj, method.Module.ImportReference(typeof(InvalidOperationException).GetConstructor([])));
        il.Emit(OpCodes.Throw);
        il.Append(done);
        il.Emit(OpCodes.Ret);
        return method;
    }

    /// <summary>
    /// try { Throw(n); } catch { result = 7; } finally { result += 1; } return result. Nothing thrown: 5 in try, 5 in
    /// finally, 2 at the end. Thrown: 2 in try, 4 in catch, 5 in finally, 2 at the end. Outer leave: 1 either way.
    /// </summary>
    private static void WriteCatch(MethodDefinition method, MethodDefinition thrower)
    {
        var il = method.Body.GetILProcessor();
        method.Body.InitLocals = true;
        method.Body.Variables.Add(new VariableDefinition(method.ReturnType));
        var end = il.Create(OpCodes.Ldloc_0);
        var innerEnd = il.Create(OpCodes.Leave_S, end);
        var tryStart = il.Create(OpCodes.Ldarg_0);
        var catchStart = il.Create(OpCodes.Pop);
        var finallyStart = il.Create(OpCodes.Ldloc_0);
        il.Append(tryStart);
        il.Emit(OpCodes.Call, thrower);
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Nop);
        il.Emit(OpCodes.Leave_S, innerEnd);
        il.Append(catchStart);
        il.Emit(OpCodes.Ldc_I4_7);
        il.Emit(OpCodes.Stloc_0);
        il.Emit(OpCodes.Leave_S, innerEnd);
        il.Append(innerEnd);
        il.Append(finallyStart);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc_0);
        il.Emit(OpCodes.Endfinally);
        il.Append(end);
        il.Emit(OpCodes.Ret);
        method.Body.ExceptionHandlers.Add(new ExceptionHandler(ExceptionHandlerType.Catch)
        {
            TryStart = tryStart,
            TryEnd = catchStart,
            HandlerStart = catchStart,
            HandlerEnd = innerEnd,
            CatchType = method.Module.ImportReference(typeof(Exception)),
        });
        method.Body.ExceptionHandlers.Add(new ExceptionHandler(ExceptionHandlerType.Finally)
        {
            TryStart = tryStart,
            TryEnd = finallyStart,
            HandlerStart = finallyStart,
            HandlerEnd = end,
        });
    }

    private static MethodDefinition Add(TypeDefinition type, string name)
    {
        var integer = type.Module.TypeSystem.Int32;
        var method = new MethodDefinition(name, MethodAttributes.Public | MethodAttributes.Static, integer);
        method.Parameters.Add(new ParameterDefinition(integer));
        type.Methods.Add(method);
        return method;
    }
}
