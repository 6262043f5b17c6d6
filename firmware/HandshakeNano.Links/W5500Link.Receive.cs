using System.Device.Gpio;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

// Receiving: the chip stores frames in a ring of 16 KB, each after its length.
public sealed partial class W5500Link
{
    // A read pointer that lags gives the chip less room; this much is worth a RECV.
    private const int CommitAfter = 4096;

    /// <inheritdoc/>
    public int Receive(byte[] buffer)
    {
        if (_available == 0 && !FindFrames())
            return 0;
        do
        {
            int length = ReadFrame(buffer);
            if (length > 0)
            {
                _counts.Received++;
                return length;
            }
        }
        while (_available > 0);
        return 0;
    }

    /// <summary>Looks whether frames wait, unless the interrupt pin says that none do.</summary>
    private bool FindFrames()
    {
        if (!IsReady())
            return false;
        GpioPin interrupt = _interrupt;
        if (interrupt == null)
            return Look() && _available > 0;

        bool missed = false;
        if (!_mustLook && interrupt.Read() == PinValue.High)
        {
            if (_clock.GetMicroseconds() - _looked < InterruptFallback)
                return false;
            missed = true;
        }

        // At most twice: the second look is for what came between the first and the clearing of its cause.
        for (int i = 0; i < 2; i++)
        {
            if (!Look())
                return false;
            if (_available > 0)
            {
                if (missed)
                    _counts.MissedInterrupts++;
                return true;
            }

            // A SENDOK is cleared with the next command.
            if ((_seen & W5500.InterruptReceived) == 0)
                return false;
            _bus.Write8(W5500.Socket0, W5500.SnIR, _seen);
            _seen = 0;
            _mustLook = true;
        }

        return false;
    }

    /// <summary>Reads the next of the frames that wait.</summary>
    /// <returns>Its length in bytes; 0 if it is no frame or does not fit, and then it is dropped.</returns>
    private int ReadFrame(byte[] buffer)
    {
        if (_available < MinimumFrame + LengthHeader && !LookForRest(MinimumFrame + LengthHeader))
            return 0;

        // If the length came with the frame before, this frame and the length of the next are read, else all that waits.
        int room = (buffer.Length < _bus.Longest ? buffer.Length : _bus.Longest) - FrameLayout.Ethernet;
        int count = _available - LengthHeader;
        if (_nextLength != 0 && _nextLength < count)
            count = _nextLength;
        _nextLength = 0;
        if (count > room)
            count = room;

        // From 3 bytes before the length, so that the frame comes to stand in its place: any address of the ring may
        // be read.
        _bus.Read(
            W5500.ReceiveBuffer0,
            _receiveNext - (FrameLayout.Ethernet - LengthHeader - W5500Bus.HeaderLength),
            buffer,
            FrameLayout.Ethernet - W5500Bus.HeaderLength + count);
        int size = (buffer[FrameLayout.Ethernet - 2] << 8) | buffer[FrameLayout.Ethernet - 1];
        int length = size - LengthHeader;
        if (length < MinimumFrame || length > MaximumFrame + TagLength)
        {
            _counts.BadLengths++;
            Resynchronise();
            return 0;
        }

        if (size > _available)
        {
            // The count of what waits may have been too low; then the whole frame is read once more.
            if (LookForRest(size))
                _nextLength = size;
            return 0;
        }

        int behind = FrameLayout.Ethernet + length;
        if (count >= size && _available - size >= MinimumFrame + LengthHeader)
            _nextLength = (buffer[behind] << 8) | buffer[behind + 1];
        _resynchronised = false;
        _receiveNext = (_receiveNext + size) & 0xFFFF;
        _available -= size;
        if (_available == 0 || ((_receiveNext - _receiveCommitted) & 0xFFFF) >= CommitAfter)
            CommitReceived();
        if (length > MaximumFrame)
            _counts.ReceivedOversize++;
        else if (length <= room)
            return length;
        else
            _counts.ReceivedTooLong++;
        return 0;
    }

    /// <summary>Looks again for the rest of a frame. If it has not come, the length header was nonsense.</summary>
    private bool LookForRest(int size)
    {
        if (!Look())
            return false;
        if (_available >= size)
            return true;
        _counts.BadLengths++;
        Resynchronise();
        return false;
    }

    /// <summary>Gives the room of the frames that were read back to the chip.</summary>
    private void CommitReceived()
    {
        if (_commandPending && !Look())
            return;
        int next = _receiveNext;
        if (!_bus.Write16(W5500.Socket0, W5500.SnRX_RD, next))
            return;
        WriteCommand(W5500.CommandReceive);
        _receiveCommitted = next;

        // The chip may count from here a little later, which is no fault.
        _disagreements = 0;
    }

    /// <summary>Throws away what waits, as nothing tells where its frames begin; the second time in a row it opens the socket again.</summary>
    private void Resynchronise()
    {
        _counts.Resynchronisations++;
        if (_resynchronised)
        {
            _resynchronised = false;
            Reopen();
            return;
        }

        if (!Look())
            return;
        _resynchronised = true;
        _receiveNext = (_look[AtReceiveWrite] << 8) | _look[AtReceiveWrite + 1];
        _available = 0;
        _nextLength = 0;
        CommitReceived();
    }
}
