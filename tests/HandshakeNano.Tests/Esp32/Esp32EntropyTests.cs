using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Boards.Esp32;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Esp32.Tests;

/// <summary>With the radio off the generator may tell the same after every start; what is mixed in has to make up for it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Esp32EntropyTests
{
    private static readonly byte[] s_address = [0x66, 0x6F, 0x28, 0x01, 0x02, 0x03];

    [TestMethod]
    public void Two_starts_that_nothing_tells_apart_draw_the_same()
    {
        CollectionAssert.AreEqual(Draw(), Draw());
    }

    [TestMethod]
    public void One_wait_that_ends_a_microsecond_later_makes_another_secret()
    {
        var seen = new HashSet<string> { Convert.ToHexString(Draw()) };
        for (int wait = 1; wait <= 32; wait++)
            Assert.IsTrue(seen.Add(Convert.ToHexString(Draw(late: wait))), $"wait {wait}");
    }

    [TestMethod]
    public void Two_devices_that_start_alike_draw_differently()
    {
        var seen = new HashSet<string>();
        for (int device = 0; device < 256; device++)
            Assert.IsTrue(seen.Add(Convert.ToHexString(Draw(address: [0x66, 0x6F, 0x28, 0x01, 0x02, (byte)device]))), $"device {device}");
    }

    [TestMethod]
    public void What_is_mixed_in_is_added_to_what_the_generator_gives()
    {
        byte[] zeros = Draw(), other = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 37))];
        byte[] mixed = Draw(generator: other);
        CollectionAssert.AreEqual(other, zeros.Zip(mixed, (a, b) => (byte)(a ^ b)).ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(10)]
    [DataRow(16)]
    [DataRow(19)]
    public void Every_byte_is_mixed(int length)
    {
        byte[] any = new byte[length];
        for (int start = 0; start < 16; start++)
        {
            byte[] drawn = Draw(length, late: start);
            for (int i = 0; i < length; i++)
                any[i] |= drawn[i];
        }

        CollectionAssert.DoesNotContain(any, (byte)0);
    }

    [TestMethod]
    public void A_draw_waits_for_thirty_two_ticks()
    {
        Draw();
        CollectionAssert.AreEqual(Enumerable.Repeat(1, 32).ToArray(), FakeChip.Current.Sleeps);
    }

    /// <summary>A start at which everything is as at every other, but for what is given.</summary>
    private static byte[] Draw(int length = 16, byte[] address = null, int late = 0, byte[] generator = null)
    {
        var chip = new FakeChip();
        FakeChip.Current = chip;
        chip.Slept = () => chip.Now += chip.Sleeps.Count == late ? 10_001ul : 10_000ul;
        chip.Random.Enqueue(new byte[16]);
        if (generator != null)
            chip.Random.Enqueue(generator);
        byte[] buffer = new byte[length];
        new Esp32Entropy(address ?? s_address).Fill(buffer);
        return buffer;
    }
}
