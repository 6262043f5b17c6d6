using System;
using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Net;
using HandshakeNano.Samples.CommandServer;
using HandshakeNano.Samples.ModbusServer;
using HandshakeNano.Samples.MqttPublisher;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The services of samples/, as their projects give them to the firmware.</summary>
[TestClass]
public class SampleTests
{
    private const int Http = 80, Commands = 2323;

    [TestMethod]
    public void A_sensor_is_read_and_its_unit_set_over_one_connection()
    {
        var time = new VirtualTime(services: new SensorService());
        Client client = time.Connect(Http);
        Say(time, client, "GET /value HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n21 C\n");
        Say(time, client, "PUT /unit HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nF", "HTTP/1.1 204 No Content\r\n\r\n");
        Say(time, client, "GET /value HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n69 F\n");
    }

    [TestMethod]
    public void The_firmware_tells_a_service_the_time()
    {
        var time = new VirtualTime(services: new SensorService());
        Client client = time.Connect(Http);
        client.Send(Encoding.ASCII.GetBytes("GET /value HTTP/1.1\r\n"), shutdown: false);
        for (int second = 0; second < 12; second++)
        {
            Assert.AreEqual(0, client.Received);
            time.For(1_000_000);
            time.Firmware.Step(0);
        }

        time.For(1_000_000);
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", Encoding.ASCII.GetString(client.Data));
    }

    [TestMethod]
    public void Commands_of_several_clients_do_not_mix()
    {
        var time = new VirtualTime(services: new CommandService());
        Client one = time.Connect(Commands), two = time.Connect(Commands);
        Say(time, one, "led o", "");
        Say(time, two, "clients\r\n", "2\r\n");
        Say(time, one, "n\n", "The LED is on.\r\n");
        Say(time, two, "led\nhelp\n", "The LED is on.\r\nled on, led off, led, clients\r\n");
        Say(time, one, new string('l', 500) + "ed\n", "This is not a command. Type help.\r\n");
    }

