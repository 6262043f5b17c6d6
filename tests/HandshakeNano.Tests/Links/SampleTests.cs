using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Net;
using HandshakeNano.Samples.CommandServer;
using HandshakeNano.Samples.HttpResponder;
using HandshakeNano.Samples.Sensor;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Links.Tests;

/// <summary>The services of samples/, as their projects give them to the firmware.</summary>
[TestClass]
public class SampleTests
{
    private const int Http = 80, Commands = 2323;

    [TestMethod]
    [DataRow("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK", "Hello from HandshakeNano. This is visit 1.\n")]
    [DataRow("GET / HTTP/1.1\r\n\r\nand more", "200 OK", "Hello from HandshakeNano. This is visit 1.\n")]
    [DataRow("GET /x HTTP/1.1\r\n\r\n", "404 Not Found", "There is only /.\n")]
    [DataRow("POST / HTTP/1.1\r\n\r\n", "405 Method Not Allowed", "Only GET is understood.\n")]
    [DataRow("\r\n", "405 Method Not Allowed", "Only GET is understood.\n")]
    public void A_request_gets_its_answer_and_the_end(string request, string status, string body)
    {
        var time = new VirtualTime(services: new HttpService());
        Client client = time.Connect(Http);
        client.Send(Encoding.ASCII.GetBytes(request), shutdown: false);
        time.Until(() => client.HasPeerClosed, "the answer ends");
        Assert.AreEqual(
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}",
            Encoding.ASCII.GetString(client.Data));
        Assert.AreEqual(0UL, time.Device.Counters.Get(Counter.ResetsSent));
    }

    [TestMethod]
    public void A_request_that_never_ends_is_refused()
    {
        var time = new VirtualTime(services: new HttpService());
        Client client = time.Connect(Http);
        client.Send(Encoding.ASCII.GetBytes(new string('a', 10_000)), shutdown: true);
        time.Until(() => client.HasPeerClosed, "the answer ends");
        Assert.StartsWith("HTTP/1.1 431 Too Large\r\n", Encoding.ASCII.GetString(client.Data));
    }

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

    [TestMethod]
    public void A_sample_is_short()
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(Repository.Root, "samples")))
            Assert.IsLessThan(70, Directory.GetFiles(folder, "*.cs").Sum(file => File.ReadAllLines(file).Length), folder);
    }

    private static void Say(VirtualTime time, Client client, string line, string answer)
    {
        client.Forget();
        client.Send(Encoding.ASCII.GetBytes(line), shutdown: false);
        time.Until(() => client.Received >= answer.Length && client.IsEstablished && client.Connection.Unacknowledged == 0, "an answer to " + line);
        Assert.AreEqual(answer, Encoding.ASCII.GetString(client.Data));
    }
}
