using System.Device.Gpio;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The kernel, a TAP device, the model of a W5500, spidev's calls (spidev/spidev.c), .NET IoT's SPI for Linux, our driver, our endpoint.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class RaspberryPiTests
{
    private static readonly byte[] s_address = [2, 0, 0, 0, 0, 1];

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ConnectionsOneAfterAnother(bool isWired)
    {
        int rounds = Night.Or(20_000, 200);
        using var pi = new RaspberryPiLab(isWired, prepare: traps => traps.InitialPointer = 0xFFF0);
        pi.Lab.Network.SetKernel("ipv4/ip_local_port_range", "1024 65000");
        Stopwatch time = Stopwatch.StartNew();
        pi.Lab.EchoOneAfterAnother(rounds);
        TestContext.WriteLine(Traffic.Rate(rounds, time, "connections"));
        pi.Lab.WaitUntilIdle();
        TestContext.WriteLine($"{pi.Spidev.Transfers} calls of ioctl, {pi.Counts.Transactions} SPI frames of the driver");
        Assert.AreEqual((ulong)rounds, pi.Lab.Count(Counter.Established));
        Assert.AreEqual(0, pi.Lab.Network.KernelCounter("Tcp", "AttemptFails"));
        Assert.AreEqual(0, pi.Lab.Network.KernelCounter("Tcp", "EstabResets"));
        Assert.AreEqual(0ul, pi.Counts.BusErrors);
        Assert.AreEqual(1ul, pi.Counts.Resets);
        Assert.AreEqual(isWired ? 1 : 0, pi.Chip.PinResets);
        pi.AssertHealthy();
    }

    /// <summary>Each comes out of .NET IoT as an IOException, from any call of the driver.</summary>
    [TestMethod]
    [DataRow(true, false)]
    [DataRow(false, false)]
    [DataRow(true, true)]
    public async Task DataIsWholeThoughOneCallInAThousandFails(bool isWired, bool isLate)
    {
        int connections = Night.Or(500, 100);
        using var pi = new RaspberryPiLab(isWired, Lab.NewSettings(connections), traps =>
        {
            traps.BusErrorEvery = 1000;
            traps.BusErrorIsIo = true;
            traps.BusErrorIsLate = isLate;
        });
        await W5500Tests.Converse(pi.Lab, connections, i => 8_000 + 37 * i, connections);
        pi.Lab.WaitUntilIdle();
        TestContext.WriteLine($"{pi.Spidev.Failures} of {pi.Spidev.Transfers} calls of ioctl failed");
        Assert.IsGreaterThanOrEqualTo(pi.Spidev.Transfers / 1000, pi.Spidev.Failures);
        Assert.AreNotEqual(0, pi.Spidev.Failures, "No call failed.");
        Assert.AreEqual((ulong)pi.Spidev.Failures, pi.Counts.BusErrors);
        Assert.AreEqual((ulong)connections, pi.Lab.Count(Counter.Established));
        pi.AssertHealthy();
    }

    [TestMethod]
    [DataRow(Spidev.NoEntry, "there is no /dev/spidev0.0: ")]
    [DataRow(Spidev.AccessDenied, "/dev/spidev0.0 is not for this user; type: sudo usermod -aG spi,gpio $USER")]
    [DataRow(Spidev.Busy, "/dev/spidev0.0 cannot be used for a W5500: Error 16 ")]
    public void ABusThatDoesNotOpenIsSaidInALine(int error, string line)
    {
        using W5500Model chip = NewChip();
        using var spidev = new Spidev(chip.Spi) { OpenError = error };
        AssertRefused(line);
        Assert.AreEqual(0, spidev.Descriptors);
        Assert.AreEqual(0, spidev.Transfers);
    }

    /// <summary>.NET IoT says so once, and then would send frames in whatever mode the bus is in.</summary>
    [TestMethod]
    public void AModeThatTheBusDoesNotHaveIsSaidInALine()
    {
        using W5500Model chip = NewChip();
        using var spidev = new Spidev(chip.Spi) { ModeError = Spidev.InvalidArgument };
        AssertRefused("/dev/spidev0.0 cannot be used for a W5500: Error 22 ");
        Assert.AreEqual(0, spidev.Descriptors);
        Assert.AreEqual(0, spidev.Transfers, "No frame in a wrong mode.");
    }

    [TestMethod]
    public void ABusThatFailsTwiceAtFirstIsOpenedAllTheSame()
    {
        using W5500Model chip = NewChip();
        using var spidev = new Spidev(chip.Spi) { TransfersThatFail = 2 };
        using (var w5500 = SpidevW5500.Open(new SpidevWiring(0, 0, 10_000_000), s_address))
            Assert.IsTrue(w5500.Link.IsOpen);
        Assert.AreEqual(3, spidev.Opens);
        Assert.AreEqual(0, spidev.Descriptors);
        spidev.TransfersThatFail = int.MaxValue;
        AssertRefused("/dev/spidev0.0 cannot be used for a W5500: Error 5 ");
        Assert.AreEqual(0, spidev.Descriptors);
    }

    [TestMethod]
    [DataRow(ModelPins.Reset, "GPIO25 cannot be used for RST: Device or resource busy; gpioinfo says who has it")]
    [DataRow(ModelPins.Interrupt, "GPIO24 cannot be used for INT: Device or resource busy; gpioinfo says who has it")]
    public void APinThatAnotherProgramHasIsSaidInALine(int pin, string line)
    {
        using W5500Model chip = NewChip();
        using var spidev = new Spidev(chip.Spi);
        var pins = new ModelPins(chip) { Taken = pin };
        IOException refusal = Assert.ThrowsExactly<IOException>(() => SpidevW5500.Open(
            new SpidevWiring(0, 0, 10_000_000, ModelPins.Reset, ModelPins.Interrupt), s_address, gpio: new GpioController(pins)));
        Assert.AreEqual(line, refusal.Message);
        Assert.AreEqual(0, spidev.Descriptors);
        Assert.IsNull(pins.ModeOf(ModelPins.Reset));
        Assert.IsNull(pins.ModeOf(ModelPins.Interrupt));
    }

    /// <summary>What is on the computer that the suite runs on is not asked: it has no spidev, so the program ends before it looks for pins.</summary>
    [TestMethod]
    public void AnApplicationThatIsBuiltForThePiSaysWhatIsMissingAndEnds()
    {
        Assert.IsFalse(File.Exists(Spidev.Path), "This computer has a bus of its own: run the program on it.");
        (int code, string output, _) = Run("dotnet", "build", "samples/Echo", "-p:Board=raspberry-pi", "-c", "Release", "-nodeReuse:false", "-v", "q");
        Assert.AreEqual(0, code, output);
        (code, output, string errors) = Run(Path.Combine(Repository.Root, "samples/Echo/bin/raspberry-pi/Release/net10.0/Echo"));
        Assert.AreEqual(1, code, output + errors);
        Assert.AreEqual("", output);
        Assert.MatchesRegex("^raspberry-pi: there is no /dev/spidev0.0: [^\n]+\n$", errors);
    }

    private static (int Code, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(Lab.Deadline), "It does not end.");
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>By the board, and by the command that opens it.</summary>
    private static void AssertRefused(string line)
    {
        IOException refusal = Assert.ThrowsExactly<IOException>(() => SpidevW5500.Open(new SpidevWiring(0, 0, 10_000_000), s_address));
        Assert.StartsWith(line, refusal.Message);
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream();
        Assert.AreEqual(1, Program.Run(["serve", "--board", "raspberry-pi"], output, error, bytes));
        Assert.AreEqual("handshake: " + refusal.Message + "\n", error.ToString());
        Assert.AreEqual("", output.ToString());
    }

    private static W5500Model NewChip() => new(new MemoryWire().A);
}
