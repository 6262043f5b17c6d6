using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Conformance;

/// <summary>What is to be probed.</summary>
/// <param name="Address">The peer's address. Of IPv6 it has no zone: there is one link.</param>
/// <param name="OwnAddress">The probe's, in the same network.</param>
/// <param name="EchoPort">Where the peer's echo service listens (RFC 862).</param>
/// <param name="ResponderPort">Where its responder listens (docs/conformance.md).</param>
/// <param name="ClosedPort">A port on which no program listens.</param>
/// <param name="Patient">True to wait for what takes minutes.</param>
/// <param name="Parallel">How many behaviours are driven at once.</param>
public sealed record ProbeRequest(
    IPAddress Address, IPAddress OwnAddress, int EchoPort, int ResponderPort, int ClosedPort, bool Patient, int Parallel)
{
    /// <summary>The port on which no program listens, unless another is given: tcpmux (RFC 1078), which is not in use.</summary>
    public const int DefaultClosedPort = 1;

    /// <summary>How many behaviours are driven at once unless another number is given.</summary>
    public const int DefaultParallel = 8;

    /// <summary>An address for the probe in the network of an IPv6 address, the first 64 bits of which name it.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <returns>The network's address that ends with ::77, or with ::78 if the peer has that.</returns>
    public static IPAddress Beside(IPAddress peer)
    {
        byte[] address = new byte[16];
        Array.Copy(peer.GetAddressBytes(), address, 8);
        address[15] = 0x77;
        if (address.AsSpan().SequenceEqual(peer.GetAddressBytes()))
            address[15]++;
        return new IPAddress(address);
    }
}

/// <summary>Drives the behaviours against a peer with frames of its own: no TCP takes part on this side.</summary>
public sealed class Probe
{
    // A host that has just begun asks for its IPv6 address itself before it answers for it.
    private const int Tries = 10;
    private const int MostDrives = 3;
    private const int FirstPort = 20_000;
    private const int LastPort = 60_000;

    private readonly Dictionary<int, RawConnection> _connections = [];
    private int _port;

    private Probe(ProbeWorld world, ProbeRequest request, int seed)
    {
        Request = request;
        Random = new Random(seed);
        Host = ProbeHost.On(world.Link, request, OnReceived);
        Loop = new ProbeLoop(world, Host);
        _port = Random.Next(FirstPort, LastPort);
    }

    internal ProbeRequest Request { get; }

    internal ProbeHost Host { get; }

    internal ProbeLoop Loop { get; }

    internal Random Random { get; }

    /// <summary>Drives the behaviours.</summary>
    /// <param name="world">Where the peer is.</param>
    /// <param name="request">What to probe.</param>
    /// <param name="behaviours">What to drive.</param>
    /// <param name="seed">Chooses the probe's ports and sequence numbers.</param>
    /// <param name="progress">Is told of each result as it comes; null: not wanted.</param>
    /// <returns>The results, by number.</returns>
    /// <exception cref="IOException">No host answers at the peer's address.</exception>
    public static IReadOnlyList<BehaviourResult> Run(
        ProbeWorld world, ProbeRequest request, IReadOnlyList<Behaviour> behaviours, int seed, Action<BehaviourResult>? progress = null)
    {
        var probe = new Probe(world, request, seed);
        var results = new List<BehaviourResult>();
        probe.Loop.Run(() => probe.RunAll(behaviours, results, progress));
        return [.. results.OrderBy(result => result.Behaviour.Number)];
    }

    internal int NextPort()
    {
        do
            _port = _port == LastPort ? FirstPort : _port + 1;
        while (_connections.ContainsKey(_port));
        return _port;
    }

    internal void Register(RawConnection connection) => _connections.Add(connection.LocalPort, connection);

    internal void Unregister(RawConnection connection) => _connections.Remove(connection.LocalPort);

    private void OnReceived(Segment segment)
    {
        if (_connections.TryGetValue(segment.Destination.Port, out RawConnection? connection))
            connection.OnArrived(segment);
    }

    private async Task RunAll(IReadOnlyList<Behaviour> behaviours, List<BehaviourResult> results, Action<BehaviourResult>? progress)
    {
        await FindPeer();
        bool echo = await Listens(Request.EchoPort);
        bool responder = await Listens(Request.ResponderPort);
        // What exhausts something that connections share goes last and alone.
        foreach (bool alone in new[] { false, true })
        {
            var waiting = new Queue<Behaviour>(behaviours.Where(behaviour => behaviour.Alone == alone)
                .OrderByDescending(behaviour => behaviour.Lasting != null));
            async Task Work()
            {
                while (waiting.TryDequeue(out Behaviour? behaviour))
                {
                    string? missing = behaviour.Needs.HasFlag(Services.Responder) && !responder
                        ? $"no responder listens on port {Request.ResponderPort}"
                        : behaviour.Needs.HasFlag(Services.Echo) && !echo ? $"no echo service listens on port {Request.EchoPort}" : null;
                    BehaviourResult result = missing == null ? await DriveUndisturbed(behaviour) : BehaviourResult.NotDriven(behaviour, missing);
                    results.Add(result);
                    progress?.Invoke(result);
                }
            }

            await Task.WhenAll(Enumerable.Range(0, alone ? 1 : Request.Parallel).Select(_ => Work()));
        }
    }

    // On a computer that is busy, what is in time looks late: that is driven again.
    private async Task<BehaviourResult> DriveUndisturbed(Behaviour behaviour)
    {
        BehaviourResult result;
        int drives = 0, before;
        do
        {
            before = Loop.Delays;
            result = await Drive(behaviour);
        }
        while (result.Verdict == Verdict.Fail && Loop.Delays != before && ++drives < MostDrives);
        return result;
    }

    private async Task<BehaviourResult> Drive(Behaviour behaviour)
    {
        int damaged = Host.BadChecksums;
        var attempt = new Attempt(this);
        try
        {
            await behaviour.Drive(attempt);
            if (Host.BadChecksums != damaged)
                throw new Deviation("right checksums", (Host.BadChecksums - damaged) + " wrong ones");
            return BehaviourResult.Passed(behaviour, attempt);
        }
        catch (Deviation deviation)
        {
            return BehaviourResult.Failed(behaviour, attempt, deviation);
        }
        finally
        {
            attempt.End();
        }
    }

    private async Task FindPeer()
    {
        for (int i = 0; i < Tries && !Host.KnowsPeer; i++)
        {
            Host.AskForPeer();
            for (int j = 0; j < 10 && !Host.KnowsPeer; j++)
                await Loop.Delay(50_000);
        }

        if (!Host.KnowsPeer)
            throw new IOException($"no host answers {Host.Asking} for {Request.Address}");
    }

    // A service is there if a connection can be opened to it; whether that is right is another question.
    private async Task<bool> Listens(int port)
    {
        var attempt = new Attempt(this);
        try
        {
            await attempt.Open(port);
            return true;
        }
        catch (Deviation)
        {
            return false;
        }
        finally
        {
            attempt.End();
        }
    }
}
