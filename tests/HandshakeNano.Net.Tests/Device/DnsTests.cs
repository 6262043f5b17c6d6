using System;
using HandshakeNano.Net.Wire;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>DNS messages (RFC 1035 section 4), written and read; and those that are made to lead a reader astray.</summary>
[TestClass]
public sealed class DnsTests
{
    [TestMethod]
    public void Text_becomes_a_name_of_labels()
    {
        Assert.AreEqual("05686F737431056C6F63616C00", Hex(DnsName.FromText("host1.local")));
        Assert.AreEqual("05686F737431056C6F63616C00", Hex(DnsName.FromText("host1.local.")));
        Assert.AreEqual(13, DnsName.GetLength(DnsName.FromText("host1.local"), 0));
    }

    [TestMethod]
    public void Text_that_cannot_be_a_name_is_refused()
    {
        Assert.IsNull(DnsName.FromText(""));
        Assert.IsNull(DnsName.FromText("."));
        Assert.IsNull(DnsName.FromText("a..b"));
        Assert.IsNull(DnsName.FromText(".a"));
        Assert.IsNull(DnsName.FromText("h\u00F6st"));
        Assert.IsNull(DnsName.FromText(new string('a', 64)));
        Assert.IsNotNull(DnsName.FromText(new string('a', 63)));
        string label = new string('a', 63) + ".";
        Assert.IsNotNull(DnsName.FromText(label + label + label + new string('a', 61)));
        Assert.IsNull(DnsName.FromText(label + label + label + new string('a', 62)));
    }

    [TestMethod]
    public void A_message_is_written_with_its_names_compressed()
    {
        byte[] message = new byte[512];
        DnsWriter writer = new DnsWriter(message);
        byte[] host = DnsName.FromText("h.local");
        byte[] service = DnsName.FromText("s.local");
        writer.Begin(0x1234, DnsMessage.Response | DnsMessage.Authoritative);
        Assert.IsTrue(writer.PutQuestion(host, DnsMessage.TypeAny, DnsMessage.ClassInternet));
        writer.BeginRecord(DnsMessage.Answers, host, DnsMessage.TypeA, 0x8001, 120);
        writer.Put32(0x0A4D0002);
        Assert.IsTrue(writer.EndRecord());
        writer.BeginRecord(DnsMessage.Additionals, service, DnsMessage.TypePtr, 1, 4500);
        writer.PutName(host, true);
        Assert.IsTrue(writer.EndRecord());
        Assert.AreEqual("123484000001000100000001" + "0168056C6F63616C0000FF0001"
            + "C00C00018001000000780004" + "0A4D0002" + "0173C00E000C0001000011940002" + "C00C", Hex(message, writer.Length));
    }

    [TestMethod]
    public void A_name_that_must_not_be_compressed_is_not()
    {
        byte[] message = new byte[512];
        DnsWriter writer = new DnsWriter(message);
        byte[] host = DnsName.FromText("h.local");
        writer.Begin(0, 0);
        writer.BeginRecord(DnsMessage.Answers, host, DnsMessage.TypePtr, 1, 1);
        writer.PutName(host, false);
        Assert.IsTrue(writer.EndRecord());
        Assert.AreEqual("000000000000000100000000" + "0168056C6F63616C00000C0001000000010009" + "0168056C6F63616C00",
            Hex(message, writer.Length));
    }

    [TestMethod]
    public void What_does_not_fit_is_left_out_as_a_whole()
    {
        byte[] host = DnsName.FromText("h.local");

        // Header, question of 13 bytes, record of 16.
        for (int size = 12; size < 41; size++)
        {
            byte[] message = new byte[size];
            DnsWriter writer = new DnsWriter(message);
            writer.Begin(0, 0);
            bool question = writer.PutQuestion(host, DnsMessage.TypeA, 1);
            Assert.AreEqual(size >= 25, question);
            writer.BeginRecord(DnsMessage.Answers, host, DnsMessage.TypeA, 1, 1);
            writer.Put32(0);
            Assert.IsFalse(writer.EndRecord());
            Assert.AreEqual(question ? 25 : 12, writer.Length);
            Assert.AreEqual(0, writer.GetCount(DnsMessage.Answers));
            Assert.AreEqual(question ? 1 : 0, writer.GetCount(DnsMessage.Questions));
        }
    }

