using System;
using nanoFramework.TestFramework;

namespace HandshakeNano.Net.Tests;

/// <summary>SipHash-2-4 as its authors published it: key 00..0f, message 00..(n-1), result in the order of their table.</summary>
[TestClass]
public sealed class SipHashTests
{
    private static readonly string[] Vectors = new string[]
    {
        "310e0edd47db6f72",
        "fd67dc93c539f874",
        "5a4fa9d909806c0d",
        "2d7efbd796666785",
        "b7877127e09427cf",
        "8da699cd64557618",
        "cee3fe586e46c9cb",
        "37d1018bf50002ab",
        "6224939a79f5f593",
        "b0e4a90bdf82009e",
        "f3b9dd94c5bb5d7a",
        "a7ad6b22462fb3f4",
        "fbe50e86bc8f1e75",
        "903d84c02756ea14",
        "eef27a8e90ca23f7",
        "e545be4961ca29a1",
        "db9bc2577fcc2a3f",
        "9447be2cf5e99a69",
        "9cd38d96f0b3c14b",
        "bd6179a71dc96dbb",
        "98eea21af25cd6be",
        "c7673b2eb0cbf2d0",
        "883ea3e395675393",
        "c8ce5ccd8c030ca8",
        "94af49f6c650adb8",
        "eab8858ade92e1bc",
        "f315bb5bb835d817",
        "adcf6b0763612e2f",
        "a5c91da7acaa4dde",
        "716595876650a2a6",
        "28ef495c53a387ad",
        "42c341d8fa92d832",
        "ce7cf2722f512771",
        "e37859f94623f3a7",
        "381205bb1ab0e012",
        "ae97a10fd434e015",
        "b4a31508beff4d31",
        "81396229f0907902",
        "4d0cf49ee5d4dcca",
        "5c73336a76d8bf9a",
        "d0a704536ba93e0e",
        "925958fcd6420cad",
        "a915c29bc8067318",
        "952b79f3bc0aa6d4",
        "f21df2e41d4535f9",
        "87577519048f53a9",
        "10a56cf5dfcd9adb",
        "eb75095ccd986cd0",
        "51a9cb9ecba312e6",
        "96afadfc2ce666c7",
        "72fe52975a4364ee",
        "5a1645b276d592a1",
        "b274cb8ebf87870a",
        "6f9bb4203de7b381",
        "eaecb2a30b22a87f",
        "9924a43cc1315724",
        "bd838d3aafbf8db7",
        "0b1a2a3265d51aea",
        "135079a3231ce660",
        "932b2846e4d70666",
        "e1915f5cb1eca46c",
        "f325965ca16d629f",
        "575ff28e60381be5",
        "724506eb4c328a95",
    };

    [TestMethod]
    public void All_64_vectors_of_the_authors_hold()
    {
        Assert.AreEqual(64, Vectors.Length);
        byte[] key = Counting(16, 0);
        for (int length = 0; length < 64; length++)
            Assert.AreEqual(Vectors[length], Hex(SipHash.Hash(key, Counting(length, 0), 0, length)), "length " + length.ToString());
    }

    [TestMethod]
    public void The_example_of_the_paper_holds()
    {
        Assert.AreEqual(0xa129ca6149be45e5UL, SipHash.Hash(Counting(16, 0), Counting(15, 0), 0, 15));
    }

    [TestMethod]
    public void The_message_may_stand_anywhere_in_the_array()
    {
        byte[] key = Counting(16, 0);
        for (int offset = 0; offset < 9; offset++)
        {
            byte[] data = new byte[80];
            for (int i = 0; i < data.Length; i++)
                data[i] = 0xEE;
            Array.Copy(Counting(37, 0), 0, data, offset, 37);
            Assert.AreEqual(Vectors[37], Hex(SipHash.Hash(key, data, offset, 37)), "offset " + offset.ToString());
        }
    }

    [TestMethod]
    public void Every_bit_of_the_key_matters()
    {
        byte[] data = Counting(12, 3);
        ulong hash = SipHash.Hash(Counting(16, 0), data, 0, 12);
        for (int bit = 0; bit < 128; bit++)
        {
            byte[] key = Counting(16, 0);
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.AreNotEqual(hash, SipHash.Hash(key, data, 0, 12), "bit " + bit.ToString());
        }
    }

    private static byte[] Counting(int length, int first)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(first + i);
        return bytes;
    }

    private static string Hex(ulong value)
    {
        string text = "";
        for (int i = 0; i < 8; i++)
            text += ((byte)(value >> (8 * i))).ToString("X2");
        return text.ToLower();
    }
}
