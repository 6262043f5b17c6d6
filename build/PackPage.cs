// Writes firmware/HandshakeNano.Page/Assets.cs from the files of firmware/HandshakeNano.Page/page. From the top of the repository:
//
//     dotnet run build/PackPage.cs
using System;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

const string Folder = "firmware/HandshakeNano.Page";
const int LineLength = 256;

var code = new StringBuilder("""
    namespace HandshakeNano.Page;

    /// <summary>The files of page/, compressed (RFC 1952) and in base64. Written by build/PackPage.cs.</summary>
    internal static class Assets
    {

    """);
foreach (string name in new[] { "page.css", "page.js" })
{
    byte[] content = File.ReadAllBytes(Path.Combine(Folder, "page", name));
    var packed = new MemoryStream();
    using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        gzip.Write(content);
    string text = Convert.ToBase64String(packed.ToArray());
    string member = name == "page.css" ? "Style" : "Script";
    string tag = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    code.AppendLine($"    /// <summary>The entity tag of {name}.</summary>").AppendLine($"    public const string {member}Tag = \"{tag}\";").AppendLine();
    code.AppendLine($"    /// <summary>{name}.</summary>").AppendLine($"    public static readonly string[] {member} = new string[]").AppendLine("    {");
    for (int at = 0; at < text.Length; at += LineLength)
        code.AppendLine($"        \"{text.AsSpan(at, Math.Min(LineLength, text.Length - at))}\",");
    code.AppendLine("    };").AppendLine();
}

code.Length -= Environment.NewLine.Length;
File.WriteAllText(Path.Combine(Folder, "Assets.cs"), code.Append("}\n").ToString().ReplaceLineEndings("\n"));
