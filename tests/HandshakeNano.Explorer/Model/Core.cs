using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HandshakeNano.Explorer.Snapshots;
using HandshakeNano.Net;

namespace HandshakeNano.Explorer.Model;

/// <summary>What a variable of the core means for the question whether two states are the same.</summary>
internal enum Meaning
{
    /// <summary>A number that counts as it is.</summary>
    Value,

    /// <summary>It has no say in what happens next, or repeats what another variable says.</summary>
    Nothing,

    /// <summary>A sequence number: what counts is how far it is from an initial sequence number.</summary>
    Sequence,

    /// <summary>
    /// A timestamp of the peer's: what counts is which of those that are kept or on their way are older. All that come are newer. The upper
    /// half of the variable counts as it is.
    /// </summary>
    Timestamp,

    /// <summary>A bound on what may be on its way: all that are not below the largest window are alike.</summary>
    Room,

    /// <summary>A time to come, or never: what counts is how long it takes until then.</summary>
    Deadline,

    /// <summary>A time to come, which counts no more once it is past.</summary>
    End,

    /// <summary>A time that is past: what counts is how long ago it was.</summary>
    Since,

    /// <summary>A time of which only counts whether there is one.</summary>
    Flag,

    /// <summary>A time that is either past or out of reach: what counts is which.</summary>
    FarEnd,
}

/// <summary>
/// What the explorer knows of the inside of HandshakeNano.Net, all in this one place. A variable that stands in none of these
/// tables counts as a plain value, so one that is new makes states differ and never alike.
/// </summary>
internal static class Core
{
    /// <summary>References that are not followed, as nothing behind them has a say in what happens next.</summary>
    private static readonly HashSet<string> s_leavesOut = new(StringComparer.Ordinal)
    {
        // Only ever counted up.
        "TcpEndpoint._counters", "TcpEndpoint._counts", "EthernetLayer._counters", "Ipv4Layer._counters", "IcmpLayer._counters",
        "TcpLayer.Counters", "SegmentWriter._counters", "TimeWaitTable._counters", "IcmpErrorLimit._counters",
        // Buffers that are written before they are read.
        "TcpEndpoint._frame", "SegmentWriter.Frame", "TcpLayer._isnState", "TcpLayer._options", "IcmpLayer._error", "SynCookies._state",
        // Constant.
        "TcpLayer.Settings", "IsnGenerator._start", "TcpListener.IsnState", "SynCookies._start", "HalfOpenTable.Waits",
        "SegmentWriter._synOptions", "SegmentWriter._synLengths", "SegmentWriter._synSums",
        // A link without Ethernet has no neighbours.
        "TcpEndpoint._arp", "TcpEndpoint._neighbours", "EthernetLayer._arp", "EthernetLayer._neighbours", "EthernetLayer._waiting",
        "EthernetLayer._received",
        // No host sends datagrams here.
        "TcpEndpoint._udp",
        // It keeps nothing but the link, which is the explorer's own.
        "TcpEndpoint._link", "EthernetLayer._sender",
    };

