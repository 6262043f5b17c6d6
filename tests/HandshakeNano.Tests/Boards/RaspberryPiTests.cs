using System;
using System.IO;
using HandshakeNano.Boards.RaspberryPi;
using HandshakeNano.Client.Tests;

namespace HandshakeNano.Boards.Tests;

/// <summary>What a Raspberry Pi needs before there is a W5500. HandshakeNano.Interop has the rest, on the model of one.</summary>
[TestClass]
public sealed class RaspberryPiTests
{
    private static readonly byte[] s_address = [2, 0, 0, 0, 0, 1];

    [TestMethod]
    public void A_bus_that_is_not_there_is_said_in_a_line()
    {
        IOException refusal = Assert.ThrowsExactly<IOException>(() => SpidevW5500.Open(new SpidevWiring(99, 98, 10_000_000, 25, 24), s_address));
        Assert.StartsWith(OperatingSystem.IsLinux() ? "there is no /dev/spidev99.98: " : "a W5500 on SPI needs Linux", refusal.Message);
        Assert.DoesNotContain("\n", refusal.Message);
    }

    [TestMethod]
    public void The_command_says_it_in_a_line_too()
    {
        Shell shell = Shell.Run("serve", "--board", "raspberry-pi", "--spi", "99.98", "--reset", "none", "--interrupt", "none");
        Assert.AreEqual(1, shell.ExitCode);
        Assert.AreEqual("", shell.Output);
        Assert.StartsWith(
            OperatingSystem.IsLinux() ? "handshake: there is no /dev/spidev99.98: " : "handshake: a W5500 on SPI needs Linux", shell.Error);
        Assert.HasCount(1, Shell.Lines(shell.Error));
    }

    [TestMethod]
    public void A_W5500_has_an_address_of_its_own_that_stays_the_same()
    {
        byte[] address = MachineIdentity.MakePhysicalAddress("10000000abcdef01\0", "/dev/spidev0.0");
        Assert.HasCount(6, address);
        Assert.AreEqual(2, address[0] & 3, "A locally administered unicast address.");
        CollectionAssert.AreEqual(address, MachineIdentity.MakePhysicalAddress("10000000abcdef01\n", "/dev/spidev0.0"));
        CollectionAssert.AreNotEqual(address, MachineIdentity.MakePhysicalAddress("10000000abcdef02", "/dev/spidev0.0"));
        CollectionAssert.AreNotEqual(address, MachineIdentity.MakePhysicalAddress("10000000abcdef01", "/dev/spidev0.1"));
    }

    [TestMethod]
    public void This_computer_has_one_address_for_each_bus()
    {
        CollectionAssert.AreEqual(MachineIdentity.GetPhysicalAddress("/dev/spidev0.0"), MachineIdentity.GetPhysicalAddress("/dev/spidev0.0"));
        CollectionAssert.AreNotEqual(MachineIdentity.GetPhysicalAddress("/dev/spidev0.0"), MachineIdentity.GetPhysicalAddress("/dev/spidev0.1"));
    }
}
