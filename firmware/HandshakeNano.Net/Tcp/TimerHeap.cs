namespace HandshakeNano.Net;

/// <summary>
/// Connections by the time at which they want to be woken: a binary heap. An entry may be earlier than its connection needs
/// (a deadline that moved back, as most do, costs nothing), never later.
/// </summary>
internal sealed class TimerHeap
{
    private readonly Tcb[] _heap;
    private readonly Wakeup _wakeup;
    private int _count;

    /// <summary>Makes a heap.</summary>
    /// <param name="capacity">How many connections there are.</param>
    /// <param name="wakeup">What to tell of new deadlines.</param>
    public TimerHeap(int capacity, Wakeup wakeup)
    {
        _wakeup = wakeup;
        _heap = new Tcb[capacity];
        Deadline = ulong.MaxValue;
    }

    /// <summary>The earliest entry's time in microseconds, <see cref="ulong.MaxValue"/> if there is none.</summary>
    public ulong Deadline;

    /// <summary>Sees to it that a connection is woken at a time or earlier.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="deadline">The time in microseconds.</param>
    public void Schedule(Tcb connection, ulong deadline)
    {
        int i = connection.HeapIndex;
        if (i >= 0)
        {
            if (connection.HeapDeadline <= deadline)
                return;
        }
        else
            i = _count++;

        connection.HeapDeadline = deadline;
        Tcb[] heap = _heap;
        while (i > 0)
        {
            int parent = (i - 1) / 2;
            Tcb other = heap[parent];
            if (other.HeapDeadline <= deadline)
                break;
            heap[i] = other;
            other.HeapIndex = i;
            i = parent;
        }

        heap[i] = connection;
        connection.HeapIndex = i;
        if (i != 0)
            return;
        Deadline = deadline;
        if (deadline < _wakeup.At)
            _wakeup.At = deadline;
    }

    /// <summary>Takes the earliest entry out.</summary>
    /// <returns>Its connection.</returns>
    public Tcb Take()
    {
        Tcb[] heap = _heap;
        Tcb first = heap[0];
        first.HeapIndex = -1;
        int count = --_count;
        Tcb last = heap[count];
        heap[count] = null;
        if (count == 0)
        {
            Deadline = ulong.MaxValue;
            return first;
        }

        ulong deadline = last.HeapDeadline;
        int i = 0;
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= count)
                break;
            if (child + 1 < count && heap[child + 1].HeapDeadline < heap[child].HeapDeadline)
                child++;
            Tcb other = heap[child];
            if (other.HeapDeadline >= deadline)
                break;
            heap[i] = other;
            other.HeapIndex = i;
            i = child;
        }

        heap[i] = last;
        last.HeapIndex = i;
        Deadline = heap[0].HeapDeadline;
        return first;
    }
}
