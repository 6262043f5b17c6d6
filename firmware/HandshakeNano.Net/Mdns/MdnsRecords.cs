using System;
using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

/// <summary>
/// The records that a host has in multicast DNS: its address, the name of the address, and what each service needs (RFC 6763).
/// Host and services have the same first label, so that they are renamed together.
/// </summary>
internal sealed class MdnsRecords
{
    /// <summary>The host's address.</summary>
    public const int Host = 0;

    /// <summary>The name of the host's address.</summary>
    public const int Reverse = 1;

    /// <summary>That the host's name has nothing but an address.</summary>
    public const int HostNsec = 2;

    /// <summary>The first record of the first service; each has <see cref="OfService"/>.</summary>
    public const int Services = 3;

    /// <summary>How many records a service has: SRV, TXT, PTR, the PTR of its type, and NSEC, in this order.</summary>
    public const int OfService = 5;

    /// <summary>Seconds that a record with a host's name or address in it may be kept (RFC 6762 section 10).</summary>
    public const uint HostTimeToLive = 120;

    /// <summary>Seconds for the others.</summary>
    public const uint OtherTimeToLive = 4500;

    private const int Srv = 0;
    private const int Txt = 1;
    private const int Ptr = 2;
    private const int TypePtr = 3;

    // Window 0 of a bitmap of types (RFC 4034 section 4.1.2): A; TXT and SRV.
    private static readonly byte[] HostTypes = new byte[] { 0, 1, 0x40 };
    private static readonly byte[] ServiceTypes = new byte[] { 0, 5, 0, 0, 0x80, 0, 0x40 };

    private static readonly byte[] Local = DnsName.FromText("local");
    private static readonly byte[] InAddrArpa = DnsName.FromText("in-addr.arpa");
    private static readonly byte[] ServiceTypesName = DnsName.FromText("_services._dns-sd._udp.local");

    private readonly byte[] _host = new byte[1 + DnsMessage.LongestLabel + 7];
    private readonly byte[] _reverse = new byte[(4 * 4) + 14];
    private readonly byte[] _address = new byte[4];
    private byte[][] _names;
    private byte[][] _texts = new byte[0][];
    private int[] _ports = new int[0];

    public MdnsRecords()
    {
        _names = new byte[Services][];
        _names[Host] = _host;
        _names[Reverse] = _reverse;
        _names[HostNsec] = _host;
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get { return _names.Length; }
    }

    /// <summary>The host's name.</summary>
    public byte[] HostName
    {
        get { return _host; }
    }

    /// <summary>Adds a service. This allocates.</summary>
    /// <param name="type">Its type with the domain, not compressed.</param>
    /// <param name="port">Its port.</param>
    /// <param name="text">The data of its TXT record.</param>
    public void Add(byte[] type, int port, byte[] text)
    {
        int first = _names.Length;
        Resize(first + OfService);
        byte[] instance = new byte[1 + DnsMessage.LongestLabel + type.Length];
        _names[first + Srv] = instance;
        _names[first + Txt] = instance;
        _names[first + Ptr] = type;
        _names[first + TypePtr] = ServiceTypesName;
        _names[first + OfService - 1] = instance;
        _texts[_texts.Length - 1] = text;
        _ports[_ports.Length - 1] = port;
    }

    /// <summary>Takes the last service away.</summary>
    public void RemoveLast()
    {
        Resize(_names.Length - OfService);
    }

    /// <summary>Whether there is a service of this type.</summary>
    public bool HasType(byte[] type)
    {
        for (int record = Services + Ptr; record < _names.Length; record += OfService)
        {
            if (IsSame(_names[record], _names[record].Length, type, type.Length, 0, type.Length))
                return true;
        }

        return false;
    }

    /// <summary>Gives host and services their first label.</summary>
    /// <param name="label">An array that holds it.</param>
    /// <param name="length">Its length, 1 to 63.</param>
    public void SetLabel(byte[] label, int length)
    {
        Build(_host, label, length, Local);
        for (int record = Services; record < _names.Length; record += OfService)
            Build(_names[record], label, length, _names[record + Ptr]);
    }

    /// <summary>Sets the host's address.</summary>
    /// <param name="address">Most significant byte first.</param>
    public void SetAddress(uint address)
    {
        BigEndian.Put32(_address, 0, address);
        int at = 0;
        for (int i = 3; i >= 0; i--)
        {
            int number = _address[i];
            int size = number >= 100 ? 3 : number >= 10 ? 2 : 1;
            _reverse[at] = (byte)size;
            for (int digit = size; digit > 0; digit--)
            {
                _reverse[at + digit] = (byte)('0' + (number % 10));
                number /= 10;
            }

            at += size + 1;
        }

        Array.Copy(InAddrArpa, 0, _reverse, at, InAddrArpa.Length);
    }

