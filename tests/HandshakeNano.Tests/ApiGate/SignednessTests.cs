using System.Collections.Generic;
using System.Linq;
using HandshakeNano.IlCheck;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The trap of the run-time tag: code that falls into it, and its neighbours that do not.</summary>
[TestClass]
public sealed class SignednessTests
{
    [TestMethod]
    // The three that were measured.
    [DataRow("static long F(uint a, uint b) { return (long)(int)(a - b); }")]
    [DataRow("static int F(uint a, uint b) { return (int)(a - b) >> 1; }")]
    [DataRow("static int F(uint a, uint b) { return (int)(a - b) % 3; }")]
    [DataRow("static double F(uint a, uint b) { return (double)(int)(a - b); }")]
    [DataRow("static float F(ulong a, ulong b) { return (float)(long)(a - b); }")]
    [DataRow("static long F(ulong a, ulong b) { return (long)(a - b) >> 3; }")]
    [DataRow("static long F(ulong a, ulong b) { return (long)(a - b) % 7; }")]
    // Where the unsigned value may come from.
    [DataRow("uint a; int F() { return (int)a >> 1; }")]
    [DataRow("static uint a; static int F() { return (int)a >> 1; }")]
    [DataRow("static int F(uint[] a) { return (int)a[0] >> 1; }")]
    [DataRow("static long F(ulong[] a) { return (long)a[0] >> 1; }")]
    [DataRow("static int F(ref uint a) { return (int)a >> 1; }")]
    [DataRow("static long F(ref ulong a) { return (long)a >> 1; }")]
    [DataRow("static uint G() { return 0x80000000; } static uint b; static int F() { return (int)(b + G()) >> 1; }")]
    [DataRow("static int F(byte[] a) { return (int)System.BitConverter.ToUInt32(a, 0) >> 4; }")]
    [DataRow("static long F(object o) { return (int)(uint)o; }")]
    [DataRow("enum E : uint { A } static int F(E e) { return (int)e >> 1; }")]
    [DataRow("static long F(uint a, uint b) { return ((long)a - (long)b) >> 3; }")]
    // Operations that keep the tag.
    [DataRow("static int F(uint a, uint b) { return -(int)(a - b) >> 1; }")]
    [DataRow("static int F(uint a, uint b) { return ~(int)(a - b) >> 1; }")]
    [DataRow("static int F(uint a, uint b) { return ((int)(a - b) + 1) >> 1; }")]
    [DataRow("static int F(uint a, int b) { return ((int)a / b) % 3; }")]
    [DataRow("static int F(uint a, int b) { return ((int)(a << 4)) >> 4; }")]
    [DataRow("static int F(uint a) { return (int)(a ^ 0x55u) >> 4; }")]
    [DataRow("static int F(bool c, uint a, int b) { return (c ? (int)a : b) >> 1; }")]
    // A cut that leaves some of what the shift brings in.
    [DataRow("static int F(uint a) { return ((int)a >> 8) & 0x1FFFFFF; }")]
    [DataRow("static int F(uint a) { return ((int)a >> 8) & -2; }")]
    [DataRow("static short F(uint a) { return (short)((int)a >> 24); }")]
    [DataRow("static int F(ulong a) { return (int)((long)a >> 33); }")]
    // A local that is used once is no local.
    [DataRow("static int F(uint a, uint b) { int d = (int)(a - b); return d >> 1; }")]
    // Arguments and results keep the tag.
    [DataRow("static int G(int d) { return d >> 1; } static int F(uint a, uint b) { return G((int)(a - b)); }")]
    [DataRow("static int G(int d) { d -= 10; return d >> 1; } static int F(uint a) { return G((int)(a >> 8)); }")]
    [DataRow("static int G(uint a, uint b) { return (int)(a - b); } static int F(uint a, uint b) { return G(a, b) >> 1; }")]
    [DataRow("uint a; int G { get { return (int)a; } } int F() { return G >> 1; }")]
    [DataRow("C(int d) { f = d % 3; } int f; static C F(uint a) { return new C((int)a); }")]
    [DataRow("interface I { int G(int d); } class D : I { public int G(int d) { return d >> 1; } } static int F(I i, uint a) { return i.G((int)a); }")]
    [DataRow("abstract class B { public abstract int G(); } class D : B { public uint a; public override int G() { return (int)a; } } static int F(B b) { return b.G() >> 1; }")]
    [DataRow("delegate int G(int d); static int F(uint a) { G g = d => d >> 1; return g((int)a); }")]
    public void A_value_cast_from_unsigned_that_goes_by_its_tag_is_found(string members)
    {
        IReadOnlyList<Finding> findings = Device.Check("class C { " + members + " }");
        Assert.IsTrue(findings.Any(f => f.Rule == Rule.Signedness), string.Join("\n", findings));
    }

