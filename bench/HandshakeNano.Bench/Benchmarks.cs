using BenchmarkDotNet.Attributes;
using HandshakeNano.Scenarios;
using HandshakeNano.Net;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Bench;

/// <summary>A passive handshake and the peer's RST, in memory, alone and among other established connections.</summary>
[MemoryDiagnoser]
public class PassiveHandshakeBenchmark
{
    private PassiveHandshake? _scenario;

    /// <summary>Connections that are established besides the one that comes and goes.</summary>
    [Params(0, 10_000)]
    public int Others { get; set; }

    /// <summary>Opens the other connections.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scenario = new PassiveHandshake(Others);
    }

    /// <summary>SYN in, SYN,ACK out, ACK in, accept, RST in.</summary>
    [Benchmark]
    public void HandshakeAndReset() => _scenario!.Run();
}

/// <summary>A data segment of the largest size.</summary>
[MemoryDiagnoser]
public class SegmentBenchmark
{
    private readonly DataSegment _scenario = new();

    /// <summary>Takes in 1460 bytes, reads them, and acknowledges every second time.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public void SegmentIn1460() => _scenario.Run();
}

/// <summary>The two functions that touch every byte.</summary>
public class PrimitivesBenchmark
{
    private readonly byte[] _key = new byte[16];
    private readonly byte[] _data = new byte[1460];

    /// <summary>SipHash-2-4 of a connection's 12 bytes.</summary>
    [Benchmark]
    public ulong SipHash12() => SipHash.Hash(_key, _data, 0, 12);

    /// <summary>The Internet checksum of 1460 bytes.</summary>
    [Benchmark]
    public uint Checksum1460() => InternetChecksum.SumLittleEndian(_data, 0, _data.Length);
}
