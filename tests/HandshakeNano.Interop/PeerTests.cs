using System;
using HandshakeNano.Interop.Peers;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// Opening, a megabyte each way, half-close, crossed FINs and abort with every peer, in both roles. The ends do as their users
/// say, and each end's user and state are looked at.
/// </summary>
public abstract class PeerTests
{
    private const int Port = 6000;
    private const int Megabyte = 1 << 20;

    public required TestContext TestContext { get; set; }

    private protected abstract Wire Wire { get; }

    [TestMethod]
    [DataRow(Peer.Kernel, Side.Ours)]
    [DataRow(Peer.Kernel, Side.Theirs)]
    [DataRow(Peer.Lwip, Side.Ours)]
    [DataRow(Peer.Lwip, Side.Theirs)]
    public void MuchDataEachWay(Peer peer, Side opener)
    {
        Run(peer, lab =>
        {
            (End ours, End theirs) = Open(lab, opener);
            Exchange(lab, ours, theirs, Wire == Wire.Clean ? Megabyte : Night.Or(Megabyte, Megabyte / 4));
            CloseInTurn(lab, opener == Side.Ours ? ours : theirs, opener == Side.Ours ? theirs : ours);
        });
    }

    [TestMethod]
    [DataRow(Peer.Kernel, Side.Ours)]
    [DataRow(Peer.Kernel, Side.Theirs)]
    [DataRow(Peer.Lwip, Side.Ours)]
    [DataRow(Peer.Lwip, Side.Theirs)]
    public void WhoClosesFirstStillGetsEverything(Peer peer, Side opener)
    {
        Run(peer, lab =>
        {
            foreach (Side closer in Enum.GetValues<Side>())
            {
                (End ours, End theirs) = Open(lab, opener);
                End first = closer == Side.Ours ? ours : theirs;
                End second = closer == Side.Ours ? theirs : ours;
                first.Shutdown();
                lab.TurnUntil(() => second.HasEnded, "the first FIN");
                Assert.AreEqual(TcpState.CloseWait, second.State);
                lab.TurnUntil(() => first.State == TcpState.FinWait2, "its acknowledgment");

                const int Length = 100_000;
                first.Expect(1);
                second.Send(1, Length);
                lab.TurnUntil(() => first.Received == Length, "the data behind the FIN");
                Assert.IsTrue(first.IsRight);
                Assert.IsFalse(first.HasEnded);
                second.Shutdown();
                AssertClosed(lab, first, second);
            }
        });
    }

    [TestMethod]
    [DataRow(Peer.Kernel, Side.Ours)]
    [DataRow(Peer.Kernel, Side.Theirs)]
    [DataRow(Peer.Lwip, Side.Ours)]
    [DataRow(Peer.Lwip, Side.Theirs)]
    public void BothCloseAtTheSameTime(Peer peer, Side opener)
    {
        Run(peer, lab =>
        {
            (End ours, End theirs) = Open(lab, opener);
            Exchange(lab, ours, theirs, 10_000);

            // Both FINs are out before we hear of theirs.
            lab.Gate.Admit(0);
            theirs.Shutdown();
            lab.TurnUntil(() => theirs.State == TcpState.FinWait1, "their FIN is out");
            ours.Shutdown();
            Assert.AreEqual(TcpState.FinWait1, ours.State);
            lab.TurnUntil(() => theirs.State == TcpState.Closing, "our FIN has crossed theirs");
            if (Wire == Wire.Clean)
            {
                lab.AdmitUntil(() => ours.HasEnded, "their FIN has crossed ours");
                Assert.AreEqual(TcpState.Closing, ours.State);
            }

            // libslirp acknowledges our FIN only with its own, sent again: an old segment by then, and dropped with its ACK (README.md).
            lab.Retransmissions = peer == Peer.Slirp ? 1u : 0u;
            lab.Gate.Open();
            lab.TurnUntil(() => ours.State == TcpState.TimeWait && theirs.State == TcpState.TimeWait, "both are in TIME-WAIT");
            Assert.IsTrue(ours.HasEnded);
            Assert.IsTrue(theirs.HasEnded);
        });
    }

    [TestMethod]
    [DataRow(Peer.Kernel, Side.Ours)]
    [DataRow(Peer.Kernel, Side.Theirs)]
    [DataRow(Peer.Lwip, Side.Ours)]
    [DataRow(Peer.Lwip, Side.Theirs)]
    public void AnAbortInTheMidstOfDataIsTheOtherEndsReset(Peer peer, Side opener)
    {
        Run(peer, lab =>
        {
            foreach (Side aborter in Enum.GetValues<Side>())
            {
                (End ours, End theirs) = Open(lab, opener);
                // More than can be sent until then: a reset that is lost is sent again only to who sends something.
                ours.Expect(1);
                theirs.Send(1, 8 * Megabyte);
                theirs.Expect(2);
                ours.Send(2, 8 * Megabyte);
                lab.TurnUntil(() => ours.Received > 20_000 && theirs.Received > 20_000, "data both ways");
                End aborting = aborter == Side.Ours ? ours : theirs;
                End other = aborter == Side.Ours ? theirs : ours;
                aborting.Abort();
                lab.TurnUntil(() => other.WasReset, "the reset");
                Assert.AreEqual(TcpState.Closed, other.State);
                Assert.AreEqual(TcpState.Closed, aborting.State);
                Assert.IsTrue(ours.IsRight && theirs.IsRight);
                Assert.IsFalse(other.HasEnded);
                Assert.AreEqual(0, lab.Lab.Endpoint.ConnectionCount);
            }
        });
    }

