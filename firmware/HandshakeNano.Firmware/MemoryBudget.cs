namespace HandshakeNano.Firmware;

/// <summary>
/// How many connections a device's memory holds: without PSRAM the managed heap is 60 to 110 KB, and how much of it is left
/// depends on the firmware, so it is asked at the start. A test counts what is given here, object by object.
/// </summary>
public static class MemoryBudget
{
    /// <summary>What a connection takes on a 32-bit device with the settings' own buffers, in bytes, at the most.</summary>
    public const int ConnectionSize = 5_150;

    /// <summary>
    /// What must be left, in bytes: for the endpoint, its link and the services without their connections, and for what comes and
    /// goes while they run (addresses from a socket, lines for the console, the network's helpers).
    /// </summary>
    public const int Reserve = 33_000;

    /// <summary>A processor of this speed has no use for more.</summary>
    public const int MostConnections = 32;

    /// <summary>A browser opens two at once; one is left to look at the device with.</summary>
    public const int LeastConnections = 3;

    /// <summary>Whether a service leaves room for the rest and for <see cref="LeastConnections"/>.</summary>
    /// <param name="free">How much of the managed heap is free before the service is made, in bytes.</param>
    /// <param name="service">What the service takes, in bytes.</param>
    /// <returns>True if so.</returns>
    public static bool HasRoom(long free, int service)
    {
        return free >= service + Reserve + LeastConnections * ConnectionSize;
    }

    /// <summary>Gives the number of connections.</summary>
    /// <param name="free">How much of the managed heap is free before the endpoint is made, in bytes.</param>
    /// <returns><see cref="LeastConnections"/> to <see cref="MostConnections"/>.</returns>
    public static int Connections(uint free)
    {
        if (free < Reserve + LeastConnections * ConnectionSize)
            return LeastConnections;
        uint connections = (free - Reserve) / ConnectionSize;
        return connections < MostConnections ? (int)connections : MostConnections;
    }
}
