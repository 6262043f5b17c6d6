using System;
using System.Threading;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Esp32;

/// <summary>A board with an ESP32 whose own network, Wi-Fi or Ethernet, carries the frames in VXLAN.</summary>
public sealed class VxlanBoard : Esp32Board
{
    private readonly TunnelNetwork _network;

    /// <summary>Brings the network up, however long that takes, and makes the link.</summary>
    /// <param name="name">The board's name: its folder under <c>boards/</c>.</param>
    /// <param name="underlay">Which network carries the tunnel.</param>
    public VxlanBoard(string name, Underlay underlay)
        : base(name)
    {
        _network = underlay == Underlay.Wifi ? new WifiNetwork() : new EthernetNetwork();
        _network.Join();
        byte[] physicalAddress = DeviceIdentity.GetPhysicalAddress();
        SetUp(physicalAddress, MakeLink(physicalAddress));
        new Thread(KeepNetwork).Start();
    }

    private static ILink MakeLink(byte[] physicalAddress)
    {
        Ipv4Address.TryParse(BoardOptions.VxlanPeer, out uint peer);
        return new VxlanLink(new VxlanSettings
        {
            Vni = BoardOptions.VxlanVni,
            Peer = peer,
            LearnPeer = BoardOptions.VxlanPeer.Length == 0,
            PhysicalAddress = physicalAddress,
        })
        {
            LowLatency = !BoardOptions.LowPower,
        };
    }

    /// <summary>
    /// A thread of its own: to join again takes as long as it takes, while the endpoint's thread keeps its timers. The tunnel's
    /// socket is bound to every address and stays open.
    /// </summary>
    private void KeepNetwork()
    {
        while (true)
        {
            Thread.Sleep(TunnelNetwork.LookInterval);
            try
            {
                _network.Keep();
            }
            catch (Exception)
            {
                // For want of memory, say: the next look comes.
            }
        }
    }
}
