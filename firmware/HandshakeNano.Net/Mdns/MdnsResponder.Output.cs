using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What the responder sends: probes, answers, announcements and goodbyes.
public sealed partial class MdnsResponder
{
    private const int ResponseFlags = DnsMessage.Response | DnsMessage.Authoritative;

    /// <summary>Who once asked without multicast DNS keeps nothing for longer (RFC 6762 section 6.7).</summary>
    private const uint LegacyTimeToLive = 10;

    /// <summary>Writes a probe: what is asked for, and what we would have (section 8.1).</summary>
    /// <returns>False if it does not fit.</returns>
    private bool WriteProbe()
    {
        MdnsRecords records = _records;
        DnsWriter writer = _writer;
        writer.Begin(0, 0);
        bool fits = writer.PutQuestion(records.HostName, DnsMessage.TypeAny, DnsMessage.ClassTopBit | DnsMessage.ClassInternet);
        for (int record = MdnsRecords.Services; record < records.Count; record += MdnsRecords.OfService)
            fits &= writer.PutQuestion(records.GetName(record), DnsMessage.TypeAny, DnsMessage.ClassTopBit | DnsMessage.ClassInternet);
        for (int record = 0; record < records.Count; record++)
        {
            if (MdnsRecords.IsProbed(record))
                fits &= records.Put(writer, DnsMessage.Authorities, record, DnsMessage.ClassInternet, MdnsRecords.GetTimeToLive(record), false);
        }

        return fits;
    }

    /// <summary>Multicasts the records that are due, in as many messages as they need.</summary>
    private void SendAnswers(ulong now)
    {
        while (true)
        {
            for (int record = 0; record < _due.Length; record++)
            {
                _marks[record] = _due[record] <= now;
                if (_marks[record])
                    _due[record] = ulong.MaxValue;
            }

            _writer.Begin(0, ResponseFlags);
            bool rest = PutAnswers(false, now);
            if (_writer.GetCount(DnsMessage.Answers) == 0)
                return;
            Send(Group, DnsMessage.MulticastPort, now);
            if (!rest)
                return;
        }
    }

    /// <summary>
    /// Writes the marked records, and those that go with them as far as there is room. A marked one that does not fit is due again; of a
    /// unicast answer it is put to the rest.
    /// </summary>
    /// <returns>True if some are due still.</returns>
    private bool PutAnswers(bool unicast, ulong now)
    {
        MdnsRecords records = _records;
        bool rest = false;
        for (int record = 0; record < records.Count; record++)
        {
            if (!_marks[record])
                continue;
            if (records.Put(_writer, DnsMessage.Answers, record, GetClass(record), MdnsRecords.GetTimeToLive(record), false))
            {
                if (!unicast)
                    NoteSent(record, now);
                continue;
            }

            _marks[record] = false;
            if (unicast)
                _rest[record] = true;
            else if (_writer.GetCount(DnsMessage.Answers) != 0)
            {
                _due[record] = now;
                rest = true;
            }
        }

        for (int record = 0; record < records.Count; record++)
        {
            if (_marks[record] || !GoesWithMarked(record) || (!unicast && WasSentWithin(record, LeastInterval, now)))
                continue;
            if (records.Put(_writer, DnsMessage.Additionals, record, GetClass(record), MdnsRecords.GetTimeToLive(record), false) && !unicast)
                NoteSent(record, now);
        }

        return rest;
    }

    /// <summary>Answers who does not listen to the group, as a server of DNS would (section 6.7).</summary>
    private void SendLegacy(uint source, int port, ulong now)
    {
        _writer.Begin(_reader.Identifier, ResponseFlags);
        _reader.Rewind();
        while (_reader.Read() && _reader.Section == DnsMessage.Questions)
        {
            int length = _reader.CopyName(_reader.Name, _theirs, 0);
            if (length != 0)
                _writer.PutQuestion(_theirs, _reader.Type, _reader.Class);
        }

        for (int record = 0; record < _records.Count; record++)
        {
            if (_marks[record])
                _records.Put(_writer, DnsMessage.Answers, record, DnsMessage.ClassInternet, LegacyTimeToLive, true);
        }

        for (int record = 0; record < _records.Count; record++)
        {
            if (!_marks[record] && GoesWithMarked(record))
                _records.Put(_writer, DnsMessage.Additionals, record, DnsMessage.ClassInternet, LegacyTimeToLive, true);
        }

        Send(source, port, now);
    }

    /// <summary>
    /// Takes back what was announced, by a time to live of 0 (section 10.1). While the name is in doubt, only that we have services: the rest
    /// may be another host's.
    /// </summary>
    private void TakeBack(ulong now)
    {
        if (!_isAnnounced)
            return;
        _isAnnounced = false;
        bool inDoubt = _state == MdnsState.Probing;
        int record = 0;
        while (record < _records.Count)
        {
            _writer.Begin(0, ResponseFlags);
            int first = record;
            while (record < _records.Count && (MdnsRecords.GetType(record) == DnsMessage.TypeNsec || (inDoubt && !MdnsRecords.IsOfType(record))
                || _records.Put(_writer, DnsMessage.Answers, record, GetClass(record), 0, false)))
                record++;
            if (_writer.GetCount(DnsMessage.Answers) != 0)
                Send(Group, DnsMessage.MulticastPort, now);
            if (record == first)
                return;
        }
    }

    private void Send(uint address, int port, ulong now)
    {
        _counters[(int)Counter.MdnsSent]++;
        _sender.Send(_message, _writer.Length, address, port, now);
    }

    private static int GetClass(int record)
    {
        return MdnsRecords.IsShared(record) ? DnsMessage.ClassInternet : DnsMessage.ClassTopBit | DnsMessage.ClassInternet;
    }

    private bool GoesWithMarked(int record)
    {
        for (int other = 0; other < _marks.Length; other++)
        {
            if (_marks[other] && MdnsRecords.GoesWith(record, other))
                return true;
        }

        return false;
    }

    private void NoteSent(int record, ulong now)
    {
        _sentAt[record] = now;
        _wasSent[record] = true;
        _due[record] = ulong.MaxValue;
    }

    private bool WasSentWithin(int record, ulong time, ulong now)
    {
        return _wasSent[record] && now - _sentAt[record] < time;
    }
}
