using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.IlCheck;

/// <summary>What single instructions may do.</summary>
internal static class InstructionRules
{
    /// <summary>Most cases of a switch: 300 are known to go wrong, a byte counts them.</summary>
    public const int MostCases = 255;

    /// <summary>Furthest that a branch reaches, in bytes of IL: its distance is a signed 16-bit number on the device.</summary>
    public const int FurthestBranch = 32767;

    public static void Check(CodeBase program, Findings findings)
    {
        foreach (MethodDefinition method in program.Methods.Where(m => m.HasBody))
        {
            foreach (Instruction instruction in method.Body.Instructions)
                Check(method, instruction, findings);
        }
    }

    private static void Check(MethodDefinition method, Instruction instruction, Findings findings)
    {
        void Report(Rule rule, string text) => findings.Add(rule, method, instruction, text);

        ShapeRules.CheckNamed(TypeShapes.Named(instruction.Operand), $"The instruction {instruction.OpCode.Name}", Report);
        if (instruction.OpCode.Name.Contains(".ovf", System.StringComparison.Ordinal))
            Report(Rule.Checked, $"{instruction.OpCode.Name} never throws there: compare first and take the checked context away.");
        switch (instruction.OpCode.Code)
        {
            case Code.Localloc:
            case Code.Cpblk:
            case Code.Initblk:
            case Code.Calli:
            case Code.Jmp:
            case Code.Arglist:
            case Code.Mkrefany:
            case Code.Refanytype:
            case Code.Refanyval:
                Report(Rule.Unsafe, $"{instruction.OpCode.Name} throws there: use an array.");
                break;
            case Code.Switch:
                var targets = (Instruction[])instruction.Operand;
                if (targets.Length > MostCases)
                    Report(Rule.Limit, $"A switch of {targets.Length} cases; {MostCases} are the most: look the case up in an array.");
                foreach (Instruction target in targets)
                    CheckDistance(target);
                break;
            case Code.Constrained:
                if (TypeShapes.Parts((TypeReference)instruction.Operand).First().Resolve() is { IsEnum: true }
                    && instruction.Next?.Operand is MethodReference { Name: "ToString" })
                    ReportEnumText();
                break;
            case Code.Call:
            case Code.Callvirt:
                if (instruction.Operand is MethodReference { Name: "ToString", DeclaringType.FullName: "System.Enum" }
                    || (instruction.Operand is MethodReference { Name: "ToString" } && instruction.Previous?.OpCode == OpCodes.Box
                        && ((TypeReference)instruction.Previous.Operand).Resolve() is { IsEnum: true }))
                    ReportEnumText();
                break;
            default:
                if (instruction.Operand is Instruction branch)
                    CheckDistance(branch);
                break;
        }

        void ReportEnumText()
        {
            Report(Rule.EnumText, "ToString of an enum gives the number there: choose the text with a switch.");
        }

        void CheckDistance(Instruction target)
        {
            int distance = System.Math.Abs(target.Offset - instruction.Offset);
            if (distance > FurthestBranch)
                Report(Rule.Limit, $"A branch over {distance} bytes of IL; {FurthestBranch} are the most: divide the method.");
        }
    }
}
