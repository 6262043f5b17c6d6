using System;
using System.Device.Wifi;
using System.Net.NetworkInformation;

namespace HandshakeNano.Boards.Esp32;

/// <summary>
/// The radio, on boards that use it for nothing else: while it is on, the chip's generator of random numbers draws from its
/// noise.
/// </summary>
public static class Radio
{
    /// <summary>Switches the radio on and lets it listen round all channels. It sends nothing and joins nothing.</summary>
    /// <returns>Why that did not work, for the console; null if it did.</returns>
    public static string Listen()
    {
        try
        {
            Wireless80211Configuration[] stored = Wireless80211Configuration.GetAllWireless80211Configurations();
            if (stored.Length == 0)
                return "this firmware has no Wi-Fi";
            const Wireless80211Configuration.ConfigurationOptions Enable = Wireless80211Configuration.ConfigurationOptions.Enable;
            if ((stored[0].Options & Enable) != Enable)
            {
                // Once in the life of a board: it is stored, and on from then on.
                stored[0].Options = Enable;
                stored[0].SaveConfiguration();
            }

            WifiAdapter.FindAllAdapters()[0].ScanAsync();
            return null;
        }
        catch (Exception e)
        {
            return e.GetType().FullName + ": " + e.Message;
        }
    }
}
