using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HandshakeNano.Boards.Tests;
using Mono.Cecil;

namespace HandshakeNano.ApiGate.Tests;

/// <summary>The device's own packages, where they can be had, in place of what the gate declares.</summary>
[TestClass]
public sealed class DevicePackageTests
{
    /// <summary>Without -p:DevicePackages=true these are the same files, but for the core library.</summary>
    [TestMethod]
    public void What_the_gate_declares_is_what_the_device_has()
    {
        string[] differences = [.. Device.AssemblyNames.SelectMany(name => ApiComparison.Compare(File(Device.DeclaredFolder, name), File(Device.AssemblyFolder, name)))];
        Assert.IsEmpty(differences, "\n" + string.Join("\n", differences));
        Assert.AreEqual(Repository.HasDevicePackages, Device.AssemblyFolder != Device.DeclaredFolder);
    }

    [TestMethod]
    public void A_package_is_taken_in_place_of_what_is_declared_and_each_member_that_is_another_there_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("handshake-device-").FullName;
        try
        {
            Dictionary<string, string> files = DevicePackages.Files(folder);
            foreach (string name in Device.AssemblyNames)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(files[name])!);
                System.IO.File.Copy(File(Device.DeclaredFolder, name), files[name]);
            }

            string same = Device.WriteAssemblies("same", files);
            Assert.IsEmpty(Device.AssemblyNames.SelectMany(name => ApiComparison.Compare(File(Device.DeclaredFolder, name), File(same, name))).ToArray());

            // A device that lacks one, has one more, and has two that differ.
            using (var network = AssemblyDefinition.ReadAssembly(File(Device.DeclaredFolder, "System.Net")))
            {
                TypeDefinition socket = network.MainModule.GetType("System.Net.Sockets.Socket");
                socket.Methods.Remove(socket.Methods.First(method => method.Name == "Poll"));
                socket.Methods.First(method => method.Name == "Close").IsStatic = true;
                socket.Methods.First(method => method.Name == "Bind").Name = "BindTo";
                network.MainModule.GetType("System.Net.Sockets.SelectMode").Fields.First(field => field.Name == "SelectRead").Constant = 7;
                network.Write(files["System.Net"]);
            }

            string other = Device.WriteAssemblies("other", files);
            CollectionAssert.AreEqual(System.IO.File.ReadAllBytes(files["System.Net"]), System.IO.File.ReadAllBytes(File(other, "System.Net")));
            string[] differences = ApiComparison.Compare(File(Device.DeclaredFolder, "System.Net"), File(other, "System.Net"));
            Assert.HasCount(5, differences, string.Join("\n", differences));
            Assert.StartsWith("System.Net: the device has no System.Boolean System.Net.Sockets.Socket::Poll(", differences.Single(line => line.Contains("::Poll(", StringComparison.Ordinal)));
            Assert.StartsWith("System.Net: the device has no System.Void System.Net.Sockets.Socket::Bind(", differences.Single(line => line.Contains("::Bind(", StringComparison.Ordinal)));
            Assert.EndsWith("::BindTo(System.Net.EndPoint) is not declared", differences.Single(line => line.Contains("BindTo", StringComparison.Ordinal)));
            Assert.EndsWith("::Close() is public, static, and declared as public, of an instance", differences.Single(line => line.Contains("::Close(", StringComparison.Ordinal)));
            Assert.EndsWith("::SelectRead is public, constant 7, and declared as public, constant 0", differences.Single(line => line.Contains("SelectRead", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void Every_package_has_a_version_and_every_assembly_of_the_gate_a_package()
    {
        CollectionAssert.IsSubsetOf(Device.AssemblyNames.ToArray(), DevicePackages.Files("").Keys);
        foreach (string file in DevicePackages.Files("").Values)
            Assert.MatchesRegex(@"^nanoframework\.[a-z0-9.]+/\d+\.\d+\.\d+/lib/[A-Za-z0-9.]+\.dll$", file.Replace('\\', '/'));
    }

    private static string File(string folder, string name) => Path.Combine(folder, name + ".dll");
}
