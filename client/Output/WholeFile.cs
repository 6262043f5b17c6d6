using System;
using System.IO;
using System.Runtime.InteropServices;
using HandshakeNano.Client.Trace;

namespace HandshakeNano.Client.Output;

/// <summary>
/// A file that the user named for a result. It gets the whole of it or stays as it was: what is written waits in the same folder
/// under another name, and takes the file's place at the end. A device, a pipe, or a file in a folder that takes no other is written as it is.
/// </summary>
public sealed class WholeFile : IDisposable
{
    private readonly string _path;
    private readonly string _target;
    private readonly string _otherwise;
    private readonly FileStream? _inPlace;

    private WholeFile(string path, string target, string otherwise, FileStream? inPlace)
    {
        _path = path;
        _target = target;
        _otherwise = otherwise;
        _inPlace = inPlace;
    }

    /// <summary>Looks whether the file can be written, so that it is told before a long measurement. It stays as it is.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="otherwise">What to type if it cannot be written, besides the name of another file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It cannot be written; the message says why and what to type.</exception>
    public static WholeFile At(string path, string otherwise)
    {
        FileStream? existing = null;
        try
        {
            string target = TargetOf(path);
            if (File.Exists(target) || Directory.Exists(target))
                existing = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            if (existing is { CanSeek: false } || IsOfTheSystem(target))
                return new WholeFile(path, target, otherwise, existing);
            try
            {
                Beside(target, _ => { }).Delete();
            }
            catch (UnauthorizedAccessException) when (existing != null)
            {
                return new WholeFile(path, target, otherwise, existing);
            }

            existing?.Dispose();
            return new WholeFile(path, target, otherwise, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            existing?.Dispose();
            throw OutputFile.Refusal(path, otherwise, e);
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="write">Writes all of its content into a stream.</param>
    /// <exception cref="IOException">It cannot be written; the message says why and what to type.</exception>
    public void Write(Action<Stream> write)
    {
        using var content = new MemoryStream();
        write(content);

        // Ctrl-C waits for the moment that the rest takes.
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        try
        {
            if (_inPlace != null)
            {
                if (_inPlace.CanSeek && !IsOfTheSystem(_target))
                    _inPlace.SetLength(0);
                content.WriteTo(_inPlace);
                return;
            }

            FileInfo whole = Beside(_target, content.WriteTo);
            try
            {
                if (!OperatingSystem.IsWindows() && File.Exists(_target))
                    whole.UnixFileMode = File.GetUnixFileMode(_target);
                whole.MoveTo(_target, overwrite: true);
            }
            catch
            {
                whole.Delete();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Refusal(_path, _otherwise, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _inPlace?.Dispose();

    // What a link leads to is written, and the link stays.
    private static string TargetOf(string path) => new FileInfo(path) is { LinkTarget: not null } link && !IsOfTheSystem(link.FullName)
        ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
        : Path.GetFullPath(path);

    // A device, such as /dev/full, or another name of an open file, such as /dev/stdout and /dev/fd/63.
    private static bool IsOfTheSystem(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal);

    private static FileInfo Beside(string target, Action<Stream> write)
    {
        var file = new FileInfo(Path.Combine(Path.GetDirectoryName(target)!, $".handshake-{Path.GetRandomFileName()}"));

        // Without a buffer: one that finds no room would be written again when it is closed.
        using FileStream stream = file.Open(new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        try
        {
            write(stream);
            return file;
        }
        catch
        {
            stream.Dispose();
            file.Delete();
            throw;
        }
    }
}
