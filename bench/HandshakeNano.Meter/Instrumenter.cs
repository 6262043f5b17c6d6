using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace HandshakeNano.Meter;

/// <summary>
/// Puts a <see cref="Probe.Hit"/> at the head of every basic block of an assembly and notes what the block consists of.
/// </summary>
/// <remarks>
/// A block also ends after every call, so that an exception thrown by a callee is counted exactly. An exception that an
/// instruction itself throws (a bad index, a null reference) leaves the rest of its block counted but not executed: at
/// most the few instructions up to the next branch or call.
/// </remarks>
internal sealed class Instrumenter
{
    private readonly HashSet<string> _metered;

    public Instrumenter(IEnumerable<string> meteredAssemblies)
    {
        _metered = new HashSet<string>(meteredAssemblies, StringComparer.Ordinal);
    }

    public List<BasicBlock> Blocks { get; } = [];

    /// <summary>Instruments an assembly; its blocks are appended to <see cref="Blocks"/>.</summary>
    /// <param name="image">The assembly file.</param>
    /// <param name="firstBlock">The number of the first element of <see cref="Blocks"/>.</param>
    /// <returns>The instrumented assembly file.</returns>
    public byte[] Instrument(byte[] image, int firstBlock)
    {
        using var module = ModuleDefinition.ReadModule(new MemoryStream(image), new ReaderParameters
        {
            SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false),
            ReadSymbols = true,
        });
        var hit = module.ImportReference(typeof(Probe).GetMethod(nameof(Probe.Hit)));
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
            InstrumentMethod(method, hit, firstBlock);

        using var result = new MemoryStream();
        module.Write(result);
        return result.ToArray();
    }

    private void InstrumentMethod(MethodDefinition method, MethodReference hit, int firstBlock)
    {
        var body = method.Body;
        var points = method.DebugInformation.HasSequencePoints ? method.DebugInformation.SequencePoints.ToList() : [];
        var originals = body.Instructions.ToList();
        var offsets = originals.ConvertAll(i => i.Offset);
        var leaders = FindLeaders(body);

        // Long branches: the probes move the targets away.
        body.SimplifyMacros();

        var il = body.GetILProcessor();
        BasicBlock? block = null;
        SourceLine? line = null;
        var point = 0;
        for (var i = 0; i < originals.Count; i++)
        {
            var instruction = originals[i];
            while (point < points.Count && points[point].Offset <= offsets[i])
            {
                line = points[point].IsHidden
                    ? line
                    : new SourceLine(Path.GetFileName(points[point].Document.Url), points[point].StartLine);
                point++;
            }

            var isLeader = leaders.Contains(instruction);
            if (isLeader)
            {
                block = new BasicBlock($"{method.DeclaringType.Name}.{method.Name}") { IsEntry = i == 0 };
                Blocks.Add(block);
            }

            Count(block!, instruction, line);
            if (isLeader)
                InsertProbe(il, instruction, hit, firstBlock + Blocks.Count - 1);
        }
    }

    private static HashSet<Instruction> FindLeaders(MethodBody body)
    {
        var leaders = new HashSet<Instruction> { body.Instructions[0] };
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target)
                leaders.Add(target);
            else if (instruction.Operand is Instruction[] targets)
                leaders.UnionWith(targets);
            if (instruction.OpCode.FlowControl is not (FlowControl.Next or FlowControl.Meta) && instruction.Next is not null)
                leaders.Add(instruction.Next);
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            leaders.Add(handler.TryStart);
            leaders.Add(handler.HandlerStart);
            if (handler.FilterStart is not null)
                leaders.Add(handler.FilterStart);
        }

        return leaders;
    }

    /// <summary>
    /// The instruction object becomes the probe's first and a copy of it follows, so that whatever refers to it (branches,
    /// exception handlers) goes through the probe.
    /// </summary>
    private static void InsertProbe(ILProcessor il, Instruction leader, MethodReference hit, int block)
    {
        var copy = Instruction.Create(OpCodes.Nop);
        copy.OpCode = leader.OpCode;
        copy.Operand = leader.Operand;
        leader.OpCode = OpCodes.Ldc_I4;
        leader.Operand = block;
        var call = il.Create(OpCodes.Call, hit);
        il.InsertAfter(leader, call);
        il.InsertAfter(call, copy);
    }

    private void Count(BasicBlock block, Instruction instruction, SourceLine? line)
    {
        block.Instructions++;
        if (line is { } known)
            block.Lines[known] = block.Lines.GetValueOrDefault(known) + 1;
        switch (instruction.OpCode.Code)
        {
            case Code.Call:
            case Code.Callvirt:
            case Code.Newobj:
                block.Calls++;
                var callee = (MethodReference)instruction.Operand;
                if (!_metered.Contains(AssemblyOf(callee.DeclaringType)))
                    block.ExternalCalls.Add($"{callee.DeclaringType.FullName}.{callee.Name}");
                if (instruction.OpCode.Code == Code.Newobj)
                    block.Allocations++;
                break;
            case Code.Newarr:
            case Code.Box:
                block.Allocations++;
                break;
            case Code.Ldfld:
            case Code.Stfld:
            case Code.Ldflda:
            case Code.Ldsfld:
            case Code.Stsfld:
            case Code.Ldsflda:
                block.FieldAccesses++;
                break;
            case >= Code.Ldelema and <= Code.Stelem_Any:
                block.ArrayAccesses++;
                break;
        }
    }

    private static string AssemblyOf(TypeReference type)
    {
        return type.GetElementType().Scope switch
        {
            AssemblyNameReference reference => reference.Name,
            ModuleDefinition module => module.Assembly.Name.Name,
            _ => string.Empty,
        };
    }
}