    private static readonly Dictionary<string, Meaning> s_meanings = new(StringComparer.Ordinal)
    {
        ["TcbNumbers.Iss"] = Meaning.Sequence,
        ["TcbNumbers.Irs"] = Meaning.Sequence,
        ["TcbNumbers.SndUna"] = Meaning.Sequence,
        ["TcbNumbers.SndNxt"] = Meaning.Sequence,
        ["TcbNumbers.SndWl1"] = Meaning.Sequence,
        ["TcbNumbers.SndWl2"] = Meaning.Sequence,
        ["TcbNumbers.RcvNxt"] = Meaning.Sequence,
        ["TcbNumbers.SndPtr"] = Meaning.Sequence,
        ["TcbNumbers.SndEnd"] = Meaning.Sequence,
        ["TcbNumbers.RcvEdge"] = Meaning.Sequence,
        ["TcbNumbers.RcvRead"] = Meaning.Sequence,
        ["TcbNumbers.Recover"] = Meaning.Sequence,
        ["TcbNumbers.RttSeq"] = Meaning.Sequence,
        ["TcbNumbers.FinAt"] = Meaning.Sequence,
        ["TcbNumbers.HighRxt"] = Meaning.Sequence,
        ["TcbNumbers.ResentAt"] = Meaning.Sequence,
        ["TcbNumbers.DeliveredBefore"] = Meaning.Sequence,
        ["TcbNumbers.LatestAt"] = Meaning.Sequence,
        ["TcbNumbers.TwiceAt"] = Meaning.Sequence,
        ["TcbNumbers.TwiceEnd"] = Meaning.Sequence,
        ["TcbNumbers.LastAckSent"] = Meaning.Sequence,
        ["TimeWaitEntry.SndNxt"] = Meaning.Sequence,
        ["TimeWaitEntry.RcvNxt"] = Meaning.Sequence,

        ["TcbNumbers.TsRecent"] = Meaning.Timestamp,
        ["TimeWaitEntry.TsRecent"] = Meaning.Timestamp,

        ["TcbNumbers.Cwnd"] = Meaning.Room,
        ["TcbNumbers.Ssthresh"] = Meaning.Room,

        ["TcbTimes.RetransmitAt"] = Meaning.Deadline,
        ["TcbTimes.AckAt"] = Meaning.Deadline,
        ["TcbTimes.LingerAt"] = Meaning.Deadline,
        ["TcbTimes.KeepAliveAt"] = Meaning.Deadline,
        ["TimeWaitEntry.Deadline"] = Meaning.Deadline,
        ["TimeWaitEntry.AnsweredUntil"] = Meaning.End,
        ["TcbTimes.ChallengeEnd"] = Meaning.End,
        ["TcbTimes.ProgressAt"] = Meaning.Since,
        ["TcbTimes.RttAt"] = Meaning.Flag,
        ["SynCookies._goodUntil"] = Meaning.FarEnd,
        ["TcpLayer._crowdedUntil"] = Meaning.End,

        // Its slots are looked at one by one: which of them a record is in makes no difference.
        ["HalfOpenTable.Keys"] = Meaning.Nothing,
        ["HalfOpenTable.Listeners"] = Meaning.Nothing,
        ["HalfOpenTable.Iss"] = Meaning.Nothing,
        ["HalfOpenTable.Irs"] = Meaning.Nothing,
        ["HalfOpenTable.Notes"] = Meaning.Nothing,
        ["HalfOpenTable.Deadlines"] = Meaning.Nothing,
        ["HalfOpenTable.Count"] = Meaning.Nothing,
        // What counts is which half-open connections have given way to it, and this goes with each of them.
        ["TcpListener._fullAt"] = Meaning.Nothing,
        // A step takes longer than the clock needs to be ahead of it again.
        ["IsnGenerator._next"] = Meaning.Nothing,
        // Least and greatest retransmission timeout are equal here, so that round trips have no say.
        ["TcbNumbers.Srtt"] = Meaning.Nothing,
        ["TcbNumbers.RttVar"] = Meaning.Nothing,
        // Only ever added to the clock, and echoes measure round trips.
        ["TcbNumbers.TsOffset"] = Meaning.Nothing,
        ["HalfOpenTable.TsOffset"] = Meaning.Nothing,
        // Nothing takes so long that TS.Recent is no longer good.
        ["TcbNumbers.TsRecentAt"] = Meaning.Nothing,
        ["HalfOpenTable.TsRecent"] = Meaning.Nothing,
        ["IsnGenerator.TimestampOffset"] = Meaning.Nothing,
        // No host announces urgent data here.
        ["TcbNumbers.SndUp"] = Meaning.Nothing,
        ["TcbNumbers.RcvUp"] = Meaning.Nothing,
        // The user's handle follows the control block.
        ["TcpConnection._tcb"] = Meaning.Nothing,
        ["TcpConnection._timeWait"] = Meaning.Nothing,
        ["TcpConnection._closeReason"] = Meaning.Nothing,
        // For the user only.
        ["TcbNumbers.SoftError"] = Meaning.Nothing,
        // Says after a pause that the congestion window begins again, which is at more than any window that is offered here.
        ["TcbTimes.SentAt"] = Meaning.Nothing,
        // Every byte in them is compared with the stream that it belongs to, so their content follows from the numbers.
        ["Tcb._sndBuffer"] = Meaning.Nothing,
        ["Tcb._rcvBuffer"] = Meaning.Nothing,
        // When the endpoint is woken: after each step it is checked that this is not after any deadline.
        ["TimerHeap._slots"] = Meaning.Nothing,
        ["TimerHeap._deadlines"] = Meaning.Nothing,
        ["TimerHeap._places"] = Meaning.Nothing,
        ["TimerHeap._count"] = Meaning.Nothing,
        ["TimerHeap.Deadline"] = Meaning.Nothing,
        ["TimeWaitTable.Deadline"] = Meaning.Nothing,
        ["HalfOpenTable.Deadline"] = Meaning.Nothing,
        ["Wakeup.At"] = Meaning.Nothing,
        // There is one connection, and all that waits is done at the end of a step.
        ["ConnectionTable.Keys"] = Meaning.Nothing,
        ["ConnectionTable.Next"] = Meaning.Nothing,
        ["TcbPool.Next"] = Meaning.Nothing,
        ["TcpListener._last"] = Meaning.Nothing,
        ["TcpLayer._dirtyNext"] = Meaning.Nothing,
        ["TcpLayer._dirtyLast"] = Meaning.Nothing,
        // Written with the options of each segment that has any.
        ["SegmentWriter._optionsSum"] = Meaning.Nothing,
        // Compared within one call only.
        ["TcpLayer._changes"] = Meaning.Nothing,
        ["Ipv4Layer.Peer"] = Meaning.Nothing,
        ["Ipv4Layer.PeerAddressSum"] = Meaning.Nothing,
        ["Ipv4Layer._destination"] = Meaning.Nothing,
        // Where a search begins that finds nothing to choose from: ports are named here.
        ["TcpLayer._portsChosen"] = Meaning.Nothing,
    };

