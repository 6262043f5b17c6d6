namespace nanoFramework.Runtime.Events;

public class BaseEvent
{
    public ushort Source;
    public byte Message;
    public BaseEvent() => throw null;
}

public static class CustomEvent
{
    public static event nanoFramework.Runtime.Events.CustomEventPostedEventHandler CustomEventPosted { add => throw null; remove => throw null; }
}

public class CustomEventArgs : System.EventArgs
{
    internal CustomEventArgs() => throw null;
    public ushort Data1 => throw null;
    public uint Data2 => throw null;
}

public delegate void CustomEventPostedEventHandler(object sender, nanoFramework.Runtime.Events.CustomEventArgs e);

public enum EventCategory
{
    Unknown = 0,
    Custom = 10,
    Gpio = 20,
    SerialDevice = 30,
    Network = 40,
    WiFi = 50,
    Can = 60,
    Storage = 70,
    Radio = 80,
    HighResolutionTimer = 90,
    Bluetooth = 100,
    Usb = 110,
    Touch = 120,
    Gesture = 130,
    OpenThread = 140,
    EspNow = 150,
}

public class EventSink : nanoFramework.Runtime.Events.NativeEventDispatcher
{
    internal EventSink() : base(null, 0) => throw null;
    public static void AddEventListener(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventListener eventListener) => throw null;
    public static void AddEventFilter(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventListener eventFilter) => throw null;
    public static void AddEventProcessor(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventProcessor eventProcessor) => throw null;
    public static void RemoveEventListener(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventListener eventListener) => throw null;
    public static void RemoveEventFilter(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventListener eventFilter) => throw null;
    public static void RemoveEventProcessor(nanoFramework.Runtime.Events.EventCategory eventCategory, nanoFramework.Runtime.Events.IEventProcessor eventProcessor) => throw null;
    public static void PostManagedEvent(byte category, byte subCategory, ushort data1, uint data2) => throw null;
}

public class GenericEvent : nanoFramework.Runtime.Events.BaseEvent
{
    public byte Category;
    public uint Data;
    public System.DateTime Time;
    public GenericEvent() => throw null;
}

public interface IEventListener
{
    void InitializeForEventSource();
    bool OnEvent(nanoFramework.Runtime.Events.BaseEvent ev);
}

public interface IEventProcessor
{
    nanoFramework.Runtime.Events.BaseEvent ProcessEvent(uint data1, uint data2, System.DateTime time);
}

public class NativeEventDispatcher : System.IDisposable
{
    protected nanoFramework.Runtime.Events.NativeEventHandler threadSpawn;
    protected nanoFramework.Runtime.Events.NativeEventHandler callbacks;
    protected bool disposed;
    public NativeEventDispatcher(string driverName, ulong driverData) => throw null;
    public virtual void EnableInterrupt() => throw null;
    public virtual void DisableInterrupt() => throw null;
    protected virtual void Dispose(bool disposing) => throw null;
    ~NativeEventDispatcher() => throw null;
    public virtual void Dispose() => throw null;
    public event nanoFramework.Runtime.Events.NativeEventHandler OnInterrupt { add => throw null; remove => throw null; }
}

public delegate void NativeEventHandler(uint data1, uint data2, System.DateTime time);

public static class WeakDelegate
{
    public static System.Delegate Combine(System.Delegate a, System.Delegate b) => throw null;
    public static System.Delegate Remove(System.Delegate a, System.Delegate b) => throw null;
}
