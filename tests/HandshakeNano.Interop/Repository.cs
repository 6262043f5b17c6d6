using System.Linq;
using System.Reflection;

namespace HandshakeNano.Interop;

/// <summary>The repository that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its folder, as the project file notes it.</summary>
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>Where the packages are that its build has used.</summary>
    public static string Packages { get; } = Metadata("NuGetPackages");

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
