using System;

namespace HandshakeNano.Client.Output;

/// <summary>Which characters a terminal shows, as far as the environment says it.</summary>
public static class TerminalLocale
{
    // Such as C.UTF-8, de_DE.utf8@euro and, on macOS, the mere UTF-8.
    private const char BeforeCodeset = '.', AfterCodeset = '@';

    /// <summary>Says whether a terminal of this process shows Unicode.</summary>
    public static bool IsUnicode => OperatingSystem.IsWindows() || IsUtf8(Environment.GetEnvironmentVariable);

    /// <summary>Says whether the codeset of the locale for characters is UTF-8 (POSIX, Base Definitions, section 8.2).</summary>
    /// <param name="variable">Gives a variable of the environment; null: it is not set.</param>
    /// <returns>True if it is, and if no locale is set.</returns>
    /// <remarks>
    /// Console.OutputEncoding does not tell: .NET takes a locale without a codeset, such as C, for UTF-8, and does not know LC_CTYPE. Without
    /// a locale POSIX has C as well. But in containers, by SSH and on macOS none is set often, and their terminals show UTF-8: who has
    /// another terminal has a locale that says so.
    /// </remarks>
    public static bool IsUtf8(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        foreach (string name in new[] { "LC_ALL", "LC_CTYPE", "LANG" })
        {
            if (variable(name) is { Length: > 0 } locale)
            {
                string codeset = locale[(locale.IndexOf(BeforeCodeset, StringComparison.Ordinal) + 1)..].Split(AfterCodeset)[0];
                return codeset.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return true;
    }
}
