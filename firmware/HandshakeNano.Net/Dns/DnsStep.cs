namespace HandshakeNano.Net;

/// <summary>What a question of the resolver waits for.</summary>
internal enum DnsStep
{
    /// <summary>For a Poll, to be sent.</summary>
    Begin,

    /// <summary>For an answer by UDP.</summary>
    Datagram,

    /// <summary>For an answer by TCP, or until the one stream is free for it.</summary>
    Stream,

    /// <summary>For a Poll, to tell the handler what is known already.</summary>
    Tell,
}
