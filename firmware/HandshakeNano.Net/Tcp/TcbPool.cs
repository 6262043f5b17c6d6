namespace HandshakeNano.Net;

/// <summary>
/// All control blocks that there will ever be, and which of them are free. Each has a slot, by which the structures know it that hold
/// connections: on a board a link takes 2 bytes so, as a field of the control block 12. Slots are counted from 1 on.
/// </summary>
internal sealed class TcbPool
{
    /// <summary>No slot.</summary>
    public const int None = 0;

    /// <summary>All of them, by slot; none at <see cref="None"/>.</summary>
    public readonly Tcb[] All;

    /// <summary>By slot: the next one that is free, or that waits to be accepted; <see cref="None"/> behind the last.</summary>
    public readonly ushort[] Next;

    /// <summary>The slot of the next one that is free, <see cref="None"/> if none is.</summary>
    public int Free;

    /// <summary>Makes the control blocks.</summary>
    /// <param name="layer">Whom they belong to.</param>
    /// <param name="settings">How many there are, and how large their buffers.</param>
    public TcbPool(TcpLayer layer, TcpSettings settings)
    {
        All = new Tcb[settings.Connections + 1];
        Next = new ushort[All.Length];
        for (int i = All.Length - 1; i != None; i--)
        {
            All[i] = new Tcb(layer, settings, i);
            Give(All[i]);
        }
    }

    /// <summary>Takes the next one that is free; there must be one.</summary>
    /// <returns>The control block.</returns>
    public Tcb Take()
    {
        int slot = Free;
        Free = Next[slot];
        return All[slot];
    }

    /// <summary>Gives one back.</summary>
    /// <param name="tcb">The control block, out of every structure.</param>
    public void Give(Tcb tcb)
    {
        uint[] v = tcb.Numbers;
        int slot = (int)v[TcbNumbers.Slot];
        v[TcbNumbers.Flags] |= TcbFlags.IsFree;
        Next[slot] = (ushort)Free;
        Free = slot;
    }
}
