using System.Net.NetworkInformation;
using System.Threading;
using nanoFramework.Networking;

namespace HandshakeNano.Boards.Esp32;

/// <summary>The chip's own Ethernet. Whether there is a cable, and its address, is all the firmware's doing.</summary>
public sealed class EthernetNetwork : InterfaceNetwork
{
    /// <summary>Makes one.</summary>
    public EthernetNetwork()
        : base(NetworkInterfaceType.Ethernet)
    {
    }

    /// <inheritdoc/>
    public override string Name
    {
        get { return "Ethernet"; }
    }

    /// <inheritdoc/>
    protected override void WaitForAddress(int milliseconds)
    {
        // Without a token that ends it the helper waits for ever, and without a reset it serves only once.
        NetworkHelper.Reset();
        using (CancellationTokenSource limit = new CancellationTokenSource(milliseconds))
            NetworkHelper.SetupAndConnectNetwork(limit.Token, false);
    }

    /// <inheritdoc/>
    protected override string Rejoin()
    {
        return FindInterface() == null ? "this firmware has no Ethernet" : "is the cable in, and is there a DHCP server?";
    }
}
