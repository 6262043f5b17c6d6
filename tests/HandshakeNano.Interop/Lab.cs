using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Firmware;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// The firmware on the virtual board at one end of a TAP device, the Linux kernel at the other, in a network namespace
/// of their own. The kernel removes the namespace with the last socket, link and program in it, so nothing is left behind
/// even if a test is killed. The firmware runs on a thread after <see cref="Start"/>, or on the test's thread by
/// <see cref="StepUntil"/>, which then may use the endpoint itself.
/// </summary>
internal sealed class Lab : IDisposable
{
    public const string Device = "10.77.0.2";
    public const string Kernel = "10.77.0.1";
    public const string TapName = "tap0";
    public const int Echo = 7;
    public const int Discard = 9;

    /// <summary>Guards against hanging, on a computer that is much slower than others too.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    private readonly IDisposable _link;
    private readonly VirtualBoard _board;
    private Thread? _thread;
    private Exception? _failure;
    private volatile string? _threadName;

    public Lab(TcpSettings? settings = null, Func<ILink, ILink>? wrap = null, IClock? clock = null, params Service[] services)
        : this(NewNetwork(), network => network.OpenTap(TapName, KernelAddress, 24), wrap, settings, clock, services)
    {
    }

    /// <summary>Another link than a TAP device; the namespace is the lab's from now on.</summary>
    public Lab(NetworkNamespace network, Func<NetworkNamespace, ILink> open, Func<ILink, ILink>? wrap = null, TcpSettings? settings = null,
        IClock? clock = null, params Service[] services)
    {
        Network = network;
        try
        {
            ILink link = open(network);
            _link = (IDisposable)link;
            _board = new VirtualBoard(
                wrap == null ? link : wrap(link), settings ?? NewSettings(), clock ?? new HighResTimerClock(), new SystemEntropy())
            {
                Output = Lines.Enqueue,
            };
            Firmware = new DeviceFirmware(_board, services.Length != 0 ? services : [new EchoService(), new DiscardService()]);
        }
        catch
        {
            _link?.Dispose();
            Network.Dispose();
            throw;
        }
    }

    public NetworkNamespace Network { get; }

    public DeviceFirmware Firmware { get; }

    public TcpEndpoint Endpoint => Firmware.Endpoint;

    /// <summary>The device's Ethernet address.</summary>
    public byte[] PhysicalAddress => _board.Link.PhysicalAddress;

    /// <summary>What the firmware has said on its console.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public static IPEndPoint EchoService => new(IPAddress.Parse(Device), Echo);

    public static IPEndPoint DiscardService => new(IPAddress.Parse(Device), Discard);

    public static uint KernelAddress => Address(Kernel);

    /// <summary>The device's own settings with room for a PC's number of peers.</summary>
    public static TcpSettings NewSettings(int connections = 64)
    {
        return new TcpSettings
        {
            Address = Address(Device),
            PrefixLength = 24,
            Connections = connections,
            HalfOpenConnections = connections < 256 ? 256 : 1024,
            TimeWaits = 256,
        };
    }

    /// <summary>The device asks for its address.</summary>
    public static TcpSettings NewDhcpSettings()
    {
        TcpSettings settings = NewSettings();
        settings.Address = 0;
        settings.Dhcp = true;
        settings.HostName = "handshake-lab";
        return settings;
    }

    public static uint Address(string text)
    {
        Assert.IsTrue(Ipv4Address.TryParse(text, out uint address));
        return address;
    }

    /// <summary>A network namespace; the suite does not run without the right to make one.</summary>
    public static NetworkNamespace NewNetwork()
    {
        Assert.IsTrue(NetworkNamespace.TryCreate(out NetworkNamespace? network, out string reason), reason);
        return network!;
    }

    /// <summary>Waits until another thread has made the condition true.</summary>
    public static void WaitUntil(Func<bool> condition, string what)
    {
        Assert.IsTrue(SpinWait.SpinUntil(condition, Deadline), "Not in time: " + what);
    }

