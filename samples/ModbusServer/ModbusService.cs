using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.ModbusServer;

/// <summary>Modbus TCP (MODBUS Messaging on TCP/IP V1.0b) for several masters at once. A connection's Tag is the request that comes.</summary>
public sealed class ModbusService : Service
{
    // The header: transaction, protocol (0), length of what follows, unit. Then the function and its data.
    private const int Protocol = 2, Length = 4, Unit = 6, Function = 7, LongestFrame = 260;
    private readonly ModbusTables _tables;

    /// <summary>Makes the service. A master that does nothing for five minutes is reset.</summary>
    /// <param name="tables">What it reads and writes.</param>
    public ModbusService(ModbusTables tables) : base("Modbus", 502, 300_000_000) => _tables = tables;

    /// <inheritdoc/>
    public override bool UsesTime => true;

    /// <summary>Ten times a second: read your sensors and set your outputs here.</summary>
    /// <inheritdoc/>
    public override void OnTime(ulong now) => _tables.InputRegisters[0] = 210; // 21.0 degrees

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        connection.NoDelay = true;
        connection.Tag = new Request();
    }

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        Request request = (Request)connection.Tag;
        byte[] frame = request.Frame;
        while (connection.SendSpace >= LongestFrame)
        {
            int length = request.Count < Unit ? 0 : ModbusTables.Get16(frame, Length);
            if (request.Count >= Unit && (ModbusTables.Get16(frame, Protocol) != 0 || length < 2 || length > LongestFrame - Unit))
            {
                // This is no Modbus, or where the next request begins nobody knows.
                connection.Abort();
                return true;
            }

            int need = Unit + length;
            if (request.Count < need)
            {
                int count = connection.Read(frame, request.Count, need - request.Count);
                if (count == 0)
                    return true;
                request.Count += count;
            }

            if (length != 0 && request.Count == need)
            {
                int answer = _tables.Answer(frame, Function, need - Function);
                ModbusTables.Put16(frame, Length, answer + 1);
                connection.Write(frame, 0, Function + answer);
                request.Count = 0;
            }
        }

        return false;
    }

    private sealed class Request
    {
        internal readonly byte[] Frame = new byte[LongestFrame];
        internal int Count;
    }
}
