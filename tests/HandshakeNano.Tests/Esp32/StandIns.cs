// What the boards with an ESP32 find on the device and a PC has not, under the same names, so that their code runs here. That they
// call nothing that the device lacks is the API gate's to show; what is here only answers as a test wants it to. Where the PC
// has a class of the same name, the one in the boards' own namespace is found first.
using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.Net.NetworkInformation;
using HandshakeNano.Esp32.Tests;
using nanoFramework.Hardware.Esp32;

namespace HandshakeNano.Boards.Esp32
{
    public static class Console
    {
        public static void WriteLine(string line)
        {
            lock (FakeChip.Current.Lines)
                FakeChip.Current.Lines.Add(line);
        }
    }

    /// <summary>One that ends when a sleep does not return.</summary>
    public sealed class Thread(System.Threading.ThreadStart start)
    {
        public void Start()
        {
            new System.Threading.Thread(() =>
            {
                try
                {
                    start();
                }
                catch (OperationCanceledException)
                {
                }
            })
            { IsBackground = true, Name = "board" }.Start();
        }

        public static void Sleep(int milliseconds)
        {
            FakeChip.Current.Sleep(milliseconds);
        }
    }

    public sealed class CancellationTokenSource : IDisposable
    {
        private readonly System.Threading.CancellationTokenSource _source = new();

        public CancellationTokenSource(int millisecondsDelay)
        {
            FakeChip.Current.Limit = millisecondsDelay;
        }

        public System.Threading.CancellationToken Token => _source.Token;

        public void Dispose()
        {
            _source.Dispose();
        }
    }

    public static class HighResTimer
    {
        public static ulong GetCurrent()
        {
            return FakeChip.Current.Now;
        }
    }

    public sealed class Random
    {
        public void NextBytes(byte[] buffer)
        {
            Array.Clear(buffer);
            if (FakeChip.Current.Random.TryDequeue(out byte[] next))
                Array.Copy(next, buffer, buffer.Length);
        }
    }

    public sealed class NetworkInterface(NetworkInterfaceType type, byte[] physicalAddress)
    {
        public NetworkInterfaceType NetworkInterfaceType { get; } = type;

        public byte[] PhysicalAddress { get; } = physicalAddress;

        public string IPv4Address { get; set; } = "0.0.0.0";

        public uint SpecificConfigId { get; }

        public static NetworkInterface[] GetAllNetworkInterfaces()
        {
            return [.. FakeChip.Current.Interfaces];
        }
    }

    public sealed class SpiDevice : System.Device.Spi.SpiDevice
    {
        public SpiDevice(SpiConnectionSettings settings)
        {
            FakeChip.Current.Spi = settings;
        }

        public override SpiConnectionSettings ConnectionSettings => FakeChip.Current.Spi;

        public override void Read(Span<byte> buffer)
        {
            FakeChip.Current.W5500.Spi.Read(buffer);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            FakeChip.Current.W5500.Spi.Write(buffer);
        }

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            FakeChip.Current.W5500.Spi.TransferFullDuplex(writeBuffer, readBuffer);
        }
    }

    public sealed class GpioController
    {
        // Those of an ESP32 that only read have no resistors.
        public bool IsPinModeSupported(int pinNumber, PinMode mode)
        {
            return mode == PinMode.Input || pinNumber is < 34 or > 39;
        }

        public GpioPin OpenPin(int pin, PinMode mode)
        {
            FakeChip chip = FakeChip.Current;
            chip.OpenPins.Add(pin, mode);
            return pin == chip.ResetPin ? chip.W5500.Reset
                : pin == chip.InterruptPin ? chip.W5500.Interrupt
                : throw new InvalidOperationException($"Nothing is wired to GPIO{pin}.");
        }
    }
}

namespace HandshakeNano.Firmware
{
    public static class BoardOptions
    {
        public static string Address { get; set; }

        public static int PrefixLength { get; set; }

        public static int VxlanVni { get; set; }

        public static string VxlanPeer { get; set; }

        public static string Gateway { get; set; }

        public static string DnsServer { get; set; }

        public static string HostName { get; set; }

        public static bool MulticastDns { get; set; }

        public static bool LowPower { get; set; }

        public static bool RadioEntropy { get; set; }

        /// <summary>What a build has that was given nothing. A test begins with it, as another one has left what it needed.</summary>
        public static void Reset()
        {
            Address = "dhcp";
            PrefixLength = 24;
            VxlanVni = 42;
            VxlanPeer = "";
            Gateway = DnsServer = HostName = "";
            MulticastDns = true;
            LowPower = RadioEntropy = false;
        }
    }
}

namespace nanoFramework.Hardware.Esp32
{
    public enum DeviceFunction
    {
        SPI1_MOSI,
        SPI1_MISO,
        SPI1_CLOCK,
        SPI2_MOSI,
        SPI2_MISO,
        SPI2_CLOCK,
    }

