using HandshakeNano.Links;
using HandshakeNano.Net;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Page;

/// <summary>
/// Keeps the headers of the last frames that went over the link, and apart from them those of the last handshakes, which the many other
/// frames of a busy device would overwrite.
/// </summary>
internal sealed class FrameRecorder : FrameObserver
{
    // How many SYN,ACKs are waited for an answer to; the oldest gives way.
    private const int MostOpen = 8;

    // By open handshake: both numbers of the ACK that ends it. 0 and 0: none.
    private readonly uint[] _sequenceNumbers = new uint[MostOpen];
    private readonly uint[] _acknowledgments = new uint[MostOpen];

    private IClock _clock;
    private int _start;
    private int _next;
    private int _openCount;

    /// <summary>Makes a recorder that keeps nothing yet.</summary>
    /// <param name="frames">How many frames it keeps, a power of two.</param>
    /// <param name="segments">How many segments of handshakes it keeps, a power of two. A handshake has three.</param>
    public FrameRecorder(int frames, int segments)
    {
        Frames = new HeaderRing(frames);
        Handshakes = new HeaderRing(segments);
    }

    /// <summary>The last frames.</summary>
    public HeaderRing Frames { get; }

    /// <summary>The last segments with SYN, and the ACKs that answer a SYN,ACK.</summary>
    public HeaderRing Handshakes { get; }

    /// <summary>Begins to keep frames.</summary>
    /// <param name="link">Whose frames.</param>
    /// <param name="clock">Their time.</param>
    public void Start(ILink link, IClock clock)
    {
        _start = link.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _clock = clock;
    }

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        IClock clock = _clock;
        if (clock == null)
            return;
        ulong time = clock.GetMicroseconds();
        int start = _start;
        Frames.Keep(sent, buffer, start, length, time);
        int version = buffer[FrameLayout.Network] >> 4;
        int tcp;
        if (version == 4 && buffer[Ipv4Header.Protocol] == Ipv4Header.Tcp)
            tcp = FrameLayout.Network + ((buffer[Ipv4Header.VersionIhl] & 15) << 2);
        else if (version == 6 && buffer[Ipv6Header.NextHeader] == Ipv6Header.Tcp)
            tcp = Ipv6Header.Payload;
        else
            return;
        if (tcp + TcpHeader.Length > start + length)
            return;
        int flags = buffer[tcp + (TcpHeader.Flags - FrameLayout.Transport)];
        if ((flags & TcpHeader.Syn) != 0)
        {
            if ((flags & TcpHeader.Ack) != 0)
                Expect(buffer, tcp);
        }
        else if (_openCount == 0 || !Ends(buffer, tcp))
            return;
        Handshakes.Keep(sent, buffer, start, length, time);
    }

    /// <summary>A SYN,ACK: an ACK with its numbers ends the handshake.</summary>
    private void Expect(byte[] buffer, int tcp)
    {
        int at = _next;
        _next = (at + 1) & (MostOpen - 1);
        if (_openCount < MostOpen)
            _openCount++;
        _sequenceNumbers[at] = BigEndian.Get32(buffer, tcp + (TcpHeader.AcknowledgmentNumber - FrameLayout.Transport));
        _acknowledgments[at] = BigEndian.Get32(buffer, tcp + (TcpHeader.SequenceNumber - FrameLayout.Transport)) + 1;
    }

    /// <summary>Whether a segment is the first that answers a SYN,ACK.</summary>
    private bool Ends(byte[] buffer, int tcp)
    {
        uint sequenceNumber = BigEndian.Get32(buffer, tcp + (TcpHeader.SequenceNumber - FrameLayout.Transport));
        uint acknowledgment = BigEndian.Get32(buffer, tcp + (TcpHeader.AcknowledgmentNumber - FrameLayout.Transport));
        uint[] sequenceNumbers = _sequenceNumbers;
        uint[] acknowledgments = _acknowledgments;
        for (int i = 0; i < MostOpen; i++)
        {
            if (sequenceNumbers[i] != sequenceNumber || acknowledgments[i] != acknowledgment)
                continue;
            sequenceNumbers[i] = 0;
            acknowledgments[i] = 0;
            return true;
        }

        return false;
    }
}
