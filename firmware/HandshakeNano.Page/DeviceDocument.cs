using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Page;

/// <summary>The device, its link and its addresses, in JSON. The items are the IPv6 addresses.</summary>
internal sealed class DeviceDocument : Document
{
    // In microseconds. A device looks through all of its memory for the answer.
    private const ulong MemoryInterval = 10_000_000;

    private readonly DeviceFirmware _firmware;
    private readonly string _version;
    private readonly byte[] _address = new byte[Ipv6Address.Length];
    private long _freeMemory;
    private ulong _nextLook;

    /// <summary>Makes the document.</summary>
    /// <param name="text">Where its pieces are put together.</param>
    /// <param name="firmware">The firmware that runs on it.</param>
    public DeviceDocument(Piece text, DeviceFirmware firmware)
        : base(text, "application/json", ",")
    {
        _firmware = firmware;
        _version = typeof(DeviceFirmware).Assembly.GetName().Version.ToString();
    }

    /// <inheritdoc/>
    protected override int ItemCount
    {
        get { return _firmware.Endpoint.Ipv6 == null ? 0 : Ipv6Host.MostAddresses; }
    }

    /// <inheritdoc/>
    protected override void PutHead(Piece text)
    {
        Board board = _firmware.Board;
        TcpEndpoint endpoint = _firmware.Endpoint;
        text.Put("{\"board\":");
        text.PutQuoted(board.Name);
        text.Put(",\"version\":");
        text.PutQuoted(_version);
        MdnsResponder responder = endpoint.Mdns;
        if (responder != null && (responder.State == MdnsState.Announcing || responder.State == MdnsState.Running))
        {
            text.Put(",\"name\":\"");
            text.PutHostName(responder);
            text.Put("\"");
        }

        text.Put(",\"time\":");
        text.Put(_firmware.Now);
        text.Put(board.Link.IsUp ? ",\"linkUp\":true" : ",\"linkUp\":false");
        text.Put(",\"mtu\":");
        text.Put((ulong)board.Link.Mtu);
        if (board.Link.HasEthernetHeader)
        {
            text.Put(",\"physicalAddress\":\"");
            byte[] physical = board.Link.PhysicalAddress;
            for (int i = 0; i < physical.Length; i++)
            {
                text.Put(i == 0 ? "" : ":");
                text.PutHex(physical[i]);
            }

            text.Put("\"");
        }

        PutMemory(text);
        text.Put(endpoint.Dhcp != null ? ",\"dhcp\":true" : ",\"dhcp\":false");
        if (endpoint.Address != 0)
        {
            text.Put(",\"address\":\"");
            text.PutAddress(endpoint.Address);
            text.Put("\"");
            if (endpoint.Dhcp != null)
            {
                text.Put(",\"leaseTime\":");
                text.Put((ulong)endpoint.Dhcp.LeaseTime);
            }
        }

        text.Put(",\"ipv6Addresses\":[");
    }

    /// <inheritdoc/>
    protected override bool PutItem(Piece text, int index, int mark)
    {
        if (!_firmware.Endpoint.Ipv6.CopyAddress(index, _address, 0))
            return false;
        text.Put("\"");
        text.PutAddress(_address);
        text.Put("\"");
        return true;
    }

    /// <inheritdoc/>
    protected override void PutTail(Piece text)
    {
        text.Put("]}\n");
    }

    private void PutMemory(Piece text)
    {
        ulong now = _firmware.Now;
        if (now >= _nextLook)
        {
            _nextLook = now + MemoryInterval;
            _freeMemory = BoardSupport.FreeMemory;
        }

        text.Put(",\"freeMemory\":");
        text.Put((ulong)_freeMemory);
    }
}
