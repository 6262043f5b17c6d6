using System;
using System.IO;
using HandshakeNano.Client.Output;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>A file for a result is whole or as it was, and nothing is left beside it.</summary>
[TestClass]
public sealed class WholeFileTests
{
    private string _folder = "";

    private string Name => Path.Combine(_folder, "result.svg");

    [TestInitialize]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("handshake-whole-").FullName;

    [TestCleanup]
    public void End() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void It_is_not_there_before_all_of_it_is()
    {
        using WholeFile file = WholeFile.At(Name, "--plot x.svg");
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder));
        file.Write(stream =>
        {
            stream.Write("whole"u8);
            Assert.IsEmpty(Directory.GetFileSystemEntries(_folder));
        });
        Assert.AreEqual("whole", File.ReadAllText(Name));
        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder));
    }

    [TestMethod]
    public void What_was_there_stays_until_the_new_one_is_whole()
    {
        File.WriteAllText(Name, "old");
        using WholeFile file = WholeFile.At(Name, "--plot x.svg");
        Assert.ThrowsExactly<InvalidOperationException>(() => file.Write(stream =>
        {
            stream.Write("cut"u8);
            throw new InvalidOperationException();
        }));
        Assert.AreEqual("old", File.ReadAllText(Name));
        file.Write(stream => stream.Write("new"u8));
        Assert.AreEqual("new", File.ReadAllText(Name));
        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder));
    }

    [TestMethod]
    public void What_a_link_leads_to_is_written_with_the_rights_that_it_had()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(Name, "a file that is longer");
        File.SetUnixFileMode(Name, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, Name);
        using WholeFile file = WholeFile.At(link, "--plot x.svg");
        file.Write(stream => stream.Write("new"u8));
        Assert.AreEqual("new", File.ReadAllText(Name));
        Assert.AreEqual(Name, new FileInfo(link).LinkTarget);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Name));
    }

    [TestMethod]
    public void A_device_is_written_as_it_is()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using (WholeFile nothing = WholeFile.At("/dev/null", "--plot x.svg"))
            nothing.Write(stream => stream.Write("gone"u8));
        using WholeFile full = WholeFile.At("/dev/full", "--plot x.svg");
        IOException refusal = Assert.ThrowsExactly<IOException>(() => full.Write(stream => stream.Write("gone"u8)));
        Assert.AreEqual("cannot write /dev/full: No space left on device; choose another file, or type: --plot x.svg", refusal.Message);
    }

    [TestMethod]
    public void One_that_cannot_be_written_is_told_before_the_work()
    {
        string inNoFolder = Path.Combine(_folder, "none", "result.svg");
        IOException refusal = Assert.ThrowsExactly<IOException>(() => WholeFile.At(inNoFolder, "--plot x.svg"));
        Assert.AreEqual($"cannot write {inNoFolder}: there is no folder {Path.Combine(_folder, "none")}; choose another file, or type: --plot x.svg", refusal.Message);
        refusal = Assert.ThrowsExactly<IOException>(() => WholeFile.At(_folder, "--plot x.svg"));
        Assert.AreEqual($"cannot write {_folder}: it is a folder; choose another file, or type: --plot x.svg", refusal.Message);
    }
}
