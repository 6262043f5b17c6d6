using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What a server says, and what only looks as if it did.
internal sealed partial class DnsResolver
{
    /// <summary>The longest that an address is kept, in seconds.</summary>
    private const uint LongestTime = 86400;

    /// <summary>The same for the answer that there is none (RFC 2308 section 5).</summary>
    private const uint LongestTimeOfNone = 10800;

    /// <summary>The five numbers at the end of an SOA record, in bytes; the last one is MINIMUM.</summary>
    private const int SoaNumbers = 20;

    /// <summary>A datagram for the port of a question has come.</summary>
    /// <param name="question">The question.</param>
    /// <param name="frame">The frame buffer.</param>
    /// <param name="length">Length of its data in bytes.</param>
    /// <param name="source">Who sent it, most significant byte first.</param>
    /// <param name="isForMany">It was not sent to us alone.</param>
    /// <param name="now">The time in microseconds.</param>
    /// <returns>False if it is not from the server: to all others the port must look closed, else they could find it.</returns>
    public bool Receive(DnsQuestion question, byte[] frame, int length, uint source, bool isForMany, ulong now)
    {
        DnsReader reader = _reader;
        if (isForMany || source != question.Server || BigEndian.Get16(frame, UdpHeader.SourcePort) != DnsMessage.ServerPort)
        {
            _counters[(int)Counter.DnsSourceBad]++;
            return false;
        }

        if (!reader.Begin(frame, UdpHeader.Data, length))
            _counters[(int)Counter.DnsMalformed]++;
        else if (reader.Identifier != question.Identifier)
        {
            _counters[(int)Counter.DnsIdentifierBad]++;
            question.Forgeries++;
            if (question.Forgeries == MostForgeries)
                AskByStream(question, now);
        }
        else if (!AnswersQuestion(question))
            _counters[(int)(reader.IsMalformed ? Counter.DnsMalformed : Counter.DnsQuestionBad)]++;
        else if ((reader.Flags & DnsMessage.Truncated) != 0)
        {
            // What there is of it is not used (RFC 2181 section 9).
            _counters[(int)Counter.DnsTruncated]++;
            AskByStream(question, now);
        }
        else if (!IsWhole())
            _counters[(int)Counter.DnsMalformed]++;
        else
            Take(question, frame, false, now);
        return true;
    }

    /// <summary>An answer over TCP is there, or its beginning.</summary>
    private void ReceiveFromStream(DnsQuestion question, ulong now)
    {
        byte[] buffer = _stream.Buffer;
        bool isCut = _stream.IsCut;
        int length = isCut ? _stream.Kept : BigEndian.Get16(buffer, 0);
        if (_reader.Begin(buffer, DnsStream.Message, length) && _reader.Identifier == question.Identifier && AnswersQuestion(question)
            && (isCut || IsWhole()))
        {
            Take(question, buffer, isCut, now);
            return;
        }

        // Who answers so has read the question: it is the server that is wrong.
        _counters[(int)Counter.DnsMalformed]++;
        BeRefused(question, now);
    }

    private bool AnswersQuestion(DnsQuestion question)
    {
        DnsReader reader = _reader;
        return (reader.Flags & (DnsMessage.Response | DnsMessage.OperationMask)) == DnsMessage.Response
            && reader.GetCount(DnsMessage.Questions) == 1 && reader.Read() && reader.Type == question.Type
            && reader.Class == DnsMessage.ClassInternet && reader.NameEquals(reader.Name, question.Name);
    }

    /// <summary>Whether the message can be read to its end, with the names in it that lead on.</summary>
    private bool IsWhole()
    {
        DnsReader reader = _reader;
        while (reader.Read())
        {
            int end = reader.Data + reader.DataLength;
            if (reader.Type == DnsMessage.TypeCname && reader.Section == DnsMessage.Answers && reader.EndOfName(reader.Data, end) != end)
                return false;
        }

        return !reader.IsMalformed;
    }

    /// <summary>Takes an answer that is the server's.</summary>
    private void Take(DnsQuestion question, byte[] message, bool isCut, ulong now)
    {
        DnsReader reader = _reader;
        int code = reader.Flags & DnsMessage.ResponseCodeMask;
        if (code != 0 && code != DnsMessage.NameError)
        {
            BeRefused(question, now);
            return;
        }

        int aliases = question.Aliases;
        if (FollowAliases(question))
        {
            _preferred = question.Place;
            Keep(question, question.Type, DnsError.None, TimeToLive(), LongestTime, message, now);
            Find(question, message, reader.Data, now);
        }
        else if (question.Aliases > MostAliases)
            Fail(question, DnsError.TooManyAliases, now);
        else if (isCut)
            BeRefused(question, now);
        else if (code == DnsMessage.NameError)
            FailAndKeep(question, DnsCache.NoSuchName, DnsError.NoSuchName, message, now);
        else if (Says(DnsMessage.TypeSoa, question.Name))
            FailAndKeep(question, question.Type, DnsError.NoAddress, message, now);
        else if (question.Aliases != aliases)
        {
            // The server has told the next name and nothing about that one.
            Ask(question, now);
        }
        else if (Says(DnsMessage.TypeNs, question.Name))
        {
            // It tells who knows, and does not ask there itself (RFC 2308 section 2.2).
            BeRefused(question, now);
        }
        else
            Fail(question, DnsError.NoAddress, now);
    }

