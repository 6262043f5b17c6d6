using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.Device.Wifi;
using System.Net.NetworkInformation;
using HandshakeNano.Boards.Virtual;
using nanoFramework.Hardware.Esp32;
using NetworkInterface = HandshakeNano.Boards.Esp32.NetworkInterface;

namespace HandshakeNano.Esp32.Tests;

/// <summary>The chip that the code runs on, and what is around it. A new one for each test.</summary>
internal sealed class FakeChip
{
    internal static FakeChip Current { get; set; } = new();

    /// <summary>What the console has shown.</summary>
    internal List<string> Lines { get; } = [];

    /// <summary>The counter of microseconds.</summary>
    internal ulong Now { get; set; } = 300_000;

    /// <summary>How long each sleep of a thread was, in milliseconds.</summary>
    internal List<int> Sleeps { get; } = [];

    /// <summary>What a sleep does besides: the clock goes on, an access point comes.</summary>
    internal Action Slept { get; set; } = () => { };

    /// <summary>How the board's threads sleep; a test that has none of them counts the sleeps.</summary>
    internal Action<int> Sleep { get; init; } = milliseconds =>
    {
        Current.Sleeps.Add(milliseconds);
        if (Current.Sleeps.Count > 1_000)
            throw new InvalidOperationException("It goes on for ever.");
        Current.Slept();
    };

    /// <summary>What the generator of random numbers gives, call by call; then zeros.</summary>
    internal Queue<byte[]> Random { get; } = new();

    internal List<NetworkInterface> Interfaces { get; } = [];

    internal uint FreeMemory { get; set; } = 80_000;

    // Wi-Fi.
    internal string StoredSsid { get; set; } = "";

    internal string StoredPassword { get; set; } = "";

    internal Wireless80211Configuration.ConfigurationOptions StoredOptions { get; set; }
        = Wireless80211Configuration.ConfigurationOptions.AutoConnect;

    internal bool HasWifi { get; set; } = true;

    internal int Saves { get; set; }

    /// <summary>What the network does and the board asks of it, in order.</summary>
    internal List<string> Network { get; } = [];

    /// <summary>What waiting for an address does.</summary>
    internal Action Wait { get; set; } = () => { };

    /// <summary>After how many milliseconds such a wait would end.</summary>
    internal int Limit { get; set; }

    internal WifiConnectionStatus Connected { get; set; } = WifiConnectionStatus.Success;

    // Sleep and restart.
    internal Sleep.WakeupCause WakeupCause { get; set; }

    internal bool CanSleep { get; set; } = true;

    internal List<string> Power { get; } = [];

    // SPI and GPIO.
    internal W5500Model W5500 { get; set; }

    internal Dictionary<DeviceFunction, int> PinFunctions { get; } = [];

    internal Dictionary<int, PinMode> OpenPins { get; } = [];

    internal SpiConnectionSettings Spi { get; set; }

    internal int ResetPin { get; set; } = -1;

    internal int InterruptPin { get; set; } = -1;
}
