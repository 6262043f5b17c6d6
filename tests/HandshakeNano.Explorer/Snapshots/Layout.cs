using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;

namespace HandshakeNano.Explorer.Snapshots;

/// <summary>
/// Where every variable of an object graph stands in an array of words, and compiled code that copies them there and back.
/// Graphs of the same shape share a layout.
/// </summary>
internal sealed class Layout
{
    private static readonly ConcurrentDictionary<string, Layout> s_known = new(StringComparer.Ordinal);
    private static readonly MethodInfo s_numberOf = typeof(Layout).GetMethod(nameof(NumberOf), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo s_blockCopy = typeof(Buffer).GetMethod(nameof(Buffer.BlockCopy))!;

    private readonly List<Slot> _slots = [];
    private readonly ParameterExpression _objects = Expression.Parameter(typeof(object[]), "objects");
    private readonly ParameterExpression _words = Expression.Parameter(typeof(ulong[]), "words");
    private readonly List<Expression> _save = [];
    private readonly List<Expression> _restore = [];

    private readonly Func<string, IReadOnlyList<string>?> _namesOf;

    private Layout(IReadOnlyList<Node> nodes, Func<string, IReadOnlyList<string>?> namesOf)
    {
        _namesOf = namesOf;
        for (int i = 1; i < nodes.Count; i++)
            AddObject(nodes[i], i);
        Save = Expression.Lambda<Action<object[], ulong[]>>(Expression.Block(_save), _objects, _words).Compile();
        Restore = Expression.Lambda<Action<object[], ulong[]>>(Expression.Block(_restore), _objects, _words).Compile();
    }

    /// <summary>The variables.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>How many words there are.</summary>
    public int Words { get; private set; }

    /// <summary>Copies the variables into the words.</summary>
    public Action<object[], ulong[]> Save { get; }

    /// <summary>Copies the words into the variables.</summary>
    public Action<object[], ulong[]> Restore { get; }

    /// <summary>The layout of a graph.</summary>
    /// <param name="nodes">The graph's objects; the first is none.</param>
    /// <param name="namesOf">The names of the elements of an array by the field that leads to it, null if they have none.</param>
    /// <returns>The same layout for graphs of the same shape.</returns>
    public static Layout Of(IReadOnlyList<Node> nodes, Func<string, IReadOnlyList<string>?> namesOf)
    {
        string shape = string.Join(';', nodes.Select(node =>
            $"{node.Owner} {node.Field} {node.Object?.GetType()} {(node.Object as Array)?.Length}"));
        return s_known.GetOrAdd(shape, _ => new Layout(nodes, namesOf));
    }

    /// <summary>The index of a variable's word.</summary>
    /// <param name="owner">Number of the object.</param>
    /// <param name="field">The field as Type.Name.</param>
    /// <returns>The index.</returns>
    /// <exception cref="InvalidOperationException">The core has no such field: the table of its names needs a look.</exception>
    public int WordOf(int owner, string field) =>
        _slots.Find(slot => slot.Owner == owner && slot.Field == field)?.Word
            ?? throw new InvalidOperationException($"HandshakeNano.Net has no variable {field}: see Core.cs.");

    /// <summary>The fields of a type that can change.</summary>
    /// <param name="type">The type.</param>
    /// <returns>They, in the order of their declaration.</returns>
    public static IEnumerable<FieldInfo> FieldsOf(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .OrderBy(field => field.MetadataToken);

    private void AddObject(Node node, int number)
    {
        Type type = node.Object!.GetType();
        Expression instance = Expression.Convert(Expression.ArrayIndex(_objects, Expression.Constant(number)), type);
        if (node.Object is Array array)
        {
            AddArray(node, instance, array);
            return;
        }

        foreach (FieldInfo field in FieldsOf(type).Where(field => !field.IsInitOnly))
        {
            Add(number, $"{type.Name}.{field.Name}", field.FieldType, 1);
            AddVariable(Expression.Field(instance, field), Words - 1);
        }
    }

    private void AddArray(Node node, Expression instance, Array array)
    {
        Type element = array.GetType().GetElementType()!;
        if (_namesOf(node.Field) is { } names)
        {
            for (int i = 0; i < array.Length; i++)
            {
                Add(node.Owner, names[i], element, 1);
                AddVariable(Expression.ArrayAccess(instance, Expression.Constant(i)), Words - 1);
            }

            return;
        }

        if (element.IsPrimitive)
        {
            int bytes = Buffer.ByteLength(array);
            int first = Words;
            Add(node.Owner, node.Field, array.GetType(), (bytes + 7) / 8);
            Expression offset = Expression.Constant(first * 8), zero = Expression.Constant(0), count = Expression.Constant(bytes);
            _save.Add(Expression.Call(s_blockCopy, instance, zero, _words, offset, count));
            _restore.Add(Expression.Call(s_blockCopy, _words, offset, instance, zero, count));
            return;
        }

        Add(node.Owner, node.Field, array.GetType(), array.Length);
        for (int i = 0; i < array.Length; i++)
            AddVariable(Expression.ArrayAccess(instance, Expression.Constant(i)), Words - array.Length + i);
    }

    private void Add(int owner, string field, Type type, int words)
    {
        _slots.Add(new Slot(owner, field, type, Words, words));
        Words += words;
    }

    private void AddVariable(Expression variable, int word)
    {
        Expression place = Expression.ArrayAccess(_words, Expression.Constant(word));
        Type type = variable.Type;
        if (type == typeof(bool))
        {
            _save.Add(Expression.Assign(place, Expression.Condition(variable, Expression.Constant(1UL), Expression.Constant(0UL))));
            _restore.Add(Expression.Assign(variable, Expression.NotEqual(place, Expression.Constant(0UL))));
        }
        else if (type.IsValueType)
        {
            Expression number = type.IsEnum ? Expression.Convert(variable, Enum.GetUnderlyingType(type)) : variable;
            _save.Add(Expression.Assign(place, Expression.Convert(number, typeof(ulong))));
            Expression back = Expression.Convert(place, number.Type);
            _restore.Add(Expression.Assign(variable, type.IsEnum ? Expression.Convert(back, type) : back));
        }
        else
        {
            _save.Add(Expression.Assign(place, Expression.Call(s_numberOf, _objects, variable)));
            Expression index = Expression.Convert(place, typeof(int));
            _restore.Add(Expression.Assign(variable, Expression.Convert(Expression.ArrayIndex(_objects, index), type)));
        }
    }

    /// <summary>The number of an object; 0 for none.</summary>
    private static ulong NumberOf(object?[] objects, object? reference)
    {
        for (int i = 0; i < objects.Length; i++)
        {
            if (ReferenceEquals(objects[i], reference))
                return (ulong)i;
        }

        throw new InvalidOperationException($"{reference!.GetType()} is not part of the endpoint that is explored.");
    }
}
