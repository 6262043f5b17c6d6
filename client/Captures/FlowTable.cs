using System.Collections.Generic;
using System.Linq;
using System.Net;
using HandshakeNano.Client.Trace;
using HandshakeNano.Client.Wording;
using HandshakeNano.Packets;

namespace HandshakeNano.Client.Captures;

/// <summary>
/// The flows of a capture, told apart segment by segment. Rows are kept for one flow alone, as many as it is told to, and flows up to a
/// bound: memory does not grow with the capture.
/// </summary>
/// <param name="choice">Which flow is meant; null: the only one.</param>
/// <param name="mostRows">How many rows of it are kept.</param>
/// <param name="mostFlows">How many flows there can be.</param>
public sealed class FlowTable(FlowChoice? choice, int mostRows, int mostFlows = FlowTable.MostFlows)
{
    /// <summary>How many flows are told apart.</summary>
    public const int MostFlows = 20_000;

    private readonly Dictionary<(IPEndPoint From, IPEndPoint To), Flow> _open = [];
    private readonly Dictionary<(IPAddress Host, uint Isn), int> _isns = [];
    private readonly List<Flow> _flows = [];
    private readonly List<Flow> _meant = [];
    private readonly Copies _copies = new();

    /// <summary>All flows, in the order of their first segments.</summary>
    public IReadOnlyList<Flow> Flows => _flows;

    /// <summary>Those that are meant.</summary>
    public IReadOnlyList<Flow> Meant => _meant;

    /// <summary>How many segments were of flows beyond the bound.</summary>
    public long LeftOut { get; private set; }

    /// <summary>How many segments there were.</summary>
    public long Segments { get; private set; }

    /// <summary>Takes a segment.</summary>
    /// <param name="segment">The next one of the capture.</param>
    public void Add(Segment segment)
    {
        Segments++;
        bool isCopy = _copies.HasHad(segment);
        if (!_open.TryGetValue((segment.Source, segment.Destination), out Flow? flow))
            _open.TryGetValue((segment.Destination, segment.Source), out flow);
        if (!isCopy && (flow == null || flow.Exchange.IsOver(segment)))
            flow = Open(segment, flow);
        if (flow == null)
            LeftOut++;
        else if (isCopy)
            flow.Copies++;
        else
            flow.Add(segment);
    }

    /// <summary>There are no more segments.</summary>
    public void Finish()
    {
        foreach (Flow flow in _flows)
        {
            flow.Exchange.Finish();
            Count(flow.Exchange.Client);
            Count(flow.Exchange.Server);
        }
    }

    /// <summary>What is odd in a flow, also beside the others.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>The findings.</returns>
    public IReadOnlyList<Finding> FindingsOf(Flow flow) =>
        [.. Twice(flow), .. flow.Exchange.Findings, .. Standing(flow.Exchange.Client), .. Standing(flow.Exchange.Server)];

    private static IEnumerable<Finding> Twice(Flow flow)
    {
        if (flow.Copies > 0)
        {
            yield return new Finding("captured-twice", $"The capture has {Quantity.Count(flow.Copies, "segment")} twice or more, as one of several interfaces does; "
                + "each is drawn once.");
        }
    }

    private IEnumerable<Finding> Standing(EndTrace end)
    {
        if (end.Iss is uint isn && _isns.GetValueOrDefault((end.EndPoint.Address, isn)) is var count and > 1)
        {
            yield return new Finding("isn-stands-still", $"The ISN of {end.EndPoint.Address} does not move: {Quantity.Count(count, "flow")} of this capture begin "
                + $"with {Quantity.Number(isn)}, so that old segments and forged ones are taken for new (RFC 9293 section 3.4.1).");
        }
    }

    private void Count(EndTrace end)
    {
        if (end.Iss is uint isn)
            _isns[(end.EndPoint.Address, isn)] = _isns.GetValueOrDefault((end.EndPoint.Address, isn)) + 1;
    }

    private Flow? Open(Segment segment, Flow? before)
    {
        // What was chosen by its end has a place of its own.
        var flow = new Flow(_flows.Count + 1, segment, mostRows);
        bool isMeant = choice == null || choice.Means(flow.Number, flow.Exchange);
        if (_flows.Count >= mostFlows && (choice?.End == null || !isMeant || _meant.Count >= mostFlows))
            return before;
        if (before != null)
        {
            _open.Remove((before.Exchange.Client.EndPoint, before.Exchange.Server.EndPoint));
            _open.Remove((before.Exchange.Server.EndPoint, before.Exchange.Client.EndPoint));
        }

        _open.Add((segment.Source, segment.Destination), flow);
        _flows.Add(flow);
        if (isMeant)
            _meant.Add(flow);
        if (!isMeant || _meant.Count > 1)
            flow.Exchange.ForgetRows();
        if (isMeant && _meant.Count == 2)
            _meant[0].Exchange.ForgetRows();
        return flow;
    }
}
