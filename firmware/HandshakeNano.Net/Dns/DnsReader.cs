using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// Walks through a DNS message that has come: question by question and record by record. It trusts nothing in the message,
/// allocates nothing, and its work is bounded by the message's length.
/// </summary>
public sealed class DnsReader
{
    private byte[] _message;
    private int _start;
    private int _end;
    private int _at;
    private int _left;

    /// <summary>The array that holds the message.</summary>
    public byte[] Message
    {
        get { return _message; }
    }

    /// <summary>The flags; see <see cref="DnsMessage"/>.</summary>
    public int Flags { get; private set; }

    /// <summary>The identifier.</summary>
    public int Identifier { get; private set; }

    /// <summary>The section that the question or record stands in: <see cref="DnsMessage.Questions"/> and so on.</summary>
    public int Section { get; private set; }

    /// <summary>Index of its name.</summary>
    public int Name { get; private set; }

    /// <summary>Its type.</summary>
    public int Type { get; private set; }

    /// <summary>Its class, all 16 bits.</summary>
    public int Class { get; private set; }

    /// <summary>How many seconds the record may be kept; 0 for a question.</summary>
    public uint TimeToLive { get; private set; }

    /// <summary>Index of the record's data.</summary>
    public int Data { get; private set; }

    /// <summary>Length of the record's data in bytes; 0 for a question.</summary>
    public int DataLength { get; private set; }

    /// <summary>Whether the walk ended because the message is not as RFC 1035 says.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Begins to read a message.</summary>
    /// <param name="message">The array that holds it; it must stay as it is while it is read.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>False if it is shorter than a header.</returns>
    public bool Begin(byte[] message, int offset, int length)
    {
        _message = message;
        _start = offset;
        _end = offset + length;
        IsMalformed = length < DnsMessage.HeaderLength;
        if (IsMalformed)
            return false;
        Identifier = BigEndian.Get16(message, offset);
        Flags = BigEndian.Get16(message, offset + DnsMessage.Flags);
        Rewind();
        return true;
    }

    /// <summary>Goes back to the first question or record of a message that was long enough.</summary>
    public void Rewind()
    {
        Section = DnsMessage.Questions;
        IsMalformed = false;
        _at = _start + DnsMessage.HeaderLength;
        _left = GetCount(DnsMessage.Questions);
    }

    /// <summary>How many questions or records the header says that a section has.</summary>
    /// <param name="section">The section.</param>
    /// <returns>0 to 65535.</returns>
    public int GetCount(int section)
    {
        return BigEndian.Get16(_message, _start + DnsMessage.Counts + (2 * section));
    }

    /// <summary>Reads the next question or record.</summary>
    /// <returns>False at the end, and where the message is malformed.</returns>
    public bool Read()
    {
        if (IsMalformed)
            return false;
        while (_left == 0)
        {
            if (Section == DnsMessage.Additionals)
                return false;
            Section++;
            _left = GetCount(Section);
        }

        _left--;
        Name = _at;
        int at = EndOfName(_at, _end);
        if (at < 0 || _end - at < 4)
            return Fail();
        Type = BigEndian.Get16(_message, at);
        Class = BigEndian.Get16(_message, at + 2);
        at += 4;
        TimeToLive = 0;
        DataLength = 0;
        if (Section != DnsMessage.Questions)
        {
            if (_end - at < 6)
                return Fail();
            TimeToLive = BigEndian.Get32(_message, at);
            DataLength = BigEndian.Get16(_message, at + 4);
            at += 6;
            if (DataLength > _end - at)
                return Fail();
        }

        Data = at;
        _at = at + DataLength;
        return true;
    }

    /// <summary>Checks that a name can be read and ends where it may.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="limit">Index after what holds it: the record's data.</param>
    /// <returns>Index after it; -1 if it cannot be read.</returns>
    public int EndOfName(int at, int limit)
    {
        int low = at;
        int end = -1;
        int length = 0;
        while (true)
        {
            int label = Follow(at, ref low);
            if (label < 0)
                return -1;
            if (label != at && end < 0)
                end = at + 2;
            int size = _message[label];
            length += size + 1;
            if (length > DnsMessage.LongestName)
                return -1;
            at = label + size + 1;
            if (size != 0)
                continue;
            if (end < 0)
                end = at;
            return end <= limit ? end : -1;
        }
    }

    /// <summary>Whether a name in the message is the same as another one; small and capital letters are (RFC 4343).</summary>
    /// <param name="at">Where it begins in the message.</param>
    /// <param name="name">The other one, not compressed.</param>
    /// <returns>False also if it cannot be read.</returns>
    public bool NameEquals(int at, byte[] name)
    {
        return NameEquals(at, name, 0);
    }

    /// <summary>Whether a name in the message is the same as the end of another one.</summary>
    /// <param name="at">Where it begins in the message.</param>
    /// <param name="name">The other one, not compressed.</param>
    /// <param name="offset">Index of the label that its end begins with.</param>
    /// <returns>False also if it cannot be read.</returns>
    public bool NameEquals(int at, byte[] name, int offset)
    {
        int low = at;
        int other = offset;
        while (true)
        {
            at = Follow(at, ref low);
            if (at < 0)
                return false;
            int size = _message[at];
            if (other >= name.Length || size != name[other])
                return false;
            if (size == 0)
                return true;
            for (int i = 1; i <= size; i++)
            {
                if (DnsName.Fold(_message[at + i]) != DnsName.Fold(name[other + i]))
                    return false;
            }

            at += size + 1;
            other += size + 1;
        }
    }

    /// <summary>Copies a name, without compression.</summary>
    /// <param name="at">Where it begins in the message.</param>
    /// <param name="into">Where it goes.</param>
    /// <param name="offset">Index of its first byte there.</param>
    /// <returns>Its length in bytes; 0 if it cannot be read, is longer than 255 bytes, or has no room.</returns>
    public int CopyName(int at, byte[] into, int offset)
    {
        int low = at;
        int to = offset;
        while (true)
        {
            at = Follow(at, ref low);
            if (at < 0)
                return 0;
            int size = _message[at];
            if (to + size + 1 > into.Length || to + size + 1 - offset > DnsMessage.LongestName)
                return 0;
            for (int i = 0; i <= size; i++)
                into[to + i] = _message[at + i];
            at += size + 1;
            to += size + 1;
            if (size == 0)
                return to - offset;
        }
    }

    /// <summary>
    /// Goes on to a label, through pointers. Each must point to before everything that the name has come from: a loop cannot.
    /// </summary>
    /// <returns>Index of the label's length; -1 if there is none.</returns>
    private int Follow(int at, ref int low)
    {
        byte[] message = _message;
        while (at < _end)
        {
            int size = message[at];
            if (size <= DnsMessage.LongestLabel)
                return size < _end - at ? at : -1;
            if (size < 0xC0 || _end - at < 2)
                return -1;
            at = _start + (((size & 0x3F) << 8) | message[at + 1]);
            if (at >= low || at < _start + DnsMessage.HeaderLength)
                return -1;
            low = at;
        }

        return -1;
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
