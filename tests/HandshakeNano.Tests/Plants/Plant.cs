namespace HandshakeNano.Plants;

/// <summary>A fault to plant in a project: one place in one file, changed so that one rule is broken.</summary>
/// <param name="Name">What the faulty project does wrong, in a few words with dashes between them.</param>
/// <param name="Rule">The rule that it breaks: the RFC and its section.</param>
/// <param name="File">The file under the project's folder, with '/' between folders.</param>
/// <param name="Old">The text that is replaced. It must stand in the file exactly once.</param>
/// <param name="New">The text that takes its place.</param>
public sealed record Plant(string Name, string Rule, string File, string Old, string New)
{
    /// <summary>The project that the file belongs to, by its assembly's name: the core, if none is named.</summary>
    public string Project { get; init; } = CoreSources.AssemblyName;

    /// <summary>The name, for lists of tests.</summary>
    public override string ToString() => Name;
}
