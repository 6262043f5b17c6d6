using System.Collections.Generic;

namespace HandshakeNano.Plants;

/// <summary>The faults that the tests have to find: rule after rule of RFC 9293 section 3.10.7, and what belongs to them.</summary>
public static partial class Catalogue
{
    private const string Arrives = "Tcp/Tcb.Arrives.cs";
    private const string Calls = "Tcp/Tcb.Calls.cs";
    private const string Congestion = "Tcp/Tcb.Congestion.cs";
    private const string Errors = "Tcp/Tcb.Errors.cs";
    private const string Output = "Tcp/Tcb.Output.cs";
    private const string Ranges = "Tcp/Tcb.Ranges.cs";
    private const string State = "Tcp/Tcb.State.cs";
    private const string Timers = "Tcp/Tcb.Timers.cs";
    private const string Layer = "Tcp/TcpLayer.cs";
    private const string Listen = "Tcp/TcpLayer.Listen.cs";
    private const string SynReceived = "Tcp/TcpLayer.SynReceived.cs";
    private const string Isn = "Tcp/IsnGenerator.cs";
    private const string TimeWait = "Tcp/TcpLayer.TimeWait.cs";
    private const string Writer = "Tcp/SegmentWriter.cs";

    /// <summary>A reset in the window, but not at its edge, is believed.</summary>
    public static Plant AnyResetInWindow { get; } = new("any-reset-in-window-ends-the-connection", "RFC 5961 section 3.2", Arrives,
        """
                        if (seq == rcvNxt)
                            ArrivesReset(counters, now);
        """,
        """
                        if (true)
                            ArrivesReset(counters, now);
        """);

