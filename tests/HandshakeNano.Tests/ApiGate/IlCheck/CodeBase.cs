using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.IlCheck;

/// <summary>All types and methods that are checked together, and which method can stand in for which.</summary>
internal sealed class CodeBase
{
    private readonly Dictionary<MethodDefinition, List<MethodDefinition>> _overrides = [];
    private readonly HashSet<MethodDefinition> _methods = [];

    public CodeBase(IReadOnlyList<AssemblyDefinition> assemblies)
    {
        Types = assemblies.SelectMany(a => a.Modules).SelectMany(m => m.GetTypes()).ToList();
        Methods = Types.SelectMany(t => t.Methods).ToList();
        _methods.UnionWith(Methods);
        foreach (TypeDefinition type in Types)
        {
            if (!type.IsInterface)
                Link(type);
        }
    }

    public IReadOnlyList<TypeDefinition> Types { get; }

    public IReadOnlyList<MethodDefinition> Methods { get; }

    /// <summary>The methods among the checked ones that a call can end in.</summary>
    public IEnumerable<MethodDefinition> Targets(MethodReference called, OpCode opcode)
    {
        MethodDefinition? method = called.Resolve();
        if (method is null)
            yield break;
        if (_methods.Contains(method))
            yield return method;
        if (opcode != OpCodes.Callvirt && opcode != OpCodes.Ldvirtftn)
            yield break;
        if (_overrides.TryGetValue(method, out List<MethodDefinition>? overrides))
        {
            foreach (MethodDefinition target in overrides.Where(_methods.Contains))
                yield return target;
        }
    }

    private void Link(TypeDefinition type)
    {
        foreach (MethodDefinition slot in Ancestors(type).SelectMany(t => t.Methods).Where(m => m.IsVirtual))
        {
            MethodDefinition? target = Chain(type).SelectMany(t => t.Methods).FirstOrDefault(
                m => m.IsVirtual && (SameSignature(slot, m) || m.Overrides.Any(o => o.Resolve() == slot)));
            if (target is null || target == slot)
                continue;
            if (!_overrides.TryGetValue(slot, out List<MethodDefinition>? list))
                _overrides.Add(slot, list = []);
            if (!list.Contains(target))
                list.Add(target);
        }
    }

    private static IEnumerable<TypeDefinition> Chain(TypeDefinition type)
    {
        for (TypeDefinition? t = type; t is not null; t = t.BaseType?.Resolve())
            yield return t;
    }

    private static IEnumerable<TypeDefinition> Ancestors(TypeDefinition type)
    {
        foreach (TypeDefinition t in Chain(type))
        {
            if (t != type)
                yield return t;
            foreach (InterfaceImplementation implemented in t.Interfaces)
            {
                if (implemented.InterfaceType.Resolve() is not { } definition)
                    continue;
                yield return definition;
                foreach (TypeDefinition inherited in Ancestors(definition))
                    yield return inherited;
            }
        }
    }

    private static bool SameSignature(MethodDefinition a, MethodDefinition b)
    {
        return a.Name == b.Name
            && a.Parameters.Select(p => p.ParameterType.FullName).SequenceEqual(b.Parameters.Select(p => p.ParameterType.FullName));
    }
}
