using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>Compares what two assemblies of one name offer, member by member.</summary>
internal static class ApiComparison
{
    /// <summary>Tells what differs.</summary>
    /// <param name="declared">What the gate declares.</param>
    /// <param name="real">What the device has.</param>
    /// <returns>A line for each member that only one of them has, or that is another there.</returns>
    public static string[] Compare(string declared, string real)
    {
        using var ours = AssemblyDefinition.ReadAssembly(declared);
        using var theirs = AssemblyDefinition.ReadAssembly(real);
        Dictionary<string, string> left = Members(ours), right = Members(theirs);
        string name = ours.Name.Name;
        return
        [
            .. left.Keys.Except(right.Keys).Order(StringComparer.Ordinal).Select(member => $"{name}: the device has no {member}"),
            .. right.Keys.Except(left.Keys).Order(StringComparer.Ordinal).Select(member => $"{name}: {member} is not declared"),
            .. left.Keys.Intersect(right.Keys).Where(member => left[member] != right[member]).Order(StringComparer.Ordinal)
                .Select(member => $"{name}: {member} is {right[member]}, and declared as {left[member]}"),
        ];
    }

    /// <summary>Each type and member that others see, and what it is.</summary>
    private static Dictionary<string, string> Members(AssemblyDefinition assembly)
    {
        var members = new Dictionary<string, string>();
        foreach (TypeDefinition type in assembly.MainModule.GetTypes().Where(IsSeen))
        {
            members[type.FullName] = Describe(type);
            foreach (MethodDefinition method in type.Methods.Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly))
                members[Strip(method.FullName)] = Describe(method);
            foreach (FieldDefinition field in type.Fields.Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly))
                members[field.FullName] = Describe(field);
            foreach (PropertyDefinition property in type.Properties.Where(property => IsSeen(property.GetMethod) || IsSeen(property.SetMethod)))
                members[property.FullName] = "a property";
            foreach (EventDefinition member in type.Events.Where(member => IsSeen(member.AddMethod)))
                members[member.FullName] = "an event";
        }

        return members;
    }

    private static bool IsSeen(TypeDefinition type)
        => type.DeclaringType == null ? type.IsPublic : (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly) && IsSeen(type.DeclaringType);

    private static bool IsSeen(MethodDefinition? method) => method != null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static string Describe(TypeDefinition type)
    {
        string kind = type.IsInterface ? "an interface" : type.IsEnum ? "an enum" : type.IsValueType ? "a struct"
            : type.IsAbstract && type.IsSealed ? "a static class" : type.IsAbstract ? "an abstract class" : type.IsSealed ? "a sealed class" : "a class";
        string[] above = [.. type.Interfaces.Select(implementation => implementation.InterfaceType.FullName).Order(StringComparer.Ordinal)];
        return $"{kind} of {type.BaseType?.FullName}{(above.Length == 0 ? "" : " and " + string.Join(" and ", above))}";
    }

    private static string Describe(MethodDefinition method)
    {
        string kind = method.IsStatic ? "static" : method.IsAbstract ? "abstract" : method.IsVirtual && !method.IsFinal ? "virtual" : "of an instance";
        string outs = string.Concat(method.Parameters.Select(parameter => parameter.IsOut ? "o" : parameter.HasConstant ? "c" : "-"));
        return $"{(method.IsPublic ? "public" : "protected")}, {kind}{(outs.Contains('o') || outs.Contains('c') ? ", parameters " + outs : "")}";
    }

    private static string Describe(FieldDefinition field)
    {
        string value = field.HasConstant ? " " + Convert.ToString(field.Constant, CultureInfo.InvariantCulture) : "";
        return $"{(field.IsPublic ? "public" : "protected")}, {(field.HasConstant ? "constant" : field.IsStatic ? "static" : "of an instance")}{value}";
    }

    // Required modifiers are the compiler's own.
    private static string Strip(string name) => name.Replace(" modreq(System.Runtime.InteropServices.InAttribute)", "", StringComparison.Ordinal);
}