    [TestMethod]
    public void A_message_is_read_question_by_question_and_record_by_record()
    {
        DnsReader reader = Read("123484000001000100000001" + "0168056C6F63616C0000FF0001"
            + "C00C00018001000000780004" + "0A4D0002" + "0153C00E000C0001000011940002" + "C00C");
        Assert.AreEqual(0x1234, reader.Identifier);
        Assert.AreEqual(0x8400, reader.Flags);
        for (int i = 0; i < 2; i++)
        {
            Assert.IsTrue(reader.Read());
            Assert.AreEqual(DnsMessage.Questions, reader.Section);
            Assert.AreEqual(DnsMessage.TypeAny, reader.Type);
            Assert.IsTrue(reader.NameEquals(reader.Name, DnsName.FromText("H.LOCAL")));
            Assert.IsTrue(reader.Read());
            Assert.AreEqual(DnsMessage.Answers, reader.Section);
            Assert.AreEqual(0x8001, reader.Class);
            Assert.AreEqual(120u, reader.TimeToLive);
            Assert.AreEqual(4, reader.DataLength);
            Assert.IsTrue(reader.NameEquals(reader.Name, DnsName.FromText("h.local")));
            Assert.IsTrue(reader.Read());
            Assert.AreEqual(DnsMessage.Additionals, reader.Section);
            Assert.IsTrue(reader.NameEquals(reader.Name, DnsName.FromText("s.local")));
            Assert.IsFalse(reader.NameEquals(reader.Name, DnsName.FromText("s.locals")));
            Assert.IsFalse(reader.NameEquals(reader.Name, DnsName.FromText("s")));
            Assert.IsFalse(reader.NameEquals(reader.Name, DnsName.FromText("s.local.x")));
            Assert.AreEqual(reader.Data + 2, reader.EndOfName(reader.Data, reader.Data + 2));
            byte[] name = new byte[9];
            Assert.AreEqual(9, reader.CopyName(reader.Data, name, 0));
            Assert.AreEqual("0168056C6F63616C00", Hex(name));
            Assert.AreEqual(0, reader.CopyName(reader.Data, new byte[8], 0));
            Assert.IsFalse(reader.Read());
            Assert.IsFalse(reader.IsMalformed);
            reader.Rewind();
        }
    }

    [TestMethod]
    public void A_message_cut_anywhere_is_malformed()
    {
        byte[] whole = Bytes("123484000001000100000001" + "0168056C6F63616C0000FF0001"
            + "C00C00018001000000780004" + "0A4D0002" + "0153C00E000C0001000011940002" + "C00C");
        for (int length = 0; length < whole.Length; length++)
        {
            // The array ends where the message does: a reader that looks further throws.
            byte[] part = new byte[length];
            Array.Copy(whole, 0, part, 0, length);
            DnsReader reader = new DnsReader();
            if (reader.Begin(part, 0, length))
            {
                while (reader.Read())
                {
                }
            }

            Assert.IsTrue(reader.IsMalformed);
        }
    }

    [TestMethod]
    public void A_pointer_to_itself_or_forward_is_malformed()
    {
        Malformed("C00C");
        Malformed("C00E");
        Malformed("C012");
        Malformed("FFFF");
        Malformed("0161C00E");
    }

    [TestMethod]
    public void A_pointer_back_into_its_own_name_is_malformed()
    {
        Malformed("0161C00C");
        Malformed("0161" + "0162" + "C00E");
    }

    [TestMethod]
    public void A_pointer_into_the_header_is_malformed()
    {
        Malformed("C000");
        Malformed("C00B");
    }

    [TestMethod]
    public void Two_names_that_point_to_each_other_are_malformed()
    {
        // The first is read as far as its end; the second points to the first, whose data pointer comes back.
        DnsReader reader = Read("000000000000000200000000" + "0161000005000100000001" + "0004" + "0162C01C"
            + "C01600050001000000010000");
        Assert.IsTrue(reader.Read());
        Assert.AreEqual(-1, reader.EndOfName(reader.Data, reader.Data + reader.DataLength));
        Assert.IsFalse(reader.NameEquals(reader.Data, DnsName.FromText("b.b.b")));
        Assert.AreEqual(0, reader.CopyName(reader.Data, new byte[300], 0));
    }

    [TestMethod]
    public void Label_types_that_nobody_uses_are_malformed()
    {
        Malformed("4161");
        Malformed("8161");
        Malformed("BF61");
    }