    [TestMethod]
    [DataRow(Peer.Kernel)]
    [DataRow(Peer.Lwip)]
    public void BothOpenAtTheSameTime(Peer peer)
    {
        const int TheirPort = 6001;
        Run(peer, lab =>
        {
            // Linux would scale its windows, without asking whether we do (README.md).
            lab.Lab.Network.SetKernel("ipv4/tcp_window_scaling", "0");

            // Neighbours who do not know each other would ask first.
            (End first, End second) = Open(lab, Side.Theirs);
            CloseInTurn(lab, first, second);

            // Their SYN waits outside until ours is out; ours meets a TCP that is in SYN-SENT itself.
            lab.Gate.Admit(0);
            End theirs = lab.Theirs.Connect(Lab.Device, Port, TheirPort);
            lab.TurnUntil(() => theirs.State == TcpState.SynSent, "their SYN is out");
            End ours = lab.Ours.Connect(lab.Theirs.Address, TheirPort, Port);
            if (Wire == Wire.Clean)
                lab.AdmitUntil(() => ours.State == TcpState.SynReceived, "our SYN is answered by a SYN");
            lab.Gate.Open();
            lab.TurnUntil(
                () => ours.State == TcpState.Established && theirs.State == TcpState.Established, "both are established");
            Exchange(lab, ours, theirs, 100_000);
            CloseInTurn(lab, ours, theirs);
        });
    }

    private void Run(Peer peer, Action<PeerLab> test)
    {
        using var lab = new PeerLab(peer, Wire);
        test(lab);
        if (Wire == Wire.Faulty)
            TestContext.WriteLine(lab.Faults());
        lab.AssertHealthy();
    }

    /// <summary>
    /// A connection that both ends have. On a faulty network lwIP gives up a SYN after six more, and forgets a connection that is
    /// not acknowledged for 20 s; its user, or ours, then tries again.
    /// </summary>
    private static (End Ours, End Theirs) Open(PeerLab lab, Side opener)
    {
        Host server = opener == Side.Ours ? lab.Theirs : lab.Ours;
        Host client = opener == Side.Ours ? lab.Ours : lab.Theirs;
        for (int tries = lab.OpenTries; tries > 0; tries--)
        {
            int port = lab.NextPort();
            server.Listen(port);
            End opening = client.Connect(server.Address, port);
            End? accepted = null;
            long patience = Environment.TickCount64 + 30_000;
            lab.TurnUntil(
                () =>
                {
                    accepted ??= server.Accept(port);
                    return (accepted != null && opening.State == TcpState.Established) || Environment.TickCount64 > patience;
                },
                "a connection");
            if (accepted != null && opening.State == TcpState.Established && accepted.State == TcpState.Established)
                return opener == Side.Ours ? (opening, accepted) : (accepted, opening);
            if (opening.State != TcpState.Closed)
                opening.Abort();
        }

        throw new AssertFailedException("No connection was established.");
    }

    private static void Exchange(PeerLab lab, End ours, End theirs, int length)
    {
        ours.Expect(1);
        theirs.Expect(2);
        theirs.Send(1, length);
        ours.Send(2, length);
        lab.TurnUntil(() => ours.Received == length && theirs.Received == length, "the data");
        Assert.IsTrue(ours.IsRight, "What we got is what was sent.");
        Assert.IsTrue(theirs.IsRight, "What they got is what was sent.");
    }

    private static void CloseInTurn(PeerLab lab, End first, End second)
    {
        first.Shutdown();
        lab.TurnUntil(() => second.HasEnded, "the first FIN");
        second.Shutdown();
        AssertClosed(lab, first, second);
    }

    private static void AssertClosed(PeerLab lab, End first, End second)
    {
        lab.TurnUntil(
            () => first.State == TcpState.TimeWait && second.State == TcpState.Closed,
            "TIME-WAIT where the first FIN came from, and nothing at the other end");
        Assert.IsTrue(first.HasEnded);
        Assert.IsFalse(first.WasReset || second.WasReset);
    }
}

/// <summary>On a network that delivers every frame once and in order.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PeerTestsOnACleanNetwork : PeerTests
{
    private protected override Wire Wire => Wire.Clean;

    /// <summary>
    /// These do the same, but are tried only here. libslirp's TIME-WAIT of 10 s may be over before a lost FIN has come again, and it
    /// is so slow to send again that an end has nothing more to send by the time of a lost reset.
    /// </summary>
    [TestMethod]
    [DataRow(Peer.Slirp, Side.Ours)]
    [DataRow(Peer.Slirp, Side.Theirs)]
    [DataRow(Peer.Netstack, Side.Ours)]
    [DataRow(Peer.Netstack, Side.Theirs)]
    public void OthersDoAllOfItToo(Peer peer, Side opener)
    {
        MuchDataEachWay(peer, opener);

        // netstack 20221219 sometimes sends its FIN again within a millisecond, and never ends though both are acknowledged.
        if (peer != Peer.Netstack)
            WhoClosesFirstStillGetsEverything(peer, opener);
        BothCloseAtTheSameTime(peer, opener);
        AnAbortInTheMidstOfDataIsTheOtherEndsReset(peer, opener);
    }

    [TestMethod]
    [DataRow(Peer.Slirp)]
    [DataRow(Peer.Netstack)]
    public void OthersOpenAtTheSameTime(Peer peer)
    {
        BothOpenAtTheSameTime(peer);
    }
}

/// <summary>On a network that loses, doubles and reorders a fifth of the frames each way.</summary>
[TestClass]
public sealed class PeerTestsOnAFaultyNetwork : PeerTests
{
    private protected override Wire Wire => Wire.Faulty;
}
