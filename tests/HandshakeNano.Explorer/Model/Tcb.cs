namespace HandshakeNano.Explorer.Model;

/// <summary>A connection that one of the endpoints has or had, as the explorer remembers it.</summary>
/// <param name="OfB">True if it is B's.</param>
/// <param name="Iss">Its initial send sequence number.</param>
/// <param name="Irs">The peer's initial sequence number, once it is known.</param>
/// <param name="IrsKnown">True once it is known.</param>
/// <param name="Written">How many bytes its user has written.</param>
/// <param name="Closed">True once its user has closed: a FIN follows the bytes.</param>
/// <param name="Received">How many sequence numbers after the peer's SYN it has received in order.</param>
/// <param name="Delivered">How many bytes its user has read.</param>
/// <param name="Life">How often its host had started again: with its secret, a later number may be ahead of it or behind.</param>
/// <param name="Cookie">True if its initial sequence number is a SYN cookie, so that its host kept nothing of it.</param>
/// <param name="Opened">True once its host knows of it.</param>
/// <param name="Late">True if a late segment with the cookie has opened it, or opened it again, when the peer had done with it.</param>
internal readonly record struct Tcb(
    bool OfB, uint Iss, uint Irs, bool IrsKnown, int Written, bool Closed, uint Received, int Delivered = 0, byte Life = 0,
    bool Cookie = false, bool Opened = true, bool Late = false);
