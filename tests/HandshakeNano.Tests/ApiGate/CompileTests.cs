using System.Collections.Generic;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>What the device does not have does not compile.</summary>
[TestClass]
public sealed class CompileTests
{
    [TestMethod]
    [DataRow("static int F(int a, int b) { return Math.Max(a, b); }", "CS0103")]
    [DataRow("static object F() { return new System.Collections.Generic.List<int>(); }", "CS0234")]
    [DataRow("static void F(Span<byte> data) { }", "CS0246")]
    [DataRow("static int? F() { return 1; }", "CS0518")]
    [DataRow("static string F(string s) { return s.Replace('a', 'b'); }", "CS1061")]
    [DataRow("static bool F(string s) { return string.IsNullOrWhiteSpace(s); }", "CS0117")]
    [DataRow("static void F() { Console.WriteLine(1); }", "CS1503")]
    [DataRow("static string F() { return Environment.MachineName; }", "CS0117")]
    [DataRow("static void F(int[] a) { Array.Sort(a); }", "CS0117")]
    [DataRow("static void F(byte[] a) { Buffer.BlockCopy(a, 0, a, 1, 2); }", "CS0103")]
    [DataRow("static void F(object o) { System.Threading.Monitor.Wait(o); }", "CS0117")]
    [DataRow("static long F(ref long a) { return System.Threading.Interlocked.Increment(ref a); }", "CS1503")]
    [DataRow("static decimal F() { return 1m; }", "CS0518")]
    [DataRow("static volatile int F;", "CS0518")]
    [DataRow("static (int, int) F() { return (1, 2); }", "CS8179")]
    [DataRow("static System.Collections.IEnumerable F() { yield return 1; }", "CS0656")]
    [DataRow("static async void F() { }", "CS0518")]
    [DataRow("static int F(int[] a) { return a[^1]; }", "CS0518")]
    [DataRow("[ThreadStatic] static int F;", "CS0246")]
    [DataRow("record F(int A);", "CS0656")]
    [DataRow("static dynamic F;", "CS1980")]
    public void What_the_device_lacks_does_not_compile(string member, string error)
    {
        IReadOnlyList<string> errors = Device.Errors("using System; class C { " + member + " }");
        Assert.Contains(error, errors, string.Join(", ", errors));
    }

    [TestMethod]
    [DataRow("static long F() { return Environment.TickCount64; }")]
    [DataRow("static ulong F() { return nanoFramework.Hardware.Esp32.HighResTimer.GetCurrent(); }")]
    [DataRow("static int F(byte[] a) { int sum = 0; foreach (byte b in a) sum += b; return sum; }")]
    [DataRow("static readonly byte[] F = { 1, 2, 3, 4, 5, 6 };")]
    [DataRow("static string F(int a) { return \"port \" + a + \" of \" + a.ToString(); }")]
    [DataRow("static string F(int a) { return $\"{a}:{a:X4}\"; }")]
    [DataRow("static int F(string s) { switch (s) { case \"a\": return 1; case \"bc\": return 2; case \"cd\": return 3; case \"de\": return 4; case \"ef\": return 5; case \"fg\": return 6; case \"gh\": return 7; default: return 0; } }")]
    [DataRow("static void F(object o) { lock (o) { } }")]
    [DataRow("static void F(IDisposable d) { using (d) { } }")]
    [DataRow("static void F() { try { throw new ArgumentException(\"x\"); } catch (Exception e) when (e.Message == \"x\") { } finally { } }")]
    [DataRow("static Action F(int a) { return () => Console.WriteLine(a.ToString()); }")]
    [DataRow("event EventHandler F; void G() { F?.Invoke(this, EventArgs.Empty); }")]
    [DataRow("int F { get; init; }")]
    [DataRow("static int F(object o) { return o is string { Length: > 3 } s ? s.Length : o switch { int i => i, _ => 0 }; }")]
    [DataRow("static ref byte F(byte[] a) { return ref a[1]; }")]
    [DataRow("static int F(in uint a) { return (int)a; }")]
    [DataRow("static string F(string[] a) { return string.Concat(a) + string.Format(\"{0}\", 1); }")]
    [DataRow("[Flags] enum E { A = 1 } [Obsolete(\"old\")] static void F() { }")]
    [DataRow("static int F(int[][] a) { return a[0][0]; }")]
    [DataRow("static System.Threading.Thread F() { return new System.Threading.Thread(() => { }); }")]
    [DataRow("static void F(int a) { System.Diagnostics.Debug.Assert(a > 0); nanoFramework.Runtime.Native.GC.Run(true); }")]
    [DataRow("~C() { }")]
    public void What_the_device_has_compiles(string member)
    {
        Device.Compile("using System; class C { " + member + " }").Dispose();
    }

    [TestMethod]
    public void A_test_for_the_device_compiles()
    {
        Device.Compile("""
            using nanoFramework.TestFramework;

            [TestClass]
            public class Tests
            {
                [Setup]
                public void Begin() { }

                [DataRow(1, 2)]
                [DataRow(3, 4)]
                public void Rows(int a, int b) { Assert.AreEqual(a + 1, b); }

                [TestMethod]
                public void Throws()
                {
                    Assert.ThrowsException(typeof(System.ArgumentException), () => throw new System.ArgumentException());
                    Assert.IsTrue(true, "message");
                }
            }
            """).Dispose();
    }
}
