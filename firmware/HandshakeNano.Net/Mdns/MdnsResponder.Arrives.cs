using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What comes: questions of others, their probes, and what they say of names that are ours.
public sealed partial class MdnsResponder
{
    private const uint LinkLocalPrefix = 0xA9FE0000;
    private const uint LinkLocalMask = 0xFFFF0000;

    /// <summary>Takes a message that has come to port 5353.</summary>
    /// <param name="message">The array that holds it.</param>
    /// <param name="offset">Index of its first byte.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="source">Who sent it, most significant byte first.</param>
    /// <param name="port">From which port.</param>
    /// <param name="toGroup">Whether it was sent to the group, and not to us alone.</param>
    /// <param name="now">The time in microseconds.</param>
    public void Receive(byte[] message, int offset, int length, uint source, int port, bool toGroup, ulong now)
    {
        if (_state == MdnsState.Idle || source == _address)
            return;
        if (!IsOnLink(source))
        {
            _counters[(int)Counter.MdnsSourceBad]++;
            return;
        }

        DnsReader reader = _reader;
        if (!reader.Begin(message, offset, length) || !IsWhole(message))
        {
            _counters[(int)Counter.MdnsMalformed]++;
            return;
        }

        // RFC 6762 sections 18.3 and 18.11: anything else is ignored without a word.
        if ((reader.Flags & (DnsMessage.OperationMask | DnsMessage.ResponseCodeMask)) != 0)
            return;
        reader.Rewind();
        if ((reader.Flags & DnsMessage.Response) == 0)
            Answer(message, source, port, toGroup, now);
        else if (port == DnsMessage.MulticastPort)
            Heed(message, now);
        Schedule();
    }

    private bool IsOnLink(uint source)
    {
        uint mask = _prefixLength == 0 ? 0 : 0xFFFFFFFF << (32 - _prefixLength);
        return (source & mask) == (_address & mask) || (source & LinkLocalMask) == LinkLocalPrefix;
    }

    /// <summary>Whether all of the message can be read, with the names in the data of its records.</summary>
    private bool IsWhole(byte[] message)
    {
        while (_reader.Read())
        {
            if (_reader.Section != DnsMessage.Questions && MdnsRecords.CopyForm(_reader, message, _theirs) == 0)
                return false;
        }

        return !_reader.IsMalformed;
    }

    private void Answer(byte[] message, uint source, int port, bool toGroup, ulong now)
    {
        DnsReader reader = _reader;
        if (_state == MdnsState.Probing)
        {
            if (port == DnsMessage.MulticastPort && reader.GetCount(DnsMessage.Authorities) != 0 && LosesTie(message))
                BeginProbing(now + TieWait);
            return;
        }

        for (int record = 0; record < _marks.Length; record++)
            _marks[record] = false;
        bool wantsUnicast = true;
        bool any = false;
        while (reader.Read())
        {
            if (reader.Section == DnsMessage.Questions)
            {
                if (!Mark())
                    continue;
                any = true;
                wantsUnicast &= (reader.Class & DnsMessage.ClassTopBit) != 0;
            }
            else if (reader.Section == DnsMessage.Answers)
                Suppress(message, source);
        }

        if (!any)
            return;
        if (port != DnsMessage.MulticastPort)
        {
            for (int record = 0; record < _marks.Length; record++)
            {
                if (!_marks[record])
                    continue;
                SendLegacy(source, port, now);
                return;
            }

            return;
        }

        bool isProbe = reader.GetCount(DnsMessage.Authorities) != 0;
        if (wantsUnicast || !toGroup)
            AnswerByUnicast(source, now);
        AnswerByMulticast((reader.Flags & DnsMessage.Truncated) != 0, isProbe, source, now);
    }

    /// <summary>Marks the records that answer a question.</summary>
    private bool Mark()
    {
        DnsReader reader = _reader;
        int questionClass = reader.Class & ~DnsMessage.ClassTopBit;
        if (questionClass != DnsMessage.ClassInternet && questionClass != DnsMessage.ClassAny)
            return false;
        bool any = false;
        for (int record = 0; record < _marks.Length; record++)
        {
            if (!MdnsRecords.Answers(record, reader.Type) || !reader.NameEquals(reader.Name, _records.GetName(record)))
                continue;
            _marks[record] = true;
            any = true;
        }

        return any;
    }

    /// <summary>Leaves out what the other one knows for long enough (section 7.1).</summary>
    private void Suppress(byte[] message, uint source)
    {
        int record = FindSame(message);
        if (record < 0 || _reader.TimeToLive < MdnsRecords.GetTimeToLive(record) / 2)
            return;
        _marks[record] = false;
        if (source == _truncatedFrom)
            _due[record] = ulong.MaxValue;
    }

    /// <summary>
    /// Answers the other one alone, but for what the others have not heard for a quarter of its time (section 5.4), and what has no
    /// room: that stays marked.
    /// </summary>
    private void AnswerByUnicast(uint source, ulong now)
    {
        bool any = false;
        for (int record = 0; record < _marks.Length; record++)
        {
            ulong quarter = MdnsRecords.GetTimeToLive(record) * (Second / 4);
            _rest[record] = _marks[record] && !WasSentWithin(record, quarter, now);
            if (_rest[record])
                _marks[record] = false;
            else if (_marks[record])
                any = true;
        }

        if (any)
        {
            _writer.Begin(0, ResponseFlags);
            PutAnswers(true, now);
            Send(source, DnsMessage.MulticastPort, now);
        }

        bool[] done = _marks;
        _marks = _rest;
        _rest = done;
    }

