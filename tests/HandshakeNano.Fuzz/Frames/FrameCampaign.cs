using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using HandshakeNano.Fuzz.Judging;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>
/// Throws frames at one endpoint after another, each for a long life. Exchanges are made up, or taken from those that did
/// something new and changed. The same seed does the same.
/// </summary>
internal sealed class FrameCampaign
{
    private const int LongestExchange = 40;
    private const int MostKept = 4096;
    private const int StepsBetweenEnds = 20_000;

    private readonly Random _random;
    private readonly Func<long> _newCode;
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<uint> _features = [];

    /// <summary>Makes a campaign.</summary>
    /// <param name="seed">What everything follows from.</param>
    /// <param name="corpus">Exchanges to begin with: each a header and steps.</param>
    /// <param name="newCode">How many blocks of the endpoint's code were reached so far; a constant if nothing counts them.</param>
    public FrameCampaign(int seed, IEnumerable<byte[]> corpus, Func<long> newCode)
    {
        _random = new Random(seed);
        _newCode = newCode;
        foreach (byte[] life in corpus)
            _kept.Add(life[Step.Size..]);
    }

    /// <summary>How many frames were received.</summary>
    public long Frames { get; private set; }

    /// <summary>How many of them were segments that the endpoint took for good.</summary>
    public long Good { get; private set; }

    /// <summary>How many frames were of IPv6.</summary>
    public long OfIpv6 { get; private set; }

    /// <summary>How many different things steps did.</summary>
    public int Features => _features.Count;

    /// <summary>How many exchanges are kept because they did something new.</summary>
    public int Kept => _kept.Count;

    /// <summary>Everything that happened to the present endpoint: what replays its failure.</summary>
    public MemoryStream Life { get; } = new();

    /// <summary>The exchanges that did something new.</summary>
    public IReadOnlyList<byte[]> Corpus => _kept;

    /// <summary>Throws frames.</summary>
    /// <param name="count">How many.</param>
    /// <param name="framesPerLife">After how many an endpoint has lived long enough.</param>
    /// <param name="progress">Told now and then.</param>
    public void Run(long count, long framesPerLife, Action<FrameCampaign>? progress = null)
    {
        long end = Frames + count;
        long told = Stopwatch.GetTimestamp();
        while (Frames < end)
        {
            Live(Math.Min(framesPerLife, end - Frames));
            if (progress != null && Stopwatch.GetElapsedTime(told).TotalSeconds > 5)
            {
                told = Stopwatch.GetTimestamp();
                progress(this);
            }
        }
    }

    private void Live(long frames)
    {
        byte[] header = new byte[Step.Size];
        _random.NextBytes(header);
        Life.SetLength(0);
        Life.Write(header);
        var target = new FuzzTarget(header);
        byte[] exchange = new byte[LongestExchange * Step.Size];
        int sinceEnd = 0;
        while (target.Fuzzed < frames)
        {
            int length = Choose(exchange);
            int novel = 0;
            for (int i = 0; i < length; i += Step.Size)
            {
                ReadOnlySpan<byte> step = exchange.AsSpan(i, Step.Size);
                Life.Write(step);
                long code = _newCode();
                target.Apply(step);
                if (_features.Count < 1_000_000 && (_features.Add(target.Feature) || _newCode() != code))
                    novel = i + Step.Size;
            }

            if (target.Allocated != 0)
            {
                // What runs for the first time takes memory, and only then; so does what is compiled anew meanwhile.
                long again = FuzzTarget.Play(Life.ToArray());
                for (int i = 0; i < 5 && again != 0; i++)
                    again = FuzzTarget.Play(Life.ToArray());
                if (again != 0)
                    throw new InvariantException($"{again} bytes were allocated");
                target.Allocated = 0;
            }

            if (novel != 0)
                Keep(exchange.AsSpan(0, novel));
            sinceEnd += length / Step.Size;
            if (sinceEnd >= StepsBetweenEnds)
            {
                sinceEnd = 0;
                End(target);
            }
        }

        End(target);
        Frames += target.Fuzzed;
        Good += target.Good;
        OfIpv6 += target.OfIpv6;
    }

    private void End(FuzzTarget target)
    {
        Life.Write(Step.End);
        target.Apply(Step.End);
    }

    private void Keep(ReadOnlySpan<byte> exchange)
    {
        if (_kept.Count < MostKept)
            _kept.Add(exchange.ToArray());
        else
            _kept[_random.Next(MostKept)] = exchange.ToArray();
    }

    private int Choose(byte[] exchange)
    {
        int how = _kept.Count == 0 ? 0 : _random.Next(8);
        if (how < 2)
        {
            int length = Step.Size * (1 + _random.Next(LongestExchange));
            _random.NextBytes(exchange.AsSpan(0, length));
            // The unmutated and usual are what gets a connection into its states.
            for (int i = 0; i < length; i += Step.Size)
            {
                if (_random.Next(4) != 0)
                    exchange[i + Step.Mutation] = 0;
                exchange[i + Step.Who] &= (byte)(_random.Next(2) == 0 ? 3 : 15);
            }

            return length;
        }

        byte[] parent = _kept[_random.Next(_kept.Count)];
        int count = Math.Min(parent.Length, exchange.Length);
        parent.AsSpan(0, count).CopyTo(exchange);
        for (int times = 1 + _random.Next(6); times > 0; times--)
            count = Change(exchange, count);
        return count;
    }

    private int Change(byte[] exchange, int length)
    {
        int steps = length / Step.Size;
        int at = _random.Next(steps) * Step.Size;
        Span<byte> step = exchange.AsSpan(at, Step.Size);
        switch (_random.Next(8))
        {
            case 0 when steps > 1:
                exchange.AsSpan(at + Step.Size, length - at - Step.Size).CopyTo(exchange.AsSpan(at));
                return length - Step.Size;
            case 1 when steps < LongestExchange:
                exchange.AsSpan(at, length - at).CopyTo(exchange.AsSpan(at + Step.Size));
                return length + Step.Size;
            case 2:
                // The rest is another's.
                byte[] other = _kept[_random.Next(_kept.Count)];
                int take = Math.Min(other.Length, exchange.Length - at);
                other.AsSpan(other.Length - take).CopyTo(exchange.AsSpan(at));
                return at + take;
            case 3:
                _random.NextBytes(step);
                return length;
            case 4:
                // A frame that is not as it should be.
                step[Step.Mutation] = (byte)_random.Next(256);
                step[Step.Place] = (byte)_random.Next(256);
                step[Step.Fix] = (byte)_random.Next(256);
                return length;
            case 5:
                byte who = (byte)_random.Next(16);
                for (int i = 0; i < length; i += Step.Size)
                    exchange[i + Step.Who] = who;
                return length;
            default:
                step[_random.Next(Step.Size)] = (byte)(_random.Next(3) == 0 ? _random.Next(2) * 255 : _random.Next(256));
                return length;
        }
    }
}