    private static readonly string[] s_numbers = Indices("TcbNumbers");
    private static readonly string[] s_times = Indices("TcbTimes");

    /// <summary>All fields that the tables name, as Type.Name.</summary>
    public static IEnumerable<string> Names => s_leavesOut.Concat(s_meanings.Keys);

    /// <summary>Says whether a field leads to objects whose state counts.</summary>
    /// <param name="field">The field as Type.Name.</param>
    /// <returns>False for those that are left out.</returns>
    public static bool LeadsOn(string field) => !s_leavesOut.Contains(field);

    /// <summary>The names of the elements of an array.</summary>
    /// <param name="field">The field that leads to it, as Type.Name.</param>
    /// <returns>The names as Type.Name of a constant, null if the elements have none.</returns>
    public static IReadOnlyList<string>? NamesOf(string field) => field switch
    {
        "Tcb.Numbers" => s_numbers,
        "Tcb._t" => s_times,
        _ => null,
    };

    /// <summary>A bit of <see cref="ConnectionWords.Flags"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The bit.</returns>
    public static uint FlagOf(string name) => (uint)TypeOf("TcbFlags").GetField(name)!.GetRawConstantValue()!;

    /// <summary>A bit of what a SYN offers.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The bit.</returns>
    public static uint OfferOf(string name) => (uint)(int)TypeOf("Wire.TcpOptions").GetField(name)!.GetRawConstantValue()!;

    /// <summary>The numbers of a control block.</summary>
    /// <param name="tcb">The control block.</param>
    /// <returns>The array that has them.</returns>
    public static uint[] NumbersOf(object tcb) => (uint[])tcb.GetType()
        .GetField("Numbers", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(tcb)!;

    /// <summary>What a variable means.</summary>
    /// <param name="slot">The variable.</param>
    /// <returns>Its meaning.</returns>
    public static Meaning MeaningOf(Slot slot) => s_meanings.GetValueOrDefault(slot.Field, Meaning.Value);

    /// <summary>The constants of a type that are indices, in their order; the last one is their count.</summary>
    private static string[] Indices(string type) => TypeOf(type).GetFields()
        .Where(field => field.FieldType == typeof(int))
        .OrderBy(field => (int)field.GetRawConstantValue()!)
        .SkipLast(1)
        .Select(field => $"{type}.{field.Name}")
        .ToArray();

    private static Type TypeOf(string name) => typeof(TcpEndpoint).Assembly.GetType($"HandshakeNano.Net.{name}", throwOnError: true)!;
}

/// <summary>Where the variables of a connection stand that the explorer looks at one by one.</summary>
internal sealed class ConnectionWords(Layout layout, int connection)
{
    private static readonly uint s_finSeen = Core.FlagOf("FinSeen");
    private static readonly uint s_finReceived = Core.FlagOf("FinReceived");
    private static readonly uint s_synPending = Core.FlagOf("SynPending");
    private static readonly uint s_isFree = Core.FlagOf("IsFree");
    private static readonly uint s_recovers = Core.FlagOf("Recovering") | Core.FlagOf("ResendFirst");
    private static readonly uint s_sacks = Core.FlagOf("Sacks");
    private static readonly uint s_timestamped = Core.FlagOf("Timestamped");