    /// <summary>A record's name, not compressed; the array may be longer.</summary>
    public byte[] GetName(int record)
    {
        return _names[record];
    }

    /// <summary>A record's type.</summary>
    public static int GetType(int record)
    {
        switch (record)
        {
            case Host:
                return DnsMessage.TypeA;
            case Reverse:
                return DnsMessage.TypePtr;
            case HostNsec:
                return DnsMessage.TypeNsec;
        }

        switch ((record - Services) % OfService)
        {
            case Srv:
                return DnsMessage.TypeSrv;
            case Txt:
                return DnsMessage.TypeTxt;
            case Ptr:
            case TypePtr:
                return DnsMessage.TypePtr;
            default:
                return DnsMessage.TypeNsec;
        }
    }

    /// <summary>Whether other hosts may have records of the same name and type.</summary>
    public static bool IsShared(int record)
    {
        int kind = record < Services ? -1 : (record - Services) % OfService;
        return kind == Ptr || kind == TypePtr;
    }

    /// <summary>Whether a record says that there is a service of ours of its type.</summary>
    public static bool IsOfType(int record)
    {
        return record >= Services && (record - Services) % OfService == Ptr;
    }

    /// <summary>Whether no other host may have the record's name, and a probe asks for it.</summary>
    public static bool IsProbed(int record)
    {
        int type = GetType(record);
        return type != DnsMessage.TypePtr && type != DnsMessage.TypeNsec;
    }

    /// <summary>How long a record may be kept, in seconds.</summary>
    public static uint GetTimeToLive(int record)
    {
        int kind = record < Services ? -1 : (record - Services) % OfService;
        return kind == Txt || kind == Ptr || kind == TypePtr ? OtherTimeToLive : HostTimeToLive;
    }

    /// <summary>Whether a record answers a question of this type for its name.</summary>
    public static bool Answers(int record, int type)
    {
        int own = GetType(record);
        if (own != DnsMessage.TypeNsec)
            return type == own || type == DnsMessage.TypeAny;
        if (type == DnsMessage.TypeAny)
            return false;
        return record == HostNsec ? type != DnsMessage.TypeA : type != DnsMessage.TypeSrv && type != DnsMessage.TypeTxt;
    }

    /// <summary>Whether a record is of use to who gets another one (RFC 6763 section 12, RFC 6762 section 6.1).</summary>
    public static bool GoesWith(int record, int other)
    {
        int kind = other < Services ? -1 : (other - Services) % OfService;
        if (record == Host)
            return kind == Srv || kind == Ptr;
        if (record == HostNsec)
            return other == Host || kind == Srv || kind == Ptr;
        return kind == Ptr && (record == other - Ptr || record == other - Ptr + Txt);
    }

    /// <summary>Writes a record.</summary>
    /// <returns>False if it does not fit.</returns>
    public bool Put(DnsWriter writer, int section, int record, int recordClass, uint timeToLive, bool legacy)
    {
        int type = GetType(record);
        writer.BeginRecord(section, _names[record], type, recordClass, timeToLive);
        int service = (record - Services) / OfService;
        switch (type)
        {
            case DnsMessage.TypeA:
                writer.PutBytes(_address, 0, 4);
                break;
            case DnsMessage.TypePtr:
                writer.PutName(GetTarget(record), true);
                break;
            case DnsMessage.TypeSrv:
                writer.Put32(0);
                writer.Put16(_ports[service]);
                writer.PutName(_host, !legacy);
                break;
            case DnsMessage.TypeTxt:
                writer.PutBytes(_texts[service], 0, _texts[service].Length);
                break;
            default:
                byte[] types = record == HostNsec ? HostTypes : ServiceTypes;
                writer.PutName(_names[record], true);
                writer.PutBytes(types, 0, types.Length);
                break;
        }

        return writer.EndRecord();
    }

    /// <summary>Copies class, type and data of a record of ours as RFC 6762 section 8.2 compares them.</summary>
    /// <returns>How many bytes.</returns>
    public int CopyForm(int record, byte[] into)
    {
        int type = GetType(record);
        int at = BeginForm(type, into);
        int service = (record - Services) / OfService;
        switch (type)
        {
            case DnsMessage.TypeA:
                return Append(_address, 4, into, at);
            case DnsMessage.TypePtr:
                byte[] target = GetTarget(record);
                return Append(target, DnsName.GetLength(target, 0), into, at);
            case DnsMessage.TypeSrv:
                BigEndian.Put32(into, at, 0);
                BigEndian.Put16(into, at + 4, _ports[service]);
                return Append(_host, DnsName.GetLength(_host, 0), into, at + 6);
            case DnsMessage.TypeTxt:
                return Append(_texts[service], _texts[service].Length, into, at);
            default:
                byte[] types = record == HostNsec ? HostTypes : ServiceTypes;
                at = Append(_names[record], DnsName.GetLength(_names[record], 0), into, at);
                return Append(types, types.Length, into, at);
        }
    }

