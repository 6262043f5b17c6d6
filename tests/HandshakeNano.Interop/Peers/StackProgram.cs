using System;

namespace HandshakeNano.Interop.Peers;

/// <summary>
/// A program that is nothing but one foreign TCP on a TAP device, compiled when the first test needs it. All of them take the
/// same arguments and commands (lwip/peer.c).
/// </summary>
internal sealed class StackProgram
{
    private readonly Lazy<string> _path;
    private readonly string _needs;

    private StackProgram(string name, string needs, int speed)
    {
        Name = name;
        Speed = speed;
        _needs = needs;
        _path = new Lazy<string>(Compile);
    }

    /// <summary>Debian's lwIP.</summary>
    public static StackProgram Lwip { get; } = new("lwip", "make, gcc and Debian's liblwip-dev", 16);

    /// <summary>Debian's libslirp.</summary>
    public static StackProgram Slirp { get; } = new("slirp", "make, gcc and Debian's libslirp-dev", 1);

    /// <summary>Debian's gVisor: its netstack.</summary>
    public static StackProgram Netstack { get; } = new("netstack", "make, golang-go and Debian's golang-gvisor-gvisor-dev", 1);

    /// <summary>The folder that it is made in.</summary>
    public string Name { get; }

    /// <summary>How much faster than ours its clock runs on a faulty network, where lwIP's timer would wait for minutes.</summary>
    public int Speed { get; }

    /// <summary>Where it is.</summary>
    public string Path => _path.Value;

    private string Compile()
    {
        string folder = System.IO.Path.Combine(AppContext.BaseDirectory, Name);
        string program = System.IO.Path.Combine(folder, Name + "-peer");
        Make.Run(folder, $"{Name}-peer needs {_needs}.", "PROGRAM=" + program);
        return program;
    }
}
