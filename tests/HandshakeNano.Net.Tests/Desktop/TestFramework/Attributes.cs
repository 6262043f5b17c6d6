#nullable enable
using System;
using System.Runtime.CompilerServices;
using MSTest = Microsoft.VisualStudio.TestTools.UnitTesting;

// nanoFramework.TestFramework as far as our tests use it, on top of MSTest, so that one test file runs on the device and
// here. Setup and Cleanup are left out: on the device they run once for a class, and every test of ours makes its own
// wire anyway.
namespace nanoFramework.TestFramework;

/// <summary>Marks a class with tests.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TestClassAttribute : MSTest.TestClassAttribute
{
}

/// <summary>Marks a test.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestMethodAttribute : MSTest.TestMethodAttribute
{
    /// <summary>Marks a test.</summary>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="lineNumber">Filled in by the compiler.</param>
    public TestMethodAttribute([CallerFilePath] string filePath = "", [CallerLineNumber] int lineNumber = -1)
        : base(filePath, lineNumber)
    {
    }
}

/// <summary>Runs a test once more, with these arguments.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DataRowAttribute : MSTest.DataRowAttribute
{
    /// <summary>Runs a test with these arguments.</summary>
    /// <param name="methodParameters">The arguments.</param>
    public DataRowAttribute(params object[] methodParameters)
        : base(methodParameters)
    {
        MethodParameters = methodParameters;
    }

    /// <summary>The arguments.</summary>
    public object[] MethodParameters { get; }
}
