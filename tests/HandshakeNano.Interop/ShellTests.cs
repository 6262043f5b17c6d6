using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake</c> as a shell has it: what the tab key completes, the man page, a password that nobody sees.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ShellTests
{
    private static Handshake s_handshake = null!;

    [ClassInitialize]
    public static void Begin(TestContext context) => s_handshake = new Handshake();

    [ClassCleanup]
    public static void End() => s_handshake.Dispose();

    /// <summary>On a terminal that the program script gives; what the shell completes runs, and nothing else is a command.</summary>
    [TestMethod]
    [DataRow("bash --norc --noprofile -i", "source <(handshake completion bash)")]
    [DataRow("zsh -f -i", "autoload -U compinit; compinit -u -D; source <(handshake completion zsh)")]
    public void TheTabKeyCompletesCommandsAndOptions(string shell, string load)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string file = Path.Combine(s_handshake.Folder, "typed");
        string typed = $"{load}\nhandshake boa\t--js\t> {file}\nexit\n";
        ToolResult result = s_handshake.Shell(network, $"script -qc '{shell}' /dev/null", Encoding.ASCII.GetBytes(typed));
        Assert.IsTrue(File.Exists(file), result.Output);
        Assert.AreEqual(JsonValueKind.Array, JsonDocument.Parse(File.ReadAllText(file)).RootElement.ValueKind, result.Output);
        File.Delete(file);
    }

    [TestMethod]
    [DataRow("handshake pro", "probe\nproxy\n")]
    [DataRow("handshake serve --board virtual-", "virtual-w5500\nvirtual-wifi\n")]
    [DataRow("handshake completion f", "fish\n")]
    [DataRow("handshake probe --co", "--count\n")]
    public void FishCompletesWhatTheProgramSays(string line, string expected)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        ToolResult result = s_handshake.Shell(network, $"cd \"$HOME\" && mkdir -p empty && cd empty && fish --no-config -c 'handshake completion fish | source; complete -C \"{line}\"'");
        Assert.AreEqual(expected, result.Output, result.Error);
    }

    [TestMethod]
    public void TheManPageHasNoFault()
    {
        using NetworkNamespace network = Lab.NewNetwork();

        // It has a version in place of a date: made from the same sources it is the same page on any day.
        ToolResult lint = s_handshake.Shell(network, "handshake man | mandoc -T lint -W warning | grep -v 'missing date'");
        Assert.AreEqual("", lint.Output + lint.Error);
        string page = s_handshake.Shell(network, "handshake man | mandoc -T utf8 | sed 's/.\\x08//g'").Output;
        Assert.Contains("handshake probe HOST:PORT [options]", page);
        Assert.Contains("handshake probe example.org:443", page);
        Assert.Contains("--rate R", page);
    }

    /// <summary>The password of a Wi-Fi is in a file while nanoff runs.</summary>
    [TestMethod]
    public void CtrlCLeavesNoPasswordBehind()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string folder = s_handshake.Folder, fifo = Path.Combine(folder, "fifo"), temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        network.Tool("mkfifo", fifo);
        network.Tool("sh", "-c", $"printf '#!/bin/sh\\n[ \"$1\" = --networkdeployment ] && ls {temporary} && read line < {fifo}\\nexit 0\\n' > {folder}/nanoff && chmod 755 {folder}/nanoff && echo > {folder}/app.bin");
        using Process flash = network.Run(() =>
        {
            var start = new ProcessStartInfo("dotnet",
                [Path.Combine(AppContext.BaseDirectory, "handshake.dll"), "flash", "--board", "esp32-wifi", "--port", "P", "--wifi-ssid", "net", "--wifi-password",
                "password1", "--image", folder + "/app.bin", "--nanoff", folder + "/nanoff"])
            {
                RedirectStandardOutput = true,
            };
            start.Environment["TMPDIR"] = temporary;
            return Process.Start(start)!;
        });
        while (flash.StandardOutput.ReadLine() is string line && !line.StartsWith("handshake-", StringComparison.Ordinal))
            continue;
        Assert.HasCount(1, Directory.GetDirectories(temporary, "handshake-*"));
        Handshake.Interrupt(network, flash);
        Assert.IsTrue(flash.WaitForExit(Lab.Deadline), "It does not end.");
        network.Tool("sh", "-c", $"echo > {fifo}");
        Assert.IsEmpty(Directory.GetDirectories(temporary, "handshake-*"));
        Assert.AreEqual(130, flash.ExitCode);
    }
}
