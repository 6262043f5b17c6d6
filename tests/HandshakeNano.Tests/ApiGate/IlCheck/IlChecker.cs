using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;

namespace HandshakeNano.IlCheck;

/// <summary>Finds in compiled assemblies what the C# compiler lets through and the nanoFramework interpreter gets wrong.</summary>
public static class IlChecker
{
    /// <summary>Checks assemblies together: a value is followed from one into the other.</summary>
    /// <param name="assemblies">The files to check.</param>
    /// <param name="references">Folders with the assemblies that they refer to.</param>
    /// <param name="options">What else to hold them to.</param>
    /// <returns>The findings, in the order of assemblies, types and methods.</returns>
    public static IReadOnlyList<Finding> CheckFiles(
        IReadOnlyList<string> assemblies, IEnumerable<string> references, CheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        return Check(assemblies.Select(File.OpenRead).ToList<Stream>(), references, options);
    }

    /// <summary>Checks assemblies together: a value is followed from one into the other.</summary>
    /// <param name="assemblies">The assemblies' images; they are closed.</param>
    /// <param name="references">Folders with the assemblies that they refer to.</param>
    /// <param name="options">What else to hold them to.</param>
    /// <returns>The findings, in the order of assemblies, types and methods.</returns>
    public static IReadOnlyList<Finding> Check(
        IReadOnlyList<Stream> assemblies, IEnumerable<string> references, CheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(options);
        using var resolver = new Resolver(references);
        var definitions = new List<AssemblyDefinition>();
        try
        {
            foreach (Stream assembly in assemblies)
                definitions.Add(resolver.Read(assembly));
            var program = new CodeBase(definitions);
            var findings = new Findings();
            ShapeRules.Check(program, findings);
            InstructionRules.Check(program, findings);
            new SignednessRule(program, findings).Check();
            SegmentRules.Check(program, options, findings);
            return findings.InOrder(program);
        }
        finally
        {
            foreach (Stream assembly in assemblies)
                assembly.Dispose();
        }
    }

    private sealed class Resolver : BaseAssemblyResolver
    {
        private readonly Dictionary<string, AssemblyDefinition> _known = [];

        public Resolver(IEnumerable<string> folders)
        {
            foreach (string folder in GetSearchDirectories())
                RemoveSearchDirectory(folder);
            foreach (string folder in folders)
                AddSearchDirectory(folder);
        }

        public AssemblyDefinition Read(Stream image)
        {
            var parameters = new ReaderParameters(ReadingMode.Immediate)
            {
                AssemblyResolver = this,
                ReadSymbols = true,
                SymbolReaderProvider = new Mono.Cecil.Cil.DefaultSymbolReaderProvider(throwIfNoSymbol: false),
            };
            AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(image, parameters);
            _known[assembly.Name.Name] = assembly;
            return assembly;
        }

        public override AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
        {
            if (!_known.TryGetValue(name.Name, out AssemblyDefinition? assembly))
            {
                assembly = base.Resolve(name, parameters);
                _known[name.Name] = assembly;
            }

            return assembly;
        }

        protected override void Dispose(bool disposing)
        {
            foreach (AssemblyDefinition assembly in _known.Values)
                assembly.Dispose();
            base.Dispose(disposing);
        }
    }
}