    [TestMethod]
    [DataRow("static int F(uint a) { return (int)a + 1; }")]
    // Comparisons, + - * /, negation.
    [DataRow("static bool F(uint a, uint b) { return (int)(a - b) < 0; }")]
    [DataRow("static bool F(uint a, uint b) { return (int)(a - b) <= 0 || (long)(ulong)a > 5; }")]
    [DataRow("static int F(uint a, uint b) { return -(int)(a - b) / 3 * 4 - 1; }")]
    // Unsigned all the way.
    [DataRow("static uint F(uint a, uint b) { return (a - b) >> 1; }")]
    [DataRow("static ulong F(uint a, uint b) { return (ulong)(a - b) % 3; }")]
    [DataRow("static uint F(ulong a) { return (uint)(a >> 32) % 7; }")]
    // Signed all the way.
    [DataRow("static long F(int a, int b) { return (long)(a - b) >> 1; }")]
    [DataRow("static int F(byte[] a, int i) { return ((a[i] << 8) | a[i + 1]) >> 4; }")]
    [DataRow("static int F(ushort a, byte b, char c) { return (a % b) >> 1 + c % 2; }")]
    [DataRow("static double F(int a) { return a; }")]
    // Kept in a field, an array element, or a local that is used more than once.
    [DataRow("int f; int F(uint a, uint b) { f = (int)(a - b); return f >> 1; }")]
    [DataRow("static int F(int[] f, uint a, uint b) { f[0] = (int)(a - b); return f[0] >> 1; }")]
    [DataRow("static int F(uint a, uint b) { int d = (int)(a - b); return d < 0 ? d >> 1 : d >> 2; }")]
    // A conversion that the compiler does emit.
    [DataRow("static int F(uint a, uint b) { return (int)(ulong)(a - b) >> 1; }")]
    [DataRow("static int F(ulong a) { return (int)a >> 1; }")]
    [DataRow("static int F(uint a) { return (short)a >> 1; }")]
    [DataRow("static int F(uint a) { return (byte)a >> 1; }")]
    // The highest bit cannot be set.
    [DataRow("static int F(uint a) { return (int)(a >> 16) >> 4; }")]
    [DataRow("static int F(uint a) { return (int)(a & 0xFFFF) % 7; }")]
    [DataRow("static int F(uint a) { return (int)(a % 1000) >> 4; }")]
    [DataRow("static int F(uint a) { return (int)(a / 2) >> 4; }")]
    [DataRow("static long F(uint a) { return (long)(ulong)a >> 4; }")]
    [DataRow("static long F(uint a) { return (long)(int)(a >> 1); }")]
    // What the shift brings in at the top is cut off again.
    [DataRow("static int F(uint a) { return ((int)a >> 8) & 0xFF; }")]
    [DataRow("static int F(uint a) { return ((int)a >> 8) & 0xFFFFFF; }")]
    [DataRow("static byte F(uint a) { return (byte)((int)a >> 24); }")]
    [DataRow("static ushort F(ulong a) { return (ushort)((long)a >> 48); }")]
    [DataRow("static int F(ulong a) { return (int)((long)a >> 32); }")]
    [DataRow("static long F(ulong a) { return ((long)a >> 40) & 0xFFFF; }")]
    // The left operand's tag counts.
    [DataRow("static int F(int c, uint a, uint b) { return (c + (int)(a - b)) >> 1; }")]
    [DataRow("static int F(int c, uint a) { return c >> (int)a; }")]
    [DataRow("static int G(int d) { return d >> 1; } static int F(int a, int b) { return G(a - b); }")]
    [DataRow("static int G(uint a) { return (int)(a >> 8); } static int F(uint a) { return G(a) >> 1; }")]
    [DataRow("static int F(uint a) { int r; if (a == 1) r = 5; else r = -3; return r % 2; }")]
    public void What_comes_out_right_is_let_through(string members)
    {
        IReadOnlyList<Finding> findings = Device.Check("class C { " + members + " }");
        Assert.IsEmpty(findings.Where(f => f.Rule is Rule.Signedness or Rule.Retag), string.Join("\n", findings));
    }

    [TestMethod]
    [DataRow("static void F(uint a, out int d) { d = (int)a; }")]
    [DataRow("static void F(uint a, ref int d) { d = (int)a; }")]
    [DataRow("int f; void F(uint a) { ref int d = ref f; d = (int)a; }")]
    [DataRow("static void F(ulong a, out long d) { d = (long)a; }")]
    public void A_store_through_a_reference_that_makes_a_signed_variable_unsigned_is_found(string members)
    {
        IReadOnlyList<Finding> findings = Device.Check("class C { " + members + " }");
        Assert.IsTrue(findings.Any(f => f.Rule == Rule.Retag), string.Join("\n", findings));
    }

    [TestMethod]
    [DataRow("static void F(uint a, out uint d) { d = a; }")]
    [DataRow("static void F(int a, out int d) { d = a; }")]
    [DataRow("static void F(ulong a, out int d) { d = (int)a; }")]
    [DataRow("static void F(int a, out uint d) { d = (uint)a; }")]
    [DataRow("static bool F(out uint d) { d = 0; return true; }")]
    public void A_store_through_a_reference_that_keeps_the_type_is_let_through(string members)
    {
        IReadOnlyList<Finding> findings = Device.Check("class C { " + members + " }");
        Assert.IsEmpty(findings.Where(f => f.Rule == Rule.Retag), string.Join("\n", findings));
    }

    [TestMethod]
    public void A_conversion_to_floating_point_as_unsigned_of_a_signed_value_is_found()
    {
        IReadOnlyList<Finding> found = Device.Check("class C { static double F(int a) { return (uint)a; } }");
        Assert.HasCount(1, found.Where(f => f.Rule == Rule.Signedness));
        IReadOnlyList<Finding> none = Device.Check("class C { static double F(uint a) { return a; } }");
        Assert.IsEmpty(none);
    }

    [TestMethod]
    public void A_finding_names_type_method_offset_and_what_to_do()
    {
        Finding finding = Device.Check("namespace N { class C { static int F(uint a, uint b) { return (int)(a - b) >> 1; } } }").Single();
        Assert.AreEqual("N.C", finding.Type);
        Assert.AreEqual("F", finding.Method);
        // ldarg.0, ldarg.1, sub, ldc.i4.1, shr
        Assert.AreEqual(4, finding.Offset);
        Assert.StartsWith("Signedness: N.C::F IL_0004: >> of a value", finding.ToString());
        Assert.Contains("local", finding.Message);
    }
}
