using System;
using System.Linq;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake</c> on a terminal, which the program script gives it, with one locale and another.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TerminalTests
{
    private const int Port = 6200;

    private static Handshake s_handshake = null!;

    [ClassInitialize]
    public static void Begin(TestContext context) => s_handshake = new Handshake();

    [ClassCleanup]
    public static void End() => s_handshake.Dispose();

    /// <summary>Each command that draws, and the lines that others write. The table of a scoreboard is that of conformance.</summary>
    [TestMethod]
    [DataRow("demo", true)]
    [DataRow("demo --in-memory", true)]
    [DataRow("draw CAPTURE", true)]
    [DataRow("draw CAPTURE --scale", true)]
    [DataRow("draw CAPTURE --format text", false)]
    [DataRow("conformance --in-memory --only 1,10,28", true)]
    [DataRow("isn --in-memory --samples 2000", false)]
    [DataRow("boards", false)]
    [DataRow("doctor", false)]
    [DataRow("--help", false)]
    [DataRow("nonsense", false)]
    public void ATerminalGetsTheCharactersOfItsLocale(string command, bool draws)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        if (command.Contains("CAPTURE", StringComparison.Ordinal))
            Assert.AreEqual(0, s_handshake.Shell(network, "handshake demo --in-memory --pcap $HOME/capture.pcapng").ExitCode);
        command = command.Replace("CAPTURE", "$HOME/capture.pcapng", StringComparison.Ordinal);
        AssertCharacters(network, "handshake " + command, draws);
    }

    /// <summary>Those that need a peer: a service of the kernel, and our stack on a TAP interface or our firmware behind one.</summary>
    [TestMethod]
    [DataRow("probe 127.0.0.1:6200 --count 20 --rate 40")]
    [DataRow("connect 10.77.0.1:6200 --tap pc0 --send hello")]
    [DataRow("connect 10.77.0.1:6200 --tap pc0 --send hello --watch")]
    public void SoItIsWithAPeer(string command)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        network.Tool("ip", "tuntap", "add", "dev", "pc0", "mode", "tap");
        network.Tool("ip", "address", "add", "10.77.0.1/24", "dev", "pc0");
        network.Tool("ip", "link", "set", "pc0", "up");
        using var server = new KernelEchoServer(network, Port, "0.0.0.0");
        AssertCharacters(network, "handshake " + command, draws: true);
    }

    /// <summary>What is drawn while it goes on, until Ctrl-C.</summary>
    [TestMethod]
    [DataRow("serve --watch")]
    [DataRow("serve --trace")]
    [DataRow("watch --interface lo --all")]
    public void SoItIsWhileItGoesOn(string command)
    {
        bool isServe = command.StartsWith("serve", StringComparison.Ordinal), draws = command != "serve --trace";
        using NetworkNamespace network = Lab.NewNetwork();
        using var server = new KernelEchoServer(network, Port, "127.0.0.1");

        // The shell waits for the first line, has something happen, and ends it.
        // What it waits for does not match itself: the file begins with the command.
        string happen = isServe ? "nc -N -w 20 10.77.0.2 7 <<< hello" : "nc -N -w 20 127.0.0.1 6200 <<< hello";
        string last = isServe ? "closed by [b]oth\\|[F]IN" : "closed by [b]oth";
        string press = $"handshake {command} & until grep -q \"Ctrl-[C] ends\" $HOME/typescript; do sleep 0.1; done; {happen}; "
            + $"until grep -q \"{last}\" $HOME/typescript; do sleep 0.1; done; kill $!; wait $!";
        AssertCharacters(network, press, draws, "$HOME/typescript");
    }

    [TestMethod]
    [DataRow("LC_ALL=POSIX", false)]
    [DataRow("LC_ALL=en_US.UTF-8", true)]
    [DataRow("LC_ALL= LC_CTYPE=C LANG=C.UTF-8", false)]
    [DataRow("LC_ALL= LANG=en_US.ISO-8859-1", false)]
    [DataRow("LC_ALL=", true)]
    public void EachVariableOfTheLocaleCounts(string locale, bool isUnicode)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        AssertCharacters(network, "handshake demo --in-memory", locale, "/dev/null", isUnicode);
    }

    [TestMethod]
    public void AFileAndAPipeGetTheSameWithEachLocale()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string Draw(string locale) => s_handshake.Shell(network, $"LC_ALL={locale} handshake draw $HOME/capture.pcapng | cat").Output;
        Assert.AreEqual(0, s_handshake.Shell(network, "handshake demo --in-memory --pcap $HOME/capture.pcapng").ExitCode);
        Assert.Contains("├", Draw("C"));
        Assert.AreEqual(Draw("C.UTF-8"), Draw("C"));
    }

    private static void AssertCharacters(NetworkNamespace network, string command, bool draws, string file = "/dev/null")
    {
        AssertCharacters(network, command, "LC_ALL=C", file, isUnicode: false);
        AssertCharacters(network, command, "LC_ALL=C.UTF-8", file, isUnicode: draws);
    }

    private static void AssertCharacters(NetworkNamespace network, string command, string locale, string file, bool isUnicode)
    {
        string output = s_handshake.Shell(network, $"rm -f $HOME/typescript; {locale} SHELL=/bin/bash script -qfc '{command}' {file}").Output;
        Assert.IsGreaterThan(20, output.Length, output);
        char[] others = [.. output.Where(letter => letter > 0x7E).Distinct()];
        Assert.AreEqual(isUnicode, others.Length > 0, $"{locale}: {new string(others)}\n{output}");
    }
}
