using System;
using HandshakeNano.Net;

namespace HandshakeNano.Links;

/// <summary>
/// Writes frames as a pcapng capture (draft-ietf-opsawg-pcapng): a section header, one interface, and an enhanced packet
/// block per frame, little-endian. A block goes to the sink in one piece, so that a capture that is cut off between two
/// calls is whole. Nothing is allocated per frame.
/// </summary>
/// <remarks>A sink that throws, as one on a full disk does, ends the capture and nothing else: see <see cref="Failure"/>.</remarks>
public sealed class PcapNgWriter : FrameObserver
{
    private const int LinkTypeEthernet = 1, LinkTypeRaw = 101;
    private const int PacketHeaderLength = 28;

    // Option epb_flags (4 + 4 bytes), the end of the options, and the block's length again.
    private const int PacketTrailerLength = 8 + 4 + 4;
    private const int Inbound = 1, Outbound = 2;

    private readonly ByteSink _sink;
    private readonly IClock _clock;
    private readonly ulong _epoch;
    private readonly int _start;
    private readonly int _snapLength;
    private readonly byte[] _block;
    private int _length;
    private Exception _failure;

    /// <summary>Writes the head of a capture.</summary>
    /// <param name="sink">Where the capture goes.</param>
    /// <param name="clock">Gives the time of each frame.</param>
    /// <param name="epoch">
    /// The moment at which the clock showed 0, in microseconds since 1970-01-01 00:00 UTC; 0 if unknown.
    /// </param>
    /// <param name="link">The link whose frames are captured: Ethernet, or bare IP packets (LINKTYPE_RAW).</param>
    /// <param name="interfaceName">The interface's name, ASCII, at most 64 letters; null: none.</param>
    public PcapNgWriter(ByteSink sink, IClock clock, ulong epoch, ILink link, string interfaceName)
        : this(sink, clock, epoch, link, interfaceName, int.MaxValue)
    {
    }

    /// <summary>Writes the head of a capture of frames that are cut off.</summary>
    /// <param name="sink">Where the capture goes.</param>
    /// <param name="clock">Gives the time of each frame.</param>
    /// <param name="epoch">
    /// The moment at which the clock showed 0, in microseconds since 1970-01-01 00:00 UTC; 0 if unknown.
    /// </param>
    /// <param name="link">The link whose frames are captured: Ethernet, or bare IP packets (LINKTYPE_RAW).</param>
    /// <param name="interfaceName">The interface's name, ASCII, at most 64 letters; null: none.</param>
    /// <param name="most">How many bytes of a frame are kept at the most.</param>
    public PcapNgWriter(ByteSink sink, IClock clock, ulong epoch, ILink link, string interfaceName, int most)
    {
        if (interfaceName != null && interfaceName.Length > 64)
            throw new ArgumentException("The interface's name must not be longer than 64 letters.");
        _sink = sink;
        _clock = clock;
        _epoch = epoch;
        _start = link.HasEthernetHeader ? FrameLayout.Ethernet : FrameLayout.Network;
        _snapLength = FrameLayout.Network + link.Mtu - _start;
        if (_snapLength > most)
            _snapLength = most;
        int size = PacketHeaderLength + _snapLength + 3 + PacketTrailerLength;
        _block = new byte[size < 256 ? 256 : size];
        WriteSectionHeader();
        WriteInterface(link, interfaceName);
    }

    /// <summary>What the sink threw, which ended the capture; null as long as it goes on.</summary>
    public Exception Failure => _failure;

    /// <inheritdoc/>
    public override void OnFrame(bool sent, byte[] buffer, int length)
    {
        if (_failure != null)
            return;
        byte[] block = _block;
        ulong time = _clock.GetMicroseconds() + _epoch;
        int captured = length < _snapLength ? length : _snapLength;
        int padded = (captured + 3) & ~3;
        int total = PacketHeaderLength + padded + PacketTrailerLength;

        _length = 0;
        Append32(6);
        Append32((uint)total);
        Append32(0); // The interface's number.
        Append32((uint)(time >> 32));
        Append32((uint)time);
        Append32((uint)captured);
        Append32((uint)length);
        Array.Copy(buffer, _start, block, PacketHeaderLength, captured);
        _length += captured;
        while (_length < PacketHeaderLength + padded)
            block[_length++] = 0;
        AppendOption(2, 4); // epb_flags
        Append32(sent ? (uint)Outbound : Inbound);
        AppendOption(0, 0);
        Append32((uint)total);
        Write(total);
    }

    private void WriteSectionHeader()
    {
        _length = 0;
        Append32(0x0A0D0D0A);
        Append32(0);
        Append32(0x1A2B3C4D); // The order of bytes.
        Append16(1); // Version 1.0.
        Append16(0);
        Append32(0xFFFFFFFF); // The section's length is not known.
        Append32(0xFFFFFFFF);
        AppendText(4, "HandshakeNano"); // shb_userappl
        EndBlock();
    }

    private void WriteInterface(ILink link, string interfaceName)
    {
        _length = 0;
        Append32(1);
        Append32(0);
        Append16(link.HasEthernetHeader ? LinkTypeEthernet : LinkTypeRaw);
        Append16(0);
        Append32((uint)_snapLength);
        if (interfaceName != null)
            AppendText(2, interfaceName); // if_name
        if (link.HasEthernetHeader)
        {
            AppendOption(6, 6); // if_MACaddr
            byte[] address = link.PhysicalAddress;
            for (int i = 0; i < 6; i++)
                _block[_length++] = address[i];
            Pad();
        }

        AppendOption(9, 1); // if_tsresol: 10 to the power of -6 seconds.
        _block[_length++] = 6;
        Pad();
        EndBlock();
    }

    private void EndBlock()
    {
        AppendOption(0, 0);
        int total = _length + 4;
        Append32((uint)total);
        _length = 4;
        Append32((uint)total);
        Write(total);
    }

    // What is watched must not stop for want of a place to write it down.
    private void Write(int length)
    {
        if (_failure != null)
            return;
        try
        {
            _sink.Write(_block, 0, length);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void AppendText(int code, string text)
    {
        AppendOption(code, text.Length);
        for (int i = 0; i < text.Length; i++)
            _block[_length++] = (byte)text[i];
        Pad();
    }

    private void AppendOption(int code, int length)
    {
        Append16(code);
        Append16(length);
    }

    private void Pad()
    {
        while ((_length & 3) != 0)
            _block[_length++] = 0;
    }

    private void Append16(int value)
    {
        _block[_length] = (byte)value;
        _block[_length + 1] = (byte)(value >> 8);
        _length += 2;
    }

    private void Append32(uint value)
    {
        byte[] block = _block;
        int at = _length;
        block[at] = (byte)value;
        block[at + 1] = (byte)(value >> 8);
        block[at + 2] = (byte)(value >> 16);
        block[at + 3] = (byte)(value >> 24);
        _length = at + 4;
    }
}
