using System.Collections.Generic;
using System.Linq;
using System.Text;
using HandshakeNano.IlCheck;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>Each of the other rules with code that it must reject and a neighbour that it must accept.</summary>
[TestClass]
public sealed class RuleTests
{
    [TestMethod]
    [DataRow(Rule.Generic, "class C<T> { }", "class C { }")]
    [DataRow(Rule.Generic, "class C { static void F<T>() { } }", "class C { static void F() { } }")]
    [DataRow(Rule.Generic, "class C { System.Func<int> f; }", "delegate int D(); class C { D f; }")]
    [DataRow(Rule.Generic, "class C { static void F(System.Action<int> a) { } }", "class C { static void F(System.Action a) { } }")]
    [DataRow(Rule.Generic, "class C { event System.EventHandler<System.EventArgs> E; }", "class C { event System.EventHandler E; }")]
    [DataRow(Rule.Generic, "class C { static void F() { object o = new System.Func<int>[1]; o.ToString(); } }", "class C { static void F() { object o = new System.Action[1]; o.ToString(); } }")]
    [DataRow(Rule.ArrayRank, "class C { static int[,] f = new int[2, 2]; }", "class C { static int[][] f = new int[2][]; }")]
    [DataRow(Rule.ArrayRank, "class C { static int F(byte[,] a) { return a[0, 1]; } }", "class C { static int F(byte[][] a) { return a[0][1]; } }")]
    [DataRow(Rule.Checked, "class C { static int F(int a, int b) { return checked(a + b); } }", "class C { static int F(int a, int b) { return unchecked(a + b); } }")]
    [DataRow(Rule.Checked, "class C { static byte F(int a) { return checked((byte)a); } }", "class C { static byte F(int a) { return (byte)a; } }")]
    [DataRow(Rule.Unsafe, "class C { static unsafe int F() { int* p = stackalloc int[4]; return p[0]; } }", "class C { static int F() { int[] p = new int[4]; return p[0]; } }")]
    [DataRow(Rule.Unsafe, "class C { static unsafe byte F(byte* p) { return *p; } }", "class C { static byte F(ref byte p) { return p; } }")]
    [DataRow(Rule.Unsafe, "class C { static unsafe int F(delegate*<int> f) { return f(); } }", "delegate int D(); class C { static int F(D f) { return f(); } }")]
    [DataRow(Rule.InterfaceBody, "interface I { int F() { return 1; } }", "abstract class I { public virtual int F() { return 1; } }")]
    [DataRow(Rule.EnumText, "enum E { A } class C { static string F(E e) { return e.ToString(); } }", "enum E { A } class C { static string F(E e) { return ((int)e).ToString(); } }")]
    [DataRow(Rule.Span, "class C { static int F(System.SpanByte s) { return s.Length; } }", "class C { static int F(byte[] s) { return s.Length; } }")]
    [DataRow(Rule.Span, "class C { static int F(byte[] b) { return new System.SpanByte(b).Length; } }", "class C { static int F(byte[] b) { return b.Length; } }")]
    [DataRow(Rule.Struct, "struct S { public int A, B; } class C { static int F(S s) { return s.A; } }", "struct S { public int A, B; } class C { static int F(ref S s) { return s.A; } }")]
    [DataRow(Rule.Struct, "struct S { public int A, B; } class C { static int F(S[] a) { S s = a[0]; return s.A + s.B; } }", "struct S { public int A, B; } class C { static int F(S[] a) { ref S s = ref a[0]; return s.A + s.B; } }")]
    [DataRow(Rule.Struct, "class C { static System.DateTime F() { return System.DateTime.UtcNow; } }", "class C { static System.DayOfWeek F() { return System.DayOfWeek.Monday; } }")]
    [DataRow(Rule.Allocation, "class Link { void Poll() { F(); } static byte[] F() { return new byte[4]; } }", "class Link { static byte[] f = new byte[4]; void Poll() { F(); } static byte[] F() { return f; } }")]
    [DataRow(Rule.Allocation, "class Link { object f; void Poll(int a) { f = a; } }", "class Link { int f; void Poll(int a) { f = a; } }")]
    [DataRow(Rule.Allocation, "class Link { object f; void Poll(int a) { f = new object(); } }", "class Link { void Poll(int a) { if (a < 0) throw new System.ArgumentException(\"a\" + a); } }")]
    [DataRow(Rule.Allocation, "class Link { void Poll() { lock (this) { } } }", "class Link { void Poll() { } void F() { lock (this) { } } }")]
    [DataRow(Rule.Allocation, "class Link { string f; void Poll(int a) { f = a.ToString(); } }", "class Link { string f; string F(int a) { return a.ToString(); } void Poll() { f = \"x\"; } }")]
    [DataRow(Rule.Allocation, "class Link { System.Action f; void Poll(int a) { f = () => f = null; } }", "class Link { System.Action f; void Poll(int a) { f = null; } }")]
    [DataRow(Rule.Allocation, "abstract class H { public abstract void On(); } class G : H { object f; public override void On() { f = new object(); } } class Link { H h; void Poll() { h.On(); } }", "abstract class H { public abstract void On(); } class G : H { object f; public override void On() { f = null; } } class Link { H h; void Poll() { h.On(); } }")]
    public void A_rule_rejects_what_breaks_it_and_accepts_its_neighbour(Rule rule, string bad, string good)
    {
        IReadOnlyList<Finding> found = Device.Check(bad);
        Assert.IsTrue(found.Any(f => f.Rule == rule), "Not found in: " + bad + "\n" + string.Join("\n", found));
        IReadOnlyList<Finding> none = Device.Check(good);
        Assert.IsEmpty(none, string.Join("\n", none));
    }

