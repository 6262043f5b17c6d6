using System;

namespace HandshakeNano.Explorer.Snapshots;

/// <summary>A variable of the object graph, and where it stands in the array of words.</summary>
/// <param name="Owner">Number of the object that has the field; 1 is the first object.</param>
/// <param name="Field">The field as Type.Name; for the elements of an array the field that leads to it.</param>
/// <param name="Type">The field's type; of an array the array's.</param>
/// <param name="Word">Index of the first word.</param>
/// <param name="Words">How many words it takes: 1, except for arrays.</param>
internal sealed record Slot(int Owner, string Field, Type Type, int Word, int Words);
