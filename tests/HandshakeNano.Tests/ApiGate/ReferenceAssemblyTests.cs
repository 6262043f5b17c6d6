using System;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The device's assemblies as the gate declares them.</summary>
[TestClass]
public sealed class ReferenceAssemblyTests
{
    [TestMethod]
    [DataRow("mscorlib", "1.17.11.0", "")]
    [DataRow("nanoFramework.Hardware.Esp32", "1.6.0.0", "mscorlib")]
    [DataRow("nanoFramework.Runtime.Events", "1.11.0.0", "mscorlib")]
    [DataRow("nanoFramework.Runtime.Native", "1.7.0.0", "mscorlib")]
    [DataRow("nanoFramework.System.Text", "1.3.0.0", "mscorlib")]
    [DataRow("nanoFramework.TestFramework", "3.0.0.0", "mscorlib")]
    [DataRow("System.Device.Gpio", "1.1.0.0", "mscorlib,nanoFramework.Runtime.Events")]
    [DataRow("System.Device.Spi", "1.3.0.0", "System.Device.Gpio,mscorlib")]
    [DataRow("System.Device.Wifi", "1.5.0.0", "System.Net,System.Threading,mscorlib")]
    [DataRow("System.IO.Streams", "1.1.0.0", "mscorlib,nanoFramework.System.Text")]
    [DataRow("System.Net", "1.11.0.0", "System.IO.Streams,System.Threading,mscorlib")]
    [DataRow("System.Threading", "1.1.0.0", "mscorlib")]
    public void It_has_the_name_and_the_version_of_the_device_s_and_stands_on_nothing_else(string name, string version, string references)
    {
        using AssemblyDefinition assembly = Read(name);
        Assert.AreEqual(name, assembly.Name.Name);
        Assert.AreEqual(version, assembly.Name.Version.ToString());
        Assert.AreEqual(
            references, string.Join(",", assembly.MainModule.AssemblyReferences.Select(r => r.Name).Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    [DataRow("nanoFramework.Hardware.Esp32")]
    [DataRow("nanoFramework.Runtime.Events")]
    [DataRow("nanoFramework.Runtime.Native")]
    [DataRow("nanoFramework.System.Text")]
    [DataRow("nanoFramework.TestFramework")]
    [DataRow("System.Device.Gpio")]
    [DataRow("System.Device.Spi")]
    [DataRow("System.Device.Wifi")]
    [DataRow("System.IO.Streams")]
    [DataRow("System.Net")]
    [DataRow("System.Threading")]
    public void It_is_for_compiling_only_so_its_methods_throw(string name)
    {
        using AssemblyDefinition assembly = Read(name);
        MethodDefinition[] bodies = assembly.MainModule.Types.Where(t => t.IsPublic).SelectMany(t => t.Methods)
            .Where(m => m.HasBody && !m.IsConstructor && m.Name != "Finalize").ToArray();
        Assert.IsNotEmpty(bodies);
        foreach (MethodDefinition method in bodies)
            Assert.AreEqual(OpCodes.Throw, method.Body.Instructions[^1].OpCode, method.FullName);
    }

    private static AssemblyDefinition Read(string name)
    {
        return AssemblyDefinition.ReadAssembly(Path.Combine(Device.AssemblyFolder, name + ".dll"));
    }
}
