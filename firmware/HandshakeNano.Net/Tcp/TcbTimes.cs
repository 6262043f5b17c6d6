namespace HandshakeNano.Net;

/// <summary>
/// Where the times of a control block stand in its array, in microseconds: when something was, for how long it may be, and when it is
/// due, <see cref="Never"/> if it is not.
/// </summary>
internal static class TcbTimes
{
    /// <summary>No time.</summary>
    public const ulong Never = ulong.MaxValue;

    /// <summary>When data was last sent.</summary>
    public const int SentAt = 0;

    /// <summary>Since when nothing has been acknowledged that should be.</summary>
    public const int ProgressAt = 1;

    /// <summary>When the segment was sent by which a round trip is measured; Never if none is.</summary>
    public const int RttAt = 2;

    public const int RetransmitAt = 3;
    public const int AckAt = 4;

    /// <summary>When the idle timeout ends; of an orphan, when it ends in FIN-WAIT-2, or because connections are wanted.</summary>
    public const int LingerAt = 5;

    public const int KeepAliveAt = 6;
    public const int UserLimit = 7;

    /// <summary>Of a connection that we open: the limit for our SYN; 0 for the settings'.</summary>
    public const int ConnectLimit = 8;

    public const int KeepAliveTime = 9;
    public const int IdleLimit = 10;

    /// <summary>
    /// With an idle timeout, in the lower half: RCV.NXT and SND.UNA together, when data last moved. In the upper half: how many bytes have
    /// moved since <see cref="MovedSince"/>, at most <see cref="Tcb.MostMoved"/>.
    /// </summary>
    public const int Moved = 11;

    public const int MovedSince = 12;

    /// <summary>When the count of challenge ACKs begins again.</summary>
    public const int ChallengeEnd = 13;

    public const int Count = 14;
}
