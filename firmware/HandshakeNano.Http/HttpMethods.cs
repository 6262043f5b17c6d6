using System;

namespace HandshakeNano.Http;

/// <summary>The methods that a handler can take (RFC 9110 section 9, RFC 5789).</summary>
[Flags]
public enum HttpMethods
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>GET.</summary>
    Get = 1,

    /// <summary>HEAD: what GET would answer, without the content.</summary>
    Head = 2,

    /// <summary>POST.</summary>
    Post = 4,

    /// <summary>PUT.</summary>
    Put = 8,

    /// <summary>DELETE.</summary>
    Delete = 16,

    /// <summary>OPTIONS: which methods there are. The server answers it where a handler does not.</summary>
    Options = 32,

    /// <summary>PATCH.</summary>
    Patch = 64,
}