    /// <summary>The server cannot or will not answer: the next one is asked.</summary>
    private void BeRefused(DnsQuestion question, ulong now)
    {
        _counters[(int)Counter.DnsServerFailed]++;
        question.Failed |= 1 << question.Place;
        Ask(question, now);
    }

    /// <summary>Goes from name to name in the answer, until there is an address.</summary>
    /// <returns>True if the reader stands at one; else the question's name is the last one of them.</returns>
    private bool FollowAliases(DnsQuestion question)
    {
        DnsReader reader = _reader;
        while (question.Aliases <= MostAliases)
        {
            int alias = 0;
            uint timeToLive = 0;
            reader.Rewind();
            while (reader.Read() && reader.Section <= DnsMessage.Answers)
            {
                if (reader.Section != DnsMessage.Answers || reader.Class != DnsMessage.ClassInternet
                    || !reader.NameEquals(reader.Name, question.Name))
                    continue;
                if (reader.Type == question.Type && IsAddress(reader))
                    return true;
                if (reader.Type == DnsMessage.TypeCname && alias == 0)
                {
                    alias = reader.Data;
                    timeToLive = TimeToLive();
                }
            }

            if (alias == 0 || reader.CopyName(alias, question.Name, 0) == 0)
                return false;
            question.Aliases++;
            if (timeToLive < question.TimeToLive)
                question.TimeToLive = timeToLive;
        }

        return false;
    }

    /// <summary>Whether the record holds the address of a host that is not we: others would make a call for a connection throw.</summary>
    private bool IsAddress(DnsReader reader)
    {
        byte[] message = reader.Message;
        int at = reader.Data;
        if (reader.Type == DnsMessage.TypeA)
        {
            uint address = reader.DataLength == 4 ? BigEndian.Get32(message, at) : 0;
            return address >> 24 < 224 && _ipv4.CanBeHost(BigEndian.Reverse(address));
        }

        return reader.DataLength == Ipv6Address.Length && message[at] != 0xFF && !Ipv6Address.IsUnspecified(message, at)
            && !Ipv6Address.IsLoopback(message, at) && !Ipv6Address.IsMapped(message, at) && _ipv6.Find(message, at) < 0;
    }

    /// <summary>Looks for a record of an authority for a name: one of the name itself, or of what it ends with.</summary>
    /// <returns>True if the reader stands at it.</returns>
    private bool Says(int type, byte[] name)
    {
        DnsReader reader = _reader;
        reader.Rewind();
        while (reader.Read() && reader.Section <= DnsMessage.Authorities)
        {
            if (reader.Section != DnsMessage.Authorities || reader.Type != type || reader.Class != DnsMessage.ClassInternet)
                continue;
            int label = 0;
            while (!reader.NameEquals(reader.Name, name, label) && name[label] != 0)
                label += name[label] + 1;
            if (reader.NameEquals(reader.Name, name, label))
                return true;
        }

        return false;
    }

    /// <summary>There is no address. It may be kept for as long as the zone says; if no zone says it, not at all (RFC 2308 section 5).</summary>
    private void FailAndKeep(DnsQuestion question, int type, DnsError error, byte[] message, ulong now)
    {
        DnsReader reader = _reader;
        _preferred = question.Place;
        if (Says(DnsMessage.TypeSoa, question.Name))
        {
            int end = reader.Data + reader.DataLength;
            int at = reader.EndOfName(reader.Data, end);
            at = at < 0 ? -1 : reader.EndOfName(at, end);
            if (at >= 0 && end - at == SoaNumbers)
            {
                uint minimum = BigEndian.Get32(message, end - 4);
                uint seconds = TimeToLive();
                Keep(question, type, error, minimum < seconds ? minimum : seconds, LongestTimeOfNone, message, now);
            }
        }

        Fail(question, error, now);
    }

    /// <summary>How long the record may be kept, in seconds; one with its top bit set says 0 (RFC 2181 section 8).</summary>
    private uint TimeToLive()
    {
        uint seconds = _reader.TimeToLive;
        return seconds > int.MaxValue ? 0 : seconds;
    }

    /// <summary>Keeps an answer for as long as all of it may be.</summary>
    private void Keep(DnsQuestion question, int type, DnsError error, uint seconds, uint most, byte[] message, ulong now)
    {
        if (question.TimeToLive < seconds)
            seconds = question.TimeToLive;
        if (seconds > most)
            seconds = most;
        if (seconds != 0)
            _cache.Keep(question.Key, type, now + seconds * Second, error, message, _reader.Data, error == DnsError.None ? _reader.DataLength : 0);
    }
}
