using System.Collections.Generic;
using System.Net;
using HandshakeNano.Client.Trace;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Captures;

/// <summary>
/// Connections while they go on, told apart segment by segment. So many are watched; where there are more, the one that was silent for the
/// longest time is forgotten. What is over, or never was established, is forgotten after two minutes of silence.
/// </summary>
/// <param name="observer">Is told what becomes of them.</param>
/// <param name="all">
/// True: each segment is shown, of connections too that were there before. False: what opens and closes a connection, which is each segment
/// with SYN, FIN or RST and each that takes an end into another state.
/// </param>
/// <param name="most">How many are watched at once.</param>
/// <param name="clientName">What the ends are called that send the first SYN.</param>
/// <param name="serverName">What the others are called.</param>
public sealed class LiveFlows(
    FlowObserver observer, bool all, int most = LiveFlows.Most, string clientName = "client", string serverName = "server")
{
    /// <summary>How many connections are watched at once.</summary>
    public const int Most = 1000;

    /// <summary>
    /// After how long a silence a connection is forgotten that is over or was never established, in microseconds: Linux sends its last
    /// SYN 64 seconds after the one before.
    /// </summary>
    public const ulong Patience = 130_000_000;

    private const ulong Second = 1_000_000;

    private readonly Dictionary<(IPEndPoint Client, IPEndPoint Server), LinkedListNode<LiveFlow>> _known = [];

    // The one that was silent for the longest time comes first.
    private readonly LinkedList<LiveFlow> _order = new();
    private int _number;
    private ulong _looked;

    /// <summary>How many connections there were.</summary>
    public int Count => _number;

    /// <summary>How many are watched now.</summary>
    public int Watched => _order.Count;

    /// <summary>Takes a segment.</summary>
    /// <param name="segment">The next one; its time is in microseconds since 1970-01-01 00:00 UTC.</param>
    public void Add(Segment segment)
    {
        Pass(segment.Time);
        LinkedListNode<LiveFlow>? node = Find(segment);
        if (node != null && node.Value.Exchange.IsOver(segment))
        {
            Forget(node);
            node = null;
        }

        node ??= Open(segment);
        if (node != null)
            Take(node, segment);
    }

    /// <summary>Time passes: forgets what was silent for too long.</summary>
    /// <param name="now">Microseconds since 1970-01-01 00:00 UTC.</param>
    public void Pass(ulong now)
    {
        if (now < _looked + Second)
            return;
        _looked = now;
        LinkedListNode<LiveFlow>? next;
        for (LinkedListNode<LiveFlow>? node = _order.First; node != null && node.Value.LastSeen + Patience < now; node = next)
        {
            next = node.Next;
            if (node.Value.IsOver || !(node.Value.Exchange.IsEstablished || node.Value.Outcome == HandshakeOutcome.Unseen))
                Forget(node);
        }
    }

    /// <summary>Nothing more comes: forgets all.</summary>
    public void Finish()
    {
        while (_order.First != null)
            Forget(_order.First);
    }

    private LinkedListNode<LiveFlow>? Find(Segment segment) =>
        _known.TryGetValue((segment.Source, segment.Destination), out LinkedListNode<LiveFlow>? node)
            || _known.TryGetValue((segment.Destination, segment.Source), out node) ? node : null;

    private LinkedListNode<LiveFlow>? Open(Segment segment)
    {
        if (!all && !segment.Has(ControlBits.Syn))
            return null;
        if (_order.Count == most)
            Forget(_order.First!);
        var flow = new LiveFlow(new Flow(++_number, segment, mostRows: 0, isLive: true, clientName, serverName), segment.Time);
        LinkedListNode<LiveFlow> node = _order.AddLast(flow);
        _known.Add((flow.Exchange.Client.EndPoint, flow.Exchange.Server.EndPoint), node);
        observer.OnOpened(flow);
        return node;
    }

    private void Take(LinkedListNode<LiveFlow> node, Segment segment)
    {
        LiveFlow flow = node.Value;
        ExchangeRow? before = flow.Exchange.Latest;
        flow.LastSeen = segment.Time;
        _order.Remove(node);
        _order.AddLast(node);
        flow.Flow.Add(segment);
        ExchangeRow row = flow.Exchange.Latest!;
        bool isShown = all || (segment.Flags & (ControlBits.Syn | ControlBits.Fin | ControlBits.Rst)) != 0
            || row.ClientState != before?.ClientState || row.ServerState != before?.ServerState;
        if (isShown)
        {
            observer.OnSegment(flow, row);
            flow.Shown = row;
        }

        if (flow.Outcome == HandshakeOutcome.UnderWay && flow.Judge() is var outcome and not HandshakeOutcome.UnderWay)
            Conclude(flow, outcome);
        if (flow.IsOver || !(flow.Exchange.IsClosed || flow.Exchange.IsReset))
            return;
        flow.IsOver = true;
        observer.OnEnded(flow);
    }

    private void Conclude(LiveFlow flow, HandshakeOutcome outcome)
    {
        flow.Outcome = outcome;
        observer.OnHandshake(flow);
    }

    private void Forget(LinkedListNode<LiveFlow> node)
    {
        LiveFlow flow = node.Value;
        _order.Remove(node);
        _known.Remove((flow.Exchange.Client.EndPoint, flow.Exchange.Server.EndPoint));
        if (flow.Outcome == HandshakeOutcome.UnderWay)
            Conclude(flow, flow.Exchange.ServerAnswered ? HandshakeOutcome.HalfOpen : HandshakeOutcome.NoAnswer);
        if (!flow.IsOver)
            observer.OnEnded(flow);
    }
}
