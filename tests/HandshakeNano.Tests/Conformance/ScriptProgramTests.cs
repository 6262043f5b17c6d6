using System;
using System.IO;
using HandshakeNano.Conformance.Run;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Conformance;

/// <summary>Scripts played from the command line, those of others too.</summary>
[TestClass]
public sealed class ScriptProgramTests
{
    private const string Listen = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n";
    private const string Syn = "+0 < S 0:0(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("scripts").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public void Scripts_that_hold_pass()
    {
        Write("a.pkt", Listen + Syn);
        Write("b.pkt", "--ip_version=ipv4\n--strict_segments\n" + Listen);
        (int code, string output) = Play(_folder);
        Assert.AreEqual($"passed   {Path("a.pkt")}\npassed   {Path("b.pkt")}\n2 passed, 0 failed, 0 skipped, 0 not read\n", output);
        Assert.AreEqual(0, code);
    }

    [TestMethod]
    public void A_script_that_does_not_hold_fails_and_the_others_are_played()
    {
        Write("a.pkt", Listen + "+0 close(4) = 0\n");
        Write("b.pkt", Listen);
        (int code, string output) = Play(_folder);
        StringAssert.StartsWith(output,
            $"failed   {Path("a.pkt")}:4:1: close returned something else\n  expected: 0\n  seen:     -1 EBADF\npassed");
        StringAssert.EndsWith(output, "\n1 passed, 1 failed, 0 skipped, 0 not read\n");
        Assert.AreEqual(1, code);
    }

    [TestMethod]
    public void Shell_commands_make_no_pass_of_a_script_that_holds_without_them()
    {
        Write("a.pkt", "// RFC\n`../common/defaults.sh\n sysctl -q net.ipv4.tcp_ecn=1`\n\n" + Listen + Syn
            + "+.1 `nstat`\n`restore_${PPID}.sh`\n");
        (int code, string output) = Play(_folder);
        Assert.AreEqual($"skipped  {Path("a.pkt")}: it holds without its shell commands, which nothing runs here: "
            + "line 2: `../common/defaults.sh sysctl -q net.ipv4.tcp_ecn=1`; line 10: +.1 `nstat`; line 11: `restore_${PPID}.sh`\n"
            + "0 passed, 0 failed, 1 skipped, 0 not read\n", output);
        Assert.AreEqual(1, code);
    }

    [TestMethod]
    public void A_script_that_fails_without_its_shell_commands_says_that_nothing_has_run_them()
    {
        Write("a.pkt", "`sysctl -q net.ipv4.tcp_ecn=0`\n" + Listen
            + "+0 < SEW 0:0(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n");
        (int code, string output) = Play(_folder);
        StringAssert.Contains(output, "differs in: flags");
        StringAssert.Contains(output, "\n  note:     nothing has run its shell commands\n0 passed, 1 failed,");
        Assert.AreEqual(1, code);
    }

    [TestMethod]
    public void A_script_of_no_version_is_played_over_IPv6_if_the_command_line_says_so()
    {
        Write("a.pkt", Listen + Syn);
        Assert.AreEqual(0, Play("--ip_version=ipv6", "--mtu=1520", _folder).Code);
        Assert.AreEqual(0, Play("--ip_version=ipv4-mapped-ipv6", _folder).Code);
        StringAssert.Contains(Play("--ip_version=ipv6", _folder).Output, "differs in: options\n  expected: > S. 0:0(0) ack 1 <mss 1460> ");
    }

    [TestMethod]
    [DataRow("../common/defaults.sh", "sackOK,TS val 100 ecr 7,nop,wscale 8", ".")]
    [DataRow("../common/defaults.sh\n../common/set_sysctls.py /proc/sys/net/ipv4/tcp_timestamps=0 \\\n  /proc/sys/net/ipv4/tcp_min_tso_segs=2",
        "nop,nop,sackOK,nop,wscale 8", ".")]
    [DataRow("sysctl -q net.ipv4.tcp_sack=0; sysctl -q net.ipv4.tcp_window_scaling=0 # both", "nop,nop,TS val 100 ecr 7", ".E")]
    [DataRow("ethtool -K tun0 tso off\nsysctl -q net.ipv4.tcp_congestion_control=reno net.ipv4.tcp_ecn=0", "sackOK,TS val 100 ecr 7,nop,wscale 8", ".")]
    [DataRow("sysctl -q net.ipv4.tcp_ecn=2", "sackOK,TS val 100 ecr 7,nop,wscale 8", ".E")]
    public void Like_Linux_an_endpoint_is_set_as_the_shell_commands_of_a_script_say(string commands, string options, string flags)
    {
        Write("a.pkt", $"`{commands}`\n" + Listen + "+0 < SEW 0:0(0) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>\n"
            + $"+0 > S{flags} 0:0(0) ack 1 <mss 1460,{options}>\n`/tmp/sysctl_restore_${{PPID}}.sh`\n");
        Assert.AreEqual($"passed   {Path("a.pkt")}\n1 passed, 0 failed, 0 skipped, 0 not read\n", Play("--like_linux", _folder).Output);
        Assert.AreEqual(1, Play(_folder).Code);
    }

