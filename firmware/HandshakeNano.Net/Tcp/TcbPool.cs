namespace HandshakeNano.Net;

/// <summary>All control blocks that there will ever be, and which of them are free.</summary>
internal sealed class TcbPool
{
    /// <summary>All of them.</summary>
    public readonly Tcb[] All;

    /// <summary>The next one that is free, null if none is.</summary>
    public Tcb Free;

    /// <summary>Makes the control blocks.</summary>
    /// <param name="layer">Whom they belong to.</param>
    /// <param name="settings">How many there are, and how large their buffers.</param>
    public TcbPool(TcpLayer layer, TcpSettings settings)
    {
        All = new Tcb[settings.Connections];
        for (int i = All.Length - 1; i >= 0; i--)
        {
            All[i] = new Tcb(layer, settings);
            Give(All[i]);
        }
    }

    /// <summary>Takes the next one that is free; there must be one.</summary>
    /// <returns>The control block.</returns>
    public Tcb Take()
    {
        Tcb tcb = Free;
        Free = tcb.QueueNext;
        tcb.QueueNext = null;
        tcb.IsFree = false;
        return tcb;
    }

    /// <summary>Gives one back.</summary>
    /// <param name="tcb">The control block, out of every structure.</param>
    public void Give(Tcb tcb)
    {
        tcb.IsFree = true;
        tcb.QueueNext = Free;
        Free = tcb;
    }
}
