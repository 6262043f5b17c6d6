using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace HandshakeNano.Explorer.Snapshots;

/// <summary>An object of a graph.</summary>
/// <param name="Object">The object; null for the first node, which stands for no object.</param>
/// <param name="Owner">Number of the object itself; of an array that of the object that has it.</param>
/// <param name="Field">The field that leads to an array, as Type.Name; empty for other objects.</param>
internal sealed record Node(object? Object, int Owner, string Field);

/// <summary>
/// All objects that an object leads to and that can change. They are always the same ones, as the core makes no objects while
/// it runs but the users' handles, so a snapshot is the values of their fields.
/// </summary>
internal sealed class ObjectGraph
{
    private readonly List<Node> _nodes = [new Node(null, 0, "")];
    private readonly List<(object Object, string Field)> _leftOut = [];
    private readonly object?[] _objects;

    /// <summary>Finds the objects.</summary>
    /// <param name="roots">Where to begin.</param>
    /// <param name="leadsOn">Says whether a field, as Type.Name, leads to objects that belong to the graph.</param>
    /// <param name="namesOf">The names of the elements of an array by the field that leads to it, null if they have none.</param>
    /// <exception cref="InvalidOperationException">What one field leaves out another one leads to.</exception>
    public ObjectGraph(IEnumerable<object> roots, Func<string, bool> leadsOn, Func<string, IReadOnlyList<string>?> namesOf)
    {
        foreach (object root in roots)
            Visit(root, 0, "", leadsOn);
        _objects = _nodes.Select(node => node.Object).ToArray();
        foreach ((object leftOut, string field) in _leftOut)
        {
            if (_nodes.Find(node => ReferenceEquals(node.Object, leftOut)) is { } node)
                throw new InvalidOperationException($"{field} is left out, and {node.Field} leads to the same object: see Core.cs.");
        }

        Layout = Layout.Of(_nodes, namesOf);
    }

    /// <summary>Where every variable stands.</summary>
    public Layout Layout { get; }

    /// <summary>The numbers of all objects of a type.</summary>
    /// <param name="type">The type's name.</param>
    /// <returns>The numbers.</returns>
    public int[] NumbersOf(string type) =>
        Enumerable.Range(1, _objects.Length - 1).Where(i => _objects[i]!.GetType().Name == type).ToArray();

    /// <summary>An object.</summary>
    /// <param name="number">Its number.</param>
    /// <returns>The object.</returns>
    public object this[int number] => _objects[number]!;

    /// <summary>Puts an object in the place of another one of its type, to which nothing in the graph leads any more.</summary>
    /// <param name="number">The place.</param>
    /// <param name="successor">The object.</param>
    public void Replace(int number, object successor) => _objects[number] = successor;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="words">Where it goes.</param>
    public void Save(ulong[] words) => Layout.Save(_objects!, words);

    /// <summary>Goes back to a snapshot.</summary>
    /// <param name="words">The snapshot.</param>
    public void Restore(ulong[] words) => Layout.Restore(_objects!, words);

    private void Visit(object target, int owner, string field, Func<string, bool> leadsOn)
    {
        if (_nodes.Exists(node => ReferenceEquals(node.Object, target)))
            return;
        int number = _nodes.Count;
        if (target is Array array)
        {
            _nodes.Add(new Node(target, owner, field));
            if (!array.GetType().GetElementType()!.IsPrimitive)
            {
                foreach (object? element in array)
                {
                    if (element != null)
                        Visit(element, number, "", leadsOn);
                }
            }

            return;
        }

        _nodes.Add(new Node(target, number, ""));
        Type type = target.GetType();
        foreach (FieldInfo next in Layout.FieldsOf(type))
        {
            string name = $"{type.Name}.{next.Name}";
            if (next.FieldType.IsValueType || next.GetValue(target) is not { } value)
                continue;
            if (leadsOn(name))
                Visit(value, number, name, leadsOn);
            else
                _leftOut.Add((value, name));
        }
    }
}
