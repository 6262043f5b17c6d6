using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// A computer to try on what is not to be tried on this one: QEMU with Debian's own kernel and its modules, two serial ports on USB, no network,
/// and the files of this computer, over which its own lie until it is switched off. Commands run there as root.
/// </summary>
internal sealed class Machine : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("handshake-machine-");
    private readonly Process _emulator;
    private int _commands;

    public Machine()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "machine"), initrd = Path.Combine(_folder.FullName, "initrd");
        const string Needs = "The machine needs busybox-static, cpio, kmod, make and linux-image-amd64.";
        Make.Run(source, Needs, "INITRD=" + initrd);
        string kernel = Make.Run(source, Needs, "kernel").Trim();
        string tests = _folder.CreateSubdirectory("tests").FullName;
        _emulator = Process.Start(new ProcessStartInfo("qemu-system-x86_64",
        [
            "-nodefaults", "-display", "none", "-no-reboot", "-accel", "tcg", "-m", "1536", "-smp", "2",
            "-kernel", kernel, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1",
            "-serial", "file:" + Path.Combine(_folder.FullName, "console"), "-serial", "stdio",
            "-virtfs", "local,path=/,mount_tag=host,security_model=passthrough,readonly=on,multidevs=remap",
            "-virtfs", $"local,path={tests},mount_tag=tests,security_model=none",
            "-device", "qemu-xhci", "-chardev", "null,id=usb0", "-device", "usb-serial,chardev=usb0,always-plugged=true",
            "-chardev", "null,id=usb1", "-device", "usb-serial,chardev=usb1,always-plugged=true",
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Await("ready");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a script of bash, whatever its exit code.</summary>
    public ToolResult Try(string script)
    {
        string number = (++_commands).ToString(CultureInfo.InvariantCulture);
        string Name(string end) => Path.Combine(_folder.FullName, "tests", number + end);
        File.WriteAllText(Name(".sh"), script);
        _emulator.StandardInput.WriteLine(number);
        _emulator.StandardInput.Flush();
        Await(number);
        return new ToolResult(int.Parse(File.ReadAllText(Name(".code")), CultureInfo.InvariantCulture), File.ReadAllText(Name(".out")), File.ReadAllText(Name(".err")));
    }

    /// <summary>Runs a script of bash; the test fails if it does.</summary>
    public string Run(string script)
    {
        ToolResult result = Try(script);
        Assert.AreEqual(0, result.ExitCode, $"{script}\n{result.Output}{result.Error}");
        return result.Output;
    }

    public void Dispose()
    {
        _emulator.Kill();
        _emulator.WaitForExit();
        _emulator.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Await(string line)
    {
        Task<string?> read = _emulator.StandardOutput.ReadLineAsync();
        bool inTime = read.Wait(Lab.Deadline);
        Assert.IsTrue(inTime && read.Result?.Trim() == line, $"The machine says {(inTime ? read.Result : "nothing")} for {line}.\n" + Console());
    }

    private string Console()
    {
        string file = Path.Combine(_folder.FullName, "console");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