    /// <summary>Runs the firmware on a thread of its own until the lab is disposed.</summary>
    public Lab Start()
    {
        _thread = new Thread(() =>
        {
            _threadName = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.FullName;
            try
            {
                Firmware.RunUntilStopped();
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        })
        { IsBackground = true, Name = "firmware" };
        _thread.Start();
        return this;
    }

    /// <summary>How long the firmware's thread has run, and how long it has waited for a processor, in seconds.</summary>
    public (double Ran, double Waited) ProcessorTime()
    {
        string[] nanoseconds = File.ReadAllText(_threadName + "/schedstat").Split(' ');
        return (double.Parse(nanoseconds[0], CultureInfo.InvariantCulture) / 1e9, double.Parse(nanoseconds[1], CultureInfo.InvariantCulture) / 1e9);
    }

    /// <summary>Runs the firmware on this thread until the condition holds.</summary>
    public void StepUntil(Func<bool> condition, string what)
    {
        StepUntil(condition, what, Deadline);
    }

    /// <summary>Runs the firmware on this thread until the condition holds.</summary>
    public void StepUntil(Func<bool> condition, string what, TimeSpan deadline)
    {
        long end = Environment.TickCount64 + (long)deadline.TotalMilliseconds;
        while (!condition())
        {
            Assert.IsLessThan(end, Environment.TickCount64, "Not in time: " + what);
            Firmware.Step(1);
        }
    }

    /// <summary>A socket of the kernel, connected to the device's service.</summary>
    public Socket Connect(IPEndPoint service)
    {
        Socket socket = Network.NewSocket(service.AddressFamily);
        try
        {
            socket.Connect(service);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects, sends up to 600 bytes to the echo, gets them back and closes, so many times in a row.</summary>
    public void EchoOneAfterAnother(int rounds, IPEndPoint? service = null)
    {
        byte[] data = Traffic.Bytes(1, 4096);
        var random = new Random(2);
        for (int i = 0; i < rounds; i++)
        {
            int offset = random.Next(data.Length - 600);
            int length = random.Next(1, 600);
            using Socket socket = Connect(service ?? EchoService);
            Assert.AreEqual(length, socket.Send(data, offset, length, SocketFlags.None));
            Traffic.AssertSame(data[offset..(offset + length)], Traffic.Read(socket, length));
            socket.Shutdown(SocketShutdown.Send);
            Traffic.ReadEnd(socket);
        }
    }

    public ulong Count(Counter counter)
    {
        return Endpoint.Counters.Get(counter);
    }

    /// <summary>All that the endpoint has counted.</summary>
    public string Story() => string.Join(", ", Enum.GetValues<Counter>().Where(counter => Count(counter) != 0)
        .Select(counter => $"{Counters.GetName(counter)} {Count(counter)}"));

    /// <summary>Waits until the device holds no connection.</summary>
    public void WaitUntilIdle()
    {
        WaitUntil(() => Endpoint.ConnectionCount == 0, "the device's connections are gone");
    }

    /// <summary>Neither side found a damaged packet, and the firmware did not end.</summary>
    /// <param name="exceptFor">What others have sent that may be damaged; null: nothing.</param>
    public void AssertHealthy(Counter? exceptFor = null)
    {
        Assert.IsNull(_failure, _failure?.ToString());
        Counter[] damage =
        [
            Counter.FrameTooShort, Counter.ArpMalformed, Counter.Ipv4HeaderBad, Counter.Ipv4ChecksumBad, Counter.IcmpTooShort,
            Counter.IcmpChecksumBad, Counter.TcpHeaderBad, Counter.TcpChecksumBad, Counter.TcpOptionBad,
            Counter.UdpHeaderBad, Counter.UdpChecksumBad, Counter.DhcpHeaderBad, Counter.DhcpOptionBad,
        ];
        foreach (Counter counter in damage)
        {
            if (counter != exceptFor)
                Assert.AreEqual(0ul, Count(counter), Counters.GetName(counter));
        }

        Assert.AreEqual(0, Network.KernelCounter("Tcp", "InCsumErrors"), "The kernel found wrong checksums.");
        Assert.AreEqual(0, Network.KernelCounter("Udp", "InCsumErrors"), "The kernel found wrong checksums.");

        // A SYN,ACK that was sent again, because the connection was not accepted yet, counts as an error there.
        Assert.IsLessThanOrEqualTo(
            Network.KernelCounter("TcpExt", "TCPSYNChallenge"), Network.KernelCounter("Tcp", "InErrs"), "The kernel found damaged segments.");
        Assert.AreEqual(0, Network.KernelCounter("Ip", "InHdrErrors"), "The kernel found damaged packets.");
    }

    /// <summary>Ends the firmware: its link is no longer in use then.</summary>
    /// <returns>False if it does not end.</returns>
    public bool Stop()
    {
        _board.Stop();
        return _thread == null || _thread.Join(Deadline);
    }

    public void Dispose()
    {
        bool ended = Stop();
        _link.Dispose();
        Network.Dispose();
        Assert.IsTrue(ended, "The firmware does not stop.");
    }
}
