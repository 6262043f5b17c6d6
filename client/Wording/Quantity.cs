using System.Globalization;
using System.Text;

namespace HandshakeNano.Client.Wording;

/// <summary>How quantities are written for people.</summary>
public static class Quantity
{
    /// <summary>A time span with a unit that fits.</summary>
    /// <param name="microseconds">The time span in microseconds.</param>
    /// <returns>For example "58 us", "1.234 ms" or "2.000 s".</returns>
    public static string Time(ulong microseconds) => microseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds} us"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e3:F3} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1e6:F3} s"),
    };

    /// <summary>A number of things.</summary>
    /// <typeparam name="T">The number's type.</typeparam>
    /// <param name="count">The number.</param>
    /// <param name="thing">One of them, such as "byte".</param>
    /// <returns>For example "1 byte" or "20 bytes".</returns>
    public static string Count<T>(T count, string thing)
        where T : System.Numerics.IBinaryInteger<T> =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == T.One ? "" : "s")}");

    /// <summary>A number.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="number">The number.</param>
    /// <returns>Its digits.</returns>
    public static string Number<T>(T number)
        where T : System.Numerics.IBinaryInteger<T> => number.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A number of bytes.</summary>
    /// <param name="count">The number.</param>
    /// <returns>For example "1 byte" or "20 bytes".</returns>
    public static string Bytes(int count) => Count(count, "byte");

    /// <summary>Data as quoted text: what is not printable ASCII becomes an escape, what is too long is cut.</summary>
    /// <param name="data">The data.</param>
    /// <param name="most">How many characters there may be between the quotes.</param>
    /// <returns>For example "GET / HTTP/1.1\r\n" with its quotes.</returns>
    public static string Quote(byte[] data, int most)
    {
        var text = new StringBuilder("\"");
        foreach (byte value in data)
        {
            string next = value switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'"' => "\\\"",
                (byte)'\\' => "\\\\",
                >= 0x20 and < 0x7F => ((char)value).ToString(),
                _ => "\\x" + value.ToString("x2", CultureInfo.InvariantCulture),
            };
            if (text.Length - 1 + next.Length > most)
                return text.Append("\"...").ToString();
            text.Append(next);
        }

        return text.Append('"').ToString();
    }
}
