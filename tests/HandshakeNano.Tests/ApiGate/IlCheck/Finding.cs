using System.Globalization;

namespace HandshakeNano.IlCheck;

/// <summary>One place in compiled code that would go wrong on the nanoFramework interpreter.</summary>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Type">Full name of the type.</param>
/// <param name="Method">Name of the method; empty if the finding is about the type.</param>
/// <param name="Offset">IL offset of the instruction, -1 if the finding is about the whole method or type.</param>
/// <param name="Source">File and line, empty if the assembly carries no symbols.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record Finding(Rule Rule, string Type, string Method, int Offset, string Source, string Message)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string place = Method.Length == 0 ? Type : Type + "::" + Method;
        if (Offset >= 0)
            place += string.Create(CultureInfo.InvariantCulture, $" IL_{Offset:X4}");
        if (Source.Length > 0)
            place += " (" + Source + ")";
        return $"{Rule}: {place}: {Message}";
    }
}
