using System;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>A wrong command line gets one line that says what is wrong and what to type, and exit code 2.</summary>
[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    [DataRow("foo", "'foo' is not a command", "type: handshake demo, serve, connect, proxy, conformance, responder, scoreboard, boards or flash")]
    [DataRow("DEMO", "'DEMO' is not a command", "handshake demo")]
    [DataRow("demo extra", "'extra'", "type: handshake demo [options]")]
    [DataRow("demo --nope", "'--nope'", "handshake demo --help")]
    [DataRow("--nope", "'--nope'", "handshake demo --help")]
    [DataRow("demo --send", "'--send'", "type: handshake demo [options]")]
    [DataRow("demo --send=", "'--send'", "type: handshake demo [options]")]
    [DataRow("serve 1", "'1'", "type: handshake serve [options]")]
    [DataRow("serve --tap waytoolonginterfacename", "'waytoolonginterfacename' cannot be an interface's name", "handshake serve")]
    [DataRow("serve --tap a/b", "'a/b' cannot be an interface's name", "handshake serve")]
    [DataRow("serve --tap ..", "'..' cannot be an interface's name", "handshake serve")]
    [DataRow("serve --address 10.77.0.2", "'10.77.0.2' is not the address of a host", "such as 10.77.0.2/24")]
    [DataRow("serve --address 10.77.0.2/31", "'10.77.0.2/31'", "8 to 30")]
    [DataRow("serve --address 10.77.0.2/7", "'10.77.0.2/7'", "8 to 30")]
    [DataRow("serve --address 10.77.0.0/24", "'10.77.0.0/24'", "10.77.0.2/24")]
    [DataRow("serve --address 10.77.0.255/24", "'10.77.0.255/24'", "10.77.0.2/24")]
    [DataRow("serve --address 224.0.0.1/24", "'224.0.0.1/24'", "10.77.0.2/24")]
    [DataRow("serve --address 10.77.0.256/24", "'10.77.0.256/24'", "10.77.0.2/24")]
    [DataRow("connect", "'connect'", "type: handshake connect HOST:PORT [options]")]
    [DataRow("connect host", "'host' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect :80", "':80' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect host:0", "'host:0' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect host:65536", "'host:65536' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect host:-1", "'host:-1' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect ::1:80", "'::1:80' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("connect 10.0.0.1:80 11.0.0.1:80", "'11.0.0.1:80'", "handshake connect --help")]
    [DataRow("connect 10.0.0.1:80 --timeout soon", "'soon' is not a number of seconds", "from 0.001 to 3600")]
    [DataRow("connect 10.0.0.1:80 --timeout 0", "'0' is not a number of seconds", "from 0.001 to 3600")]
    [DataRow("connect 10.0.0.1:80 --timeout NaN", "'NaN' is not a number of seconds", "from 0.001 to 3600")]
    [DataRow("connect 10.0.0.1:80 --os --tap tap0", "--os uses no TAP", "leave out --tap, --address and --pcap")]
    [DataRow("connect 10.0.0.1:80 --os --pcap file", "--os uses no TAP", "leave out --tap, --address and --pcap")]
    [DataRow("connect 10.77.0.2:7 --via tcp://1.2.3.4", "'tcp://1.2.3.4' is not vxlan://HOST[:PORT]?vni=N", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4", "has no VNI", "vxlan://HOST[:PORT]?vni=N")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=16777216", "'16777216' is not a number from 1 to 16777215", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=0", "'0' is not a number from 1 to 16777215", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4:0?vni=1", "is not vxlan://HOST[:PORT]?vni=N", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://?vni=1", "is not vxlan://HOST[:PORT]?vni=N", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1&x=2", "'x' is not an option of a tunnel", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1&local=here", "'here' is not an IPv4 address of this computer", "handshake connect")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1 --tap tap0", "--via uses no TAP", "leave out --tap")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1 --os", "--os uses no tunnel", "leave out --via")]
    [DataRow("serve --via vxlan://1.2.3.4?vni=1", "--via is for --board virtual-wifi and virtual-w5500", "handshake serve")]
    [DataRow("serve --board virtual-w5500 --via vxlan://1.2.3.4?vni=1 --tap tap0", "--via uses no TAP", "leave out --tap")]
    [DataRow("serve --board virtual-wifi --tap tap0", "--board virtual-wifi uses no TAP", "leave out --tap")]
    [DataRow("serve --dhcp --address 10.77.0.3/24", "--dhcp asks a server for the address", "leave out --address")]
    [DataRow("serve --board esp32", "'esp32' is not a board that is a PC: virtual, virtual-w5500 or virtual-wifi", "handshake serve --help")]
    [DataRow("conformance", "Which HOST is to be probed? --in-memory needs none", "type: handshake conformance HOST [options]")]
    [DataRow("conformance 10.77.0.1 --in-memory", "--in-memory has a peer of its own: leave out HOST", "handshake conformance --help")]
    [DataRow("conformance --in-memory --port 7", "--in-memory uses no network: leave out --port", "handshake conformance --help")]
    [DataRow("conformance --in-memory --long", "leave out --long", "handshake conformance --help")]
    [DataRow("conformance 10.77.0.1 --port 0", "'0' is not a number from 1 to 65534", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --port seven", "'seven' is not a number from 1 to 65534", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --only 18,32", "'32' is not the number of a behaviour, 1 to 31", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --only 18,,19", "'' is not the number of a behaviour, 1 to 31", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --parallel 0", "'0' is not a number from 1 to 31", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --interface eth0 --tap tap0", "One link is enough: --tap, --interface or --via", "handshake conformance HOST")]
    [DataRow("responder --port 65535", "'65535' is not a number from 1 to 65534", "type: handshake responder [options]")]
    [DataRow("responder 7", "'7'", "type: handshake responder [options]")]
    [DataRow("scoreboard --markdown --json", "--markdown or --json, not both", "type: handshake scoreboard [options]")]
    [DataRow("scoreboard --lwip=", "'--lwip'", "type: handshake scoreboard [options]")]
    [DataRow("proxy --via vxlan://1.2.3.4?vni=1", "'--to'", "type: handshake proxy --to HOST:PORT --via vxlan://HOST[:PORT]?vni=N")]
    [DataRow("proxy --to 10.77.0.2:7", "'--via'", "type: handshake proxy --to HOST:PORT --via vxlan://HOST[:PORT]?vni=N")]
    [DataRow("proxy --to 10.77.0.2 --via vxlan://1.2.3.4?vni=1", "'10.77.0.2' is not HOST:PORT", "handshake proxy")]
    [DataRow("proxy --to 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1 --listen 8080", "'8080' is not an IPv4 address", "127.0.0.1:8080")]
    public void A_wrong_command_line_gets_one_line_and_exit_code_2(string line, string wrong, string type)
    {
        Shell shell = Shell.Run(line.Split(' '));
        Assert.AreEqual(2, shell.ExitCode);
        Assert.AreEqual("", shell.Output);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        StringAssert.StartsWith(shell.Error, "handshake");
        StringAssert.Contains(shell.Error, wrong);
        StringAssert.Contains(shell.Error, type);
    }

    [TestMethod]
    [DataRow("--send", "--send wants a text")]
    [DataRow("--pcap", "--pcap wants the name of a file")]
    public void An_empty_argument_is_no_argument(string option, string wrong)
    {
        Shell shell = Shell.Run("demo", option, "");
        Assert.AreEqual(2, shell.ExitCode);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        StringAssert.Contains(shell.Error, wrong);
    }

    [TestMethod]
    [DataRow("connect 127.0.0.1:80", "127.0.0.1", "type: handshake connect 10.77.0.1:80")]
    [DataRow("connect 10.77.0.2:80", "10.77.0.2", "type: handshake connect 10.77.0.1:80")]
    [DataRow("connect 10.77.0.255:80", "10.77.0.255", "type: handshake connect 10.77.0.1:80")]
    [DataRow("connect 255.255.255.255:80", "255.255.255.255", "type: handshake connect 10.77.0.1:80")]
    [DataRow("connect 224.0.0.1:80", "224.0.0.1", "or add --os")]
    [DataRow("connect 10.77.0.1:80 --via vxlan://127.0.0.1?vni=1", "10.77.0.1 is not the address of another host", "")]
    [DataRow("connect 10.77.0.2:80 --via vxlan://127.0.0.1?vni=1&local=192.0.2.1", "UDP 192.0.2.1:4789", "")]
    [DataRow("connect 10.77.0.2:80 --via vxlan://224.0.0.1?vni=1", "224.0.0.1 is not the address of a host", "")]
    [DataRow("proxy --to 10.77.0.1:80 --via vxlan://127.0.0.1?vni=1", "10.77.0.1 is not the address of another host", "")]
    [DataRow("conformance 10.77.0.2", "10.77.0.2 is not the address of another host in the network of 10.77.0.2/24", "--address A/len")]
    [DataRow("conformance 10.88.0.1 --interface lo", "10.88.0.1 is not the address of another host in the network of 10.77.0.77/24", "--address A/len")]
    [DataRow("conformance 10.77.0.1 --interface nonexistent0", "nonexistent0", "")]
    [DataRow("demo --in-memory --pcap /nonexistent/folder/file", "/nonexistent/folder/file", "")]
    public void What_cannot_be_done_gets_one_line_and_exit_code_1(string line, string wrong, string type)
    {
        Shell shell = Shell.Run(line.Split(' '));
        Assert.AreEqual(1, shell.ExitCode);
        Assert.AreEqual("", shell.Output);
        Assert.HasCount(1, Shell.Lines(shell.Error), shell.Error);
        StringAssert.StartsWith(shell.Error, "handshake: ");
        StringAssert.Contains(shell.Error, wrong);
        StringAssert.Contains(shell.Error, type);
    }

    [TestMethod]
    [DataRow("--help", "demo", "serve", "connect", "Exit codes: 0")]
    [DataRow("demo --help", "--send <TEXT>", "--in-memory", "--pcap <FILE>", "--json")]
    [DataRow("serve --help", "--board <NAME>", "virtual-wifi", "virtual-w5500", "--tap <NAME>", "--address <A/len>", "--dhcp", "--pcap <FILE>", "--trace")]
    [DataRow("connect --help", "<HOST:PORT>", "--os", "--via", "--send <TEXT>", "--json")]
    [DataRow("conformance --help", "<HOST>", "--port <PORT>", "--responder <PORT>", "--only <N,N,...>", "--long", "--in-memory", "--pcap <FILE>", "--json", "Exit codes: 0")]
    [DataRow("responder --help", "--port <PORT>", "RFC 862")]
    [DataRow("scoreboard --help", "--lwip <PROGRAM>", "--long", "--markdown", "--json", "Exit codes: 0")]
    [DataRow("serve --help", "--responder")]
    [DataRow("proxy --help", "--listen <A:PORT>", "--to <HOST:PORT>", "--via", "at most 64")]
    public void Help_names_what_can_be_typed(string line, params string[] expected)
    {
        Shell shell = Shell.Run(line.Split(' '));
        Assert.AreEqual(0, shell.ExitCode);
        Assert.AreEqual("", shell.Error);
        foreach (string text in expected)
            StringAssert.Contains(shell.Output, text);
    }
}