    [TestMethod]
    public void No_command_is_lost_when_a_client_does_not_read_the_answers()
    {
        var time = new VirtualTime(services: new CommandService());
        Client client = time.Connect(Commands);
        client.Reads = false;
        client.Send(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("led\n", 2000))), shutdown: true);
        time.For(60_000_000);
        client.Reads = true;
        client.Read();
        time.Until(() => client.HasPeerClosed, "the answers end");
        Assert.AreEqual(string.Concat(Enumerable.Repeat("The LED is off.\r\n", 2000)), Encoding.ASCII.GetString(client.Data));
    }

    /// <summary>A server's answers, in full. The requests are those of the specification's examples, or nearly.</summary>
    [TestMethod]
    [DataRow("01 0002 0005", "01 01 15", "read coils")]
    [DataRow("02 0000 0008", "02 01 80", "read discrete inputs")]
    [DataRow("03 0001 0002", "03 04 022B 0064", "read holding registers")]
    [DataRow("04 0000 0001", "04 02 00D2", "read input registers")]
    [DataRow("05 0001 FF00", "05 0001 FF00", "write a coil")]
    [DataRow("06 0003 0003", "06 0003 0003", "write a register")]
    [DataRow("0F 0000 000A 02 CD01", "0F 0000 000A", "write coils")]
    [DataRow("10 0001 0002 04 000A 0102", "10 0001 0002", "write registers")]
    [DataRow("07", "87 01", "a function that is not there")]
    [DataRow("80 0000 0001", "80 01", "a function that is none")]
    [DataRow("01 000F 0002", "81 02", "a coil too many")]
    [DataRow("01 FFFF 07D0", "81 02", "far too many")]
    [DataRow("05 0010 FF00", "85 02", "a coil that is not there")]
    [DataRow("06 0004 0000", "86 02", "a register that is not there")]
    [DataRow("10 0003 0002 04 0000 0000", "90 02", "a register too many")]
    [DataRow("03 0000 0000", "83 03", "no register")]
    [DataRow("03 0000 007E", "83 03", "126 registers")]
    [DataRow("01 0000 07D1", "81 03", "2001 coils")]
    [DataRow("05 0000 0001", "85 03", "a coil that is neither on nor off")]
    [DataRow("0F 0000 000A 01 CD01", "8F 03", "a count of bytes that is wrong")]
    [DataRow("10 0000 0002 04 0000", "90 03", "less than is announced")]
    [DataRow("03 0000", "83 03", "a request that is too short")]
    [DataRow("03 0000 0001 00", "83 03", "a request that is too long")]
    public void A_Modbus_request_gets_its_answer(string request, string answer, string what)
    {
        var tables = new ModbusTables(16, 8, 4, 1);
        tables.Coils[2] = tables.Coils[4] = tables.Coils[6] = tables.Inputs[7] = true;
        tables.HoldingRegisters[1] = 0x22B;
        tables.HoldingRegisters[2] = 0x64;
        tables.InputRegisters[0] = 210;
        var time = new VirtualTime(services: new ModbusService(tables));
        Client client = time.Connect(502);
        client.Send(Frame(7, request), shutdown: false);
        byte[] expected = Frame(7, answer);
        time.Until(() => client.Received >= expected.Length, what);
        CollectionAssert.AreEqual(expected, client.Data, Convert.ToHexString(client.Data));
    }

    [TestMethod]
    public void Modbus_requests_come_in_pieces_and_several_at_once_and_what_is_no_Modbus_is_reset()
    {
        var tables = new ModbusTables(16, 8, 4, 1);
        var time = new VirtualTime(services: new ModbusService(tables));
        Client client = time.Connect(502);
        byte[] requests = [.. Frame(1, "06 0000 1234"), .. Frame(2, "0F 0004 0003 01 05"), .. Frame(3, "03 0000 0001")];
        foreach (byte b in requests)
        {
            client.Send([b], shutdown: false);
            time.Until(() => client.IsEstablished && client.Connection.Unacknowledged == 0, "a byte is there");
        }

        client.Send(requests, shutdown: false);
        byte[] answers = [.. Frame(1, "06 0000 1234"), .. Frame(2, "0F 0004 0003"), .. Frame(3, "03 02 1234")];
        time.Until(() => client.Received >= 2 * answers.Length, "the answers");
        CollectionAssert.AreEqual(answers.Concat(answers).ToArray(), client.Data);
        Assert.AreEqual("0000101", string.Concat(tables.Coils[..7].Select(coil => coil ? 1 : 0)));
        client.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"), shutdown: false);
        time.Until(() => client.IsClosed, "it is no Modbus");
        Assert.AreEqual(TcpCloseReason.Reset, client.Reason);
    }

    [TestMethod]
    public void An_MQTT_client_says_who_it_is_and_publishes()
    {
        var broker = new Broker();
        broker.Client.Publish("t", [1, 2], 0, 2, false);
        broker.TakeIn();
        broker.Expect(
            // Clean session 0, will of QoS 0 kept, password and user name; a keep-alive of 10 s.
            "10 25  0004 4D515454 04 E4 000A  0003 646576  0004 77696C6C  0004 676F6E65  0004 75736572  0002 7077",
            "32 07  0001 74 0001 0102");
        broker.Client.PublishOnce("t", [3], 0, 1, true);
        broker.Expect("31 04  0001 74 03");
        Assert.AreEqual(1, broker.Client.Waiting);
        broker.Say("40 02 0001");
        Assert.AreEqual(0, broker.Client.Waiting);
    }

    [TestMethod]
    public void An_MQTT_client_sends_again_what_was_not_acknowledged_in_order_and_says_so()
    {
        var broker = new Broker();
        broker.TakeIn();
        for (byte i = 1; i <= 5; i++)
            Assert.AreEqual(i <= 4, broker.Client.Publish("t", [i], 0, 1, false), "It holds four.");
        broker.ExpectAfterConnect("32 06 0001 74 0001 01", "32 06 0001 74 0002 02", "32 06 0001 74 0003 03", "32 06 0001 74 0004 04");

        // Out of order, for a message that it has not, and again.
        broker.Say("40 02 0003", "40 02 0009", "40 02 0001", "40 02 0001");
        Assert.AreEqual(3, broker.Client.Waiting);
        Assert.IsTrue(broker.Client.Publish("t", [6], 0, 1, false));
        broker.Expect("32 06 0001 74 0005 06");
        broker.Lose();
        Assert.IsFalse(broker.Client.PublishOnce("t", [7], 0, 1, false), "It is lost.");
        broker.TakeIn();
        broker.ExpectAfterConnect("3A 06 0001 74 0002 02", "3A 06 0001 74 0004 04", "3A 06 0001 74 0005 06");
        broker.Say("40 02 0002", "40 02 0004", "40 02 0005");
        Assert.AreEqual(0, broker.Client.Waiting);
    }

    [TestMethod]
    public void An_MQTT_client_pings_and_leaves_a_broker_that_does_not_answer()
    {
        var broker = new Broker();
        broker.TakeIn();
        broker.ExpectAfterConnect();
        int pings = 0;
        for (int second = 0; second < 18; second++)
        {
            broker.For(1);
            if (broker.HasSaidNothing)
                continue;
            broker.Expect("C0 00");
            broker.Say("D0 00");
            pings++;
        }

        Assert.AreEqual(3, pings, "One in half of the keep-alive.");
        Assert.IsTrue(broker.Client.IsConnected);
        broker.For(16);
        broker.Expect("C0 00");
        Assert.IsFalse(broker.Client.IsConnected);
        Assert.AreEqual(TcpCloseReason.Reset, broker.Reason);
    }

    [TestMethod]
    [DataRow("20 02 0005", 5, "not authorized")]
    [DataRow("40 02 0001", 0, "an acknowledgment before all")]
    [DataRow("20 03 000000", 0, "a length that it cannot have")]
    [DataRow("48 54 5450", 0, "no MQTT")]
    public void An_MQTT_client_leaves_a_broker_that_refuses_it_or_talks_nonsense(string answer, int refusal, string what)
    {
        var broker = new Broker();
        broker.Accept();
        broker.Say(answer);
        broker.For(1);
        Assert.IsFalse(broker.Client.IsConnected, what);
        Assert.AreEqual(TcpCloseReason.Reset, broker.Reason, what);
        Assert.AreEqual(refusal, broker.Client.Refusal, what);
        broker.TakeIn();
        Assert.IsTrue(broker.Client.IsConnected, what);
        Assert.AreEqual(0, broker.Client.Refusal, what);
    }

    [TestMethod]
    public void An_MQTT_client_allocates_nothing_for_a_message()
    {
        var broker = new Broker();
        broker.TakeIn();
        byte[] text = [1, 2, 3];
        long allocated = 0;
        for (int i = 1; i <= 200; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.IsTrue(broker.Client.Publish("t", text, 0, text.Length, false));
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            broker.Say($"40 02 {i:X4}");
        }

        Assert.AreEqual(0, allocated);
    }

    [TestMethod]
    [DataRow("ClientId")]
    [DataRow("Password")]
    [DataRow("KeepAlive")]
    [DataRow("Messages")]
    [DataRow("MessageSize")]
    public void An_MQTT_client_says_which_setting_is_wrong(string name)
    {
        var settings = new MqttSettings();
        System.Reflection.PropertyInfo property = typeof(MqttSettings).GetProperty(name)!;
        property.SetValue(settings, name == "ClientId" ? "" : name == "Password" ? "secret" : 0);
        Assert.Contains("MqttSettings." + name, Assert.ThrowsExactly<ArgumentException>(() => new MqttClient(settings)).Message);
    }

    /// <summary>What a reader has to read first; a codec may stand beside it.</summary>
    [TestMethod]
    public void The_service_of_a_sample_is_a_page()
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(Repository.Root, "samples")))
        {
            int lines = Directory.GetFiles(folder, "*Service.cs").Append(Path.Combine(folder, "Program.cs")).Sum(file => File.ReadAllLines(file).Length);
            Assert.IsLessThanOrEqualTo(120, lines, folder);
        }
    }

    private static void Say(VirtualTime time, Client client, string line, string answer)
    {
        client.Forget();
        client.Send(Encoding.ASCII.GetBytes(line), shutdown: false);
        time.Until(() => client.Received >= answer.Length && client.IsEstablished && client.Connection.Unacknowledged == 0, "an answer to " + line);
        Assert.AreEqual(answer, Encoding.ASCII.GetString(client.Data));
    }

    /// <summary>A frame of Modbus TCP for unit 1.</summary>
    private static byte[] Frame(byte transaction, string data)
    {
        byte[] pdu = Hex(data);
        return [0, transaction, 0, 0, 0, (byte)(pdu.Length + 1), 1, .. pdu];
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A client of MQTT on the device, and the test in the place of its broker.</summary>
    private sealed class Broker
    {
        private const int ConnectLength = 39;

        private readonly VirtualTime _time;
        private readonly TcpListener _listener;
        private Links.Tests.Client? _peer;

        public Broker()
        {
            _time = new VirtualTime(services: new Publisher(Client));
            _listener = _time.Peer.Listen(1883, 4);
        }

        public MqttClient Client { get; } = new(new MqttSettings
        {
            Broker = 0x0A4D0001,
            ClientId = "dev",
            UserName = "user",
            Password = "pw",
            WillTopic = "will",
            WillMessage = "gone",
            KeepAlive = 10,
            Messages = 4,
            MessageSize = 20,
        });

        public TcpCloseReason Reason => _peer!.Reason;

        public bool HasSaidNothing => _peer!.Received == 0;

        /// <summary>Waits for the connection and for CONNECT.</summary>
        public void Accept()
        {
            for (int second = 0; _listener.Pending == 0; second++)
            {
                Assert.IsLessThan(100, second, "The client does not connect.");
                For(1);
            }

            _peer = new Client(_listener.Accept());
            _peer.Connection.NoDelay = true;
            _peer.Read();
            For(0);
            Assert.IsGreaterThanOrEqualTo(ConnectLength, _peer.Received);
        }

        public void TakeIn()
        {
            Accept();
            Say("20 02 0000");
        }

        public void Say(params string[] packets)
        {
            foreach (string packet in packets)
            {
                _peer!.Connection.Write(Hex(packet), 0, Hex(packet).Length);
                For(0);
            }
        }

        public void Lose()
        {
            _peer!.Connection.Abort();
            For(0);
        }

        /// <summary>All that has come since.</summary>
        public void Expect(params string[] packets)
        {
            For(0);
            Assert.AreEqual(Convert.ToHexString([.. packets.SelectMany(Hex)]), Convert.ToHexString(_peer!.Data));
            _peer.Forget();
        }

        public void ExpectAfterConnect(params string[] packets)
        {
            For(0);
            Assert.AreEqual(Convert.ToHexString([.. packets.SelectMany(Hex)]), Convert.ToHexString(_peer!.Data[ConnectLength..]));
            _peer.Forget();
        }

        /// <summary>Lets so many seconds go by; with 0, as much as it takes to say something.</summary>
        public void For(int seconds)
        {
            for (int i = 0; i < (seconds == 0 ? 1 : 10 * seconds); i++)
            {
                ulong end = _time.Clock.Now + (seconds == 0 ? 10_000u : 100_000u);
                _time.For(end - _time.Clock.Now);
                if (_time.Clock.Now < end)
                    _time.Clock.Now = end; // Nothing was due.
                _time.Firmware.Step(0);
            }
        }

        private sealed class Publisher(MqttClient client) : Firmware.Service("MQTT")
        {
            public override bool UsesTime => true;

            public override void OnStarted(Firmware.DeviceFirmware firmware) => client.Start(firmware.Endpoint);

            public override void OnTime(ulong now) => client.Check(now);

            protected override bool Serve(TcpConnection connection) => true;
        }
    }
}
