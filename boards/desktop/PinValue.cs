#nullable enable

namespace System.Device.Gpio;

/// <summary>The level of a pin: the desktop's stand-in for the device's type of the same name.</summary>
public readonly struct PinValue : IEquatable<PinValue>
{
    private readonly bool _isHigh;

    private PinValue(bool isHigh)
    {
        _isHigh = isHigh;
    }

    /// <summary>High.</summary>
    public static PinValue High => new(true);

    /// <summary>Low.</summary>
    public static PinValue Low => new(false);

    /// <summary>Compares two levels.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True if they are the same.</returns>
    public static bool operator ==(PinValue a, PinValue b)
    {
        return a.Equals(b);
    }

    /// <summary>Compares two levels.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True if they differ.</returns>
    public static bool operator !=(PinValue a, PinValue b)
    {
        return !a.Equals(b);
    }

    /// <inheritdoc/>
    public bool Equals(PinValue other)
    {
        return _isHigh == other._isHigh;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj)
    {
        return obj is PinValue other && Equals(other);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        return _isHigh ? 1 : 0;
    }
}
