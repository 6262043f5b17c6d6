using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
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

    /// <summary>A field of a structure that must be a number, 0 if it is not there.</summary>
    public long FieldNumber(int index, string name) => Struct(index).Fields.GetValueOrDefault(name) switch
    {
        null => 0,
        NumberArgument number => number.Value,
        Argument other => throw new ScriptException(other.At, $"{name} must be a number"),
    };

    /// <summary>The names of flags; 0 has none. Each must be one that is known.</summary>
    public IReadOnlyList<string> Flags(int index, params string[] known) => FlagsOf(Get(index), known);

    /// <summary>The names of flags in any place.</summary>
    public IReadOnlyList<string> FlagsOf(Argument argument, params string[] known)
    {
        if (argument is NumberArgument { Value: 0 })
            return [];
        if (argument is not SymbolArgument flags)
            throw new ScriptException(argument.At, "flags must be names or 0");
        foreach (string name in flags.Names)
        {
            if (Array.IndexOf(known, name) < 0)
                throw new ScriptException(flags.At, $"'{name}' is nothing that {step.Name} knows here");
        }

        return flags.Names;
    }

    /// <summary>The pointer is NULL.</summary>
    public bool IsNull(int index) => Get(index) is SymbolArgument { Names: ["NULL"] };

    /// <summary>How long all buffers of a message are together: <c>{msg_iov(2)=[{..., 10}, {..., 20}]}</c>.</summary>
    public int MessageLength(int index)
    {
        StructArgument message = Struct(index);
        foreach (string name in message.Fields.Keys)
        {
            if (name is not ("msg_name" or "msg_iov" or "msg_flags" or "msg_control"))
                throw new ScriptException(message.At, $"'{name}' is no field of a message");
        }

        if (message.Fields.GetValueOrDefault("msg_iov") is not ListArgument buffers)
            throw new ScriptException(message.At, "a message needs msg_iov(COUNT)=[{..., LENGTH}, ...]");
        long sum = 0;
        foreach (Argument buffer in buffers.Items)
        {
            sum += buffer is TupleArgument { Items: [AnyArgument, NumberArgument length] }
                ? length.Value : throw new ScriptException(buffer.At, "a buffer of a message must be {..., LENGTH}");
        }

        return (int)sum;
    }

    /// <summary>A structure.</summary>
    public StructArgument Struct(int index) => Get(index) as StructArgument ?? throw Wrong(index, "{name=value, ...}");

    /// <summary>The structures of an array.</summary>
    public IReadOnlyList<StructArgument> Structs(int index)
    {
        if (Get(index) is not ListArgument list)
            throw Wrong(index, "[{name=value, ...}, ...]");
        return [.. list.Items.Select(item => item as StructArgument ?? throw Wrong(index, "[{name=value, ...}, ...]"))];
    }

    /// <summary>An address: <c>...</c> for the usual one, a number for another one of IPv4 (0xE0000001).</summary>
    public IPAddress AddressOr(int index, IPAddress usual) => Get(index) switch
    {
        AnyArgument => usual,
        NumberArgument number => new IPAddress([(byte)(number.Value >> 24), (byte)(number.Value >> 16), (byte)(number.Value >> 8), (byte)number.Value]),
        _ => throw Wrong(index, "... or an address as a number"),
    };

    private Argument Get(int index)
        => index < step.Arguments.Count ? step.Arguments[index] : throw new ScriptException(step.At, $"{step.Name} has more arguments");

    private ScriptException Wrong(int index, string wanted)
        => new(Get(index).At, $"argument {index + 1} of {step.Name} must be {wanted}");
}
