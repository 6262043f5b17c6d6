using System;
using System.IO;

namespace HandshakeNano.Client.Trace;

/// <summary>A file that the user named for what a command finds out.</summary>
public static class OutputFile
{
    /// <summary>Makes the file; an old one of that name is overwritten.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="otherwise">What to type if it cannot be made, besides the name of another file.</param>
    /// <returns>The file; each write goes to it at once.</returns>
    /// <exception cref="IOException">It cannot be made; the message says why and what to type.</exception>
    public static FileStream Create(string path, string otherwise)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal(path, otherwise, e);
        }
    }

    /// <summary>What to throw when a file cannot be written.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="otherwise">What to type, besides the name of another file.</param>
    /// <param name="error">What the system says.</param>
    /// <returns>The exception; its message says why and what to type.</returns>
    public static IOException Refusal(string path, string otherwise, Exception error) =>
        new($"cannot write {path}: {Reason(error, path)}; choose another file, or type: {otherwise}", error);

    private static string Reason(Exception error, string path) => error switch
    {
        _ when Directory.Exists(path) => "it is a folder",
        DirectoryNotFoundException => $"there is no folder {Path.GetDirectoryName(path)}",
        UnauthorizedAccessException => "permission denied",

        // Of a full disk .NET says "No space left on device : '/the/path'".
        _ => error.Message.Split(" : '")[0].TrimEnd('.'),
    };
}
