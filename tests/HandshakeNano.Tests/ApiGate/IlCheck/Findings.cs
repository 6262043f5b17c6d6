using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.IlCheck;

/// <summary>Collects findings and puts them in the order of the code.</summary>
internal sealed class Findings
{
    private readonly List<(TypeDefinition Type, MethodDefinition? Method, Finding Finding)> _all = [];

    public void Add(Rule rule, TypeDefinition type, string message)
    {
        _all.Add((type, null, new Finding(rule, type.FullName, "", -1, "", message)));
    }

    public void Add(Rule rule, MethodDefinition method, Instruction? instruction, string message)
    {
        int offset = instruction?.Offset ?? -1;
        IEnumerable<SequencePoint> points = method.DebugInformation.SequencePoints.Where(p => !p.IsHidden);
        SequencePoint? point = offset < 0 ? points.FirstOrDefault() : points.LastOrDefault(p => p.Offset <= offset);
        string source = point is null ? "" : Path.GetFileName(point.Document.Url) + ":" + point.StartLine;
        _all.Add((method.DeclaringType, method,
            new Finding(rule, method.DeclaringType.FullName, method.Name, offset, source, message)));
    }

    public IReadOnlyList<Finding> InOrder(CodeBase program)
    {
        var order = new Dictionary<TypeDefinition, int>();
        foreach (TypeDefinition type in program.Types)
            order.Add(type, order.Count);
        return _all
            .OrderBy(f => order[f.Type])
            .ThenBy(f => f.Method is null ? -1 : f.Type.Methods.IndexOf(f.Method))
            .ThenBy(f => f.Finding.Offset)
            .ThenBy(f => f.Finding.Rule)
            .Select(f => f.Finding)
            .Distinct()
            .ToList();
    }
}
