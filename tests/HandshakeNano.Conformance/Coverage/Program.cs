using System;
using System.IO;
using System.Linq;
using System.Reflection;
using HandshakeNano.Conformance.Run;

namespace HandshakeNano.Conformance.Coverage;

/// <summary>
/// Writes the tables of docs/ again, rfc9293-coverage.md and the others: <c>dotnet run --project tests/HandshakeNano.Conformance</c>. With arguments it plays scripts.
/// </summary>
internal static class Program
{
    /// <summary>The folder of the repository that this was built in.</summary>
    public static string Root { get; } = typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 0)
            return ScriptProgram.Run(arguments, Console.Out);
        int code = 0;
        foreach (CoverageTable table in CoverageTable.AllOf(Root))
        {
            foreach (string problem in table.Problems)
                Console.Error.WriteLine(problem);
            if (table.Problems.Count != 0)
            {
                code = 1;
                continue;
            }

            File.WriteAllText(Path.Combine(Root, table.Document), table.ToString());
            Console.WriteLine($"{table.Document} is written.");
        }

        return code;
    }
}