    public readonly int State = layout.WordOf(connection, "TcbNumbers.State");
    public readonly int Flags = layout.WordOf(connection, "TcbNumbers.Flags");
    public readonly int Iss = layout.WordOf(connection, "TcbNumbers.Iss");
    public readonly int Irs = layout.WordOf(connection, "TcbNumbers.Irs");
    public readonly int SndUna = layout.WordOf(connection, "TcbNumbers.SndUna");
    public readonly int SndNxt = layout.WordOf(connection, "TcbNumbers.SndNxt");
    public readonly int SndEnd = layout.WordOf(connection, "TcbNumbers.SndEnd");
    public readonly int RcvNxt = layout.WordOf(connection, "TcbNumbers.RcvNxt");
    public readonly int RcvEdge = layout.WordOf(connection, "TcbNumbers.RcvEdge");
    public readonly int SndWl1 = layout.WordOf(connection, "TcbNumbers.SndWl1");
    public readonly int SndWl2 = layout.WordOf(connection, "TcbNumbers.SndWl2");
    public readonly int MaxSndWnd = layout.WordOf(connection, "TcbNumbers.MaxSndWnd");
    public readonly int Cwnd = layout.WordOf(connection, "TcbNumbers.Cwnd");
    public readonly int Ssthresh = layout.WordOf(connection, "TcbNumbers.Ssthresh");
    public readonly int Peer = layout.WordOf(connection, "TcbNumbers.Peer");
    public readonly int RcvRead = layout.WordOf(connection, "TcbNumbers.RcvRead");
    public readonly int FinAt = layout.WordOf(connection, "TcbNumbers.FinAt");
    public readonly int Ranges = layout.WordOf(connection, "Tcb._ranges");
    public readonly int RangeCount = layout.WordOf(connection, "TcbNumbers.RangeCount");
    public readonly int RttAt = layout.WordOf(connection, "TcbTimes.RttAt");
    public readonly int RttSeq = layout.WordOf(connection, "TcbNumbers.RttSeq");
    public readonly int ChallengeEnd = layout.WordOf(connection, "TcbTimes.ChallengeEnd");
    public readonly int Challenges = layout.WordOf(connection, "TcbNumbers.Challenges");
    public readonly int ProgressAt = layout.WordOf(connection, "TcbTimes.ProgressAt");
    public readonly int RetransmitAt = layout.WordOf(connection, "TcbTimes.RetransmitAt");
    public readonly int AckAt = layout.WordOf(connection, "TcbTimes.AckAt");
    public readonly int LingerAt = layout.WordOf(connection, "TcbTimes.LingerAt");
    public readonly int KeepAliveAt = layout.WordOf(connection, "TcbTimes.KeepAliveAt");
    public readonly int RoundTrip = layout.WordOf(connection, "TcbNumbers.Srtt") - layout.WordOf(connection, "TcbNumbers.Iss");
    public readonly int SackedCount = layout.WordOf(connection, "TcbNumbers.SackedCount");
    public readonly int HighRxt = layout.WordOf(connection, "TcbNumbers.HighRxt");
    public readonly int ResentAt = layout.WordOf(connection, "TcbNumbers.ResentAt");
    public readonly int Resent = layout.WordOf(connection, "TcbNumbers.Resent");
    public readonly int DeliveredBefore = layout.WordOf(connection, "TcbNumbers.DeliveredBefore");
    public readonly int LatestAt = layout.WordOf(connection, "TcbNumbers.LatestAt");
    public readonly int TwiceAt = layout.WordOf(connection, "TcbNumbers.TwiceAt");
    public readonly int TwiceEnd = layout.WordOf(connection, "TcbNumbers.TwiceEnd");
    public readonly int TsRecent = layout.WordOf(connection, "TcbNumbers.TsRecent");
    public readonly int LastAckSent = layout.WordOf(connection, "TcbNumbers.LastAckSent");
    public readonly int SndBuffer = layout.WordOf(connection, "Tcb._sndBuffer");
    public readonly int RcvBuffer = layout.WordOf(connection, "Tcb._rcvBuffer");

    /// <summary>Says whether the control block waits to become a connection.</summary>
    public bool IsFree(ulong[] words) => (words[Flags] & s_isFree) != 0;

    /// <summary>Says whether our SYN is not acknowledged.</summary>
    public bool IsSynPending(ulong[] words) => (words[Flags] & s_synPending) != 0;

    /// <summary>Says whether the peer's FIN has come in order.</summary>
    public bool IsFinReceived(ulong[] words) => (words[Flags] & s_finReceived) != 0;

    /// <summary>Says whether both sides have timestamps.</summary>
    public bool IsTimestamped(ulong[] words) => (words[Flags] & s_timestamped) != 0;