    /// <summary>Copies the same of a record that a reader stands on; what has no room in the array is left out.</summary>
    /// <returns>How many bytes; 0 if the names in it cannot be read.</returns>
    public static int CopyForm(DnsReader reader, byte[] message, byte[] into)
    {
        int at = BeginForm(reader.Type, into);
        int from = reader.Data;
        int end = from + reader.DataLength;
        if (reader.Type == DnsMessage.TypeSrv)
        {
            if (reader.DataLength < 6)
                return 0;
            Array.Copy(message, from, into, at, 6);
            at += 6;
            from += 6;
        }

        if (reader.Type == DnsMessage.TypeSrv || reader.Type == DnsMessage.TypePtr || reader.Type == DnsMessage.TypeCname
            || reader.Type == DnsMessage.TypeNsec)
        {
            int next = reader.EndOfName(from, end);
            if (next < 0)
                return 0;
            at += reader.CopyName(from, into, at);
            from = next;
        }

        int count = end - from;
        if (count > into.Length - at)
            count = into.Length - at;
        Array.Copy(message, from, into, at, count);
        return at + count;
    }

    /// <summary>Compares two forms byte by byte; what is longer is greater than what it begins with.</summary>
    /// <returns>Less than 0, 0, or greater than 0, as the first one is less, the same, or greater.</returns>
    public static int Compare(byte[] first, int firstLength, byte[] second, int secondLength)
    {
        int length = firstLength < secondLength ? firstLength : secondLength;
        for (int i = 0; i < length; i++)
        {
            if (first[i] != second[i])
                return first[i] < second[i] ? -1 : 1;
        }

        return firstLength == secondLength ? 0 : firstLength < secondLength ? -1 : 1;
    }

    /// <summary>Whether two forms of a type are the same; small and capital letters of the name in them are (RFC 6762 section 16).</summary>
    public static bool IsSame(int type, byte[] first, int firstLength, byte[] second, int secondLength)
    {
        int name = type == DnsMessage.TypeSrv ? 10 : 4;
        int end = type == DnsMessage.TypeA || type == DnsMessage.TypeTxt ? name : name + DnsName.GetLength(first, name);
        return IsSame(first, firstLength, second, secondLength, name, end);
    }

    /// <summary>Whether bytes are the same, but for the case of the name that they have from one index up to another.</summary>
    private static bool IsSame(byte[] first, int firstLength, byte[] second, int secondLength, int name, int end)
    {
        if (firstLength != secondLength)
            return false;
        for (int i = 0; i < firstLength; i++)
        {
            // The length of a label is less than any letter.
            if (first[i] != second[i] && (i < name || i >= end || DnsName.Fold(first[i]) != DnsName.Fold(second[i])))
                return false;
        }

        return true;
    }

    private byte[] GetTarget(int record)
    {
        // The record before a service's PTR has the service's name, and the PTR of its type comes after the one with the type's.
        return record == Reverse ? _host : _names[record - 1];
    }

    private void Resize(int records)
    {
        byte[][] names = new byte[records][];
        int services = (records - Services) / OfService;
        byte[][] texts = new byte[services][];
        int[] ports = new int[services];
        Array.Copy(_names, 0, names, 0, records < _names.Length ? records : _names.Length);
        Array.Copy(_texts, 0, texts, 0, services < _texts.Length ? services : _texts.Length);
        Array.Copy(_ports, 0, ports, 0, services < _ports.Length ? services : _ports.Length);
        _names = names;
        _texts = texts;
        _ports = ports;
    }

    private static int BeginForm(int type, byte[] into)
    {
        BigEndian.Put16(into, 0, DnsMessage.ClassInternet);
        BigEndian.Put16(into, 2, type);
        return 4;
    }

    private static int Append(byte[] data, int count, byte[] into, int at)
    {
        Array.Copy(data, 0, into, at, count);
        return at + count;
    }

    private static void Build(byte[] name, byte[] label, int length, byte[] rest)
    {
        name[0] = (byte)length;
        Array.Copy(label, 0, name, 1, length);
        Array.Copy(rest, 0, name, 1 + length, rest.Length);
    }
}
