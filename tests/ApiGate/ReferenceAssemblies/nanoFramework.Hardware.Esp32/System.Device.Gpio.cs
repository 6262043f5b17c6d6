namespace System.Device.Gpio;

public struct GpioPulseCount
{
    public long Count;
    public System.TimeSpan RelativeTime;
}

public sealed class GpioPulseCounter : System.IDisposable
{
    public GpioPulseCounter(int pinNumberA, int pinNumberB) => throw null;
    public bool IsStarted => throw null;
    public System.Device.Gpio.GpioPulsePolarity Polarity { get => throw null; set => throw null; }
    public ushort FilterPulses { get => throw null; set => throw null; }
    public System.Device.Gpio.GpioPulseCount Read() => throw null;
    public System.Device.Gpio.GpioPulseCount Reset() => throw null;
    public void Start() => throw null;
    public void Stop() => throw null;
    ~GpioPulseCounter() => throw null;
    public void Dispose() => throw null;
}

public enum GpioPulsePolarity
{
    Both = 0,
    Falling = 1,
    Rising = 2,
}