    [TestMethod]
    [DataRow("sysctl -q net.ipv4.tcp_fastopen=1")]
    [DataRow("sysctl -q net.ipv4.tcp_ecn=3")]
    [DataRow("sysctl -q net.core.somaxconn=1")]
    [DataRow("sysctl -q net.ipv4.tcp_congestion_control=bbr")]
    [DataRow("sysctl -q net.ipv4.tcp_wmem=\"4096 50000 4194304\"")]
    [DataRow("../common/defaults.sh && true")]
    [DataRow("../common/defaults.sh\nip route change 192.0.2.1 dev tun0 mtu lock 640")]
    public void Like_Linux_a_command_that_nothing_can_do_makes_no_pass(string command)
    {
        Write("a.pkt", $"`{command}`\n" + Listen);
        StringAssert.EndsWith(Play("--like_linux", _folder).Output, "\n0 passed, 0 failed, 1 skipped, 0 not read\n");
        Write("a.pkt", Listen + $"+0 `{command}`\n");
        StringAssert.EndsWith(Play("--like_linux", _folder).Output, "\n0 passed, 0 failed, 1 skipped, 0 not read\n");
    }

    [TestMethod]
    public void Like_Linux_what_comes_after_the_last_event_is_nobody_s_business()
    {
        Write("a.pkt", Listen + "+0 < S 0:0(0) win 65535 <mss 1460>\n");
        Assert.AreEqual(1, Play(_folder).Code);
        Assert.AreEqual(0, Play("--like_linux", _folder).Code);
    }

    [TestMethod]
    public void A_segment_of_the_peer_that_no_packet_carries_comes_in_pieces_where_segments_are_joined()
    {
        string script = Listen + Syn + "+.1 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n+.1 < FP. 1:2001(2000) ack 1 win 65535\n"
            + "+0 > . 1:1(0) ack 2002\n+0 read(4, ..., 3000) = 2000\n+0 read(4, ..., 3000) = 0\n";
        Write("a.pkt", script);
        StringAssert.Contains(Play(_folder).Output, ":8:1: the peer's segment of 2000 bytes is more than a packet carries");
        Assert.AreEqual($"passed   {Path("a.pkt")}\n1 passed, 0 failed, 0 skipped, 0 not read\n", Play("--join_segments", _folder).Output);
        StringAssert.Contains(Play("--join_segments", "--strict_segments", _folder).Output, ":8:1: the peer's segment of 2000 bytes");
    }

    [TestMethod]
    public void Times_are_exact_unless_a_tolerance_is_given()
    {
        // What is read comes 3 ms after the read has to have returned.
        Write("a.pkt", Listen + Syn + "+.1 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n"
            + "+.1...0.2 read(4, ..., 100) = 10\n+.103 < P. 1:11(10) ack 1 win 65535\n+.101 > . 1:1(0) ack 11\n");
        StringAssert.StartsWith(Play(Path("a.pkt")).Output, $"failed   {Path("a.pkt")}:8:1: read has not returned at 0.300000");
        StringAssert.StartsWith(Play("--tolerance_usecs=2999", Path("a.pkt")).Output, $"failed   {Path("a.pkt")}:8:1: read");
        (int code, string output) = Play("--tolerance_usecs=3000", Path("a.pkt"));
        Assert.AreEqual($"passed   {Path("a.pkt")}\n1 passed, 0 failed, 0 skipped, 0 not read\n", output);
        Assert.AreEqual(0, code);
    }

    [TestMethod]
    public void The_command_line_overrules_the_options_of_a_script()
    {
        Write("a.pkt", "--tolerance_usecs=1\n" + Listen + Syn.Replace("+0 >", "+.002 >", StringComparison.Ordinal));
        StringAssert.Contains(Play(_folder).Output, "differs in: time");
        Assert.AreEqual(0, Play("--tolerance_usecs=4000", _folder).Code);
    }

    [TestMethod]
    [DataRow("usage: ")]
    [DataRow("command line:1:1: 'five' is no version of IP", "--ip_version=five")]
    [DataRow("usage: ", "--tolerance_usecs=4000")]
    public void A_wrong_command_line_says_so(string start, params string[] arguments)
    {
        (int code, string output) = Play(arguments);
        StringAssert.StartsWith(output, start);
        Assert.AreEqual(2, code);
    }

    [TestMethod]
    public void A_file_that_is_not_there_is_not_read()
    {
        (int code, string output) = Play(Path("nothing.pkt"));
        StringAssert.StartsWith(output, "not read ");
        Assert.AreEqual(1, code);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private void Write(string name, string text) => File.WriteAllText(Path(name), text);

    private static (int Code, string Output) Play(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (ScriptProgram.Run(arguments, output), output.ToString());
    }
}
