namespace HandshakeNano.Client.Doctor;

/// <summary>Something of this computer that was looked at.</summary>
/// <param name="Name">One word, or two.</param>
/// <param name="Good">True if it is there.</param>
/// <param name="Text">What was seen, and what it is needed for if it is missing.</param>
/// <param name="Mend">What to type if it is missing; null: nothing, or nothing helps.</param>
/// <param name="Required">True if the two commands of the README need it.</param>
public sealed record Finding(string Name, bool Good, string Text, string? Mend = null, bool Required = false);
