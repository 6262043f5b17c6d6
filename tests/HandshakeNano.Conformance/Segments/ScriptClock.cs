using System;
using System.Collections.Generic;

namespace HandshakeNano.Conformance.Segments;

/// <summary>
/// The endpoint's timestamps of one connection, which begin anywhere, as a script writes them: the first that the script names is the
/// first that is seen, and the others go on from there.
/// </summary>
internal sealed class ScriptClock
{
    /// <summary>A tick of the endpoint's timestamps, in microseconds.</summary>
    public const int Tick = 1024;

    private readonly uint _wire;
    private readonly uint _script;
    private readonly int _tick;
    private readonly Dictionary<uint, uint> _seen = [];

    /// <param name="wire">The first timestamp as it is on the wire.</param>
    /// <param name="script">The same in the script.</param>
    /// <param name="tick">How many microseconds the script takes a tick for; 0 if it may say anything.</param>
    public ScriptClock(uint wire, uint script, int tick)
    {
        _wire = wire;
        _script = script;
        _tick = tick;
    }

    /// <summary>Whether a timestamp is the one that the script expects. Where their ticks differ, it may be off by one.</summary>
    public bool Takes(uint wire, uint script, ulong tolerance)
    {
        long expected = (long)(int)(script - _script) * _tick;
        long seen = (long)(int)(wire - _wire) * Tick;
        bool taken = _tick == 0 || Math.Abs(expected - seen) <= (_tick == Tick ? 0 : Tick) + (long)tolerance;
        if (taken)
            _seen[script] = wire;
        return taken;
    }

    /// <summary>What stands on the wire for a timestamp of the script.</summary>
    public uint OnWire(uint script) => _seen.TryGetValue(script, out uint wire) ? wire
        : _wire + (uint)((long)(int)(script - _script) * (_tick == 0 ? Tick : _tick) / Tick);

    /// <summary>What the script would say for a timestamp on the wire.</summary>
    public uint InScript(uint wire) => _script + (uint)((long)(int)(wire - _wire) * Tick / (_tick == 0 ? Tick : _tick));
}
