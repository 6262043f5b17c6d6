using System;
using HandshakeNano.Firmware;
using HandshakeNano.Links;
using HandshakeNano.Net;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop.Peers;

/// <summary>Whose TCP is at the other end.</summary>
public enum Peer
{
    /// <summary>The Linux kernel's.</summary>
    Kernel,

    /// <summary>Debian's lwIP.</summary>
    Lwip,

    /// <summary>Debian's libslirp.</summary>
    Slirp,

    /// <summary>gVisor's netstack, Debian's.</summary>
    Netstack,
}

/// <summary>Which end acts.</summary>
public enum Side
{
    /// <summary>Ours.</summary>
    Ours,

    /// <summary>The peer's.</summary>
    Theirs,
}

/// <summary>What is between the ends.</summary>
public enum Wire
{
    /// <summary>Every frame arrives, once and in order.</summary>
    Clean,

    /// <summary>A fifth of the frames each way is lost, a fifth of the others comes twice, a fifth is overtaken.</summary>
    Faulty,
}

/// <summary>
/// The device of a <see cref="Lab"/> and a peer. The kernel is at the other end of the TAP device; any other peer has a TAP
/// device of its own, and a bridge of the kernel joins the two.
/// </summary>
internal sealed class PeerLab : IDisposable
{
    private readonly Wire _wire;
    private FaultLink? _faults;
    private int _port = 7000;

    public PeerLab(Peer peer, Wire wire)
    {
        _wire = wire;
        Lab = new Lab(NewSettings(wire), Wrap);
        try
        {
            Ours = new OurHost(Lab);
            if (peer == Peer.Kernel)
            {
                if (wire == Wire.Faulty)
                {
                    LossTests.MakeKernelPatient(Lab);

                    // Else a reset, our answer to a duplicate, ends the kernel's TIME-WAIT (RFC 1337).
                    Lab.Network.SetKernel("ipv4/tcp_rfc1337", "1");
                }

                Theirs = new KernelHost(Lab.Network);
            }
            else
            {
                StackProgram program = peer switch
                {
                    Peer.Lwip => StackProgram.Lwip,
                    Peer.Slirp => StackProgram.Slirp,
                    _ => StackProgram.Netstack,
                };
                var host = new StackHost(Lab.Network, program, wire == Wire.Clean ? 1 : program.Speed);
                Theirs = host;
                Lab.Network.Bridge("bridge0", Lab.TapName, host.Tap);
            }
        }
        catch
        {
            Lab.Dispose();
            throw;
        }
    }

    public Lab Lab { get; }

    public Host Ours { get; }

    public Host Theirs { get; }

    public GateLink Gate { get; private set; } = null!;

    /// <summary>How often we send something again on a clean network, for the peer makes us.</summary>
    public ulong Retransmissions { get; set; }

    /// <summary>How often a user may try to open a connection.</summary>
    public int OpenTries => _wire == Wire.Clean ? 1 : 5;

    /// <summary>Turns the firmware, and the peer's user, until the condition holds.</summary>
    public void TurnUntil(Func<bool> condition, string what)
    {
        Lab.StepUntil(
            () =>
            {
                Theirs.Turn();
                return condition();
            },
            what,
            _wire == Wire.Clean ? Lab.Deadline : 2 * Lab.Deadline);
    }

    /// <summary>Lets frames in, one at a time, until the condition holds; the gate is shut then.</summary>
    public void AdmitUntil(Func<bool> condition, string what)
    {
        TurnUntil(
            () =>
            {
                bool holds = condition();
                Gate.Admit(holds ? 0 : 1);
                return holds;
            },
            what);
    }

    /// <summary>A port without a listener so far.</summary>
    public int NextPort()
    {
        return _port++;
    }

    /// <summary>What the network did to the frames, in a line.</summary>
    public string Faults()
    {
        return $"sent {_faults!.Sent.Frames}, lost {_faults.Sent.Lost}; received {_faults.Received.Frames}, lost {_faults.Received.Lost}; "
            + $"{Lab.Count(Counter.Retransmissions)} sent again after a timeout, {Lab.Count(Counter.FastRetransmissions)} before";
    }

    /// <summary>Nothing was damaged, and the network was as bad as it was meant to be.</summary>
    public void AssertHealthy()
    {
        Lab.AssertHealthy();
        if (_wire == Wire.Clean)
        {
            Assert.AreEqual(Retransmissions, Lab.Count(Counter.Retransmissions), "Nothing was lost, and something was sent again.");
            return;
        }

        foreach (FaultCounts direction in (FaultCounts[])[_faults!.Sent, _faults.Received])
        {
            Assert.AreNotEqual(0ul, direction.Lost);
            Assert.AreNotEqual(0ul, direction.Duplicated);
            Assert.AreNotEqual(0ul, direction.Reordered);
        }
    }

    public void Dispose()
    {
        Theirs.Dispose();
        Ours.Dispose();
        Lab.Dispose();
    }

    /// <summary>
    /// Every third exchange fails, sometimes ten in a row. We wait no longer than 2 s for that, and larger buffers put enough
    /// segments on the way for a loss to be seen without waiting.
    /// </summary>
    private static TcpSettings NewSettings(Wire wire)
    {
        TcpSettings settings = Lab.NewSettings();
        settings.Listeners = 64;
        if (wire == Wire.Faulty)
        {
            settings.ReceiveBufferSize = 32 * 1024;
            settings.SendBufferSize = 32 * 1024;
            settings.MinimumRetransmissionTimeout = 200_000;
            settings.MaximumRetransmissionTimeout = 2_000_000;
        }

        return settings;
    }

    private GateLink Wrap(ILink link)
    {
        if (_wire == Wire.Faulty)
        {
            var settings = new FaultSettings { QueueLength = 1024 };
            foreach (FaultRates rates in (FaultRates[])[settings.Sent, settings.Received])
            {
                rates.Loss = FaultRates.FromPercent(20);
                rates.Duplication = FaultRates.FromPercent(20);
                rates.Reordering = FaultRates.FromPercent(20);
                rates.ReorderingDelay = 2_000;
            }

            link = _faults = new FaultLink(link, new HighResTimerClock(), settings);
        }

        return Gate = new GateLink(link);
    }
}
