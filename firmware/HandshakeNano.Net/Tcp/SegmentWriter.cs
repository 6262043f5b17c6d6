using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// The one way out of TCP: writes a header in front of the data in <see cref="Frame"/>, and sends the segment.
/// </summary>
internal sealed class SegmentWriter
{
    /// <summary>Where segments are built that are to be sent.</summary>
    public readonly byte[] Frame;

    /// <summary>The largest segment that fits a packet, in bytes of data: the MSS that we offer.</summary>
    public readonly int MaximumSegmentSize;

    /// <summary>By how many bits our windows are shifted, with a peer that scales.</summary>
    public readonly int WindowScale;

    // The choices of options that a SYN may have beside the MSS.
    private const int SacksChosen = 1;
    private const int TimestampsChosen = 2;
    private const int ScaleChosen = 4;
    private const int Choices = 8;

    /// <summary>The most bytes that they take.</summary>
    private const int MostSynOptions = 20;

    /// <summary>Where the timestamps of a SYN begin.</summary>
    private const int SynTimestamps = TcpHeader.Options + 8;

    /// <summary>What the options in the frame count in the checksum.</summary>
    private ulong _optionsSum;

    // By choice: the options of a SYN, their lengths, and what they count in the checksum, timestamps of 0.
    private readonly byte[] _synOptions = new byte[Choices * MostSynOptions];
    private readonly int[] _synLengths = new int[Choices];
    private readonly uint[] _synSums = new uint[Choices];

    private readonly Ipv4Layer _ipv4;
    private readonly ulong[] _counters;

    /// <summary>Makes the writer.</summary>
    /// <param name="ipv4">The layer below.</param>
    /// <param name="windowScale">By how many bits our windows are shifted.</param>
    /// <param name="counters">What to count in.</param>
    public SegmentWriter(Ipv4Layer ipv4, int windowScale, ulong[] counters)
    {
        WindowScale = windowScale;
        _ipv4 = ipv4;
        _counters = counters;
        Frame = new byte[FrameLayout.BufferSize(ipv4.Mtu)];
        MaximumSegmentSize = ipv4.Mtu - Ipv4Header.Length - TcpHeader.Length;
        for (int choice = 0; choice < Choices; choice++)
            PrepareSyn(choice);
    }

    /// <summary>Writes what is the same in every segment, after our address has changed.</summary>
    public void Prepare()
    {
        _ipv4.Prepare(Frame, Ipv4Header.Tcp);
    }

    /// <summary>Sends a reset, or an ACK, without a connection's window.</summary>
    public void SendReset(uint peer, uint ports, uint addressSum, uint seq, uint ack, int flags, int options, ulong now)
    {
        if ((flags & TcpHeader.Rst) != 0)
            _counters[(int)Counter.ResetsSent]++;
        Send(peer, ports, addressSum, seq, ack, flags, 0, options, 0, now);
    }

    /// <summary>Writes the options of a SYN.</summary>
    /// <param name="offer">Which there are beside the MSS: the bits of <see cref="TcpOptions.Offer"/>.</param>
    /// <param name="value">TSval.</param>
    /// <param name="echo">TSecr.</param>
    /// <returns>Their length in bytes.</returns>
    public int WriteSynOptions(int offer, uint value, uint echo)
    {
        int choice = (offer / TcpOptions.OfferedSacks) & 3;
        if ((offer & TcpOptions.OfferedScales) != 0)
            choice += ScaleChosen;
        Array.Copy(_synOptions, choice * MostSynOptions, Frame, TcpHeader.Options, MostSynOptions);
        _optionsSum = _synSums[choice];
        if ((choice & TimestampsChosen) != 0)
            WriteTimestamps(SynTimestamps, value, echo);
        return _synLengths[choice];
    }

    /// <summary>Writes the options of a segment that is no SYN, where there are timestamps.</summary>
    /// <param name="value">TSval.</param>
    /// <param name="echo">TSecr.</param>
    /// <returns>Their length in bytes.</returns>
    public int WriteTimestamps(uint value, uint echo)
    {
        byte[] frame = Frame;
        frame[TcpHeader.Options] = TcpOptions.NoOperation;
        frame[TcpHeader.Options + 1] = TcpOptions.NoOperation;
        frame[TcpHeader.Options + 2] = TcpOptions.Timestamps;
        frame[TcpHeader.Options + 3] = TcpOptions.TimestampsLength;
        _optionsSum = ((TcpOptions.NoOperation << 8) | TcpOptions.NoOperation)
            + ((TcpOptions.Timestamps << 8) | TcpOptions.TimestampsLength);
        WriteTimestamps(TcpHeader.Options + 4, value, echo);
        return TcpOptions.TimestampsAligned;
    }

    /// <summary>Counts options in the frame that were written elsewhere.</summary>
    /// <param name="length">Their length in bytes.</param>
    public void CountOptions(int length)
    {
        _optionsSum = InternetChecksum.SumLittleEndian(Frame, TcpHeader.Options, length) << 8;
    }

