using System;
using System.Collections.Generic;
using System.Linq;
using HandshakeNano.Client.Conformance;
using HandshakeNano.Client.Conformance.Behaviours;
using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Packets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The probe against our own endpoint in virtual time.</summary>
[TestClass]
public sealed class ConformanceTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Our_endpoint_shows_every_behaviour(bool ipv6)
    {
        var world = new VirtualWorld(1, ipv6: ipv6);
        IReadOnlyList<BehaviourResult> results = Probe.Run(world, world.Request, BehaviourCatalog.All, 1);
        Assert.HasCount(75, results);
        string wrong = string.Join('\n', results.Where(result => result.Verdict != Verdict.Pass)
            .Select(result => $"{result.Behaviour.Number} {result.Behaviour.Stimulus}: {result.Deviation}"));
        Assert.AreEqual("", wrong);
    }

    [TestMethod]
    [DataRow(0, false, 1, Verdict.Pass)]
    [DataRow(1, false, 2, Verdict.Pass)]
    [DataRow(2, false, 3, Verdict.Pass)]
    [DataRow(3, false, 3, Verdict.Fail)]
    [DataRow(0, true, 1, Verdict.Fail, DisplayName = "A peer that is wrong on a quiet computer is asked once")]
    public void What_failed_on_a_busy_computer_is_driven_again_twice_at_the_most(int late, bool isDeaf, int drives, Verdict verdict)
    {
        var world = new BusyWorld(late, isDeaf);
        Behaviour synToClosed = BehaviourCatalog.All.Single(behaviour => behaviour.Number == 1);
        BehaviourResult result = Probe.Run(world, world.Request, [synToClosed], 1).Single();
        Assert.AreEqual(verdict, result.Verdict, $"{result.Deviation}");
        Assert.AreEqual(drives, world.Drives);
    }

    /// <summary>A computer that is too busy to hear the first answers in time.</summary>
    private sealed class BusyWorld : ProbeWorld
    {
        private const ulong Late = 10_000_000;

        /// <summary>The probe opens a connection to each service before it drives anything.</summary>
        private const int SynsBefore = 2;

        private readonly VirtualWorld _inner = new(1);
        private readonly LateLink _link;
        private readonly int _late;
        private int _slept;

        public BusyWorld(int late, bool isDeaf)
        {
            _late = late;
            _link = new LateLink(_inner.Link, SynsBefore, SynsBefore + (isDeaf ? int.MaxValue - SynsBefore : late));
        }

        public ProbeRequest Request => _inner.Request;

        public int Drives => _link.Syns - SynsBefore;

        public override ILink Link => _link;

        public override bool IsVirtual => true;

        public override ulong Now => _inner.Now + ((ulong)_slept * Late);

        public override void Wait(ulong until)
        {
            if (_slept < int.Min(Drives, _late))
                _slept++;
            ulong slept = (ulong)_slept * Late;
            _inner.Wait(until < slept ? 0 : until - slept);
        }
    }

    /// <summary>Counts the SYNs that are sent, and hears no answer to some of them.</summary>
    private sealed class LateLink(ILink inner, int heardBefore, int notHeardTo) : LinkWrapper(inner)
    {
        public int Syns { get; private set; }

        public override bool Send(byte[] buffer, int length)
        {
            if (Segment.Parse(buffer.AsSpan(FrameLayout.Ethernet, length), 0) is Segment segment && segment.Has(ControlBits.Syn))
                Syns++;
            return base.Send(buffer, length);
        }

        public override int Receive(byte[] buffer)
        {
            int length = base.Receive(buffer);
            return Syns > heardBefore && Syns <= notHeardTo ? 0 : length;
        }
    }
}
