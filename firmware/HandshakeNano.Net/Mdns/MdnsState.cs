namespace HandshakeNano.Net;

/// <summary>What a <see cref="MdnsResponder"/> is doing.</summary>
public enum MdnsState
{
    /// <summary>It has no address, or is stopped.</summary>
    Idle,

    /// <summary>It asks whether its names are another host's (RFC 6762 section 8.1). It answers nothing yet.</summary>
    Probing,

    /// <summary>The names are its own, and it says so a first time and a second (section 8.3).</summary>
    Announcing,

    /// <summary>It answers.</summary>
    Running,
}
