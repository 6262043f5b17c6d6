using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HandshakeNano.Conformance.Language;

namespace HandshakeNano.Conformance.Run;

/// <summary>The arguments of a call, read as what they have to be.</summary>
internal sealed class CallArguments(CallEvent step)
{
    public string Name => step.Name;

    public int Result => step.Result;

    public Position At => step.At;

    public long Number(int index)
        => Get(index) is NumberArgument number ? number.Value : throw Wrong(index, "a number");

    public string Symbol(int index)
        => Get(index) is SymbolArgument { Names.Count: 1 } symbol ? symbol.Names[0] : throw Wrong(index, "a name");

    /// <summary>Demands that an argument is made of these names, or of the first alone.</summary>
    public void Symbols(int index, params string[] known)
    {
        if (Get(index) is not SymbolArgument symbol)
            throw Wrong(index, string.Join('|', known));
        foreach (string name in symbol.Names)
        {
            if (Array.IndexOf(known, name) < 0)
                throw new ScriptException(symbol.At, $"'{name}' is nothing that {step.Name} knows here");
        }
    }

    public bool HasSymbol(int index, string name) => Get(index) is SymbolArgument symbol && symbol.Names.Contains(name);

    public long Pointed(int index)
        => Get(index) is ListArgument { Items: [NumberArgument number] } ? number.Value : throw Wrong(index, "[a number]");

    public string PointedText(int index) => Get(index) switch
    {
        ListArgument { Items: [NumberArgument number] } => number.Value.ToString(CultureInfo.InvariantCulture),
        ListArgument { Items: [SymbolArgument { Names.Count: 1 } symbol] } => symbol.Names[0],
        _ => throw Wrong(index, "[a number or a name]"),
    };

    public IReadOnlyDictionary<string, long> Struct(int index)
        => Get(index) is StructArgument structure ? structure.Fields : throw Wrong(index, "{onoff=..., linger=...}");

    /// <summary>An address: <c>...</c> for the usual one, a number for another one (0xE0000001).</summary>
    public uint AddressOr(int index, uint usual) => Get(index) switch
    {
        AnyArgument => usual,
        NumberArgument number => (uint)number.Value,
        _ => throw Wrong(index, "... or an address as a number"),
    };

    private Argument Get(int index)
        => index < step.Arguments.Count ? step.Arguments[index] : throw new ScriptException(step.At, $"{step.Name} has more arguments");

    private ScriptException Wrong(int index, string wanted)
        => new(Get(index).At, $"argument {index + 1} of {step.Name} must be {wanted}");
}