    [TestMethod]
    public void Of_locals_a_method_has_255_at_most()
    {
        string Source(int count)
        {
            var text = new StringBuilder("class C { static void G(ref int a) { } static void F() {");
            for (int i = 0; i < count; i++)
                text.Append($" int l{i} = {i}; G(ref l{i});");
            return text.Append(" } }").ToString();
        }

        AssertLimit(Source(256), Source(255));
    }

    [TestMethod]
    public void Of_instance_fields_a_class_has_255_at_most_with_those_it_inherits()
    {
        AssertLimit(
            Members("class B", 200, "int f") + Members("class C : B", 56, "int g"),
            Members("class B", 200, "int f") + Members("class C : B", 55, "int g"));
    }

    [TestMethod]
    public void Of_static_fields_a_class_has_255_at_most_and_constants_do_not_count()
    {
        AssertLimit(
            Members("class C", 256, "static int f"),
            Members("class C", 255, "static int f") + "class D { " + string.Concat(Enumerable.Range(0, 300).Select(i => $"const int C{i} = {i};")) + " }");
    }

    [TestMethod]
    public void Of_methods_a_class_has_255_at_most()
    {
        // The compiler adds the constructor.
        AssertLimit(Members("class C", 255, "void F", "() { }"), Members("class C", 254, "void F", "() { }"));
    }

    [TestMethod]
    public void Of_cases_a_switch_has_255_at_most()
    {
        string Source(int count)
        {
            return "class C { static int F(int a) { switch (a) {"
                + string.Concat(Enumerable.Range(0, count).Select(i => $" case {i}: return {i * 7 % 11};")) + " default: return -1; } } }";
        }

        AssertLimit(Source(256), Source(255));
    }

    [TestMethod]
    public void A_branch_reaches_32767_bytes_of_IL_at_most()
    {
        // Eight bytes of IL a statement: ldarg.0, ldarg.1, ldarg.0, mul, add, starg.s
        string Source(int statements)
        {
            return "class C { static int F(int a, int b) { while (b != 0) {"
                + string.Concat(Enumerable.Repeat(" a = a + b * a;", statements)) + " b--; } return a; } }";
        }

        AssertLimit(Source(4800), Source(4500));
    }

    [TestMethod]
    public void Code_off_the_way_of_a_segment_may_use_structs_and_memory()
    {
        const string source = "class C { static System.SpanByte F(System.DateTime t) { return new System.SpanByte(new byte[t.Day]); } }";
        Assert.IsNotEmpty(Device.Check(source));
        Assert.IsEmpty(IlChecker.Check([Device.Compile(source)], [Device.AssemblyFolder], new CheckOptions()));
    }

    private static string Members(string declaration, int count, string member, string end = ";")
    {
        return declaration + " { " + string.Concat(Enumerable.Range(0, count).Select(i => member + i + end + " ")) + "} ";
    }

    private static void AssertLimit(string tooMuch, string most)
    {
        IReadOnlyList<Finding> findings = Device.Check(tooMuch);
        Assert.IsTrue(findings.Any(f => f.Rule == Rule.Limit), string.Join("\n", findings));
        Assert.IsEmpty(Device.Check(most));
    }
}
