namespace HandshakeNano.Net;

/// <summary>
/// Connections by the time at which they want to be woken: a binary heap. An entry may be earlier than its connection needs
/// (a deadline that moved back, as most do, costs nothing), never later.
/// </summary>
internal sealed class TimerHeap
{
    /// <summary>By place in the heap, from 1 on: the connection's slot.</summary>
    private readonly ushort[] _slots;

    /// <summary>By place: the time in microseconds.</summary>
    private readonly ulong[] _deadlines;

    /// <summary>By slot: the place, 0 if it has none.</summary>
    private readonly ushort[] _places;

    private readonly Wakeup _wakeup;
    private int _count;

    /// <summary>Makes a heap.</summary>
    /// <param name="capacity">How many connections there are.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    public TimerHeap(int capacity, Wakeup wakeup)
    {
        _wakeup = wakeup;
        _slots = new ushort[capacity + 1];
        _deadlines = new ulong[capacity + 1];
        _places = new ushort[capacity + 1];
        Deadline = ulong.MaxValue;
    }

    /// <summary>The earliest entry's time in microseconds, <see cref="ulong.MaxValue"/> if there is none.</summary>
    public ulong Deadline;

    /// <summary>Sees to it that a connection is woken at a time or earlier.</summary>
    /// <param name="slot">The connection's slot.</param>
    /// <param name="deadline">The time in microseconds.</param>
    public void Schedule(int slot, ulong deadline)
    {
        ushort[] places = _places;
        ulong[] deadlines = _deadlines;
        int i = places[slot];
        if (i != 0)
        {
            if (deadlines[i] <= deadline)
                return;
        }
        else
            i = ++_count;

        ushort[] slots = _slots;
        while (i > 1)
        {
            int parent = i / 2;
            if (deadlines[parent] <= deadline)
                break;
            Move(slots, deadlines, places, parent, i);
            i = parent;
        }

        slots[i] = (ushort)slot;
        deadlines[i] = deadline;
        places[slot] = (ushort)i;
        if (i != 1)
            return;
        Deadline = deadline;
        if (deadline < _wakeup.At)
            _wakeup.At = deadline;
    }

    /// <summary>Takes the earliest entry out.</summary>
    /// <returns>Its connection's slot.</returns>
    public int Take()
    {
        ushort[] slots = _slots;
        ulong[] deadlines = _deadlines;
        ushort[] places = _places;
        int first = slots[1];
        places[first] = 0;
        int count = _count--;
        if (count == 1)
        {
            Deadline = ulong.MaxValue;
            return first;
        }

        // The last one is put where it belongs, from the top on.
        ulong deadline = deadlines[count];
        int i = 1;
        while (true)
        {
            int child = 2 * i;
            if (child >= count)
                break;
            if (child + 1 < count && deadlines[child + 1] < deadlines[child])
                child++;
            if (deadlines[child] >= deadline)
                break;
            Move(slots, deadlines, places, child, i);
            i = child;
        }

        Move(slots, deadlines, places, count, i);
        Deadline = deadlines[1];
        return first;
    }

    private static void Move(ushort[] slots, ulong[] deadlines, ushort[] places, int from, int to)
    {
        int slot = slots[from];
        slots[to] = (ushort)slot;
        deadlines[to] = deadlines[from];
        places[slot] = (ushort)to;
    }
}