    /// <summary>Writes a header in front of the data in <see cref="Frame"/>, and sends the segment.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="ports">Our port in the upper half, the peer's in the lower.</param>
    /// <param name="addressSum">The sum of both addresses, in network order.</param>
    /// <param name="seq">SEG.SEQ.</param>
    /// <param name="ack">SEG.ACK.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="window">SEG.WND, up to 65535.</param>
    /// <param name="options">Length in bytes of the options, which stand in the frame already.</param>
    /// <param name="length">Length in bytes of the data, which stands after the options.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Send(uint peer, uint ports, uint addressSum, uint seq, uint ack, int flags, uint window, int options,
        int length, ulong now)
    {
        byte[] frame = Frame;
        int total = TcpHeader.Length + options + length;
        uint offset = (uint)((TcpHeader.Length + options) << 10);
        ulong sum = (ulong)addressSum + ports + seq + ack + (Ipv4Header.Tcp + (uint)total + offset + (uint)flags + window);
        frame[TcpHeader.SourcePort] = (byte)(ports >> 24);
        frame[TcpHeader.SourcePort + 1] = (byte)(ports >> 16);
        frame[TcpHeader.DestinationPort] = (byte)(ports >> 8);
        frame[TcpHeader.DestinationPort + 1] = (byte)ports;
        frame[TcpHeader.SequenceNumber] = (byte)(seq >> 24);
        frame[TcpHeader.SequenceNumber + 1] = (byte)(seq >> 16);
        frame[TcpHeader.SequenceNumber + 2] = (byte)(seq >> 8);
        frame[TcpHeader.SequenceNumber + 3] = (byte)seq;
        frame[TcpHeader.AcknowledgmentNumber] = (byte)(ack >> 24);
        frame[TcpHeader.AcknowledgmentNumber + 1] = (byte)(ack >> 16);
        frame[TcpHeader.AcknowledgmentNumber + 2] = (byte)(ack >> 8);
        frame[TcpHeader.AcknowledgmentNumber + 3] = (byte)ack;
        frame[TcpHeader.DataOffset] = (byte)(offset >> 8);
        frame[TcpHeader.Flags] = (byte)flags;
        frame[TcpHeader.Window] = (byte)(window >> 8);
        frame[TcpHeader.Window + 1] = (byte)window;
        if (options != 0)
            sum += _optionsSum;
        if (length != 0)
            sum += InternetChecksum.SumLittleEndian(frame, TcpHeader.Options + options, length) << 8;
        uint checksum = (uint)(sum % InternetChecksum.Modulus);
        if (checksum != 0)
            checksum = InternetChecksum.Modulus - checksum;
        frame[TcpHeader.Checksum] = (byte)(checksum >> 8);
        frame[TcpHeader.Checksum + 1] = (byte)checksum;
        _counters[(int)Counter.SegmentsSent]++;
        _ipv4.Send(frame, total, peer, addressSum, now);
    }

    /// <summary>Prepares the options of a SYN, in the order that Linux has.</summary>
    private void PrepareSyn(int choice)
    {
        byte[] options = _synOptions;
        int start = choice * MostSynOptions;
        int i = start;
        options[i++] = TcpOptions.MaximumSegmentSize;
        options[i++] = TcpOptions.MaximumSegmentSizeLength;
        options[i++] = (byte)(MaximumSegmentSize >> 8);
        options[i++] = (byte)MaximumSegmentSize;
        bool sacks = (choice & SacksChosen) != 0;
        bool timestamps = (choice & TimestampsChosen) != 0;
        if (sacks != timestamps)
        {
            // One alone leaves two bytes of four.
            options[i++] = TcpOptions.NoOperation;
            options[i++] = TcpOptions.NoOperation;
        }

        if (sacks)
        {
            options[i++] = TcpOptions.SackPermitted;
            options[i++] = TcpOptions.SackPermittedLength;
        }

        if (timestamps)
        {
            options[i++] = TcpOptions.Timestamps;
            options[i++] = TcpOptions.TimestampsLength;
            i += 8;
        }

        if ((choice & ScaleChosen) != 0)
        {
            options[i++] = TcpOptions.NoOperation;
            options[i++] = TcpOptions.WindowScale;
            options[i++] = TcpOptions.WindowScaleLength;
            options[i++] = (byte)WindowScale;
        }

        _synLengths[choice] = i - start;
        _synSums[choice] = (uint)((InternetChecksum.SumLittleEndian(options, start, i - start) << 8) % InternetChecksum.Modulus);
    }

    /// <summary>Writes both timestamps, and counts them in the checksum.</summary>
    private void WriteTimestamps(int offset, uint value, uint echo)
    {
        byte[] frame = Frame;
        frame[offset] = (byte)(value >> 24);
        frame[offset + 1] = (byte)(value >> 16);
        frame[offset + 2] = (byte)(value >> 8);
        frame[offset + 3] = (byte)value;
        frame[offset + 4] = (byte)(echo >> 24);
        frame[offset + 5] = (byte)(echo >> 16);
        frame[offset + 6] = (byte)(echo >> 8);
        frame[offset + 7] = (byte)echo;
        _optionsSum += (ulong)value + echo;
    }
}
