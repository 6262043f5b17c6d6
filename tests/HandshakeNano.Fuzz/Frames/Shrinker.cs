using System;
using System.Diagnostics;
using System.Linq;

namespace HandshakeNano.Fuzz.Frames;

/// <summary>Makes a life that fails as short as it can be: fewer steps, and fewer bytes in them that say anything.</summary>
internal static class Shrinker
{
    /// <summary>Shrinks a life.</summary>
    /// <param name="life">A life that fails.</param>
    /// <param name="failure">How it fails: another failure is another matter.</param>
    /// <param name="limit">How long it may take.</param>
    /// <returns>A life that fails in the same way; the same one if it does not fail when it is played again.</returns>
    public static byte[] Shrink(byte[] life, Exception failure, TimeSpan limit)
    {
        long begin = Stopwatch.GetTimestamp();
        bool IsOver() => Stopwatch.GetElapsedTime(begin) > limit;
        if (!Fails(life, failure))
            return life;
        for (int chunk = Math.Max(1, life.Length / Step.Size / 2); ; chunk /= 2)
        {
            // From the end, where it happened.
            for (int at = life.Length - chunk * Step.Size; at >= Step.Size && !IsOver(); at -= chunk * Step.Size)
            {
                if (at + chunk * Step.Size > life.Length)
                    continue;
                byte[] less = [.. life[..at], .. life[(at + chunk * Step.Size)..]];
                if (Fails(less, failure))
                    life = less;
            }

            if (chunk == 1)
                break;
        }

        for (int i = 0; i < life.Length && !IsOver(); i++)
        {
            if (life[i] == 0)
                continue;
            byte[] less = (byte[])life.Clone();
            less[i] = 0;
            if (Fails(less, failure))
                life = less;
        }

        return life;
    }

    private static bool Fails(byte[] life, Exception failure)
    {
        try
        {
            FuzzTarget.Play(life);
            return false;
        }
#pragma warning disable CA1031 // Any exception: its type and message are what is compared.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e.GetType() == failure.GetType() && Kind(e.Message) == Kind(failure.Message);
        }
    }

    /// <summary>A message without its numbers.</summary>
    private static string Kind(string message) => string.Concat(message.Where(c => !char.IsAsciiDigit(c)));
}
