#nullable enable
using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>Whoever does not see a connection's packets can only guess its numbers (RFC 5961).</summary>
[TestClass]
public sealed class BlindAttackTests
{
    private const int Segments = 1 << 20;

    /// <summary>Each kind with random numbers, a third of a million times in a minute: the connection lives, and its data is whole.</summary>
    [TestMethod]
    [Microsoft.VisualStudio.TestTools.UnitTesting.TestCategory("Long")]
    [DataRow("R seq B")]
    [DataRow("R. seq B ack C")]
    [DataRow("S seq B")]
    [DataRow("P. seq B ack C len 10")]
    public void A_quarter_of_a_million_random_numbers_reach_nothing(string text) => RandomNumbersReachNothing(text, Segments / 4);

    [TestMethod]
    [DataRow("R seq B")]
    [DataRow("R. seq B ack C")]
    [DataRow("S seq B")]
    [DataRow("P. seq B ack C len 10")]
    public void Random_numbers_reach_nothing(string text) => RandomNumbersReachNothing(text, Segments / 64);

    private static void RandomNumbersReachNothing(string text, int segments)
    {
        var wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        var random = new Random(1);
        ulong started = wire.Now;
        uint rcvNxt = peer['R'] + 1;
        for (int i = 0; i < segments; i++)
        {
            // The one right number of a reset, and what fits the window, is no guess.
            do
                peer['B'] = (uint)random.NextInt64(1L << 32);
            while (peer['B'] - rcvNxt < 2048 || rcvNxt - peer['B'] < 20);
            peer['C'] = (uint)random.NextInt64(1L << 32);
            peer.Queues(text);
            if (i % 64 != 63)
                continue;
            wire.Advance(16_000);
            wire.Discard();
        }

        wire.Run();
        wire.Discard();
        peer.IsIn(TcpState.Established);
        Assert.AreEqual(0, peer.Connection.Available);

        // Ten in five seconds; data out of the window is owed an ACK each time, as its sender repeats it until it has one.
        ulong intervals = (wire.Now - started) / 5_000_000 + 1;
        ulong challenges = wire.Count(Counter.ChallengeSyn) + wire.Count(Counter.ChallengeReset) + wire.Count(Counter.AckTooHigh)
            + wire.Count(Counter.AckTooOld);
        Assert.IsTrue(challenges <= 10 * intervals, $"{challenges} challenge ACKs in {intervals} intervals");
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Reads(10);
        peer.Writes(20);
        peer.ExpectsOnly("P. seq I+1 ack R+11 len 20");
    }

    /// <summary>What RFC 5961 lets through but for one number: a reset in the window, data with an ACK of what was never sent.</summary>
    [TestMethod]
    public void A_guess_in_the_window_reaches_nothing_either()
    {
        var wire = new Wire();
        ScriptedPeer peer = ScriptedPeer.Accepted(wire);
        for (uint i = 1; i < 2048; i++)
        {
            peer['B'] = peer['R'] + 1 + i;
            peer['C'] = peer['I'] + 1 + i * 7919;
            peer.Queues("R seq B");
            peer.Queues("S seq B");
            peer.Queues("P. seq B ack C len 1");
        }

        for (int i = 0; i < 100; i++)
            wire.Run();
        wire.Discard();
        peer.IsIn(TcpState.Established);
        peer.Trades("P. seq R+1 ack I+1 len 10", "");
        peer.Reads(10);
    }

    /// <summary>CVE-2016-5696: a budget that connections share tells an attacker of a connection that is not his own.</summary>
    [TestMethod]
    public void A_connection_s_challenge_ACKs_tell_nothing_of_another_connection()
    {
        // What the attacker's own connection answers is the same, whether his guesses about another one were right or not.
        Assert.AreEqual(ChallengesOfTheOther(0), ChallengesOfTheOther(200));
        Assert.AreEqual(10, ChallengesOfTheOther(200));
    }

    private static int ChallengesOfTheOther(int guesses)
    {
        var wire = new Wire();
        TcpListener listener = wire.Endpoint.Listen(7, 8);
        var victim = new ScriptedPeer(wire, 40000, 7);
        victim.Opens(listener);
        var attacker = new ScriptedPeer(wire, 40001, 7);
        attacker.Opens(listener);
        for (int i = 0; i < guesses; i++)
            victim.Sends("R seq R+2");
        wire.Discard();
        for (int i = 0; i < 50; i++)
            attacker.Sends("R seq R+2");
        int answers = 0;
        while (wire.Take() != null)
            answers++;
        return answers;
    }
}
