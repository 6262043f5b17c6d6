using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading;
using HandshakeNano.Packets;
using SharpPcap;
using SharpPcap.LibPcap;

namespace HandshakeNano.Client.Captures;

/// <summary>
/// The segments that go over a network interface, seen by libpcap as they go. It only listens: nothing is ever sent. The interface is
/// promiscuous meanwhile, as it is for tcpdump, so that what is for other hosts is seen where the network brings it here.
/// </summary>
public sealed class LiveCapture : IDisposable
{
    // All headers, and the beginning of the data.
    private const int SnapLength = 256;

    // Also how long Ctrl-C waits.
    private const int WaitMilliseconds = 100;

    // Where the system does not tell that a frame has come.
    private const int LookMilliseconds = 20;

    private const int BufferBytes = 8 << 20;

    private readonly Device _device;
    private readonly IPEndPoint? _target;
    private readonly int _linkType;

    private LiveCapture(string name, Device device, IPEndPoint? target)
    {
        Name = name;
        _device = device;
        _target = target;
        _linkType = (int)device.LinkType;
    }

    /// <summary>What the user calls the interface.</summary>
    public string Name { get; }

    /// <summary>How many frames were looked at.</summary>
    public long Frames { get; private set; }

    /// <summary>How many frames were lost, as they came faster than they were read.</summary>
    public long Lost
    {
        get
        {
            try
            {
                return _device.Statistics.DroppedPackets;
            }
            catch (StatisticsException)
            {
                // The interface has gone.
                return 0;
            }
        }
    }

    /// <summary>Why it ended before its time, one line; null as long as it goes on.</summary>
    public string? Failure { get; private set; }

    /// <summary>Begins to listen.</summary>
    /// <param name="name">The interface; "any": all of Linux.</param>
    /// <param name="target">The end of the connections that are looked at; null: all.</param>
    /// <returns>The capture.</returns>
    /// <exception cref="IOException">It is not possible; the message says why and what to type.</exception>
    public static LiveCapture Open(string name, IPEndPoint? target)
    {
        Device device = Find(name);
        try
        {
            device.Open(new DeviceConfiguration
            {
                Mode = DeviceModes.Promiscuous,
                ReadTimeout = LookMilliseconds,
                Immediate = true,
                Snaplen = SnapLength,
                BufferSize = BufferBytes,
            });
            if (!LinkHeader.IsKnown((int)device.LinkType))
            {
                throw new IOException($"{name} has frames of link type {((int)device.LinkType).ToString(CultureInfo.InvariantCulture)}, "
                    + "which handshake cannot read; choose an interface of Ethernet, Wi-Fi or loopback");
            }

            Filter(device, target);
            device.NonBlockingMode = true;
            return new LiveCapture(name, device, target);
        }
        catch (PcapException e)
        {
            device.Dispose();
            throw new IOException(WhyNot(name, e), e);
        }
        catch (IOException)
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a frame, a fraction of a second at the most.</summary>
    /// <param name="take">Is given its segment, if it has one.</param>
    /// <returns>False if there was none.</returns>
    public bool Read(Action<Segment> take)
    {
        GetPacketStatus status = _device.GetNextPacket(out PacketCapture packet);
        if (status == GetPacketStatus.ReadTimeout)
        {
            _device.Wait();
            return false;
        }

        if (status != GetPacketStatus.PacketRead)
        {
            Failure = $"{Name} can no longer be watched: {Libpcap.Line(_device.LastError)}; "
                + "type: ip link, which shows whether it is there and up";
            return false;
        }

        Frames++;
        if (Libpcap.SegmentOf(packet, _linkType) is Segment segment
            && (_target == null || segment.Source.Equals(_target) || segment.Destination.Equals(_target)))
        {
            take(segment);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private static Device Find(string name)
    {
        IReadOnlyList<PcapInterface> all;
        try
        {
            all = PcapInterface.GetAllPcapInterfaces();
        }
        catch (Exception e) when (Libpcap.IsMissing(e))
        {
            throw Libpcap.Missing("watching an interface", e);
        }

        PcapInterface? found = all.FirstOrDefault(one => one.Name == name) ?? all.FirstOrDefault(one => one.FriendlyName == name);
        if (found != null)
            return new Device(found);

        // libpcap also lists USB, Bluetooth and queues of the firewall.
        HashSet<string> networks = [.. NetworkInterface.GetAllNetworkInterfaces().Select(one => one.Name)];
        string[] names = [.. all.Select(one => one.FriendlyName ?? one.Name).Where(one => one == "any" || networks.Contains(one))];
        throw new IOException($"there is no interface {name}" + (names.Length == 0 ? "" : $"; choose one of: {string.Join(", ", names)}"));
    }

    // The kernel passes on what may be of interest. Behind a VLAN tag it finds no port, so we look ourselves, too.
    private static void Filter(Device device, IPEndPoint? target)
    {
        string filter = target == null ? "tcp" : $"tcp and host {target.Address} and port {target.Port.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            device.Filter = $"({filter}) or vlan";
        }
        catch (PcapException)
        {
            // A link that has no VLANs.
            device.Filter = filter;
        }
    }

    private static string WhyNot(string name, PcapException error) => error.Error switch
    {
        PcapError.PermissionDenied or PcapError.PromiscuousPermissionDenied =>
            $"{name} cannot be watched without the right to capture (CAP_NET_RAW); "
                + "run it as root, or in a container start that with --cap-add NET_RAW",
        PcapError.InterfaceNotUp => $"{name} is not up; type: sudo ip link set {name} up",
        _ => $"{name} cannot be watched: {Libpcap.Line(error.Message)}; "
            + "type the name of another interface after --interface",
    };

    // libpcap's own waiting knows no end while nothing comes.
    private sealed class Device(PcapInterface found) : LibPcapLiveDevice(found)
    {
        public void Wait()
        {
            if (FileDescriptor < 0)
                Thread.Sleep(LookMilliseconds);
            else
                PollFileDescriptor(WaitMilliseconds);
        }
    }
}
