using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Writes a DNS message into an array that its owner keeps. Names are compressed (RFC 1035 section 4.1.4) with those before
/// them. What does not fit is left out as a whole.
/// </summary>
public sealed class DnsWriter
{
    /// <summary>How many labels are remembered for compression; later ones are written in full.</summary>
    private const int MostLabels = 32;

    /// <summary>A pointer has 14 bits.</summary>
    private const int FarthestLabel = 0x3FFF;

    private readonly byte[] _message;
    private readonly int[] _labels = new int[MostLabels];
    private int _labelCount;
    private int _at;
    private bool _full;

    // What stood before the question or record that is being written.
    private int _section;
    private int _entryStart;
    private int _entryLabels;
    private int _lengthAt;

    /// <summary>Makes a writer.</summary>
    /// <param name="message">The array for the messages, 12 bytes or more; they begin at index 0.</param>
    public DnsWriter(byte[] message)
    {
        _message = message;
    }

    /// <summary>Length of the message so far, in bytes.</summary>
    public int Length
    {
        get { return _at; }
    }

    /// <summary>Begins a message without questions and records.</summary>
    /// <param name="identifier">The identifier.</param>
    /// <param name="flags">The flags; see <see cref="DnsMessage"/>.</param>
    public void Begin(int identifier, int flags)
    {
        Array.Clear(_message, 0, DnsMessage.HeaderLength);
        BigEndian.Put16(_message, DnsMessage.Identifier, identifier);
        BigEndian.Put16(_message, DnsMessage.Flags, flags);
        _at = DnsMessage.HeaderLength;
        _labelCount = 0;
    }

    /// <summary>How many questions or records a section has so far.</summary>
    /// <param name="section">The section.</param>
    /// <returns>The number.</returns>
    public int GetCount(int section)
    {
        return BigEndian.Get16(_message, DnsMessage.Counts + (2 * section));
    }

    /// <summary>Writes a question. All of them come before the first record.</summary>
    /// <param name="name">Its name, not compressed.</param>
    /// <param name="type">Its type.</param>
    /// <param name="questionClass">Its class.</param>
    /// <returns>False if it does not fit; the message is as it was then.</returns>
    public bool PutQuestion(byte[] name, int type, int questionClass)
    {
        BeginEntry(DnsMessage.Questions, name, type, questionClass);
        return EndEntry();
    }

    /// <summary>Begins a record; its data follow, and <see cref="EndRecord"/>. Sections come in their order.</summary>
    /// <param name="section">The section.</param>
    /// <param name="name">Its name, not compressed.</param>
    /// <param name="type">Its type.</param>
    /// <param name="recordClass">Its class.</param>
    /// <param name="timeToLive">How long it may be kept, in seconds.</param>
    public void BeginRecord(int section, byte[] name, int type, int recordClass, uint timeToLive)
    {
        BeginEntry(section, name, type, recordClass);
        Put32(timeToLive);
        _lengthAt = _at;
        Put16(0);
    }

    /// <summary>Ends a record.</summary>
    /// <returns>False if it does not fit; the message is as it was before the record then.</returns>
    public bool EndRecord()
    {
        if (!_full)
            BigEndian.Put16(_message, _lengthAt, _at - _lengthAt - 2);
        return EndEntry();
    }

    /// <summary>Writes a byte of a record's data.</summary>
    /// <param name="value">The byte.</param>
    public void Put8(int value)
    {
        if (HasRoom(1))
            _message[_at++] = (byte)value;
    }

    /// <summary>Writes 16 bits of a record's data.</summary>
    /// <param name="value">The number.</param>
    public void Put16(int value)
    {
        if (!HasRoom(2))
            return;
        BigEndian.Put16(_message, _at, value);
        _at += 2;
    }

    /// <summary>Writes 32 bits of a record's data.</summary>
    /// <param name="value">The number.</param>
    public void Put32(uint value)
    {
        if (!HasRoom(4))
            return;
        BigEndian.Put32(_message, _at, value);
        _at += 4;
    }

    /// <summary>Writes bytes of a record's data.</summary>
    /// <param name="data">The array.</param>
    /// <param name="offset">Index of the first one.</param>
    /// <param name="count">How many.</param>
    public void PutBytes(byte[] data, int offset, int count)
    {
        if (!HasRoom(count))
            return;
        Array.Copy(data, offset, _message, _at, count);
        _at += count;
    }

    /// <summary>Writes a name.</summary>
    /// <param name="name">The name, not compressed.</param>
    /// <param name="compress">Whether a pointer may stand for its end.</param>
    public void PutName(byte[] name, bool compress)
    {
        int label = 0;
        while (name[label] != 0)
        {
            int earlier = compress ? Find(name, label) : 0;
            if (earlier != 0)
            {
                Put16(0xC000 | earlier);
                return;
            }

            int size = name[label] + 1;
            if (!HasRoom(size))
                return;
            if (_labelCount < MostLabels && _at <= FarthestLabel)
                _labels[_labelCount++] = _at;
            Array.Copy(name, label, _message, _at, size);
            _at += size;
            label += size;
        }

        Put8(0);
    }

    private void BeginEntry(int section, byte[] name, int type, int entryClass)
    {
        _section = section;
        _entryStart = _at;
        _entryLabels = _labelCount;
        _full = false;
        PutName(name, true);
        Put16(type);
        Put16(entryClass);
    }

    private bool EndEntry()
    {
        if (_full)
        {
            _at = _entryStart;
            _labelCount = _entryLabels;
            return false;
        }

        BigEndian.Put16(_message, DnsMessage.Counts + (2 * _section), GetCount(_section) + 1);
        return true;
    }

    private bool HasRoom(int count)
    {
        if (count > _message.Length - _at)
            _full = true;
        return !_full;
    }

    /// <summary>Looks for the end of a name among what is written. Letters must be the same: a pointer keeps their case.</summary>
    /// <returns>Its index in the message; 0 if it is not there.</returns>
    private int Find(byte[] name, int label)
    {
        for (int i = 0; i < _labelCount; i++)
        {
            if (Matches(_labels[i], name, label))
                return _labels[i];
        }

        return 0;
    }

    private bool Matches(int at, byte[] name, int label)
    {
        byte[] message = _message;
        while (true)
        {
            // The name that is being written is not whole yet.
            if (at >= _at)
                return false;
            int size = message[at];
            if (size >= 0xC0)
            {
                at = ((size & 0x3F) << 8) | message[at + 1];
                continue;
            }

            for (int i = 0; i <= size; i++)
            {
                if (message[at + i] != name[label + i])
                    return false;
            }

            if (size == 0)
                return true;
            at += size + 1;
            label += size + 1;
        }
    }
}
