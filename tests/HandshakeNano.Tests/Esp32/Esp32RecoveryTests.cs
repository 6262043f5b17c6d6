using HandshakeNano.Boards.Esp32;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Esp32.Tests;

/// <summary>How an ESP32 starts again after a fault.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Esp32RecoveryTests
{
    [TestInitialize]
    public void Start()
    {
        FakeChip.Current = new FakeChip();
    }

    [TestMethod]
    public void A_start_after_a_second_of_deep_sleep_knows_that_there_was_a_fault()
    {
        Assert.IsNull(new Esp32Recovery().FaultBefore);
        new Esp32Recovery().Restart("System.OutOfMemoryException");
        CollectionAssert.AreEqual(new[] { "wake up after 1 s", "deep sleep", "reboot" }, FakeChip.Current.Power);
        Assert.IsNotNull(new Esp32Recovery().FaultBefore);
    }

    [TestMethod]
    public void A_chip_that_cannot_sleep_is_reset()
    {
        FakeChip.Current.CanSleep = false;
        new Esp32Recovery().Restart("System.OutOfMemoryException");
        CollectionAssert.AreEqual(new[] { "wake up after 1 s", "reboot" }, FakeChip.Current.Power);
    }
}