    /// <summary>Says whether <see cref="IsStale"/> can be true.</summary>
    /// <param name="word">The variable.</param>
    /// <returns>True if so.</returns>
    public bool MayBeStale(int word) => word == Challenges || word == FinAt || word == RttSeq || word == SndWl1 || word == SndWl2
        || word == Irs || word == RcvNxt || word == RcvRead || word == RcvEdge || word == MaxSndWnd || word == Cwnd || word == Ssthresh
        || IsOfRecovery(word) || word == LatestAt || word == TwiceAt || word == TwiceEnd || word == TsRecent || word == LastAckSent;

    /// <summary>Says whether a variable holds what is left over from before, and is written before it is next read.</summary>
    /// <param name="words">All variables.</param>
    /// <param name="word">One for which <see cref="MayBeStale"/> is true.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>True if so.</returns>
    public bool IsStale(ulong[] words, int word, ulong now)
    {
        if (word == Challenges)
            return words[ChallengeEnd] <= now;
        if (word == FinAt)
            return (words[Flags] & s_finSeen) == 0;
        if (word == RttSeq)
            return words[RttAt] == ulong.MaxValue;
        if (IsOfRecovery(word))
            return (words[Flags] & s_sacks) == 0 || (words[Flags] & s_recovers) == 0;
        if (word == LatestAt)
            return (words[Flags] & s_sacks) == 0 || words[RangeCount] == 0;
        if (word == TwiceAt || word == TwiceEnd)
            return words[TwiceAt] == words[TwiceEnd];
        if (word == TsRecent || word == LastAckSent)
            return !IsTimestamped(words);
        return (TcpState)words[State] <= (word == SndWl1 || word == SndWl2 ? TcpState.SynReceived : TcpState.SynSent);
    }

    private bool IsOfRecovery(int word) => word == HighRxt || word == ResentAt || word == Resent || word == DeliveredBefore;
}

/// <summary>A half-open connection of a listener: a slot of the core's table.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="Listener">The number of the listener in the object graph; 0 if it is closed.</param>
/// <param name="Iss">Its initial send sequence number.</param>
/// <param name="Irs">The peer's initial sequence number.</param>
/// <param name="Notes">The peer's MSS, how often the SYN,ACK was sent again, how many challenge ACKs were sent.</param>
/// <param name="Deadline">When it is due.</param>
/// <param name="TsRecent">The peer's last timestamp.</param>
internal readonly record struct HalfOpen(ulong Key, ulong Listener, uint Iss, uint Irs, uint Notes, ulong Deadline, uint TsRecent)
{
    private static readonly uint s_timestamped = Core.OfferOf("OfferedTimestamps");

    /// <summary>Says whether both sides have timestamps.</summary>
    public bool IsTimestamped => (Notes & s_timestamped) != 0;

    /// <summary>The peer's address.</summary>
    public uint Peer => BinaryPrimitives.ReverseEndianness((uint)(Key >> 32));

    /// <summary>When its SYN,ACK was last sent.</summary>
    public ulong SentAt => Deadline - Time.Retransmission;
}

/// <summary>Where the variables of the half-open connections stand.</summary>
internal sealed class HalfOpenWords(Layout layout, int table)
{
    private readonly int _keys = layout.WordOf(table, "HalfOpenTable.Keys");
    private readonly int _listeners = layout.WordOf(table, "HalfOpenTable.Listeners");
    private readonly int _iss = layout.WordOf(table, "HalfOpenTable.Iss");
    private readonly int _irs = layout.WordOf(table, "HalfOpenTable.Irs");
    private readonly int _notes = layout.WordOf(table, "HalfOpenTable.Notes");
    private readonly int _deadlines = layout.WordOf(table, "HalfOpenTable.Deadlines");
    private readonly int _tsRecent = layout.WordOf(table, "HalfOpenTable.TsRecent");

    /// <summary>How many slots there are.</summary>
    public int Slots { get; } = layout.Slots.Single(slot => slot.Field == "HalfOpenTable.Keys").Words;

    /// <summary>What is in a slot.</summary>
    /// <param name="words">All variables.</param>
    /// <param name="slot">The slot.</param>
    /// <returns>The half-open connection; its key is 0 if the slot is free.</returns>
    public HalfOpen this[ulong[] words, int slot] => new(words[_keys + slot], words[_listeners + slot], Half(words[_iss + slot / 2], slot),
        Half(words[_irs + slot / 2], slot), Half(words[_notes + slot / 2], slot), words[_deadlines + slot],
        Half(words[_tsRecent + slot / 2], slot));

    /// <summary>Two numbers of 32 bits share a word.</summary>
    private static uint Half(ulong word, int slot) => (uint)(word >> (slot % 2 * 32));
}
