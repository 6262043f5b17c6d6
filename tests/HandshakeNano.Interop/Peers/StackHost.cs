using System;
using System.Globalization;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Net;

namespace HandshakeNano.Interop.Peers;

/// <summary>A foreign TCP, used by the commands of <see cref="StackPeer"/>.</summary>
internal sealed class StackHost(NetworkNamespace network, StackProgram program, int speed) : Host
{
    private readonly StackPeer _peer = StackPeer.Start(network, program, speed);

    /// <summary>Its TAP device.</summary>
    public string Tap => _peer.Tap;

    public override string Address => StackPeer.Address;

    public override void Listen(int port)
    {
        _peer.Ask(string.Create(CultureInfo.InvariantCulture, $"listen {port}"));
    }

    public override End? Accept(int port)
    {
        string number = _peer.Ask(string.Create(CultureInfo.InvariantCulture, $"accept {port}"));
        return number == "0" ? null : new StackEnd(_peer, number);
    }

    public override End Connect(string address, int port, int localPort = 0)
    {
        return new StackEnd(_peer, _peer.Ask(string.Create(CultureInfo.InvariantCulture, $"connect {address} {port} {localPort}")));
    }

    public override void Dispose()
    {
        _peer.Dispose();
    }

    private sealed class StackEnd(StackPeer peer, string number) : End
    {
        public override TcpState State =>
            Enum.Parse<TcpState>(Status()[0].Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true);

        public override int Received => int.Parse(Status()[2], CultureInfo.InvariantCulture);

        public override bool IsRight => Status()[3] != "wrong";

        public override bool HasEnded => Status()[3] == "end";

        public override bool WasReset => Status()[4] == "reset";

        public override void Send(int seed, int count)
        {
            peer.Ask(string.Create(CultureInfo.InvariantCulture, $"send {number} {Traffic.State(seed)} {count}"));
        }

        public override void Expect(int seed)
        {
            peer.Ask(string.Create(CultureInfo.InvariantCulture, $"expect {number} {Traffic.State(seed)}"));
        }

        public override void Shutdown()
        {
            peer.Ask("shutdown " + number);
        }

        public override void Abort()
        {
            peer.Ask("abort " + number);
        }

        private string[] Status()
        {
            return peer.Ask("status " + number).Split(' ');
        }
    }
}
