using HandshakeNano.Firmware;

namespace HandshakeNano.Samples.ModbusServer;

/// <summary>A Modbus TCP server on port 502: eight coils and inputs, sixteen registers of each kind.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main() => DeviceFirmware.Run(new ModbusService(new ModbusTables(8, 8, 16, 16)));
}
