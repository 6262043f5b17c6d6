using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using HandshakeNano.Samples.CommandServer;
using HandshakeNano.Samples.HttpFetch;
using HandshakeNano.Samples.ModbusServer;
using HandshakeNano.Samples.MqttPublisher;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>The services of samples/ on the virtual board, with the programs that a user would try them with.</summary>
[TestClass]
public sealed class SampleTests
{
    [TestMethod]
    public void CurlReadsTheSensor()
    {
        using var lab = new Lab(services: new SensorService());
        lab.Start();
        Assert.Contains("<title>Sensor</title>", lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/"));
        Assert.AreEqual("21 C\n", lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));

        // Twice by one connection, with a body of known length and with one in chunks.
        Assert.AreEqual("204204", lab.Network.Tool("curl", "-sS", "-w", "%{http_code}", "-X", "PUT", "-d", "C", "http://10.77.0.2/unit", "http://10.77.0.2/unit"));
        Assert.AreEqual(
            "204",
            lab.Network.Tool("curl", "-sS", "-w", "%{http_code}", "-X", "PUT", "-H", "Transfer-Encoding: chunked", "-d", "F", "http://10.77.0.2/unit"));
        Assert.AreEqual("69 F\n", lab.Network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));
        lab.AssertHealthy();
    }

    [TestMethod]
    public async Task NcGivesCommandsForSeveralClientsAtOnce()
    {
        using var lab = new Lab(services: new CommandService());
        lab.Start();
        string led = string.Concat(Enumerable.Repeat("led\n", 1000));
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Say(lab, led))));
        foreach (string answer in answers)
            Assert.AreEqual(string.Concat(Enumerable.Repeat("The LED is off.\r\n", 1000)), answer);
        Assert.AreEqual("The LED is on.\r\n", Say(lab, "led on\n"));
        Assert.AreEqual("The LED is on.\r\nThis is not a command. Type help.\r\n", Say(lab, "led\nnonsense\n"));
        lab.AssertHealthy();
    }

    /// <summary>As a program of its own: the virtual board makes the interface, and a signal ends it.</summary>
    [TestMethod]
    public void ASampleRunsOnAPcAsItIs()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using Process sample = Start(network, "dotnet", Path.Combine(AppContext.BaseDirectory, "Sensor.dll"));
        Assert.Contains("HTTP on TCP 80", sample.StandardOutput.ReadLine()!);
        Assert.AreEqual("21 C\n", network.Tool("curl", "-sS", "--fail", "http://10.77.0.2/value"));
        network.Tool("kill", "-INT", sample.Id.ToString(CultureInfo.InvariantCulture));
        Assert.IsTrue(sample.WaitForExit(Lab.Deadline), "It does not end.");
        Assert.AreEqual(0, sample.ExitCode);
    }

    [TestMethod]
    public void ANameThatNobodyHasIsToldAndAskedForAgain()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.DnsServers = [Lab.KernelAddress];
        using var lab = new Lab(settings, services: new FetchService("nobody.test", 8000, "/", 300_000));
        using Dnsmasq names = Dnsmasq.WithNames(lab.Network, Lab.Kernel);
        lab.Start();
        Lab.WaitUntil(() => lab.Lines.Count(line => line == "fetch: There is no such name: see that it is spelled right.") == 3, "it asks three times");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void APageIsFetchedFromPythonAndFromNginx()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.DnsServers = [Lab.KernelAddress];
        using var lab = new Lab(settings, services: new FetchService("server.test", 8000, "/page.txt", 300_000));
        using Dnsmasq names = Dnsmasq.WithNames(lab.Network, Lab.Kernel, "--host-record=server.test,10.77.0.1");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("handshake-fetch-");
        string configuration = Path.Combine(folder.FullName, "nginx.conf");
        File.WriteAllText(Path.Combine(folder.FullName, "page.txt"), string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")));
        File.WriteAllText(configuration, $"user root; daemon off; error_log stderr; pid {folder}/pid; events {{ }}\n"
            + $"http {{ access_log off; server {{ listen 10.77.0.1:8000; root {folder}; }} }}\n");
        string[][] servers =
        [
            ["/usr/bin/python3", "-m", "http.server", "8000", "--bind", Lab.Kernel, "--directory", folder.FullName],
            ["nginx", "-c", configuration],
        ];
        try
        {
            lab.Start();
            Lab.WaitUntil(() => lab.Lines.Contains("fetch: The peer refused the connection: see that it listens on the port."), "nobody listens");
            foreach (string[] server in servers)
            {
                lab.Lines.Clear();
                using Process process = Start(lab.Network, server[0], server[1..]);
                Lab.WaitUntil(() => lab.Lines.Contains("fetch: line 999") || process.HasExited, "the page comes");
                lab.Network.Tool("kill", process.Id.ToString(CultureInfo.InvariantCulture));
                process.WaitForExit();
                string[] lines = [.. lab.Lines.SkipWhile(line => !line.EndsWith(" 200 OK", StringComparison.Ordinal))];
                int first = Array.IndexOf(lines, "fetch: line 0");
                CollectionAssert.AreEqual(Enumerable.Range(0, 1000).Select(i => $"fetch: line {i}").ToArray(), lines[first..(first + 1000)]);
            }

            lab.AssertHealthy();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void AMosquittoGetsTheSensorsValues()
    {
        using var lab = new Lab(services: new PublisherService(Lab.KernelAddress, 200_000));
        using var broker = new Mosquitto(lab.Network);
        lab.Start();
        Assert.AreEqual("21\n21\n21\n", lab.Network.Tool("mosquitto_sub", "-h", Lab.Kernel, "-t", "handshake/temperature", "-C", "3"));
        Assert.AreEqual("on\n", lab.Network.Tool("mosquitto_sub", "-h", Lab.Kernel, "-t", "handshake/state", "-C", "1"));
        lab.AssertHealthy();
    }

    /// <summary>The broker goes and comes while messages are under way; a subscriber that keeps its session gets each of them.</summary>
    [TestMethod]
    public void NoMessageOfQos1IsLostWhileTheBrokerIsAway()
    {
        const int Messages = 600;
        var service = new CountingService(Messages);
        using var lab = new Lab(services: service);
        using var broker = new Mosquitto(lab.Network);
        string[] subscriber = ["-h", Lab.Kernel, "-i", "subscriber", "-c", "-q", "1", "-t", "count"];
        lab.Network.Tool("mosquitto_sub", [.. subscriber, "-E"]);
        lab.Start();
        for (int restart = 1; restart <= 2; restart++)
        {
            int part = restart * Messages / 3;
            Lab.WaitUntil(() => service.Published >= part, "messages are published");
            broker.Restart();
        }

        Lab.WaitUntil(() => service.Published == Messages && service.Client.Waiting == 0, "all are acknowledged");
        List<string> got = [];
        using (Process process = Start(lab.Network, "mosquitto_sub", subscriber))
        {
            while (got.Count == 0 || got[^1] != Messages.ToString(CultureInfo.InvariantCulture))
                got.Add(process.StandardOutput.ReadLine()!);
            process.Kill();
        }

        CollectionAssert.AreEqual(
            Enumerable.Range(1, Messages).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray(), got.Distinct().ToArray());
        Assert.IsLessThanOrEqualTo(Messages + 2 * 8, got.Count, "What was acknowledged is not sent again.");
        lab.AssertHealthy();
    }

    [TestMethod]
    public void MosquittoSeesTheClientLiveAndThenSpeaksItsWill()
    {
        var service = new CountingService(0);
        using var lab = new Lab(services: service);
        using var broker = new Mosquitto(lab.Network);
        lab.Start();
        Lab.WaitUntil(() => service.Client.IsConnected, "the client is connected");

        // Six times its keep-alive of a second.
        ulong end = lab.Firmware.Now + 6_000_000;
        Lab.WaitUntil(() => lab.Firmware.Now > end, "time passes");
        Assert.IsTrue(service.Client.IsConnected);
        Assert.AreEqual(1ul, lab.Count(Counter.ActiveOpens), "It was connected all the time.");
        lab.AssertHealthy();
        lab.Network.Tool("ip", "link", "set", Lab.TapName, "down");
        Assert.AreEqual("gone\n", lab.Network.Tool("mosquitto_sub", "-h", "127.0.0.1", "-t", "will", "-C", "1"));
        lab.Network.Tool("ip", "link", "set", Lab.TapName, "up");
        Lab.WaitUntil(() => lab.Count(Counter.ActiveOpens) > 1 && service.Client.IsConnected, "it connects again");
    }

    [TestMethod]
    public void PymodbusReadsAndWritesEveryTable()
    {
        var tables = new ModbusTables(2000, 24, 200, 16);
        for (int i = 0; i < tables.Inputs.Length; i++)
            tables.Inputs[i] = i % 3 == 0;
        using var lab = new Lab(services: new ModbusService(tables));
        lab.Start();
        ToolResult result = lab.Network.TryTool("/usr/bin/python3", Encoding.ASCII.GetBytes("""
            from pymodbus.client import ModbusTcpClient
            c = ModbusTcpClient('10.77.0.2', timeout=60)
            assert c.connect()
            bits = [i % 5 in (0, 3) for i in range(1968)]
            words = [(i * 40503) % 65536 for i in range(123)]
            for i in range(300):
                assert not c.write_coil(7, True, slave=1).isError()
                assert c.read_coils(0, 9, slave=1).bits[:9] == [False] * 7 + [True, False]
                assert not c.write_coil(7, False, slave=1).isError()
                assert not c.write_register(i % 200, i, slave=1).isError()
                assert c.read_holding_registers(i % 200, 1, slave=1).registers == [i]
            assert not c.write_coils(32, bits, slave=1).isError()
            assert c.read_coils(32, 1968, slave=1).bits[:1968] == bits
            assert not c.write_registers(77, words, slave=1).isError()
            assert c.read_holding_registers(77, 123, slave=1).registers == words
            assert c.read_discrete_inputs(0, 24, slave=1).bits == [i % 3 == 0 for i in range(24)]
            assert c.read_input_registers(0, 16, slave=1).registers == [210] + [0] * 15
            for wrong in (c.read_coils(1999, 2, slave=1), c.read_holding_registers(200, 1, slave=1), c.write_coil(2000, True, slave=1),
                          c.write_registers(199, [1, 2], slave=1), c.read_discrete_inputs(24, 1, slave=1), c.read_input_registers(16, 1, slave=1)):
                assert wrong.exception_code == 2, wrong
            assert c.read_exception_status(slave=1).exception_code == 1
            print('done')
            """), "-");
        Assert.AreEqual("done\n", result.Output, result.Error);

        // More than a request may ask for, which pymodbus does not send.
        using Socket socket = lab.Connect(new IPEndPoint(IPAddress.Parse(Lab.Device), 502));
        socket.Send([0, 9, 0, 0, 0, 6, 1, 3, 0, 0, 0, 126]);
        CollectionAssert.AreEqual(new byte[] { 0, 9, 0, 0, 0, 3, 1, 0x83, 3 }, Traffic.Read(socket, 9));
        lab.AssertHealthy();
    }

    private static string Say(Lab lab, string text)
        => lab.Network.TryTool("nc", Encoding.ASCII.GetBytes(text), "-N", "10.77.0.2", "2323").Output;

    private static Process Start(NetworkNamespace network, string name, params string[] arguments) =>
        network.Run(() => Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Publishes the numbers from 1 on, each as soon as there is room.</summary>
    private sealed class CountingService(int messages) : Service("count")
    {
        private readonly byte[] _text = new byte[10];

        public MqttClient Client { get; } = new(new MqttSettings { Broker = Lab.KernelAddress, KeepAlive = 1, WillTopic = "will", WillMessage = "gone" });

        public int Published { get; private set; }

        public override bool UsesTime => true;

        public override void OnStarted(DeviceFirmware firmware) => Client.Start(firmware.Endpoint);

        public override void OnTime(ulong now)
        {
            Client.Check(now);
            while (Published < messages && (Published + 1).TryFormat(_text, out int count, default, CultureInfo.InvariantCulture)
                && Client.Publish("count", _text, 0, count, false))
                Published++;
        }

        protected override bool Serve(TcpConnection connection) => true;
    }
}