    [TestMethod]
    public void A_name_is_255_bytes_at_the_most()
    {
        string label = "3F";
        for (int i = 0; i < 63; i++)
            label += "61";
        string longest = label + label + label + "3D" + label.Substring(2, 2 * 61) + "00";
        DnsReader reader = Read("000000000001000000000000" + longest + "00010001");
        Assert.IsTrue(reader.Read());
        Assert.AreEqual(255, reader.CopyName(reader.Name, new byte[255], 0));
        Malformed(label + label + label + "3E" + label.Substring(2, 2 * 62) + "00");
        Malformed(label + label + label + label + "00");
    }

    [TestMethod]
    public void A_long_name_hidden_behind_pointers_is_malformed()
    {
        // Each name is a label before the one that came first: the sixth is longer than 255 bytes.
        string label = "3F";
        for (int i = 0; i < 63; i++)
            label += "61";
        string first = label + "00";
        string text = "000000000005000000000000" + first + "00010001";
        int at = 12;
        int next = text.Length / 2;
        for (int i = 1; i < 5; i++)
        {
            text += label + "C0" + at.ToString("X2") + "00010001";
            at = next;
            if (at > 255)
                break;
            next = text.Length / 2;
        }

        DnsReader reader = Read(text);
        int read = 0;
        while (reader.Read())
            read++;
        Assert.AreEqual(3, read);
        Assert.IsTrue(reader.IsMalformed);
    }

    [TestMethod]
    public void Data_longer_than_the_message_are_malformed()
    {
        DnsReader reader = Read("000000000000000100000000" + "00" + "00010001" + "00000001" + "0005" + "0A4D0002");
        Assert.IsFalse(reader.Read());
        Assert.IsTrue(reader.IsMalformed);
    }

    [TestMethod]
    public void A_name_that_leaves_its_record_is_malformed()
    {
        DnsReader reader = Read("000000000000000200000000" + "00" + "000C0001" + "00000001" + "0002" + "0161"
            + "00" + "000C0001" + "00000001" + "0000");
        Assert.IsTrue(reader.Read());
        Assert.AreEqual(-1, reader.EndOfName(reader.Data, reader.Data + reader.DataLength));
    }

    [TestMethod]
    public void Any_bytes_can_be_read_without_harm()
    {
        ulong random = 12;
        DnsReader reader = new DnsReader();
        byte[] other = DnsName.FromText("h.local");
        byte[] copy = new byte[255];
        for (int run = 0; run < 300; run++)
        {
            byte[] message = new byte[run % 64];
            for (int i = 0; i < message.Length; i++)
            {
                random = (random * 6364136223846793005) + 1442695040888963407;
                int value = (int)(random >> 56);
                message[i] = (byte)(value < 100 ? value & 3 : value < 160 ? 0xC0 : value);
            }

            if (!reader.Begin(message, 0, message.Length))
                continue;
            int entries = 0;
            while (reader.Read())
            {
                reader.NameEquals(reader.Name, other);
                reader.CopyName(reader.Name, copy, 0);
                reader.NameEquals(reader.Data, other);
                reader.CopyName(reader.Data, copy, 0);
                entries++;
            }

            // The shortest question is 5 bytes.
            Assert.IsTrue(entries <= 11);
        }
    }

    private static void Malformed(string name)
    {
        DnsReader reader = Read("000000000001000000000000" + name + "00010001");
        Assert.IsFalse(reader.Read());
        Assert.IsTrue(reader.IsMalformed);
        Assert.IsFalse(reader.Read());
        Assert.IsFalse(reader.NameEquals(12, DnsName.FromText("a.a")));
    }

    private static DnsReader Read(string hex)
    {
        // Somewhere in an array, as the socket gives it.
        byte[] message = Bytes("FFFFFF" + hex);
        DnsReader reader = new DnsReader();
        Assert.IsTrue(reader.Begin(message, 3, message.Length - 3));
        return reader;
    }

    private static byte[] Bytes(string hex)
    {
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)((Digit(hex[2 * i]) << 4) | Digit(hex[(2 * i) + 1]));
        return bytes;
    }

    private static int Digit(char digit)
    {
        return digit <= '9' ? digit - '0' : digit - 'A' + 10;
    }

    private static string Hex(byte[] bytes)
    {
        return Hex(bytes, bytes.Length);
    }

    private static string Hex(byte[] bytes, int length)
    {
        string text = "";
        for (int i = 0; i < length; i++)
            text += bytes[i].ToString("X2");
        return text;
    }
}
