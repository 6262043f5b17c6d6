using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace HandshakeNano.Plants;

/// <summary>
/// The core with a fault in it, or another project, and beside it the test code of this process once more, which here
/// meets the faulty one and no other. What passes between the two worlds must belong to neither: strings, numbers, arrays and lists of them.
/// </summary>
/// <remarks>Each instance has its own statics and its own compiled code; several may run at once.</remarks>
public sealed class FaultyCore : IDisposable
{
    private static readonly ConcurrentDictionary<(string Name, string Project), bool> Uses = new();

    private readonly string _project;
    private readonly Context _context;

    private FaultyCore(Plant plant, byte[] image)
    {
        _project = plant.Project;
        _context = new Context(plant.Name, plant.Project, image);
    }

    /// <summary>Compiles the core with a fault.</summary>
    /// <param name="plant">The fault.</param>
    /// <exception cref="PlantException">The old text is not in the file exactly once, or the new one does not compile.</exception>
    public static FaultyCore With(Plant plant) => new(plant, CoreSources.Compile(plant));

    /// <summary>Looks whether a fault still has its place in the core, and compiles nothing.</summary>
    /// <param name="plant">The fault.</param>
    /// <exception cref="PlantException">The old text is not in the file exactly once.</exception>
    public static void Check(Plant plant) => CoreSources.Change(plant);

    /// <summary>Calls a static method of the test code so that it meets the faulty core.</summary>
    /// <param name="method">The method by its name: <c>Call(ScriptRunner.Play, path)</c>. A lambda cannot go there.</param>
    /// <returns>What the method returns.</returns>
    public TResult Call<TResult>(Func<TResult> method) => (TResult)Invoke(method)!;

    /// <inheritdoc cref="Call{TResult}(Func{TResult})"/>
    public TResult Call<T, TResult>(Func<T, TResult> method, T argument) => (TResult)Invoke(method, argument)!;

    /// <inheritdoc cref="Call{TResult}(Func{TResult})"/>
    public TResult Call<T1, T2, TResult>(Func<T1, T2, TResult> method, T1 first, T2 second) => (TResult)Invoke(method, first, second)!;

    /// <inheritdoc cref="Call{TResult}(Func{TResult})"/>
    public TResult Call<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> method, T1 first, T2 second, T3 third)
        => (TResult)Invoke(method, first, second, third)!;

    /// <summary>Lets go of the faulty core and its test code.</summary>
    public void Dispose() => _context.Unload();

    private object? Invoke(Delegate method, params object?[] arguments)
    {
        MethodInfo ours = method.Method;
        if (!ours.IsStatic || method.Target != null || ours.IsGenericMethod)
            throw new ArgumentException($"{ours.DeclaringType}.{ours.Name} must be a static method, not generic and no lambda.", nameof(method));
        foreach (Type type in ours.GetParameters().Select(parameter => parameter.ParameterType).Append(ours.ReturnType))
        {
            if (UsesFaulty(type.Assembly.GetName(), _project))
                throw new ArgumentException($"{type} of {ours.Name} is another type beside the faulty core. Pass strings and numbers.", nameof(method));
        }

        Type there = _context.LoadFromAssemblyName(ours.DeclaringType!.Assembly.GetName()).GetType(ours.DeclaringType.FullName!, throwOnError: true)!;
        return there.GetMethod(ours.Name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic,
            [.. ours.GetParameters().Select(parameter => parameter.ParameterType)])!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// <summary>True for the faulty project and for what is built on it, which has to be loaded once more beside it.</summary>
    private static bool UsesFaulty(AssemblyName name, string project)
        => name.Name == project || Uses.GetOrAdd((name.Name!, project), _ =>
            File.Exists(PathOf(name)) && Assembly.Load(name).GetReferencedAssemblies().Any(one => UsesFaulty(one, project)));

    private static string PathOf(AssemblyName name) => Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");

    private sealed class Context(string name, string project, byte[] image) : AssemblyLoadContext(name, isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == project)
                return LoadFromStream(new MemoryStream(image));
            return UsesFaulty(assemblyName, project) ? LoadFromAssemblyPath(PathOf(assemblyName)) : null;
        }
    }
}