    private void AnswerByMulticast(bool truncated, bool isProbe, uint source, ulong now)
    {
        ulong delay = 0;
        if (truncated)
        {
            delay = TruncatedDelay + _random.Below(TruncatedDelayRange);
            _truncatedFrom = source;
        }
        else
        {
            _truncatedFrom = 0;
            for (int record = 0; record < _marks.Length && delay == 0; record++)
            {
                if (_marks[record] && MdnsRecords.IsShared(record))
                    delay = SharedDelay + _random.Below(SharedDelayRange);
            }
        }

        for (int record = 0; record < _marks.Length; record++)
        {
            if (!_marks[record])
                continue;
            ulong due = now + delay;
            ulong least = isProbe ? LeastProbeInterval : LeastInterval;
            if (_wasSent[record] && _sentAt[record] + least > due)
                due = _sentAt[record] + least;
            if (due < _due[record])
                _due[record] = due;
        }
    }

    /// <summary>Reads what another responder says (sections 6.6, 7.4, 8.1 and 9).</summary>
    private void Heed(byte[] message, ulong now)
    {
        DnsReader reader = _reader;
        while (reader.Read())
        {
            if (reader.Section == DnsMessage.Questions)
                continue;
            int same = FindSame(message);
            if (same >= 0)
            {
                if (_state == MdnsState.Probing)
                    continue;
                if (reader.TimeToLive >= MdnsRecords.GetTimeToLive(same))
                    _due[same] = ulong.MaxValue;
                else if (reader.TimeToLive < MdnsRecords.GetTimeToLive(same) / 2 && _due[same] == ulong.MaxValue)
                    _due[same] = _wasSent[same] && _sentAt[same] + LeastInterval > now ? _sentAt[same] + LeastInterval : now;
                continue;
            }

            if (reader.TimeToLive == 0 || (reader.Class & ~DnsMessage.ClassTopBit) != DnsMessage.ClassInternet || !IsConflict())
                continue;
            _counters[(int)Counter.MdnsConflicts]++;
            if (_state == MdnsState.Probing)
                Rename(now);
            else
                BeginProbing(now + _random.Below(ProbeInterval));
            return;
        }
    }

    /// <summary>Whether a record of another host has a name that is ours alone: while we probe, of any type.</summary>
    private bool IsConflict()
    {
        for (int record = 0; record < _records.Count; record++)
        {
            if (MdnsRecords.IsProbed(record) && (_state == MdnsState.Probing || MdnsRecords.GetType(record) == _reader.Type)
                && _reader.NameEquals(_reader.Name, _records.GetName(record)))
                return true;
        }

        return false;
    }

    /// <summary>Finds the record of ours that is the same as the one that the reader stands on.</summary>
    /// <returns>Its number; -1 if there is none.</returns>
    private int FindSame(byte[] message)
    {
        if ((_reader.Class & ~DnsMessage.ClassTopBit) != DnsMessage.ClassInternet)
            return -1;
        int length = 0;
        for (int record = 0; record < _records.Count; record++)
        {
            if (MdnsRecords.GetType(record) != _reader.Type || !_reader.NameEquals(_reader.Name, _records.GetName(record)))
                continue;
            if (length == 0)
                length = MdnsRecords.CopyForm(_reader, message, _theirs);
            if (MdnsRecords.IsSame(_reader.Type, _ours, _records.CopyForm(record, _ours), _theirs, length))
                return record;
        }

        return -1;
    }

    /// <summary>
    /// Whether another host that probes for one of our names at the same time is to have it: the one whose records are greater
    /// (section 8.2).
    /// </summary>
    private bool LosesTie(byte[] message)
    {
        if (LosesTie(message, MdnsRecords.Host, MdnsRecords.Host))
            return true;
        for (int record = MdnsRecords.Services; record < _records.Count; record += MdnsRecords.OfService)
        {
            // In the order of their types: TXT, SRV.
            if (LosesTie(message, record + 1, record))
                return true;
        }

        return false;
    }

    private bool LosesTie(byte[] message, int first, int second)
    {
        int record = first;
        int lastLength = 0;
        while (true)
        {
            int length = CopyNext(message, _records.GetName(first), lastLength);
            if (length == 0)
                return false;

            // Who has more records is greater if the others are the same.
            if (record < 0)
                return true;
            int order = MdnsRecords.Compare(_ours, _records.CopyForm(record, _ours), _last, length);
            if (order != 0)
                return order < 0;
            lastLength = length;
            record = record == second ? -1 : second;
        }
    }

    /// <summary>
    /// Of the records that another host would have of a name, finds the least one that is greater than the last one, and makes it the
    /// last one.
    /// </summary>
    /// <returns>Its length; 0 if there is none.</returns>
    private int CopyNext(byte[] message, byte[] name, int lastLength)
    {
        DnsReader reader = _reader;
        byte[] theirs = _theirs;
        int bestLength = 0;
        reader.Rewind();
        while (reader.Read())
        {
            if (reader.Section != DnsMessage.Authorities || !reader.NameEquals(reader.Name, name))
                continue;
            int length = MdnsRecords.CopyForm(reader, message, theirs);
            if ((lastLength != 0 && MdnsRecords.Compare(theirs, length, _last, lastLength) <= 0)
                || (bestLength != 0 && MdnsRecords.Compare(theirs, length, _ours, bestLength) >= 0))
                continue;
            Array.Copy(theirs, 0, _ours, 0, length);
            bestLength = length;
        }

        Array.Copy(_ours, 0, _last, 0, bestLength);
        return bestLength;
    }
}
