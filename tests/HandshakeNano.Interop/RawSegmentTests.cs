using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// Behaviours of RFC 9293 and RFC 5961 that a kernel never provokes, on the whole way through TAP, firmware and back.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class RawSegmentTests
{
    private const int Port = 40_000;

    // Every test walks across the end of the sequence space.
    private static uint Sequence => 0xFFFF_FFF0;

    [TestMethod]
    public void ClosedPortAnswersSynWithResetThatAcknowledgesIt()
    {
        Run((lab, peer) => AssertReset(peer.Ask(To(8, ControlBits.Syn)), 0, Sequence + 1));
    }

    [TestMethod]
    public void ClosedPortAnswersAckWithResetAtThatNumber()
    {
        Run((lab, peer) =>
        {
            Segment answer = peer.Ask(To(8, ControlBits.Ack) with { Acknowledgment = 12345 });
            Assert.AreEqual(ControlBits.Rst, answer.Flags);
            Assert.AreEqual(12345u, answer.Sequence);
        });
    }

    [TestMethod]
    public void ClosedPortCountsFinAndDataInItsReset()
    {
        Run((lab, peer) => AssertReset(peer.Ask(To(8, ControlBits.Fin) with { Data = [1, 2, 3] }), 0, Sequence + 4));
    }

    [TestMethod]
    public void ResetToAClosedOrListeningPortIsMetWithSilence()
    {
        Run((lab, peer) =>
        {
            peer.AssertSilence(To(8, ControlBits.Rst));
            peer.AssertSilence(To(Lab.Echo, ControlBits.Rst));
            peer.AssertSilence(To(Lab.Echo, ControlBits.Rst | ControlBits.Ack));
        });
    }

    [TestMethod]
    public void ListenerAnswersAckWithReset()
    {
        Run((lab, peer) =>
        {
            Segment answer = peer.Ask(To(Lab.Echo, ControlBits.Ack) with { Acknowledgment = 777 });
            Assert.AreEqual(ControlBits.Rst, answer.Flags);
            Assert.AreEqual(777u, answer.Sequence);
            Open(peer);
        });
    }

    [TestMethod]
    public void WithoutTheMssOptionNoSegmentIsGreaterThan536()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            byte[] data = Traffic.Bytes(1, 1400);
            peer.Send(To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = next, Data = data });
            uint echoed = next;
            var received = new List<byte>();
            while (received.Count < data.Length)
            {
                Segment answer = peer.Receive();
                Assert.IsLessThanOrEqualTo(536, answer.Payload.Length);
                if (answer.Payload.Length == 0 || answer.Sequence != echoed)
                    continue;
                received.AddRange(answer.Payload);
                echoed += (uint)answer.Payload.Length;
                peer.Send(To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 1401, Acknowledgment = echoed });
            }

            Traffic.AssertSame(data, [.. received]);
        });
    }

    [TestMethod]
    public void HalfOpenConnectionAnswersAWrongAckWithReset()
    {
        Run((lab, peer) =>
        {
            Segment synAck = peer.Ask(To(Lab.Echo, ControlBits.Syn));
            foreach (uint wrong in (uint[])[synAck.Sequence, synAck.Sequence + 2])
            {
                Segment answer = peer.Ask(
                    To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = wrong });
                Assert.AreEqual(ControlBits.Rst, answer.Flags);
                Assert.AreEqual(wrong, answer.Sequence);
            }

            peer.AssertSilence(
                To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = synAck.Sequence + 1 });
            Assert.AreEqual(1ul, lab.Count(Counter.Established));
        });
    }

    [TestMethod]
    public void HalfOpenConnectionAnswersTheSameSynWithTheSameNumbers()
    {
        Run((lab, peer) =>
        {
            Segment first = peer.Ask(To(Lab.Echo, ControlBits.Syn));
            Segment second = peer.Ask(To(Lab.Echo, ControlBits.Syn));
            Assert.AreEqual(ControlBits.Syn | ControlBits.Ack, first.Flags);
            Assert.AreEqual(first.Flags, second.Flags);
            Assert.AreEqual(first.Sequence, second.Sequence);
            Assert.AreEqual(first.Acknowledgment, second.Acknowledgment);
            Assert.AreEqual(1, lab.Endpoint.ConnectionCount);
        });
    }

    [TestMethod]
    public void HalfOpenConnectionGoesBackToListenOnReset()
    {
        Run((lab, peer) =>
        {
            peer.Ask(To(Lab.Echo, ControlBits.Syn));
            peer.AssertSilence(To(Lab.Echo, ControlBits.Rst) with { Sequence = Sequence + 1 });
            Assert.AreEqual(0, lab.Endpoint.ConnectionCount);
            Open(peer);
        });
    }

    [TestMethod]
    public void AGapIsAnsweredAtOnceAndItsFillingAcknowledgesEverything()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer, Lab.Discard);
            RawSegment data = To(Lab.Discard, ControlBits.Ack) with { Acknowledgment = next };
            AssertAck(peer.Ask(data with { Sequence = Sequence + 1 + 100, Data = new byte[100] }), next, Sequence + 1);
            AssertAck(peer.Ask(data with { Sequence = Sequence + 1 + 200, Data = new byte[100] }), next, Sequence + 1);
            AssertAck(peer.Ask(data with { Sequence = Sequence + 1, Data = new byte[100] }), next, Sequence + 301);
        });
    }

    [TestMethod]
    public void AnOldSegmentIsAnsweredWithAnAckAndAnOldResetWithSilence()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            AssertAck(
                peer.Ask(To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence - 100, Acknowledgment = next, Data = [1] }),
                next,
                Sequence + 1);
            peer.AssertSilence(To(Lab.Echo, ControlBits.Rst) with { Sequence = Sequence - 100 });
            Assert.AreEqual(1, lab.Endpoint.ConnectionCount);
        });
    }

    [TestMethod]
    public void AResetInsideTheWindowIsChallengedAndAnExactOneResets()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            AssertAck(peer.Ask(To(Lab.Echo, ControlBits.Rst) with { Sequence = Sequence + 2 }), next, Sequence + 1);
            Assert.AreEqual(1, lab.Endpoint.ConnectionCount);
            Assert.AreEqual(1ul, lab.Count(Counter.ChallengeReset));
            peer.AssertSilence(To(Lab.Echo, ControlBits.Rst) with { Sequence = Sequence + 1 });
            Assert.AreEqual(0, lab.Endpoint.ConnectionCount);
        });
    }

    [TestMethod]
    public void ASynOnASynchronizedConnectionIsChallengedAtALimitedRate()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            AssertAck(peer.Ask(To(Lab.Echo, ControlBits.Syn)), next, Sequence + 1);
            AssertAck(peer.Ask(To(Lab.Echo, ControlBits.Syn) with { Sequence = Sequence + 1 }), next, Sequence + 1);
            AssertAck(peer.Ask(To(Lab.Echo, ControlBits.Syn) with { Sequence = 1_000_000 }), next, Sequence + 1);
            for (int i = 0; i < 100; i++)
                peer.Send(To(Lab.Echo, ControlBits.Syn) with { Sequence = Sequence + (uint)i });
            Assert.IsLessThan(30, peer.ReceiveAll().Length);
            Assert.AreNotEqual(0ul, lab.Count(Counter.ChallengeLimited));
            Assert.AreEqual(1, lab.Endpoint.ConnectionCount);
        });
    }

    [TestMethod]
    public void DataWithoutAckIsDropped()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            peer.AssertSilence(To(Lab.Echo, ControlBits.Psh) with { Sequence = Sequence + 1, Data = [1, 2, 3] });
            peer.AssertSilence(To(Lab.Echo, ControlBits.Fin) with { Sequence = Sequence + 1 });
            Assert.AreEqual(2ul, lab.Count(Counter.AckMissing));
            AssertEcho(peer, next, Sequence + 1, [4, 5]);
        });
    }

    [TestMethod]
    public void AnAckOfWhatWasNotSentIsAnsweredAndItsDataIsNotDelivered()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            AssertAck(
                peer.Ask(To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = next + 1, Data = [1, 2, 3] }),
                next,
                Sequence + 1);
            AssertEcho(peer, next, Sequence + 1, [4, 5]);
        });
    }

    [TestMethod]
    public void FinIsAcknowledgedAndFollowedByOurs()
    {
        Run((lab, peer) =>
        {
            uint next = Open(peer);
            peer.Send(To(Lab.Echo, ControlBits.Fin | ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = next });
            Segment fin = peer.Receive();
            if ((fin.Flags & ControlBits.Fin) == 0)
            {
                AssertAck(fin, next, Sequence + 2);
                fin = peer.Receive();
            }

            Assert.AreEqual(ControlBits.Fin | ControlBits.Ack, fin.Flags & ~ControlBits.Psh);
            Assert.AreEqual(next, fin.Sequence);
            Assert.AreEqual(Sequence + 2, fin.Acknowledgment);
            peer.AssertSilence(To(Lab.Echo, ControlBits.Ack) with { Sequence = Sequence + 2, Acknowledgment = next + 1 });
            Assert.AreEqual(0, lab.Endpoint.ConnectionCount);
        });
    }

    [TestMethod]
    public void DamagedSegmentsAreMetWithSilence()
    {
        using Lab lab = new Lab().Start();
        using var peer = new RawPeer(lab);
        peer.AssertSilence(To(Lab.Echo, ControlBits.Syn) with { BadChecksum = true });
        peer.AssertSilence(To(Lab.Echo, ControlBits.Syn) with { DataOffset = 4 });
        peer.AssertSilence(To(Lab.Echo, ControlBits.Syn) with { DataOffset = 15 });
        peer.AssertSilence(To(8, ControlBits.Syn) with { BadChecksum = true });
        Assert.AreEqual(2ul, lab.Count(Counter.TcpChecksumBad));
        Assert.AreEqual(2ul, lab.Count(Counter.TcpHeaderBad));

        // Illegal option lengths: dropped by name or stepped over, but never read past, and the listener lives on.
        foreach (byte[] options in (byte[][])[[2, 0, 0, 0], [2, 1, 1, 1], [2, 255, 1, 1], [1, 1, 1, 2], [8, 3, 0, 2]])
        {
            peer.Send(To(Lab.Echo, ControlBits.Syn) with { Options = options });
            if (peer.ReceiveAll().Length > 0)
                peer.AssertSilence(To(Lab.Echo, ControlBits.Rst) with { Sequence = Sequence + 1 });
        }

        Open(peer);
    }

    private static void Run(Action<Lab, RawPeer> test)
    {
        using Lab lab = new Lab().Start();
        using var peer = new RawPeer(lab);
        test(lab, peer);
        lab.AssertHealthy();
    }

    private static RawSegment To(int port, ControlBits flags)
    {
        return new RawSegment { SourcePort = Port, DestinationPort = port, Sequence = Sequence, Flags = flags };
    }

    /// <summary>Shakes hands and returns the device's next sequence number.</summary>
    private static uint Open(RawPeer peer, int port = Lab.Echo)
    {
        Segment synAck = peer.Ask(To(port, ControlBits.Syn));
        Assert.AreEqual(ControlBits.Syn | ControlBits.Ack, synAck.Flags);
        Assert.AreEqual(Sequence + 1, synAck.Acknowledgment);
        Assert.AreEqual(1460u, synAck.Options.Single(option => option.Kind == 2).Values[0], "The MSS option.");
        peer.AssertSilence(To(port, ControlBits.Ack) with { Sequence = Sequence + 1, Acknowledgment = synAck.Sequence + 1 });
        return synAck.Sequence + 1;
    }

    /// <summary>The connection still echoes these bytes.</summary>
    private static void AssertEcho(RawPeer peer, uint next, uint sequence, byte[] data)
    {
        peer.Send(To(Lab.Echo, ControlBits.Ack) with { Sequence = sequence, Acknowledgment = next, Data = data });
        Segment answer;
        do
        {
            answer = peer.Receive();
        }
        while (answer.Payload.Length == 0);
        Assert.AreEqual(next, answer.Sequence);
        Assert.AreEqual(sequence + (uint)data.Length, answer.Acknowledgment);
        Traffic.AssertSame(data, answer.Payload);
    }

    private static void AssertAck(Segment answer, uint sequence, uint acknowledgment)
    {
        Assert.AreEqual(ControlBits.Ack, answer.Flags);
        Assert.IsEmpty(answer.Payload);
        Assert.AreEqual(sequence, answer.Sequence);
        Assert.AreEqual(acknowledgment, answer.Acknowledgment);
    }

    private static void AssertReset(Segment answer, uint sequence, uint acknowledgment)
    {
        Assert.AreEqual(ControlBits.Rst | ControlBits.Ack, answer.Flags);
        Assert.AreEqual(sequence, answer.Sequence);
        Assert.AreEqual(acknowledgment, answer.Acknowledgment);
    }
}
