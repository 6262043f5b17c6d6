#nullable enable
using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>What a test demands. Signatures are those of nanoFramework.TestFramework 3.0.</summary>
public static class Assert
{
    /// <summary>Demands that a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">What it means if not.</param>
    public static void IsTrue(bool condition, string message = "")
    {
        if (!condition)
            Fail("expected true", message);
    }

    /// <summary>Demands that a condition does not hold.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">What it means if it does.</param>
    public static void IsFalse(bool condition, string message = "")
    {
        if (condition)
            Fail("expected false", message);
    }

    /// <summary>Demands null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="message">What it means if not.</param>
    public static void IsNull(object? value, string message = "")
    {
        if (value is not null)
            Fail("expected null, got " + value, message);
    }

    /// <summary>Demands an object.</summary>
    /// <param name="value">The value.</param>
    /// <param name="message">What it means if it is null.</param>
    public static void IsNotNull(object? value, string message = "")
    {
        if (value is null)
            Fail("expected an object, got null", message);
    }

    /// <summary>Demands one and the same object.</summary>
    /// <param name="expected">The object.</param>
    /// <param name="actual">What came.</param>
    /// <param name="message">What it means if not.</param>
    public static void AreSame(object? expected, object? actual, string message = "")
    {
        if (!ReferenceEquals(expected, actual))
            Fail("expected the same object", message);
    }

    /// <summary>Demands two objects.</summary>
    /// <param name="notExpected">The one object.</param>
    /// <param name="actual">What came.</param>
    /// <param name="message">What it means if not.</param>
    public static void AreNotSame(object? notExpected, object? actual, string message = "")
    {
        if (ReferenceEquals(notExpected, actual))
            Fail("expected another object", message);
    }

    /// <summary>Demands an exception of exactly this type.</summary>
    /// <param name="exception">The type.</param>
    /// <param name="action">What throws.</param>
    /// <param name="message">What it means if it does not.</param>
    public static void ThrowsException(Type exception, Action action, string message = "")
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(action);
        Type? thrown = null;
        try
        {
            action();
        }
#pragma warning disable CA1031 // Any exception: its type is what is judged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            thrown = e.GetType();
        }

        if (thrown != exception)
            Fail("expected " + exception.Name + ", got " + (thrown is null ? "no exception" : thrown.Name), message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(bool expected, bool actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(byte expected, byte actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(char expected, char actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(DateTime expected, DateTime actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(double expected, double actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(float expected, float actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(int expected, int actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(long expected, long actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(sbyte expected, sbyte actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(short expected, short actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(string? expected, string? actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(uint expected, uint actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(ulong expected, ulong actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreEqual(object, object, string)"/>
    public static void AreEqual(ushort expected, ushort actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <summary>Demands equal values.</summary>
    /// <param name="expected">The value that is right.</param>
    /// <param name="actual">What came.</param>
    /// <param name="message">What it means if they differ.</param>
    public static void AreEqual(object? expected, object? actual, string message = "")
    {
        if (!Equals(expected, actual))
            Differ(expected, actual, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(bool notExpected, bool actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(byte notExpected, byte actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(char notExpected, char actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(DateTime notExpected, DateTime actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(double notExpected, double actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(float notExpected, float actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(int notExpected, int actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(long notExpected, long actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(sbyte notExpected, sbyte actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(short notExpected, short actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(string? notExpected, string? actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(uint notExpected, uint actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(ulong notExpected, ulong actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <inheritdoc cref="AreNotEqual(object, object, string)"/>
    public static void AreNotEqual(ushort notExpected, ushort actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    /// <summary>Demands different values.</summary>
    /// <param name="notExpected">The value that is wrong.</param>
    /// <param name="actual">What came.</param>
    /// <param name="message">What it means if they are equal.</param>
    public static void AreNotEqual(object? notExpected, object? actual, string message = "")
    {
        if (Equals(notExpected, actual))
            Fail("expected anything but " + notExpected, message);
    }

    private static void Differ(object? expected, object? actual, string message)
    {
        Fail("expected " + (expected ?? "null") + ", got " + (actual ?? "null"), message);
    }

    private static void Fail(string what, string message)
    {
        throw new AssertFailedException(string.IsNullOrEmpty(message) ? what : message + ": " + what);
    }
}
