using System;

namespace HandshakeNano.Net;

/// <summary>The counters of an endpoint. They only grow.</summary>
public sealed class Counters
{
    /// <summary>How many counters there are.</summary>
    public const int Count = (int)Counter.SlowEvicted + 1;

    /// <summary>The counters by number, for the code that counts.</summary>
    internal readonly ulong[] Values = new ulong[Count];

    // An enum's ToString gives a number on the device.
    private static readonly string[] Names = new string[]
    {
        "FramesReceived", "FramesSent", "FramesNotSent", "FrameTooShort", "FrameNotForUs", "FrameOtherVlan", "EtherTypeUnknown",
        "ArpMalformed", "ArpRequestsReceived", "ArpRequestsSent", "ArpConflicts", "ArpNeighbourConflicts",
        "ArpUnresolved", "ArpFull",
        "Ipv4HeaderBad", "Ipv4ChecksumBad", "Ipv4Fragment", "Ipv4NotForUs", "Ipv4SourceBad", "Ipv4ProtocolUnknown",
        "Ipv4NoRoute",
        "Ipv6HeaderBad", "Ipv6NotForUs", "Ipv6SourceBad", "Ipv6Fragment", "Ipv6ExtensionBad", "Ipv6ProtocolUnknown",
        "Ipv6NothingInside", "NeighbourMalformed", "NeighbourConflicts", "RouterAdvertisements", "Ipv6ListFull", "Ipv6NoRoute",
        "RedirectUnmatched", "PeerNumberTaken",
        "IcmpTooShort", "IcmpChecksumBad", "IcmpEchoRequests", "IcmpIgnored", "IcmpErrorUnmatched",
        "IcmpErrorsReceived", "IcmpUnreachableSent", "IcmpUnreachableLimited",
        "UdpHeaderBad", "UdpChecksumBad", "UdpPortUnknown", "UdpReceived", "UdpQueueFull", "UdpSent", "UdpNotSent",
        "DhcpSent", "DhcpHeaderBad", "DhcpOptionBad",
        "DhcpOptionRepeated", "DhcpOptionLengthBad", "DhcpOptionValueBad", "DhcpOptionMissing", "DhcpNotForUs",
        "DhcpUnexpected", "DhcpLeaseBad", "DhcpRefused", "DhcpExpired",
        "MdnsSent", "MdnsMalformed", "MdnsSourceBad", "MdnsConflicts",
        "DnsSent", "DnsCached", "DnsTimedOut", "DnsServerFailed", "DnsTruncated", "DnsSourceBad", "DnsIdentifierBad", "DnsQuestionBad", "DnsMalformed",
        "SntpSent", "SntpUnmatched", "SntpBad", "SntpRefused",
        "SegmentsReceived", "SegmentsSent", "TcpHeaderBad", "TcpChecksumBad", "TcpOptionBad", "TcpNotUnicast",
        "NoConnection", "NoConnectionReset", "ListenNoSyn", "SynQueueFull", "SynQueueEvicted",
        "CookiesSent", "CookiesReceived", "CookiesBad", "CookiesLimited", "AcceptQueueFull", "ConnectionsExhausted",
        "SynWithheld", "SynRefused", "HandshakeAckBad", "SynSentResetIgnored", "SynSentNoSyn", "SynDuplicate", "HandshakeAbandoned",
        "OutOfWindow", "OutOfWindowReset", "TimestampMissing", "TimestampOld", "ChallengeReset", "ChallengeSyn", "ChallengeLimited", "AckMissing",
        "CongestionMarks", "CongestionEchoes",
        "AckTooHigh", "AckTooOld", "DuplicateAcks", "OutOfOrderKept", "OutOfOrderDropped", "WindowOverrun",
        "DataAfterClose", "UrgentReceived", "TimeWaitReset", "TimeWaitAnswered", "TimeWaitReopened", "TimeWaitRecycled",
        "PassiveOpens", "ActiveOpens", "Established", "ResetsReceived", "ResetsSent", "Retransmissions",
        "FastRetransmissions", "TailLossProbes", "SpuriousTimeouts", "BlackHoles", "ZeroWindowProbes", "KeepAlives",
        "TimedOut", "KeepAlivesGivenUp", "IdleTimedOut", "OrphansTimedOut", "OrphansEvicted", "SlowEvicted",
    };

    internal Counters()
    {
    }

    /// <summary>Reads a counter.</summary>
    /// <param name="counter">Which one.</param>
    /// <returns>How often it happened since the endpoint was made.</returns>
    public ulong Get(Counter counter)
    {
        return Values[(int)counter];
    }

    /// <summary>A counter's name, as in <see cref="Counter"/>.</summary>
    /// <param name="counter">Which one.</param>
    /// <returns>Its name.</returns>
    public static string GetName(Counter counter)
    {
        return Names[(int)counter];
    }
}