    public enum EspNativeError
    {
        OK,
        FAIL = -1,
    }

    public static class Configuration
    {
        public static void SetPinFunction(int pin, DeviceFunction value)
        {
            if (FakeChip.Current.Spi != null)
                throw new InvalidOperationException("The bus is open already.");
            FakeChip.Current.PinFunctions.Add(value, pin);
        }
    }

    public static class Sleep
    {
        public enum WakeupCause
        {
            Undefined = 0,
            Timer = 4,
        }

        public static EspNativeError EnableWakeupByTimer(TimeSpan time)
        {
            FakeChip.Current.Power.Add($"wake up after {time.TotalSeconds} s");
            return FakeChip.Current.CanSleep ? EspNativeError.OK : EspNativeError.FAIL;
        }

        public static void StartDeepSleep()
        {
            FakeChip.Current.Power.Add("deep sleep");
            FakeChip.Current.WakeupCause = WakeupCause.Timer;
        }

        public static WakeupCause GetWakeupCause()
        {
            return FakeChip.Current.WakeupCause;
        }
    }
}

namespace nanoFramework.Runtime.Native
{
    public enum RebootOption
    {
        NormalReboot,
    }

    public static class Power
    {
        public static void RebootDevice(RebootOption rebootOption)
        {
            FakeChip.Current.Power.Add("reboot");
        }
    }

    public static class GC
    {
        public static uint Run(bool compactHeap)
        {
            return FakeChip.Current.FreeMemory;
        }
    }
}

namespace nanoFramework.Networking
{
    /// <summary>As the device's: it serves once, until it is reset.</summary>
    public static class WifiNetworkHelper
    {
        public static void Reset()
        {
            FakeChip.Current.Network.Add("reset");
        }

        public static bool Reconnect(bool requiresDateTime, int wifiAdapterId, System.Threading.CancellationToken token)
        {
            return NetworkHelper.Use(requiresDateTime, token);
        }
    }

    public static class NetworkHelper
    {
        public static void Reset()
        {
            WifiNetworkHelper.Reset();
        }

        public static bool SetupAndConnectNetwork(System.Threading.CancellationToken token, bool requiresDateTime)
        {
            return Use(requiresDateTime, token);
        }

        internal static bool Use(bool requiresDateTime, System.Threading.CancellationToken token)
        {
            List<string> network = FakeChip.Current.Network;
            if (network.Count == 0 || network[^1] != "reset")
                throw new InvalidOperationException("NetworkHelper was set up already.");
            if (requiresDateTime || !token.CanBeCanceled)
                throw new InvalidOperationException("This would wait for ever.");
            network.Add("wait");
            FakeChip.Current.Wait();
            return true;
        }
    }
}

namespace System.Net.NetworkInformation
{
    public sealed class Wireless80211Configuration
    {
        [Flags]
        public enum ConfigurationOptions
        {
            None = 0,
            Disable = 1,
            Enable = 2,
            AutoConnect = 6,
        }

        public ConfigurationOptions Options { get; set; } = FakeChip.Current.StoredOptions;

        public string Ssid { get; } = FakeChip.Current.StoredSsid;

        public string Password { get; } = FakeChip.Current.StoredPassword;

        public static Wireless80211Configuration[] GetAllWireless80211Configurations()
        {
            return FakeChip.Current.HasWifi ? [new()] : [];
        }

        public void SaveConfiguration()
        {
            FakeChip.Current.StoredOptions = Options;
            FakeChip.Current.Saves++;
        }
    }
}

namespace System.Device.Wifi
{
    public enum WifiReconnectionKind
    {
        Automatic,
    }

    public enum WifiConnectionStatus
    {
        AccessRevoked,
        InvalidCredential,
        NetworkNotAvailable,
        Success,
        Timeout,
        UnspecifiedFailure,
        UnsupportedAuthenticationProtocol,
    }

    public sealed class WifiConnectionResult(WifiConnectionStatus status)
    {
        public WifiConnectionStatus ConnectionStatus { get; } = status;
    }

    public sealed class WifiAdapter
    {
        public static WifiAdapter[] FindAllAdapters()
        {
            return [new()];
        }

        public void Disconnect()
        {
            FakeChip.Current.Network.Add("disconnect");
        }

        public WifiConnectionResult Connect(string ssid, WifiReconnectionKind reconnectionKind, string passwordCredential)
        {
            FakeChip.Current.Network.Add($"connect {ssid} {passwordCredential}");
            return new WifiConnectionResult(FakeChip.Current.Connected);
        }

        public void ScanAsync()
        {
            FakeChip.Current.Network.Add("scan");
        }
    }
}
