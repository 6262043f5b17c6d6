using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using HandshakeNano.Net;
using HandshakeNano.Net.Tests;

namespace HandshakeNano.Fuzz.Programs;

/// <summary>Random programs for FsCheck, and how they shrink: fewer connections, fewer actions, a better network.</summary>
internal static class Arbitraries
{
    /// <summary>Two hosts on a network of any kind.</summary>
    public static Arbitrary<NetworkProgram> Programs() => Arb.From(Program(), Shrink);

    private static Gen<int> Amount() => Gen.Frequency((4, Gen.Choose(0, 200)), (4, Gen.Choose(0, 2000)), (1, Gen.Choose(0, 12_000)));

    /// <summary>Milliseconds.</summary>
    private static Gen<int> Time() => Gen.Frequency((4, Gen.Choose(0, 50)), (2, Gen.Choose(0, 2000)), (1, Gen.Choose(0, 90_000)));

    private static Gen<(UserAction, int)> Action() => Gen.Frequency(
        (9, Amount().Select(n => (UserAction.Write, n))),
        (1, Amount().Select(n => (UserAction.WriteUrgent, n))),
        (6, Amount().Select(n => (UserAction.Read, n))),
        (4, Time().Select(n => (UserAction.Wait, n))),
        (1, Gen.Constant((UserAction.Shutdown, 0))),
        (1, Gen.Choose(0, 1).Select(n => (UserAction.NoDelay, n))));

    /// <summary>What most programs do not do.</summary>
    private static Gen<(UserAction, int)> RareAction() => Gen.Frequency(
        (1, Gen.Constant((UserAction.Close, 0))),
        (1, Gen.Constant((UserAction.Abort, 0))),
        (1, Gen.Choose(1, 60_000).Select(n => (UserAction.KeepAlive, n))),
        (1, Gen.Choose(1, 200_000).Select(n => (UserAction.UserTimeout, n))));

    private static Gen<UserProgram> User() =>
        from inCallbacks in Gen.Elements(true, false)
        from delay in Gen.Frequency((3, Gen.Constant(0)), (1, Time()))
        from length in Gen.Choose(0, 7)
        from actions in Action().ArrayOf(length)
        from rare in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        from one in RareAction()
        from place in Gen.Choose(0, length)
        select new UserProgram(inCallbacks, delay, rare == 0 ? actions : [.. actions[..place], one, .. actions[place..]]);

    private static Gen<ConversationProgram> FuzzedPeer() =>
        from opening in Gen.Frequency((3, Gen.Constant(Opening.ACalls)), (2, Gen.Constant(Opening.BCalls)), (2, Gen.Constant(Opening.BothCall)))
        from a in User()
        from b in User()
        select new ConversationProgram(opening, a, b);

    private static Gen<Faults> Network() =>
        from sound in Gen.Choose(0, 4)
        from loss in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(0, 100)), (1, Gen.Choose(100, 300)))
        from duplication in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(0, 300)))
        from corruption in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(0, 200)))
        from delay in Gen.Choose(10, 100_000)
        from jitter in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(0, 40_000)), (1, Gen.Choose(0, 500_000)))
        from mtu in Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Choose(68, 600)), (1, Gen.Choose(600, 1499)))
        select sound == 0 ? new Faults(Delay: (ulong)delay, PathMtu: mtu) : new Faults(loss, duplication, corruption, (ulong)delay, (ulong)jitter, mtu);

    private static Gen<Listening> Listening() =>
        from policy in Gen.Elements(SynPolicy.QueueOnly, SynPolicy.CookiesWhenFull, SynPolicy.CookiesAlways)
        from halfOpen in Gen.Elements(2, 4, 8, 16)
        from synAcks in Gen.Frequency((1, Gen.Choose(0, 5)), (1, Gen.Constant(15)))
        select new Listening(policy, halfOpen, synAcks);

    private static Gen<NetworkProgram> Program() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from faults in Network()
        from cut in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 5000)))
        from a in Gen.Choose(0, 4).Two()
        from b in Gen.Choose(0, 4).Two()
        from listening in Listening()
        from conversations in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3))).SelectMany(n => FuzzedPeer().ArrayOf(n))
        select new NetworkProgram(seed, faults, cut, a, b, listening, conversations);

    private static IEnumerable<NetworkProgram> Shrink(NetworkProgram p)
    {
        if (p.Conversations.Count > 1)
        {
            for (int i = 0; i < p.Conversations.Count; i++)
                yield return p with { Conversations = Without(p.Conversations, i) };
        }

        if (p.Cut != 0)
            yield return p with { Cut = 0 };
        if (p.Faults != new Faults())
        {
            yield return p with { Faults = new Faults() };
            if (p.Faults.PathMtu != 0)
                yield return p with { Faults = p.Faults with { PathMtu = 0 } };
            if (p.Faults.Loss != 0)
                yield return p with { Faults = p.Faults with { Loss = 0 } };
            if (p.Faults.Duplication != 0)
                yield return p with { Faults = p.Faults with { Duplication = 0 } };
            if (p.Faults.Corruption != 0)
                yield return p with { Faults = p.Faults with { Corruption = 0 } };
            if (p.Faults.Jitter != 0)
                yield return p with { Faults = p.Faults with { Jitter = 0 } };
        }

        if (p.Listening != new Listening())
            yield return p with { Listening = new Listening() };
        for (int i = 0; i < p.Conversations.Count; i++)
        {
            ConversationProgram c = p.Conversations[i];
            foreach (UserProgram a in Shrink(c.A))
                yield return p with { Conversations = With(p.Conversations, i, c with { A = a }) };
            foreach (UserProgram b in Shrink(c.B))
                yield return p with { Conversations = With(p.Conversations, i, c with { B = b }) };
        }

        for (int seed = 1; seed <= 3; seed++)
        {
            if (p.Seed > 3)
                yield return p with { Seed = seed };
        }
    }

    private static IEnumerable<UserProgram> Shrink(UserProgram user)
    {
        for (int i = 0; i < user.Actions.Count; i++)
            yield return user with { Actions = Without(user.Actions, i) };
        for (int i = 0; i < user.Actions.Count; i++)
        {
            (UserAction what, int amount) = user.Actions[i];
            if (amount <= 1)
                continue;
            yield return user with { Actions = With(user.Actions, i, (what, amount / 2)) };
            yield return user with { Actions = With(user.Actions, i, (what, amount - 1)) };
        }

        if (user.Delay != 0)
            yield return user with { Delay = 0 };
        if (user.InCallbacks)
            yield return user with { InCallbacks = false };
    }

    private static List<T> Without<T>(IReadOnlyList<T> list, int index) => [.. list.Take(index), .. list.Skip(index + 1)];

    private static List<T> With<T>(IReadOnlyList<T> list, int index, T item) => [.. list.Take(index), item, .. list.Skip(index + 1)];
}