    /// <summary>No ACK asks a peer for the truth.</summary>
    public static Plant NoChallenge { get; } = new("no-challenge-ack", "RFC 5961 sections 3.2, 4.2 and 5.2", Arrives,
        """
                v[Challenges]++;
                _layer.Counters[(int)reason]++;
                SendAck(now);
        """,
        """
                v[Challenges]++;
                _layer.Counters[(int)reason]++;
        """);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Plant> All { get; } =
    [
        // CLOSED, section 3.10.7.1.
        new("closed-answers-a-reset", "RFC 9293 section 3.10.7.1", Listen,
            """
                        Counters[(int)Counter.NoConnectionReset]++;
                        return;
            """,
            "            Counters[(int)Counter.NoConnectionReset]++;"),
        new("closed-answers-an-ack-with-rst-ack", "RFC 9293 section 3.10.7.1", Listen,
            "SendReset(peer, ports, _ipv4.AddressSum(peer), ack, 0, TcpHeader.Rst, 0, now);",
            "SendReset(peer, ports, _ipv4.AddressSum(peer), ack, seq + (uint)length, TcpHeader.Rst | TcpHeader.Ack, 0, now);"),
        new("closed-resets-an-ack-with-number-0", "RFC 9293 section 3.10.7.1", Listen,
            "_ipv4.AddressSum(peer), ack, 0, TcpHeader.Rst, 0, now);",
            "_ipv4.AddressSum(peer), 0, 0, TcpHeader.Rst, 0, now);"),
        new("closed-does-not-count-the-syn", "RFC 9293 section 3.10.7.1", Listen,
            """
                    if ((flags & TcpHeader.Syn) != 0)
                        next++;
            """,
            ""),
        new("closed-does-not-count-the-fin", "RFC 9293 section 3.10.7.1", Listen,
            """
                    if ((flags & TcpHeader.Fin) != 0)
                        next++;
            """,
            ""),
        new("closed-does-not-count-the-data", "RFC 9293 section 3.10.7.1", Listen, "uint next = seq + (uint)length;", "uint next = seq;"),

        // LISTEN, section 3.10.7.2.
        new("listen-opens-for-a-syn-ack", "RFC 9293 section 3.10.7.2", Layer,
            "listener == null || (flags & (TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Rst)) != TcpHeader.Syn",
            "listener == null || (flags & (TcpHeader.Syn | TcpHeader.Rst)) != TcpHeader.Syn"),
        new("listen-opens-for-a-syn-with-rst", "RFC 9293 section 3.10.7.2", Layer,
            "listener == null || (flags & (TcpHeader.Syn | TcpHeader.Ack | TcpHeader.Rst)) != TcpHeader.Syn",
            "listener == null || (flags & (TcpHeader.Syn | TcpHeader.Ack)) != TcpHeader.Syn"),
        new("listen-resets-what-has-no-flag", "RFC 9293 section 3.10.7.2", Listen,
            """
                        Counters[(int)Counter.ListenNoSyn]++;
                        return;
            """,
            "            Counters[(int)Counter.ListenNoSyn]++;"),
        new("listen-acknowledges-the-syn-s-own-number", "RFC 9293 section 3.10.7.2", Listen,
            "iss, seq + 1, SynAckFlags(offer)",
            "iss, seq, SynAckFlags(offer)"),
        new("syn-ack-without-mss", "RFC 9293 section 3.7.1", Output,
            """
            v[RcvEdge] - v[RcvNxt], options, 0, now);
            """,
            """
            v[RcvEdge] - v[RcvNxt],
                            0, 0, now);
            """),
        new("no-mss-means-our-own", "RFC 9293 section 3.7.1", State,
            """
            mss = TcpLayer.DefaultSegmentTo(v[Peer]);
                    else
            """,
            """
            mss = _layer.Writer.MaximumSegmentSize;
                    else
            """),

        // SYN-SENT, section 3.10.7.3.
        new("syn-sent-takes-any-ack", "RFC 9293 section 3.10.7.3", Arrives,
            "acceptable = v[SndNxt] != v[Iss] && ack == v[Iss] + 1;",
            "acceptable = true;"),
        new("syn-sent-is-silent-about-a-bad-ack", "RFC 9293 section 3.10.7.3", Arrives,
            """
                                counters[(int)Counter.HandshakeAckBad]++;
                                _layer.Writer.SendReset(v[Peer], v[Ports], v[AddressSum], ack, 0, TcpHeader.Rst, 0, now);
            """,
            "                    counters[(int)Counter.HandshakeAckBad]++;"),
        new("syn-sent-answers-a-reset", "RFC 9293 section 3.10.7.3", Arrives,
            """
                            if ((flags & TcpHeader.Rst) != 0)
                                counters[(int)Counter.SynSentResetIgnored]++;
            """,
            """
                            if (acceptable)
                                counters[(int)Counter.SynSentResetIgnored]++;
            """),
        new("syn-sent-believes-a-reset-without-ack", "RFC 9293 section 3.10.7.3", Arrives,
            """
                        if (!acceptable)
                        {
                            counters[(int)Counter.SynSentResetIgnored]++;
                            return;
                        }
            """,
            ""),
        new("syn-sent-needs-no-syn", "RFC 9293 section 3.10.7.3", Arrives,
            """
                        _layer.Counters[(int)Counter.SynSentNoSyn]++;
                        return;
            """,
            "            _layer.Counters[(int)Counter.SynSentNoSyn]++;"),
        new("syn-sent-does-not-answer-a-syn", "RFC 9293 section 3.5", Arrives,
            """
                    _t[RttAt] = Never;
                    Answer(AckWithSyn);
            """,
            "        _t[RttAt] = Never;"),
        new("syn-sent-does-not-acknowledge-the-syn-ack", "RFC 9293 section 3.10.7.3", Arrives,
            """
                        Acknowledged(options, ack, 1, now);
                        Answer(AckNow);
            """,
            "            Acknowledged(options, ack, 1, now);"),
        new("syn-sent-loses-the-text-of-the-syn-ack", "RFC 9293 section 3.10.7.3", Arrives,
            "if ((length | (flags & (TcpHeader.Fin | TcpHeader.Urg))) != 0)",
            "if (false)"),
        new("refused-by-reset-is-told-as-reset", "RFC 9293 section 3.10.7.3", Arrives,
            """
                        counters[(int)Counter.ResetsReceived]++;
                        End(TcpCloseReason.Refused);
            """,
            """
                        counters[(int)Counter.ResetsReceived]++;
                        End(TcpCloseReason.Reset);
            """),

        // First, the sequence number, section 3.10.7.4.
        new("any-sequence-number-is-acceptable", "RFC 9293 section 3.10.7.4, first", Arrives,
            "if (seq - rcvNxt >= wnd && (segLength == 0 || seq + (uint)segLength - 1 - rcvNxt >= wnd))",
            "if (segLength < 0)"),
        new("a-reset-behind-the-window-is-acceptable", "RFC 9293 section 3.4", Arrives,
            "if (seq - rcvNxt >= wnd &&",
            "if (seq - rcvNxt > wnd &&"),
        new("the-first-byte-decides-alone", "RFC 9293 section 3.4", Arrives,
            " && (segLength == 0 || seq + (uint)segLength - 1 - rcvNxt >= wnd))",
            ")"),
        new("an-unacceptable-segment-gets-no-ack", "RFC 9293 section 3.10.7.4, first", Arrives,
            """
                            CameTwice(seq, seq + (uint)length);
                        Answer(AckNow);
            """,
            "                CameTwice(seq, seq + (uint)length);"),
        new("an-unacceptable-bare-ack-gets-no-ack", "RFC 9293 section 3.10.7.4, first", Arrives,
            """
                        Challenge(reason, now);
                }
            """,
            """
                        _layer.Counters[(int)reason]++;
                }
            """),
        new("keep-alives-are-limited", "RFC 9293 section 3.8.4", Arrives,
            "if (seq + 1 != rcvNxt || segLength != 0 || !IsFromTheLive(ack, flags))",
            "if (true)"),
        new("an-unacceptable-reset-is-answered", "RFC 9293 section 3.10.7.4, first", Arrives,
            """
                        _layer.Counters[(int)Counter.OutOfWindowReset]++;
                        return;
            """,
            "            _layer.Counters[(int)Counter.OutOfWindowReset]++;"),
        new("the-syn-that-we-have-is-not-answered", "RFC 9293 section 3.10.7.4, first", Arrives,
            """
                                counters[(int)Counter.SynDuplicate]++;
                                Answer(AckWithSyn);
            """,
            "                    counters[(int)Counter.SynDuplicate]++;"),
        new("an-old-part-is-not-cut-off", "RFC 9293 section 3.10.7.4, first", Arrives,
            """
                        payload += old;

            """,
            ""),
        new("what-is-past-the-window-is-taken", "RFC 9293 section 3.10.7.4, first", Arrives,
            "if (length > room)",
            "if (length > _rcvBuffer.Length)"),

        // Second, the RST bit, section 3.10.7.4 and RFC 5961 section 3.
        AnyResetInWindow,
        new("an-exact-reset-is-only-challenged", "RFC 5961 section 3.2", Arrives,
            """
                            if (seq == rcvNxt)
                                ArrivesReset(counters, now);
            """,
            """
                            if (false)
                                ArrivesReset(counters, now);
            """),
        new("a-reset-in-window-is-ignored", "RFC 5961 section 3.2", Arrives,
            "Challenge(Counter.ChallengeReset, now);",
            "counters[(int)Counter.ChallengeReset]++;"),
        new("a-reset-in-syn-received-is-told-as-reset", "RFC 9293 section 3.10.7.4, second", Arrives,
            """
                    if (state == TcpState.SynReceived)
                        reason = TcpCloseReason.Refused;
                    else if
            """,
            "        if"),
        new("a-reset-in-last-ack-loses-something", "RFC 9293 section 3.10.7.4, second", Arrives,
            "state >= TcpState.Closing && v[SndUna] == v[SndEnd]",
            "state >= TcpState.Closing && v[SndUna] == v[SndNxt]"),

        // Fourth, the SYN bit, section 3.10.7.4 and RFC 5961 section 4.
        NoChallenge,
        new("challenges-without-limit", "RFC 5961 section 7", Arrives, "if (v[Challenges] >= ChallengesPerInterval)", "if (false)"),
        new("a-syn-in-window-ends-the-connection", "RFC 5961 section 4.2", Arrives,
            """
                        else if ((flags & TcpHeader.Syn) != 0)
                            Challenge(Counter.ChallengeSyn, now);
            """,
            """
                        else if ((flags & TcpHeader.Syn) != 0)
                            End(TcpCloseReason.Reset);
            """),
        new("a-syn-outside-the-window-is-ignored", "RFC 5961 section 4.2", Arrives,
            """
                    if ((flags & TcpHeader.Syn) != 0)
                    {
                        Challenge(Counter.ChallengeSyn, now);
                        return;
            """,
            """
                    if ((flags & TcpHeader.Syn) != 0)
                    {
                        return;
            """),
        new("a-new-syn-in-syn-received-does-not-bring-listen-back", "RFC 9293 section 3.10.7.4, fourth", SynReceived,
            """
                                counters[(int)Counter.HandshakeAbandoned]++;
                                halfOpen.Remove(slot);
            """,
            "                    counters[(int)Counter.HandshakeAbandoned]++;"),

        // Fifth, the ACK field, section 3.10.7.4.
        new("a-segment-without-ack-is-taken", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                            counters[(int)Counter.AckMissing]++;
                        return;
            """,
            """
                            counters[(int)Counter.AckMissing]++;
                        if ((flags & (TcpHeader.Rst | TcpHeader.Syn)) != 0)
                            return;
                        ack = v[SndUna];
            """),
        new("half-open-takes-any-ack", "RFC 9293 section 3.10.7.4, fifth", SynReceived,
            """
                    if (ack == iss + 1)
                        return true;
            """,
            """
                    if (ack != iss)
                        return true;
            """),
        new("half-open-is-silent-about-a-bad-ack", "RFC 9293 section 3.10.7.4, fifth", SynReceived,
            "Writer.SendReset(peer, ports, addressSum, ack, 0, TcpHeader.Rst, 0, now);\n        return false;",
            "return false;"),
        new("half-open-ignores-the-reset", "RFC 9293 section 3.10.7.4, second", SynReceived,
            """
                                counters[(int)Counter.ResetsReceived]++;
                                halfOpen.Remove(slot);
            """,
            "                    counters[(int)Counter.ResetsReceived]++;"),
        new("half-open-does-not-answer-the-syn-again", "RFC 9293 section 3.10.7.4, first", SynReceived,
            "SendSynAck(slot, ports, addressSum, now);\n            return false;",
            "return false;"),
        new("syn-received-takes-any-ack", "RFC 9293 section 3.10.7.4, fifth", Arrives, "if (acked - 1 >= sent)", "if (false)"),
        new("syn-received-takes-an-ack-of-nothing", "RFC 9293 section 3.10.7.4, fifth", Arrives, "if (acked - 1 >= sent)", "if (acked > sent)"),
        new("syn-received-is-silent-about-a-bad-ack", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                            counters[(int)Counter.HandshakeAckBad]++;
                            _layer.Writer.SendReset(v[Peer], v[Ports], v[AddressSum], ack, 0, TcpHeader.Rst, 0, now);
                            return;
                        }

                        Establish();
            """,
            """
                            counters[(int)Counter.HandshakeAckBad]++;
                            return;
                        }

                        Establish();
            """),
        new("the-handshake-s-last-window-is-not-taken", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                        v[SndWnd] = window;
                        v[MaxSndWnd] = window;
                        state = (TcpState)v[State];
            """,
            "            state = (TcpState)v[State];"),
        new("an-ack-of-the-unsent-is-believed", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            "else if (acked > sent)",
            "else if (acked > sent && (int)(ack - v[SndNxt]) <= 0)"),
        new("an-ack-of-the-unsent-gets-no-answer", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            "Challenge(Counter.AckTooHigh, now);",
            "counters[(int)Counter.AckTooHigh]++;"),
        new("a-far-too-old-ack-is-taken", "RFC 5961 section 5.2", Arrives, "if (una - ack > v[MaxSndWnd])", "if (false)"),
        new("an-old-ack-loses-its-data", "RFC 5961 section 5.2", Arrives, "if (una - ack > v[MaxSndWnd])", "if (true)"),
        new("any-segment-changes-the-window", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            "if (acked != 0 || (seq == v[SndWl1] ? (int)(ack - v[SndWl2]) >= 0 : (int)(seq - v[SndWl1]) > 0))",
            "if (true)"),
        new("wl1-is-not-looked-at", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            "if (acked != 0 || (seq == v[SndWl1] ? (int)(ack - v[SndWl2]) >= 0 : (int)(seq - v[SndWl1]) > 0))",
            "if ((int)(ack - v[SndWl2]) >= 0)"),
        new("a-new-ack-sent-again-moves-the-edge", "RFC 9293 section 3.8.6", Arrives, "if (acked != 0 || (seq == v[SndWl1]", "if ((seq == v[SndWl1]"),
        new("a-window-update-needs-news", "RFC 9293 section 3.10.7.4, fifth", Arrives, "(int)(ack - v[SndWl2]) >= 0", "(int)(ack - v[SndWl2]) > 0"),
        new("a-partial-ack-takes-all", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                    v[SndUna] = ack;
                    bool exact
            """,
            """
                    ack = sndNxt;
                    v[SndUna] = ack;
                    bool exact
            """),
        new("the-ack-of-our-fin-leaves-fin-wait-1", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            "v[State] = (uint)TcpState.FinWait2;",
            "v[State] = (uint)TcpState.FinWait1;"),
        new("the-ack-of-our-fin-leaves-closing", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                        case TcpState.Closing:
                            EnterTimeWait(now);
                            return true;
            """,
            """
                        case TcpState.Closing:
                            return false;
            """),
        new("closing-needs-no-time-wait", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                        case TcpState.Closing:
                            EnterTimeWait(now);
            """,
            """
                        case TcpState.Closing:
                            End(TcpCloseReason.Finished);
            """),
        new("last-ack-waits-too", "RFC 9293 section 3.10.7.4, fifth", Arrives,
            """
                        case TcpState.LastAck:
                            _layer.TakeBack(v[Peer], v[Ports]);
                            End(TcpCloseReason.Finished);
            """,
            """
                        case TcpState.LastAck:
                            EnterTimeWait(now);
            """),

        // Sixth, the urgent pointer, section 3.10.7.4.
        new("the-urgent-pointer-goes-back", "RFC 9293 section 3.10.7.4, sixth", Arrives,
            "if ((int)(up - known) <= 0)",
            "if ((int)(up - v[RcvRead]) <= 0)"),
        new("the-urgent-pointer-points-at-the-last-byte", "RFC 9293 section 3.8.5", Arrives,
            "uint up = seq + (uint)BigEndian.Get16(frame, TcpHeader.UrgentPointer);",
            "uint up = seq + (uint)BigEndian.Get16(frame, TcpHeader.UrgentPointer) + 1;"),
        new("an-urgent-pointer-needs-data", "RFC 9293 section 3.4", Arrives,
            "if (length != 0 || (flags & (TcpHeader.Fin | TcpHeader.Urg)) != 0)",
            "if (length != 0 || (flags & TcpHeader.Fin) != 0)"),
        new("urgent-data-is-not-announced", "RFC 9293 section 3.8.5", Output, "if ((v[Flags] & (UrgentIn | UrgentOut)) != 0)", "if (false)"),

        // Seventh, the text, section 3.10.7.4.
        new("what-came-out-of-order-is-forgotten", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            "if (AddRange(seq, seq + (uint)length))",
            "if (false)"),
        new("a-range-without-place-is-lost-though-it-is-the-lowest", "RFC 9293 section 3.10.7.4, seventh", "Tcp/SequenceRanges.cs",
            """
                            if (i == count)
                                return Forgotten;
            """,
            "                return Forgotten;"),
        new("a-gap-is-not-told-at-once", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            """
                            v[AckDue] = AckNow;
                            if (AddRange
            """,
            """
                            v[AckDue] = AckNone;
                            if (AddRange
            """),
        new("a-gap-is-not-seen", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            """
                        if (ahead == 0)
                        {
            """,
            """
                        if (true)
                        {
            """),
        new("a-filled-gap-takes-only-itself", "RFC 9293 section 3.10.7.4, seventh", Arrives, "rcvNxt = TakeRanges(rcvNxt);", "v[RangeCount] = 0;"),
        new("each-segment-is-acknowledged-at-once", "RFC 9293 section 3.8.6.3", Arrives, "v[AckDue] = AckDelayed;", "v[AckDue] = AckNow;"),
        new("every-second-segment-is-not-acknowledged", "RFC 9293 section 3.8.6.3", Arrives,
            """
                            else
                                v[AckDue] = AckNow;

                            v[RcvNxt] = rcvNxt;
            """,
            """

                            v[RcvNxt] = rcvNxt;
            """),
        new("data-is-taken-behind-the-fin", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            """
            if (state == TcpState.Established || state == TcpState.FinWait1 || state == TcpState.FinWait2)
                            ArrivesText
            """,
            """
            if (state >= TcpState.Established)
                            ArrivesText
            """),
        new("no-data-in-fin-wait-2", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            """
            state == TcpState.FinWait1 || state == TcpState.FinWait2)
                            ArrivesText
            """,
            """
            state == TcpState.FinWait1)
                            ArrivesText
            """),
        new("no-data-in-fin-wait-1", "RFC 9293 section 3.10.7.4, seventh", Arrives,
            "if (state == TcpState.Established || state == TcpState.FinWait1 || state",
            "if (state == TcpState.Established || state"),
        new("data-after-close-gets-no-reset", "RFC 9293 section 3.6.1", Arrives, "if ((v[Flags] & Owned) == 0 && length != 0)", "if (false)"),

        // Eighth, the FIN bit, section 3.10.7.4.
        new("the-fin-takes-no-number", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            """
                    v[RcvNxt]++;
                    if ((int)(v[RcvEdge]
            """,
            "        if ((int)(v[RcvEdge]"),
        new("a-fin-behind-a-gap-counts-at-once", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            "if ((v[Flags] & FinSeen) != 0 && v[FinAt] == rcvNxt)",
            "if ((v[Flags] & FinSeen) != 0)"),
        new("a-fin-leaves-established", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            "v[State] = (uint)TcpState.CloseWait;",
            "v[State] = (uint)TcpState.Established;"),
        new("crossed-fins-skip-closing", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            """
                        case TcpState.FinWait1:
                            v[State] = (uint)TcpState.Closing;
                            break;
            """,
            ""),
        new("fin-wait-2-needs-no-time-wait", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            """
                            SendAck(now);
                            EnterTimeWait(now);
            """,
            """
                            SendAck(now);
                            End(TcpCloseReason.Finished);
            """),
        new("the-last-fin-is-not-acknowledged", "RFC 9293 section 3.10.7.4, eighth", Arrives,
            """
                            SendAck(now);
                            EnterTimeWait(now);
            """,
            "                EnterTimeWait(now);"),

        // TIME-WAIT, section 3.10.7.4, RFC 1337, RFC 6191.
        new("a-reset-ends-time-wait", "RFC 1337 section 3", TimeWait,
            """
                        counters[(int)Counter.TimeWaitReset]++;
                        return;
            """,
            """
                        counters[(int)Counter.TimeWaitReset]++;
                        TimeWaits.Remove(entry);
                        return;
            """),
        new("a-fin-does-not-restart-time-wait", "RFC 9293 section 3.10.7.4, TIME-WAIT", TimeWait,
            "            TimeWaits.Restart(entry, now);",
            "            counters[(int)Counter.TimeWaitAnswered] += 0;"),
        new("time-wait-lasts-one-msl", "RFC 9293 section 3.6.1", Layer,
            "2 * settings.MaximumSegmentLifetime",
            "settings.MaximumSegmentLifetime"),
        new("an-old-syn-reopens", "RFC 6191 section 2", TimeWait, "return (int)(seq - entry.RcvNxt) >= 0;", "return true;"),
        new("no-syn-reopens", "RFC 9293 section 3.6.1", TimeWait, "return (int)(seq - entry.RcvNxt) >= 0;", "return false;"),
        new("reopened-with-any-isn", "RFC 9293 section 3.6.1", Listen, "if (floor != 0 && (int)(iss - floor) <= 0)", "if (false)"),
        new("old-data-in-time-wait-gets-no-ack", "RFC 9293 section 3.10.7.4, TIME-WAIT", TimeWait,
            "if (seq == entry.RcvNxt && length == 0 && (flags & TcpHeader.Syn) == 0)",
            "if (!fin)"),
        new("time-wait-answers-a-bare-ack", "RFC 9293 section 3.10.7.4, TIME-WAIT", TimeWait,
            "if (seq == entry.RcvNxt && length == 0 && (flags & TcpHeader.Syn) == 0)",
            "if (false)"),

        // The user and the timers, sections 3.10.3 to 3.10.8.
        new("a-close-loses-unread-data-in-silence", "RFC 9293 section 3.6.1", Calls, "state == TcpState.SynSent || Available > 0", "state == TcpState.SynSent"),
        new("an-abort-is-silent", "RFC 9293 section 3.10.5", State,
            "return state >= TcpState.SynReceived && (",
            "return state > TcpState.TimeWait && ("),
        new("the-fin-leaves-before-the-data", "RFC 9293 section 3.10.4", Output,
            "bool fin = (v[Flags] & FinQueued) != 0 && length == queued && usable > length;",
            "bool fin = (v[Flags] & FinQueued) != 0 && usable > length;"),
        new("the-user-timeout-never-comes", "RFC 9293 section 3.10.8", Timers, "if (now - t[ProgressAt] >= limit)", "if (false)"),
        new("the-timeout-does-not-double", "RFC 6298 section 5.5", Timers, "uint rto = v[Rto] * 2;", "uint rto = v[Rto];"),
        new("a-retransmission-measures-the-round-trip", "RFC 6298 section 3", Timers,
            """
                    t[RttAt] = Never;
                    ArmRetransmission(now);
            """,
            "        ArmRetransmission(now);"),
        new("probes-time-out", "RFC 9293 section 3.8.6.1", Arrives,
            """
                        if (v[SndWnd] == 0 && (v[Flags] & Owned) != 0)
                            _t[ProgressAt] = now;
            """,
            ""),
        new("no-slow-start", "RFC 5681 section 3.1", "Tcp/Tcb.State.cs",
            "(uint)((mss > 1095 ? _layer.FirstSegments : _layer.FirstSmallSegments) * mss)", "(uint)(10 * mss)"),
        new("a-path-below-576-bytes-is-a-black-hole", "RFC 1191 section 3", Errors,
            "if (mss >= length)",
            "if (mss >= length || mss < TcpOptions.DefaultMaximumSegmentSize)"),
        new("a-hint-above-what-was-sent-is-believed", "RFC 1191 section 3", Errors, "if (mss >= length)", "if (mss >= v[Mss])"),
        new("no-limited-transmit", "RFC 5681 section 3.2", Congestion, "v[Flags] |= SendOneMore;", ""),
        new("no-nagle", "RFC 9293 section 3.7.4", Output, "if (!all && (v[Flags] & NoNagle) == 0 && ptr != una)", "if (false)"),
        new("no-silly-window-avoidance", "RFC 9293 section 3.8.6.2.1", Output, "if (!all && (uint)length < v[MaxSndWnd] / 2)", "if (false)"),
        new("the-window-opens-in-small-steps", "RFC 9293 section 3.8.6.2.2", Output,
            "if (step != 0 && (step >= v[Mss] || step >= (uint)_rcvBuffer.Length / 2) && (v[Flags] & FinReceived) == 0)",
            "if (step != 0 && (v[Flags] & FinReceived) == 0)"),

        // Checksums and options, sections 3.1 and 3.2.
        new("the-checksum-is-not-checked", "RFC 9293 section 3.1", Layer, "if (sum % InternetChecksum.Modulus != 0)", "if (false)"),
        new("the-checksum-forgets-the-data", "RFC 9293 section 3.1", Writer,
            "sum += InternetChecksum.SumLittleEndian(frame, TcpHeader.Options + options, length) << 8;",
            "sum += 0;"),
        new("the-window-is-signed", "RFC 9293 section 3.1", Layer,
            "uint window = ((uint)frame[TcpHeader.Window] << 8) | frame[TcpHeader.Window + 1];",
            "uint window = (uint)(short)((frame[TcpHeader.Window] << 8) | frame[TcpHeader.Window + 1]);"),
        new("a-short-header-is-read", "RFC 9293 section 3.1", Layer,
            "if (header < TcpHeader.Length || header > length)",
            "if (header > length)"),
        new("an-option-of-length-0-is-stepped-over", "RFC 9293 section 3.1", "Wire/TcpOptions.cs",
            """
                        if (length < 2)
                            return false;
            """,
            """
                        if (length < 2)
                            length = 2;
            """),
        new("an-unknown-option-is-an-error", "RFC 9293 section 3.1", "Wire/TcpOptions.cs",
            """
                                ParseSacks(frame, i + 2, (length - 2) >> 3);
                                break;
            """,
            """
                                ParseSacks(frame, i + 2, (length - 2) >> 3);
                                break;
                            default:
                                return false;
            """),

        // Initial sequence numbers, section 3.4.1.
        new("the-isn-has-no-clock", "RFC 6528 section 3", Isn, "return (uint)m + ", "return "),
        new("the-isn-has-no-hash", "RFC 6528 section 3", Isn,
            "return (uint)m + (uint)block;",
            "return (uint)m;"),
    ];
}
