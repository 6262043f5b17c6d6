using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Net;
using HandshakeNano.Page;

namespace HandshakeNano.Links.Tests;

/// <summary>
/// What objects take on a 32-bit device, by what the interpreter takes for each: blocks of 12 bytes, one for the header of an
/// object and one for each field, whatever its type; an array about 20 bytes and its elements, references a block each.
/// </summary>
internal sealed class DeviceMemory
{
    private const int Block = 12, ArrayHeader = 20, Delegate = 36;

    private readonly HashSet<object> _counted = new(ReferenceEqualityComparer.Instance);

    /// <summary>Counts what can be reached from some objects and was not counted before.</summary>
    /// <returns>Bytes.</returns>
    internal long Add(params object[] roots)
    {
        long sum = 0;
        foreach (object root in roots)
            sum += Count(root);
        return sum;
    }

    /// <summary>Counts an object and its arrays of numbers, and nothing else that it leads to.</summary>
    /// <param name="value">The object.</param>
    /// <param name="but">Fields whose arrays do not count.</param>
    /// <returns>Bytes.</returns>
    internal static long Alone(object value, params string[] but)
    {
        long sum = Block;
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            sum += Block;
            if (field.FieldType.IsArray && Array.IndexOf(but, field.Name) < 0)
                sum += new DeviceMemory().Add(field.GetValue(value)!);
        }

        return sum;
    }

    private long Count(object? value)
    {
        // Texts are in the flash.
        if (value is null or string || !_counted.Add(value))
            return 0;
        Type type = value.GetType();
        if (value is Array array)
            return CountArray(array, type.GetElementType()!);
        if (value is Delegate action)
            return Delegate + Count(action.Target);
        return IsOurs(type) ? Block + CountFields(value, type) : 3 * Block;
    }

    private long CountArray(Array array, Type element)
    {
        long size = element.IsPrimitive ? Marshal.SizeOf(element) : element.IsEnum ? 4 : Block;
        long sum = (ArrayHeader + array.Length * size + Block - 1) / Block * Block;
        if (element.IsPrimitive || element.IsEnum)
            return sum;
        foreach (object? item in array)
            sum += item is ValueType ? Block + CountFields(item, element) : Count(item);
        return sum;
    }

    private long CountFields(object value, Type type)
    {
        long sum = 0;
        for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                sum += Block;
                if (!field.FieldType.IsValueType)
                    sum += Count(field.GetValue(value));
                else if (!field.FieldType.IsPrimitive && !field.FieldType.IsEnum)
                    sum += Block + CountFields(field.GetValue(value)!, field.FieldType);
            }
        }

        return sum;
    }

    // What stands in for the device's own libraries, and for a board, is something else there.
    private static bool IsOurs(Type type)
    {
        return (type.Assembly == typeof(TcpEndpoint).Assembly || type.Assembly == typeof(W5500Link).Assembly
                || type.Assembly == typeof(DeviceFirmware).Assembly || type.Assembly == typeof(HttpServer).Assembly
                || type.Assembly == typeof(PageService).Assembly)
            && !type.Namespace!.StartsWith("HandshakeNano.Boards", StringComparison.Ordinal);
    }
}
