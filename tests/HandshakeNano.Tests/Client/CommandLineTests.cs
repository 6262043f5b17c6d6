using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Connectivity;
using HandshakeNano.Client.Wording;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>A wrong command line gets one line that says what is wrong and what to type, and exit code 2.</summary>
[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    [DataRow("foo", "'foo' is not a command", "type: handshake demo, serve, connect, probe, proxy, conformance, isn, draw, watch, responder, scoreboard, find, boards, flash, completion, doctor or man")]
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
    [DataRow("connect ::1:80", "'::1:80' is an IPv6 address without a port", "such as [fe80::1%eth0]:7")]
    [DataRow("connect [::1]", "'[::1]' is an IPv6 address without a port", "such as [fe80::1%eth0]:7")]
    [DataRow("connect [fe80::1%eth0]", "'[fe80::1%eth0]' is an IPv6 address without a port", "such as [fe80::1%eth0]:7")]
    [DataRow("connect [10.77.0.1]:7", "'[10.77.0.1]:7' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("serve --ipv6 --board virtual-w5500", "--board virtual-w5500 has no IPv6", "Leave out --ipv6")]
    [DataRow("conformance [fe80::1]:7", "'[fe80::1]:7' is not a host", "and its port with --port")]
    [DataRow("serve --address fd00::2/64", "'fd00::2/64' is an IPv6 address, and handshake speaks IPv4 alone", "such as 10.77.0.2/24")]
    [DataRow("proxy --to 10.77.0.2:7 --via vxlan://1.2.3.4?vni=1 --listen [::1]:80", "'[::1]:80' is an IPv6 address", "such as 127.0.0.1:8080")]
    [DataRow("connect 10.77.0.2:7 --via vxlan://[::1]?vni=1", "has an IPv6 address, and a tunnel runs over IPv4 alone", "vxlan://HOST[:PORT]?vni=N")]
    [DataRow("connect 10.0.0.1:80 --os --interface eth0", "--os chooses the interface itself", "leave out --interface")]
    [DataRow("connect 10.0.0.1:80 --interface eth0 --tap tap0", "One link is enough: --tap, --interface or --via", "handshake connect")]
    [DataRow("connect 10.0.0.1:80 11.0.0.1:80", "'11.0.0.1:80'", "handshake connect --help")]
    [DataRow("connect 10.0.0.1:80 --timeout soon", "'soon' is not a number of seconds", "from 0.001 to 3600")]
    [DataRow("find --seconds 61", "'61' is not a number of seconds", "from 0.1 to 60")]
    [DataRow("find --seconds 0", "'0' is not a number of seconds", "type: handshake find [options]")]
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
    [DataRow("serve --name handshake.local", "'handshake.local' is not a name of 1 to 63 letters, digits and hyphens", "handshake serve --help")]
    [DataRow("serve --name -cellar", "'-cellar'", "handshake serve --help")]
    [DataRow("find nonsense", "'nonsense'", "handshake find")]
    [DataRow("serve --board esp32", "'esp32' is not a board that is a PC: virtual, virtual-w5500, virtual-wifi or raspberry-pi", "handshake serve --help")]
    [DataRow("serve --spi 0.1", "--spi is for --board raspberry-pi", "handshake serve --help")]
    [DataRow("serve --board virtual-w5500 --reset none", "--reset is for --board raspberry-pi", "handshake serve --help")]
    [DataRow("serve --board virtual-wifi --interrupt 24", "--interrupt is for --board raspberry-pi", "handshake serve --help")]
    [DataRow("serve --board raspberry-pi --spi 0", "'0' is not BUS.CS", "such as 0.1 for /dev/spidev0.1")]
    [DataRow("serve --board raspberry-pi --spi 0.-1", "'0.-1' is not BUS.CS", "such as 0.1 for /dev/spidev0.1")]
    [DataRow("serve --board raspberry-pi --spi /dev/spidev0.0", "'/dev/spidev0.0' is not BUS.CS", "such as 0.1 for /dev/spidev0.1")]
    [DataRow("serve --board raspberry-pi --reset no", "'no' is neither the number of a GPIO, 0 to 511, nor none", "handshake serve --help")]
    [DataRow("serve --board raspberry-pi --interrupt 512", "'512' is neither the number of a GPIO, 0 to 511, nor none", "handshake serve --help")]
    [DataRow("serve --board raspberry-pi --interrupt -1", "'-1'", "handshake serve --help")]
    [DataRow("serve --board raspberry-pi --reset 24", "--reset and --interrupt are both GPIO 24", "type another one, or none")]
    [DataRow("serve --board raspberry-pi --reset 5 --interrupt 5", "--reset and --interrupt are both GPIO 5", "type another one, or none")]
    [DataRow("serve --board raspberry-pi --tap tap0", "--board raspberry-pi uses no TAP", "leave out --tap")]
    [DataRow("serve --board raspberry-pi --via vxlan://1.2.3.4?vni=1", "--via is for --board virtual-wifi and virtual-w5500", "handshake serve")]
    [DataRow("serve --board raspberry-pi --ipv6", "--board raspberry-pi has no IPv6", "Leave out --ipv6")]
    [DataRow("serve --board raspberry-pi --dhcp --address 10.77.0.3/24", "--dhcp asks a server for the address", "leave out --address")]
    [DataRow("conformance", "Which HOST is to be probed? --in-memory needs none", "type: handshake conformance HOST [options]")]
    [DataRow("conformance 10.77.0.1 --in-memory", "--in-memory has a peer of its own: leave out HOST", "handshake conformance --help")]
    [DataRow("conformance --in-memory --port 7", "--in-memory uses no network: leave out --port", "handshake conformance --help")]
    [DataRow("conformance --in-memory --long", "leave out --long", "handshake conformance --help")]
    [DataRow("conformance 10.77.0.1 --port 0", "'0' is not a number from 1 to 65534", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --port seven", "'seven' is not a number from 1 to 65534", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --only 18,99", "'99' is not the number of a behaviour, 1 to 75", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --only 18,,19", "'' is not the number of a behaviour, 1 to 75", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --parallel 0", "'0' is not a number from 1 to 31", "handshake conformance HOST")]
    [DataRow("conformance 10.77.0.1 --interface eth0 --tap tap0", "One link is enough: --tap, --interface or --via", "handshake conformance HOST")]
    [DataRow("isn", "Whose ISNs? Type HOST:PORT, or --in-memory for our own", "type: handshake isn HOST:PORT [options]")]
    [DataRow("isn 10.77.0.2", "'10.77.0.2' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("isn 10.77.0.2:7 --in-memory", "--in-memory has a host of its own: leave out HOST:PORT", "handshake isn --help")]
    [DataRow("isn --in-memory --tap tap0", "--in-memory uses no network: leave out --tap", "handshake isn --help")]
    [DataRow("isn --in-memory --addresses 2", "--in-memory uses no network: leave out --addresses", "handshake isn --help")]
    [DataRow("isn --in-memory --samples 99", "'99' is not a number from 100 to 10000000", "handshake isn HOST:PORT")]
    [DataRow("isn --in-memory --samples many", "'many' is not a number from 100 to 10000000", "handshake isn HOST:PORT")]
    [DataRow("isn --in-memory --burst 33", "'33' is not a number from 1 to 32", "handshake isn HOST:PORT")]
    [DataRow("isn 10.77.0.2:7 --addresses 65", "'65' is not a number from 1 to 64", "handshake isn HOST:PORT")]
    [DataRow("isn 10.77.0.2:7 --samples 65000", "65000 tuples take more ports than there are: --addresses 2", "or --same-tuple")]
    [DataRow("isn --in-memory --plot=", "'--plot'", "handshake isn HOST:PORT")]
    [DataRow("isn 10.77.0.2:7 --interface eth0 --via vxlan://1.2.3.4?vni=1", "One link is enough: --tap, --interface or --via", "handshake isn HOST:PORT")]
    [DataRow("draw", "'draw'", "type: handshake draw FILE [options]")]
    [DataRow("draw x.pcap y.pcap", "'y.pcap'", "handshake draw --help")]
    [DataRow("draw x.pcap --flow 0", "'0' is neither the number of a flow, from 1, nor ADDRESS:PORT", "such as 10.77.0.2:7")]
    [DataRow("draw x.pcap --flow first", "'first' is neither the number of a flow", "type: handshake draw FILE [options]")]
    [DataRow("draw x.pcap --format png", "'png' is not a format: svg, html or text", "handshake draw FILE")]
    [DataRow("draw x.pcap --rows 1", "'1' is not a number from 2 to 100000", "handshake draw FILE")]
    [DataRow("draw x.pcap -o", "'-o'", "handshake draw FILE")]
    [DataRow("draw x.pcap --json --format svg", "--json is a format of its own", "leave out --format")]
    [DataRow("draw x.pcap --animate", "--animate is for an SVG: type --format svg", "handshake draw FILE")]
    [DataRow("draw x.pcap --animate -o x.html", "--animate is for an SVG", "a name after -o that ends in .svg")]
    [DataRow("draw x.pcap --animate -o x.svg --scale", "--animate is for an SVG", "without --scale and --json")]
    [DataRow("watch", "'--interface'", "type: handshake watch HOST:PORT --interface NAME [options]")]
    [DataRow("watch --interface=", "'--interface'", "handshake watch --help")]
    [DataRow("watch --interface eth0 10.0.0.1", "'10.0.0.1' is not HOST:PORT", "such as 10.77.0.1:80")]
    [DataRow("watch --interface eth0 --count 0", "'0' is not a number from 1 to 1000000000", "handshake watch --help")]
    [DataRow("watch --interface eth0 10.0.0.1:80 10.0.0.2:80", "'10.0.0.2:80'", "handshake watch --help")]
    [DataRow("serve --watch --trace", "--watch shows each segment: leave out --trace", "handshake serve --help")]
    [DataRow("connect 10.0.0.1:80 --watch --json", "--json has all segments at the end: leave out --watch", "handshake connect --help")]
    [DataRow("connect 10.0.0.1:80 --watch --os", "--os has no segments to draw: leave out --watch", "handshake watch")]
    [DataRow("completion tcsh", "'tcsh' is not one of the shells bash, zsh, fish and powershell", "type: handshake completion SHELL [options]")]
    [DataRow("doctor now", "'now'", "type: handshake doctor [options]")]
    [DataRow("probe", "'probe'", "type: handshake probe HOST:PORT [options]")]
    [DataRow("probe 10.0.0.1:80 --count 0", "'0' is not a number from 1 to 1000000000", "handshake probe --help")]
    [DataRow("probe 10.0.0.1:80 --parallel 1025", "'1025' is not a number from 1 to 1024", "handshake probe --help")]
    [DataRow("probe 10.0.0.1:80 --rate 0", "'0' is not a number of handshakes a second from 0.001", "handshake probe --help")]
    [DataRow("probe 10.0.0.1:80 --rate NaN", "'NaN' is not a number of handshakes a second", "handshake probe --help")]
    [DataRow("probe 10.0.0.1:80 --pcap file", "--pcap is for our own stack: add --tap, --interface or --via", "handshake probe --help")]
    [DataRow("probe 10.0.0.1:80 --tap tap0 --interface eth0", "One link is enough: --tap, --interface or --via", "handshake probe --help")]
    [DataRow("responder --port 65535", "'65535' is not a number from 1 to 65534", "type: handshake responder [options]")]
    [DataRow("responder 7", "'7'", "type: handshake responder [options]")]
    [DataRow("scoreboard --markdown --json", "--markdown or --json, not both", "type: handshake scoreboard [options]")]
    [DataRow("scoreboard --peer=", "'--peer'", "type: handshake scoreboard [options]")]
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
    [DataRow("connect 127.0.0.1:80", "127.0.0.1 is the PC's own loopback", "type: handshake connect 10.77.0.1:PORT")]
    [DataRow("connect 10.77.0.2:80", "10.77.0.2 is the device, and no device is on handshake0", "type: handshake serve")]
    [DataRow("connect 10.77.0.3:80 --address 10.77.0.3/24", "10.77.0.3 is our own address", "--address A/len")]
    [DataRow("connect 10.77.0.255:80", "10.77.0.255", "type: handshake connect 10.77.0.1:PORT")]
    [DataRow("connect 255.255.255.255:80", "255.255.255.255", "type: handshake connect 10.77.0.1:PORT")]
    [DataRow("connect 224.0.0.1:80", "224.0.0.1", "or add --os")]
    [DataRow("connect nohost.invalid:7", "no IPv4 address is known for nohost.invalid", "type an address, such as 10.77.0.1")]
    [DataRow("connect 10.77.0.1:80 --via vxlan://127.0.0.1?vni=1", "10.77.0.1 is our own address", "--address 10.77.0.3/24")]
    [DataRow("connect 10.77.0.255:80 --via vxlan://127.0.0.1?vni=1", "10.77.0.255 is not the address of another host", "such as 10.77.0.2")]
    [DataRow("connect 10.77.0.2:80 --via vxlan://127.0.0.1?vni=1&local=192.0.2.1", "192.0.2.1 is not an address of this computer", "type: ip addr")]
    [DataRow("connect 10.77.0.2:80 --via vxlan://224.0.0.1?vni=1", "224.0.0.1 is not the address of a host", "type: --via vxlan://HOST")]
    [DataRow("connect 10.77.0.1:80 --interface nonexistent0", "there is no interface nonexistent0", "type: ip link")]
    [DataRow("proxy --to 10.77.0.1:80 --via vxlan://127.0.0.1?vni=1", "10.77.0.1 is our own address", "--address 10.77.0.3/24")]
    [DataRow("proxy --to 10.77.0.2:80 --via vxlan://127.0.0.1?vni=1&local=127.0.0.1:4711 --listen 192.0.2.1:80", "192.0.2.1 is not an address of this computer", "type: ip addr")]
    [DataRow("conformance 10.77.0.3 --address 10.77.0.3/24", "10.77.0.3 is not the address of another host in the network of 10.77.0.3/24", "--address A/len")]
    [DataRow("conformance 10.88.0.1 --interface lo", "10.88.0.1 is not the address of another host in the network of 10.77.0.77/24", "--address A/len")]
    [DataRow("conformance 10.77.0.1 --interface nonexistent0", "there is no interface nonexistent0", "type: ip link")]
    [DataRow("conformance ::1", "::1 is not the address of another host", "such as fe80::1")]
    [DataRow("conformance [ff02::1%eth0]", "ff02::1 is not the address of another host", "such as fe80::1")]
    [DataRow("conformance fd77::1 --address 10.77.0.3/24", "the probe is fd77::77, in the peer's network", "leave out --address")]
    [DataRow("conformance 10.77.0.1 --ipv6", "no IPv6 address is known for 10.77.0.1", "such as fe80::1")]
    [DataRow("conformance nohost.invalid", "no IPv4 address is known for nohost.invalid", "type an address, such as 10.77.0.1")]
    [DataRow("isn 10.77.0.3:7 --address 10.77.0.3/24", "10.77.0.3 is not the address of another host in the network of 10.77.0.3/24", "--address A/len")]
    [DataRow("isn 10.77.0.80:7 --addresses 8 --interface lo", "the 8 addresses from 10.77.0.77/24 on reach 10.77.0.80 or the end of the network", "--address A/len")]
    [DataRow("isn 10.77.0.80:7 --addresses 8 --interface lo --address 10.77.0.250/24", "reach 10.77.0.80 or the end of the network", "or a smaller --addresses")]
    [DataRow("isn --in-memory --plot /nonexistent/folder/isn.svg", "there is no folder /nonexistent/folder", "choose another file")]
    [DataRow("isn 10.77.0.1:7 --interface nonexistent0", "there is no interface nonexistent0", "type: ip link")]
    [DataRow("isn nohost.invalid:7", "no IPv4 address is known for nohost.invalid", "type an address, such as 10.77.0.1")]
    [DataRow("draw /nonexistent.pcap", "there is no file /nonexistent.pcap", "type the name of a capture, or - for standard input")]
    [DataRow("draw /", "/ is a folder", "type the name of a capture")]
    [DataRow("draw /x.pcap -o /x.pcap", "-o /x.pcap is the capture itself", "choose another file")]
    [DataRow("probe 10.77.0.255:7 --via vxlan://127.0.0.1?vni=1", "10.77.0.255 is not the address of another host", "such as 10.77.0.2")]
    [DataRow("probe 127.0.0.1:7 --plot /nonexistent/folder/probe.svg", "there is no folder /nonexistent/folder", "choose another file")]
    [DataRow("probe nohost.invalid:7", "no IPv4 address is known for nohost.invalid", "type an address, such as 10.77.0.1")]
    [DataRow("scoreboard --peer /nonexistent", "there is no program /nonexistent", "type: make -C tests/HandshakeNano.Interop/lwip")]
    [DataRow("demo --in-memory --pcap /nonexistent/folder/file", "there is no folder /nonexistent/folder", "type: --pcap -")]
    [DataRow("demo --in-memory --pcap /", "cannot write /: it is a folder", "type: --pcap -")]
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
    public void A_port_in_use_is_said_with_the_option_that_chooses_another()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        Shell responder = Shell.Run("responder", "--port", $"{port}");
        Assert.AreEqual(1, responder.ExitCode);
        Assert.AreEqual($"handshake: TCP 0.0.0.0:{port} is in use by another program; choose another port, such as --port 7007\n", responder.Error);
        Shell proxy = Shell.Run(
            "proxy", "--listen", $"127.0.0.1:{port}", "--to", "10.77.0.2:7", "--via", "vxlan://127.0.0.1?vni=1&local=127.0.0.1:4711");
        Assert.AreEqual(1, proxy.ExitCode);
        StringAssert.Contains(proxy.Error, $"TCP 127.0.0.1:{port} is in use by another program; choose another port, such as --listen");
    }

    [TestMethod]
    public void A_tunnel_whose_port_is_in_use_says_how_to_choose_another()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Shell shell = Shell.Run("connect", "10.77.0.2:7", "--via", $"vxlan://127.0.0.1?vni=1&local={taken.LocalEndPoint}");
        Assert.AreEqual(1, shell.ExitCode);
        StringAssert.Contains(shell.Error, $"UDP {taken.LocalEndPoint} is in use by another program; choose another port, such as &local=127.0.0.1:4790");
    }

    [TestMethod]
    public void A_port_of_root_is_said_to_be_one()
    {
        var port = new IPEndPoint(IPAddress.Any, 7);
        Assert.AreEqual(
            "TCP 0.0.0.0:7: only root may use a port below 1024; run it as root, or choose another port, such as --port 7007",
            Advice.For(new SocketException((int)SocketError.AccessDenied), "TCP", port, "--port 7007", Platform.Linux));
    }

    [TestMethod]
    [DataRow(TapFault.NotAllowed, "user", "type: sudo ip tuntap add dev tap7 mode tap user user && sudo ip addr add 10.77.0.1/24 dev tap7")]
    [DataRow(TapFault.NotAllowed, "root", "start the container with --cap-add NET_ADMIN")]
    [DataRow(TapFault.NoDevice, "root", "type: sudo modprobe tun")]
    [DataRow(TapFault.NoDevice, "user", "type: sudo modprobe tun")]
    [DataRow(TapFault.Busy, "root", "end that program, or choose another interface and network")]
    [DataRow(TapFault.NotTap, "root", "choose another name: --tap NAME")]
    [DataRow(TapFault.NotLinux, "user", "type: handshake demo --in-memory")]
    [DataRow(TapFault.Other, "user", "--tap NAME")]
    public void Each_fault_of_a_TAP_interface_has_its_own_way_out(TapFault fault, string user, string type)
    {
        string advice = Advice.For(new TapException(fault, "no TAP"), "tap7", Network.Default, user);
        StringAssert.StartsWith(advice, "no TAP; ");
        StringAssert.Contains(advice, type);
        if (user == "root")
            Assert.DoesNotContain("run it as root", advice);
    }

    [TestMethod]
    [DataRow("connect", "nohost.invalid:7")]
    [DataRow("connect", "10.77.0.255:7")]
    [DataRow("conformance", "nohost.invalid")]
    [DataRow("isn", "nohost.invalid:7")]
    [DataRow("demo", "--in-memory", "--pcap", "/")]
    [DataRow("draw", "/nonexistent.pcap")]
    [DataRow("scoreboard", "--peer", "/nonexistent")]
    public void A_failure_is_JSON_too_where_JSON_was_asked_for(params string[] args)
    {
        Shell shell = Shell.Run([.. args, "--json"]);
        Assert.AreEqual(1, shell.ExitCode);
        JsonElement document = JsonDocument.Parse(shell.Output).RootElement;
        Assert.AreEqual(args[0], document.GetProperty("command").GetString());
        Assert.IsFalse(document.GetProperty("ok").GetBoolean());
        Assert.AreEqual("handshake: " + document.GetProperty("failure").GetString() + "\n", shell.Error);
    }

    [TestMethod]
    public void A_capture_on_standard_output_leaves_standard_error_for_the_report()
    {
        Shell shell = Shell.Run("demo", "--in-memory", "--pcap", "-");
        Assert.AreEqual(0, shell.ExitCode, shell.Error);
        Assert.AreEqual("", shell.Output);
        StringAssert.Contains(shell.Error, "both FINs acknowledged");
        Assert.AreEqual(0x0A0D0D0Au, BitConverter.ToUInt32(shell.Bytes), "a pcapng section header");
        Assert.IsFalse(File.Exists("-"));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(100)]
    [DataRow(600)]
    public void A_capture_that_finds_no_room_is_told_once_and_stops_nothing(int room)
    {
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        using var disk = new FullDisk(room);
        int exitCode = Program.Run(["demo", "--in-memory", "--pcap", "-"], output, error, disk);
        Assert.AreEqual(0, exitCode, error.ToString());
        StringAssert.Contains(error.ToString(), "both FINs acknowledged");
        Assert.HasCount(1, Array.FindAll(Shell.Lines(error.ToString()), line => line.StartsWith("handshake: ", StringComparison.Ordinal)));
        StringAssert.Contains(error.ToString(), "handshake: the capture - ends here: No space left on device; all else goes on\n");
        Assert.IsLessThanOrEqualTo(room, (int)disk.Length);
    }

    /// <summary>Standard output leads to a disk that is as good as full.</summary>
    private sealed class FullDisk(int room) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room)
                throw new IOException("No space left on device");
            base.Write(buffer, offset, count);
        }
    }

    [TestMethod]
    public void The_boards_fit_into_80_columns()
    {
        Shell shell = Shell.Run("boards");
        Assert.AreEqual(0, shell.ExitCode);
        foreach (string line in Shell.Lines(shell.Output))
            Assert.IsLessThanOrEqualTo(80, line.Length, line);
    }

    [TestMethod]
    [DataRow("conformance --help", "10.77.0.77/24 on an interface")]
    [DataRow("connect --help", "10.77.0.1/24 in a tunnel")]
    public void An_option_whose_default_depends_on_others_names_each_once(string line, string expected)
    {
        string help = Shell.Run(line.Split(' ')).Output;
        StringAssert.Contains(help, expected);
        Assert.DoesNotContain("[default: 10.77.0.2/24]", help);
    }

    [TestMethod]
    public void One_thing_has_the_singular()
    {
        Assert.AreEqual("0 connections", Quantity.Count(0L, "connection"));
        Assert.AreEqual("1 connection", Quantity.Count(1L, "connection"));
        Assert.AreEqual("2 connections", Quantity.Count(2UL, "connection"));
    }

    [TestMethod]
    [DataRow("--help", "demo", "serve", "connect", "Exit codes: 0")]
    [DataRow("demo --help", "--send <TEXT>", "--in-memory", "--pcap <FILE>", "--json")]
    [DataRow("serve --help", "--board <NAME>", "virtual-wifi", "virtual-w5500", "--tap <NAME>", "--address <A/len>", "--dhcp", "--pcap <FILE>", "--trace")]
    [DataRow("connect --help", "<HOST:PORT>", "--os", "--via", "--send <TEXT>", "--json")]
    [DataRow("conformance --help", "<HOST>", "--port <PORT>", "--responder <PORT>", "--only <N,N,...>", "--long", "--in-memory", "--ipv6", "--pcap <FILE>", "--json", "Exit codes: 0")]
    [DataRow("isn --help", "<HOST:PORT>", "--in-memory", "--samples <N>", "--same-tuple", "--burst <N>", "--addresses <N>", "--plot <FILE>", "--via", "--json", "Exit codes: 0")]
    [DataRow("draw --help", "<FILE>", "--flow <N|HOST:PORT>", "--format <svg|html|text>", "-o", "--scale", "--rows <N>", "[default: 200]", "--json", "Exit codes: 0")]
    [DataRow("responder --help", "--port <PORT>", "RFC 862")]
    [DataRow("scoreboard --help", "--peer <PROGRAM>", "--long", "--markdown", "--json", "Exit codes: 0")]
    [DataRow("serve --help", "--responder")]
    [DataRow("serve --help", "--spi <BUS.CS>", "0.0 unless it is typed", "--reset <PIN>", "25 unless", "--interrupt <PIN>", "24 unless")]
    [DataRow("proxy --help", "--listen <A:PORT>", "--to <HOST:PORT>", "--via", "--idle <SECONDS>", "[default: 300]", "at most 64")]
    public void Help_names_what_can_be_typed(string line, params string[] expected)
    {
        Shell shell = Shell.Run(line.Split(' '));
        Assert.AreEqual(0, shell.ExitCode);
        Assert.AreEqual("", shell.Error);
        foreach (string text in expected)
            StringAssert.Contains(shell.Output, text);
    }
}
