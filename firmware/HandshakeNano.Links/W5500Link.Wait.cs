using System.Device.Gpio;
using System.Threading;

namespace HandshakeNano.Links;

// Waiting: for the interrupt pin, for another thread, or for time to pass.
public sealed partial class W5500Link
{
    // Milliseconds: the device sleeps in no smaller steps.
    private const int Tick = 10;

    /// <inheritdoc/>
    public void Wait(int millisecondsTimeout)
    {
        if (millisecondsTimeout <= 0 || _available > 0)
            return;
        if (!_isOpen)
        {
            _interrupted.WaitOne(millisecondsTimeout < Tick ? millisecondsTimeout : Tick, false);
            _woken = 0;
            return;
        }

        GpioPin interrupt = _interrupt;
        if (interrupt != null)
        {
            // The level, not only the edge: an edge may have been missed.
            if (_mustLook || interrupt.Read() == PinValue.Low)
                return;
            int fallback = (int)(InterruptFallback / 1000);
            if (millisecondsTimeout > fallback)
                millisecondsTimeout = fallback;
            if (!LowLatency)
            {
                _interrupted.WaitOne(millisecondsTimeout, false);
                _woken = 0;
                return;
            }
        }

        ulong begin = _clock.GetMicroseconds();
        ulong wait = (ulong)millisecondsTimeout * 1000;
        do
        {
            if (LowLatency)
                Thread.Sleep(0);
            else
                _interrupted.WaitOne(Tick, false);
            if (_woken != 0 && Interlocked.Exchange(ref _woken, 0) != 0)
                return;
        }
        while ((interrupt != null ? interrupt.Read() == PinValue.High : Look() && _available == 0)
            && _clock.GetMicroseconds() - begin < wait);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
        _interrupted.Set();
    }

    private void OnInterrupt(object sender, PinValueChangedEventArgs e)
    {
        if (e.ChangeType == PinEventTypes.Falling)
            _interrupted.Set();
    }
}
