using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>
/// Every state and every event: what is answered, and which state follows. Each state is reached by exchanging packets.
/// </summary>
/// <remarks>
/// In the texts N is RCV.NXT, W RCV.WND, U SND.UNA and X SND.NXT, all as seen from the wire when the state was reached.
/// "later" means an ACK that may be delayed, "may" an answer that the RFC neither asks for nor forbids.
/// </remarks>
[TestClass]
public sealed class StateTableTests
{
    [TestMethod]
    // CLOSED: everything but a reset is answered with one (RFC 9293 section 3.10.7.1).
    [DataRow("CLOSED", "S seq R", "R. seq 0 ack R+1", "CLOSED")]
    [DataRow("CLOSED", "S. seq R ack 77", "R seq 77", "CLOSED")]
    [DataRow("CLOSED", ". seq R ack 77", "R seq 77", "CLOSED")]
    [DataRow("CLOSED", "F seq R len 3", "R. seq 0 ack R+4", "CLOSED")]
    [DataRow("CLOSED", "F. seq R ack 77", "R seq 77", "CLOSED")]
    [DataRow("CLOSED", "- seq R len 5", "R. seq 0 ack R+5", "CLOSED")]
    [DataRow("CLOSED", "P. seq R ack 77 len 5", "R seq 77", "CLOSED")]
    [DataRow("CLOSED", "R seq R", "", "CLOSED")]
    [DataRow("CLOSED", "R. seq R ack 77", "", "CLOSED")]
    // LISTEN (section 3.10.7.2).
    [DataRow("LISTEN", "S seq R mss 1460", "S. seq I ack R+1 mss 1460", "SYN-RECEIVED")]
    [DataRow("LISTEN", "S. seq R ack 77", "R seq 77", "LISTEN")]
    [DataRow("LISTEN", ". seq R ack 77", "R seq 77", "LISTEN")]
    [DataRow("LISTEN", "F seq R", "", "LISTEN")]
    [DataRow("LISTEN", "F. seq R ack 77", "R seq 77", "LISTEN")]
    [DataRow("LISTEN", "- seq R len 5", "", "LISTEN")]
    [DataRow("LISTEN", "P. seq R ack 77 len 5", "R seq 77", "LISTEN")]
    [DataRow("LISTEN", "R seq R", "", "LISTEN")]
    [DataRow("LISTEN", "R. seq R ack 77", "", "LISTEN")]
    // SYN-SENT (section 3.10.7.3).
    [DataRow("SYN-SENT", "S. seq R ack X mss 1460", ". seq X ack R+1", "ESTABLISHED")]
    [DataRow("SYN-SENT", "S. seq R ack U", "R seq U", "SYN-SENT")]
    [DataRow("SYN-SENT", "S. seq R ack X+1", "R seq X+1", "SYN-SENT")]
    [DataRow("SYN-SENT", "S seq R mss 1460", "S. seq I ack R+1 mss 1460", "SYN-RECEIVED")]
    [DataRow("SYN-SENT", ". seq R ack X", "", "SYN-SENT")]
    [DataRow("SYN-SENT", ". seq R ack U", "R seq U", "SYN-SENT")]
    [DataRow("SYN-SENT", ". seq R ack X+1", "R seq X+1", "SYN-SENT")]
    [DataRow("SYN-SENT", "F seq R", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "F. seq R ack X", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "- seq R len 5", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "P. seq R ack X len 5", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "R seq R", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "R. seq R ack X", "", "CLOSED")]
    [DataRow("SYN-SENT", "R. seq R ack U", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "R. seq R ack X+1", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "write 10", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "read", "", "SYN-SENT")]
    [DataRow("SYN-SENT", "close", "", "CLOSED")]
    [DataRow("SYN-SENT", "abort", "", "CLOSED")]
    // SYN-RECEIVED after a passive open.
    [DataRow("SYN-RECEIVED", "S seq R mss 1460", "S. seq I ack R+1 mss 1460", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "S seq N", "", "LISTEN")]
    [DataRow("SYN-RECEIVED", ". seq N ack X", "", "ESTABLISHED")]
    [DataRow("SYN-RECEIVED", ". seq N ack U", "R seq U", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", ". seq N ack X+1", "R seq X+1", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", ". seq N-5 ack X", ". seq X ack N", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", ". seq N+W ack X", ". seq X ack N", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "P. seq N ack X len 5", "later . seq X ack N+5", "ESTABLISHED")]
    [DataRow("SYN-RECEIVED", "- seq N len 5", "", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "F. seq N ack X", ". seq X ack N+1", "CLOSE-WAIT")]
    [DataRow("SYN-RECEIVED", "F seq N", "", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "R seq N", "", "LISTEN")]
    [DataRow("SYN-RECEIVED", "R. seq N ack X", "", "LISTEN")]
    [DataRow("SYN-RECEIVED", "R seq N+1", ". seq X ack N", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "R seq N-1", "", "SYN-RECEIVED")]
    [DataRow("SYN-RECEIVED", "R seq N+W", "", "SYN-RECEIVED")]
    // SYN-RECEIVED after a simultaneous open.
    [DataRow("SYN-RECEIVED (active)", "S seq R mss 1460", "S. seq I ack R+1 mss 1460", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "S seq N", ". seq X ack N", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", ". seq N ack X", "", "ESTABLISHED")]
    [DataRow("SYN-RECEIVED (active)", ". seq N ack U", "R seq U", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", ". seq N ack X+1", "R seq X+1", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", ". seq N-5 ack X", ". seq X ack N", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", ". seq N+W ack X", ". seq X ack N", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "P. seq N ack X len 5", "later . seq X ack N+5", "ESTABLISHED")]
    [DataRow("SYN-RECEIVED (active)", "- seq N len 5", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "F. seq N ack X", ". seq X ack N+1", "CLOSE-WAIT")]
    [DataRow("SYN-RECEIVED (active)", "F seq N", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "R seq N", "", "CLOSED")]
    [DataRow("SYN-RECEIVED (active)", "R. seq N ack X", "", "CLOSED")]
    [DataRow("SYN-RECEIVED (active)", "R seq N+1", ". seq X ack N", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "R seq N-1", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "R seq N+W", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "S. seq R ack X mss 1460", "may . seq X ack N", "ESTABLISHED")]
    [DataRow("SYN-RECEIVED (active)", "write 10", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "read", "", "SYN-RECEIVED (active)")]
    [DataRow("SYN-RECEIVED (active)", "shutdown", "F. seq X ack N", "FIN-WAIT-1")]
    [DataRow("SYN-RECEIVED (active)", "close", "F. seq X ack N", "FIN-WAIT-1")]
    [DataRow("SYN-RECEIVED (active)", "abort", "R. seq X ack N", "CLOSED")]
    // ESTABLISHED (section 3.10.7.4, RFC 5961).
    [DataRow("ESTABLISHED", "S seq N", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "S seq R", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "S seq N+W+1000", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "S. seq R ack X", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "R seq N", "", "CLOSED")]
    [DataRow("ESTABLISHED", "R. seq N ack X", "", "CLOSED")]
    [DataRow("ESTABLISHED", "R seq N+1", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "R seq N+W-1", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "R seq N-1", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "R seq N+W", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N-1 ack X", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N+W ack X", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "P. seq N-5 ack X len 5", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "P. seq N+W ack X len 5", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N ack X+1", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "P. seq N ack X+1 len 5", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "F. seq N ack X+1", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N ack U-70000", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N ack U", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", ". seq N ack U-1", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "- seq N len 5", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "F seq N", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "F seq N len 5", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "read", "", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "P. seq N ack X len 5", "later . seq X ack N+5", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "P. seq N+5 ack X len 5", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "F. seq N ack X", ". seq X ack N+1", "CLOSE-WAIT")]
    [DataRow("ESTABLISHED", "F. seq N ack X len 5", ". seq X ack N+6", "CLOSE-WAIT")]
    [DataRow("ESTABLISHED", "F. seq N-1 ack X", ". seq X ack N", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "write 10", "P. seq X ack N len 10", "ESTABLISHED")]
    [DataRow("ESTABLISHED", "shutdown", "F. seq X ack N", "FIN-WAIT-1")]
    [DataRow("ESTABLISHED", "close", "F. seq X ack N", "FIN-WAIT-1")]
    [DataRow("ESTABLISHED", "abort", "R. seq X ack N", "CLOSED")]
    // FIN-WAIT-1: U is our FIN, X the number after it.
    [DataRow("FIN-WAIT-1", "S seq N", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "S seq R", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "S seq N+W+1000", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "S. seq R ack X", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "R seq N", "", "CLOSED")]
    [DataRow("FIN-WAIT-1", "R. seq N ack X", "", "CLOSED")]
    [DataRow("FIN-WAIT-1", "R seq N+1", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "R seq N+W-1", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "R seq N-1", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "R seq N+W", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N-1 ack X", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N+W ack X", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "P. seq N-5 ack X len 5", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "P. seq N+W ack X len 5", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N ack X+1", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "P. seq N ack X+1 len 5", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "F. seq N ack X+1", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N ack U-70000", ". seq X ack N", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N ack U", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N ack U-1", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "- seq N len 5", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "F seq N", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "F seq N len 5", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "read", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", ". seq N ack X", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-1", "P. seq N ack X len 5", "later . seq X ack N+5", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-1", "P. seq N ack U len 5", "later . seq X ack N+5", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "F. seq N ack U", ". seq X ack N+1", "CLOSING")]
    [DataRow("FIN-WAIT-1", "F. seq N ack X", ". seq X ack N+1", "TIME-WAIT")]
    [DataRow("FIN-WAIT-1", "F. seq N ack X len 5", ". seq X ack N+6", "TIME-WAIT")]
    [DataRow("FIN-WAIT-1", "write 10", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "shutdown", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "close", "", "FIN-WAIT-1")]
    [DataRow("FIN-WAIT-1", "abort", "R. seq X ack N", "CLOSED")]
    // FIN-WAIT-2.
    [DataRow("FIN-WAIT-2", "S seq N", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "S seq R", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "S seq N+W+1000", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "S. seq R ack X", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "R seq N", "", "CLOSED")]
    [DataRow("FIN-WAIT-2", "R. seq N ack X", "", "CLOSED")]
    [DataRow("FIN-WAIT-2", "R seq N+1", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "R seq N+W-1", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "R seq N-1", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "R seq N+W", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N-1 ack X", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N+W ack X", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "P. seq N-5 ack X len 5", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "P. seq N+W ack X len 5", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N ack X+1", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "P. seq N ack X+1 len 5", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "F. seq N ack X+1", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N ack U-70000", ". seq X ack N", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N ack U", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", ". seq N ack U-1", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "- seq N len 5", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "F seq N", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "F seq N len 5", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "read", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "P. seq N ack X len 5", "later . seq X ack N+5", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "F. seq N ack X", ". seq X ack N+1", "TIME-WAIT")]
    [DataRow("FIN-WAIT-2", "F. seq N ack X len 5", ". seq X ack N+6", "TIME-WAIT")]
    [DataRow("FIN-WAIT-2", "write 10", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "shutdown", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "close", "", "FIN-WAIT-2")]
    [DataRow("FIN-WAIT-2", "abort", "R. seq X ack N", "CLOSED")]
    // CLOSE-WAIT: N is the number after the peer's FIN.
    [DataRow("CLOSE-WAIT", "S seq N", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "S seq R", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "S seq N+W+1000", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "S. seq R ack X", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "R seq N", "", "CLOSED")]
    [DataRow("CLOSE-WAIT", "R. seq N ack X", "", "CLOSED")]
    [DataRow("CLOSE-WAIT", "R seq N+1", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "R seq N+W-1", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "R seq N-1", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "R seq N+W", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N-1 ack X", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N+W ack X", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "P. seq N-5 ack X len 5", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "P. seq N+W ack X len 5", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N ack X+1", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "P. seq N ack X+1 len 5", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "F. seq N ack X+1", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N ack U-70000", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N ack U", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", ". seq N ack U-1", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "- seq N len 5", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "F seq N", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "F seq N len 5", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "read", "", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "F. seq N-1 ack X", ". seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "P. seq N ack X len 5", "may . seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "F. seq N ack X", "may . seq X ack N", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "write 10", "P. seq X ack N len 10", "CLOSE-WAIT")]
    [DataRow("CLOSE-WAIT", "shutdown", "F. seq X ack N", "LAST-ACK")]
    [DataRow("CLOSE-WAIT", "close", "F. seq X ack N", "LAST-ACK")]
    [DataRow("CLOSE-WAIT", "abort", "R. seq X ack N", "CLOSED")]
    // CLOSING.
    [DataRow("CLOSING", "S seq N", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "S seq R", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "S seq N+W+1000", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "S. seq R ack X", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "R seq N", "", "CLOSED")]
    [DataRow("CLOSING", "R. seq N ack X", "", "CLOSED")]
    [DataRow("CLOSING", "R seq N+1", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "R seq N+W-1", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "R seq N-1", "", "CLOSING")]
    [DataRow("CLOSING", "R seq N+W", "", "CLOSING")]
    [DataRow("CLOSING", ". seq N-1 ack X", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", ". seq N+W ack X", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "P. seq N-5 ack X len 5", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "P. seq N+W ack X len 5", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", ". seq N ack X+1", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "P. seq N ack X+1 len 5", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "F. seq N ack X+1", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", ". seq N ack U-70000", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", ". seq N ack U", "", "CLOSING")]
    [DataRow("CLOSING", ". seq N ack U-1", "", "CLOSING")]
    [DataRow("CLOSING", "- seq N len 5", "", "CLOSING")]
    [DataRow("CLOSING", "F seq N", "", "CLOSING")]
    [DataRow("CLOSING", "F seq N len 5", "", "CLOSING")]
    [DataRow("CLOSING", "read", "", "CLOSING")]
    [DataRow("CLOSING", ". seq N ack X", "", "TIME-WAIT")]
    [DataRow("CLOSING", "F. seq N-1 ack U", ". seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "P. seq N ack U len 5", "may . seq X ack N", "CLOSING")]
    [DataRow("CLOSING", "write 10", "", "CLOSING")]
    [DataRow("CLOSING", "shutdown", "", "CLOSING")]
    [DataRow("CLOSING", "close", "", "CLOSING")]
    [DataRow("CLOSING", "abort", "", "CLOSED")]
    // LAST-ACK.
    [DataRow("LAST-ACK", "S seq N", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "S seq R", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "S seq N+W+1000", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "S. seq R ack X", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "R seq N", "", "CLOSED")]
    [DataRow("LAST-ACK", "R. seq N ack X", "", "CLOSED")]
    [DataRow("LAST-ACK", "R seq N+1", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "R seq N+W-1", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "R seq N-1", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "R seq N+W", "", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N-1 ack X", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N+W ack X", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "P. seq N-5 ack X len 5", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "P. seq N+W ack X len 5", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N ack X+1", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "P. seq N ack X+1 len 5", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "F. seq N ack X+1", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N ack U-70000", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N ack U", "", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N ack U-1", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "- seq N len 5", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "F seq N", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "F seq N len 5", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "read", "", "LAST-ACK")]
    [DataRow("LAST-ACK", ". seq N ack X", "", "CLOSED")]
    [DataRow("LAST-ACK", "F. seq N-1 ack U", ". seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "P. seq N ack U len 5", "may . seq X ack N", "LAST-ACK")]
    [DataRow("LAST-ACK", "write 10", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "shutdown", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "close", "", "LAST-ACK")]
    [DataRow("LAST-ACK", "abort", "", "CLOSED")]
    // TIME-WAIT (RFC 1337, RFC 6191).
    [DataRow("TIME-WAIT", "F. seq N-1 ack X", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "F. seq N-1 ack U", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", ". seq N ack X", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", ". seq N-1 ack X", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "P. seq N-6 ack X len 5", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "R seq N", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "R. seq N ack X", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "R seq N+1", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "R seq N-1", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "S seq N-1", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "S seq N-1000", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "S. seq R ack X", ". seq X ack N", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "- seq N len 5", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "F seq N", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "write 10", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "read", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "shutdown", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "close", "", "TIME-WAIT")]
    [DataRow("TIME-WAIT", "abort", "", "CLOSED")]
    public void In_each_state_each_event_has_its_answer_and_its_next_state(string state, string happens, string answer, string next)
    {
        Scene scene = new Scene(state);
        Assert.AreEqual(state, scene.Observe(), "the state to begin with");
        scene.Happens(happens);
        if (answer.StartsWith("later "))
        {
            scene.Wire.ExpectsSilence("at once");
            scene.Wire.Advance(500 * Wire.Millisecond);
            scene.Peer.ExpectsOnly(answer.Substring(6));
        }
        else if (answer.StartsWith("may "))
        {
            if (scene.Wire.SentCount > 0)
                scene.Peer.ExpectsOnly(answer.Substring(4));
        }
        else if (answer.Length > 0)
        {
            scene.Peer.ExpectsOnly(answer);
        }

        scene.Wire.ExpectsSilence();
        Assert.AreEqual(next, scene.Observe(), "the next state");
    }

    /// <summary>An endpoint that was brought into a state, and its peer.</summary>
    private sealed class Scene
    {
        private readonly bool _passive;
        private readonly bool _active;
        private readonly TcpListener _listener;
        private TcpConnection _connection;

        public Scene(string state)
        {
            Wire = new Wire();
            Peer = new ScriptedPeer(Wire, 40000, 7);
            _passive = state == "LISTEN" || state == "SYN-RECEIVED";
            _active = state == "SYN-RECEIVED (active)";
            if (state == "CLOSED")
                return;
            if (_passive)
            {
                _listener = Wire.Endpoint.Listen(7, 4);
                if (state == "SYN-RECEIVED")
                    Peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
                Numbers(1, 0, 1);
                return;
            }

            _connection = Wire.Endpoint.Connect(Peer.Address, Peer.Port, 7);
            Peer.Connection = _connection;
            Wire.Run();
            Peer.ExpectsOnly("S seq I mss 1460");
            if (state == "SYN-SENT")
            {
                Numbers(0, 0, 1);
                return;
            }

            if (_active)
            {
                Peer.Trades("S seq R mss 1460", "S. seq I ack R+1 mss 1460");
                Numbers(1, 0, 1);
                return;
            }

            Peer.Trades("S. seq R ack I+1 mss 1460", ". seq I+1 ack R+1");
            Numbers(1, 1, 1);
            if (state == "CLOSE-WAIT" || state == "LAST-ACK")
            {
                Peer.Trades("F. seq R+1 ack I+1", ". seq I+1 ack R+2");
                Numbers(2, 1, 1);
            }

            if (state == "LAST-ACK")
            {
                Shutdown("F. seq I+1 ack R+2");
                Numbers(2, 1, 2);
            }

            if (state == "FIN-WAIT-1" || state == "FIN-WAIT-2" || state == "CLOSING" || state == "TIME-WAIT")
            {
                Shutdown("F. seq I+1 ack R+1");
                Numbers(1, 1, 2);
            }

            if (state == "FIN-WAIT-2")
            {
                Peer.Trades(". seq R+1 ack I+2", "");
                Numbers(1, 2, 2);
            }

            if (state == "CLOSING")
            {
                Peer.Trades("F. seq R+1 ack I+1", ". seq I+2 ack R+2");
                Numbers(2, 1, 2);
            }

            if (state == "TIME-WAIT")
            {
                Peer.Trades("F. seq R+1 ack I+2", ". seq I+2 ack R+2");
                Numbers(2, 2, 2);
            }
        }

        public Wire Wire { get; }

        public ScriptedPeer Peer { get; }

        public void Happens(string text)
        {
            switch (text)
            {
                case "write 10":
                    Peer.TriesToWrite(10);
                    break;
                case "read":
                    Assert.AreEqual(0, _connection.Read(new byte[10], 0, 10));
                    break;
                case "shutdown":
                    _connection.Shutdown();
                    break;
                case "close":
                    _connection.Close();
                    break;
                case "abort":
                    _connection.Abort();
                    break;
                default:
                    Peer.Sends(text);
                    break;
            }

            Wire.Run();
        }

        /// <summary>The state in the words of the RFC, as the API shows it.</summary>
        public string Observe()
        {
            if (_passive)
            {
                if (_listener.HalfOpen > 0)
                    return "SYN-RECEIVED";
                if (_listener.Pending == 0)
                    return Wire.Endpoint.ConnectionCount == 0 ? "LISTEN" : "a connection that nobody knows";
                _connection = _listener.Accept();
            }

            // What the application has given back it must not look at any more.
            if (Wire.Endpoint.ConnectionCount == 0)
                return Wire.Endpoint.TimeWaitCount == 0 ? "CLOSED" : "TIME-WAIT";
            switch (_connection.State)
            {
                case TcpState.TimeWait:
                    return Wire.Endpoint.TimeWaitCount == 1 ? "TIME-WAIT" : "TIME-WAIT that is not in the table";
                case TcpState.Closed:
                    return "CLOSED";
                case TcpState.SynSent:
                    return "SYN-SENT";
                case TcpState.SynReceived:
                    return _active ? "SYN-RECEIVED (active)" : "SYN-RECEIVED";
                case TcpState.Established:
                    return "ESTABLISHED";
                case TcpState.FinWait1:
                    return "FIN-WAIT-1";
                case TcpState.FinWait2:
                    return "FIN-WAIT-2";
                case TcpState.CloseWait:
                    return "CLOSE-WAIT";
                case TcpState.Closing:
                    return "CLOSING";
                case TcpState.LastAck:
                    return "LAST-ACK";
                default:
                    return "?";
            }
        }

        private void Shutdown(string text)
        {
            _connection.Shutdown();
            Wire.Run();
            Peer.ExpectsOnly(text);
        }

        private void Numbers(uint received, uint acknowledged, uint sent)
        {
            Peer['N'] = Peer['R'] + received;
            Peer['U'] = Peer['I'] + acknowledged;
            Peer['X'] = Peer['I'] + sent;
        }
    }
}
