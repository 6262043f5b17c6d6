using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Threading.Tasks;
using HandshakeNano.Boards.Virtual;
using HandshakeNano.Client.Tests;
using HandshakeNano.Interop.Peers;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary>
/// <c>handshake draw</c> on captures that tcpdump and tshark make of two kernels, where curl gets pages from nginx, and of a kernel and
/// lwIP. Row for row it reads what tshark reads, and it says that as many segments were sent again as the kernels say.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class DrawTests
{
    private const string Cable = "cable";
    private const int Page = 300_000;

    // The longest that the kernel merges. A longer snap length would leave room for few frames in the capture's buffer, and it would lose some.
    private const string Whole = "65600";

    private static readonly string s_handshake = Path.Combine(AppContext.BaseDirectory, "handshake.dll");

    private static readonly string[] s_fields =
    [
        "tcp.stream", "frame.time_epoch", "ip.src", "ipv6.src", "tcp.srcport", "tcp.flags", "tcp.seq_raw", "tcp.ack_raw", "tcp.len",
        "tcp.window_size_value", "tcp.option_kind", "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.timestamp.tsval",
        "tcp.options.timestamp.tsecr", "tcp.options.sack_le", "tcp.options.sack_re",
    ];

    private static DirectoryInfo s_folder = null!;

    public required TestContext TestContext { get; set; }

    private static string Folder => s_folder.FullName;

    [ClassInitialize]
    public static void MakeFolder(TestContext context)
    {
        _ = context;
        s_folder = Directory.CreateTempSubdirectory("handshake-draw-");

        // tcpdump and nginx write there as users of their own.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        File.WriteAllBytes(Path.Combine(Folder, "page"), Traffic.Bytes(1, Page));
    }

    [ClassCleanup]
    public static void RemoveFolder() => s_folder.Delete(recursive: true);

    [TestMethod]
    [DataRow("ethernet", "tcpdump", Cable, "10.9.0.2", Whole, false, 0)]
    [DataRow("ethernet-by-tshark", "tshark", Cable, "10.9.0.2", Whole, false, 0)]
    [DataRow("without-offloads", "tcpdump", Cable, "10.9.0.2", Whole, true, 0)]
    [DataRow("ipv6", "tcpdump", Cable, "[fd09::2]", Whole, false, 0)]
    [DataRow("any-cooked", "tcpdump", "any", "10.9.0.2", Whole, false, 0)]
    [DataRow("any-cooked-version-1", "tcpdump -y LINUX_SLL", "any", "[fd09::2]", Whole, false, 0)]
    [DataRow("snap-length-96", "tcpdump", Cable, "10.9.0.2", "96", false, 0)]
    [DataRow("loss", "tcpdump", Cable, "10.9.0.2", Whole, true, 8)]
    [DataRow("loss-ipv6", "tshark", Cable, "[fd09::2]", "128", true, 8)]
    public void EachRowIsWhatTsharkReads(string name, string program, string device, string host, string snapLength, bool cut, int lossPercent)
    {
        using var hosts = new TwoHosts(cut, lossPercent);
        string file = hosts.Capture(name, program, device, snapLength, host);
        long segments = Compare(hosts.Client, file);
        JsonElement flow = Draw(hosts.Client, file, "--flow", "1").GetProperty("flow");
        TestContext.WriteLine($"{name}: {segments} segments, {hosts.SentAgain} sent again");
        AssertLoss(flow, hosts.SentAgain, isCounted: cut);
        if (lossPercent > 0)
            Assert.IsGreaterThan(0, hosts.SentAgain);
        bool isMerged = flow.GetProperty("segments").EnumerateArray().Any(row => row.GetProperty("length").GetInt32() > 1460);
        Assert.AreEqual(!cut, isMerged, "merged segments");
        JsonElement refused = Draw(hosts.Client, file, "--flow", "2").GetProperty("flow");
        Assert.AreEqual("refused", refused.GetProperty("findings").EnumerateArray().Last().GetProperty("kind").GetString());
    }

    /// <summary>A bridge sees each frame where it comes in and where it goes out, there in pieces if it has to cut.</summary>
    [TestMethod]
    [DataRow("bridge", "tcpdump", "10.9.0.2", false)]
    [DataRow("bridge-ipv6", "tcpdump", "[fd09::2]", false)]
    [DataRow("bridge-cooked-version-1", "tcpdump -y LINUX_SLL", "10.9.0.2", false)]
    [DataRow("bridge-that-cuts", "tcpdump", "[fd09::2]", true)]
    public void AFrameThatIsInTheCaptureTwiceIsDrawnOnce(string name, string program, string host, bool cuts)
    {
        using var hosts = new TwoHosts(cut: false, lossPercent: 0, isBridged: true);
        if (cuts)
            hosts.CutAtBridge();
        string file = hosts.Capture(name, program, "any", Whole, host);
        const string ComesIn = "tcp && sll.pkttype != 4";
        long segments = Compare(hosts.Client, file, ComesIn);
        JsonElement all = Draw(hosts.Client, file, "--flow", "1");
        Assert.IsGreaterThanOrEqualTo(2 * segments, all.GetProperty("segments").GetInt64());
        AssertLoss(all.GetProperty("flow"), hosts.SentAgain, isCounted: false);
        Assert.AreEqual("captured-twice", all.GetProperty("flow").GetProperty("findings")[0].GetProperty("kind").GetString());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(8)]
    public void EachRowIsWhatTsharkReadsWhereAKernelTalksToLwip(int lossPercent)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        using StackPeer lwip = StackPeer.Start(network, StackProgram.Lwip);
        network.Tool("ip", "addr", "add", "10.77.0.1/24", "dev", lwip.Tap);
        if (lossPercent > 0)
            Lose(network, lossPercent, Lab.Echo);
        string file = Path.Combine(Folder, $"lwip-{lossPercent}.pcap");
        byte[] data = Traffic.Bytes(1, 60_000);
        using (var capture = new RunningCapture(network, "tcpdump", lwip.Tap, Whole, file))
        {
            capture.WaitForFrames(() => network.TryTool("curl", null, "--silent", $"http://{StackPeer.Address}:82/"));
            network.Run(() => Echo(data));
            Lab.WaitUntil(() => IsQuiet(network), "the connection is closed");
            capture.End();
        }

        string chosen = Path.Combine(Folder, $"lwip-{lossPercent}-chosen.pcap");
        network.Tool("tshark", "-r", file, "-n", "-F", "pcap", "-Y", "tcp && tcp.port != 82", "-w", chosen);
        long segments = Compare(network, chosen);
        JsonElement flow = Draw(network, chosen, "--flow", "1").GetProperty("flow");
        long sentAgain = SentAgain(network);
        TestContext.WriteLine($"{lwip.Greeting}: {segments} segments, {sentAgain} sent again by the kernel");
        if (lossPercent == 0)
            AssertLoss(flow, sentAgain, isCounted: true);
        else
            Assert.IsGreaterThanOrEqualTo(sentAgain, AgainIn(flow));
        Assert.AreEqual(lossPercent > 0, AgainIn(flow) > 0);
    }

    /// <summary>This kernel has no VLAN interfaces: the tags are put into the capture of a plain link, one and two of them.</summary>
    [TestMethod]
    [DataRow("8100002A")]
    [DataRow("88A800018100002A")]
    public void TaggedFramesAreReadAsTsharkReadsThem(string tags)
    {
        using var hosts = new TwoHosts(cut: false, lossPercent: 0);
        string plain = hosts.Capture("plain" + tags.Length, "tcpdump", Cable, Whole, "10.9.0.2");
        string tagged = Path.Combine(Folder, $"tagged{tags.Length}.pcap");
        File.WriteAllBytes(tagged, [.. Tag(File.ReadAllBytes(plain), Convert.FromHexString(tags))]);
        Assert.AreEqual(Compare(hosts.Client, plain), Compare(hosts.Client, tagged));
    }

    [TestMethod]
    public void AFlowIsDrawnFromStandardInputAndACutOrDamagedFileSaysAtWhichByteItEnds()
    {
        using var hosts = new TwoHosts(cut: false, lossPercent: 0);
        string file = hosts.Capture("cut", "tcpdump", Cable, Whole, "10.9.0.2");
        byte[] whole = File.ReadAllBytes(file);
        ToolResult result = hosts.Client.TryTool("dotnet", whole, s_handshake, "draw", "-", "--flow", "1", "--format", "text");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.Contains("standard input, flow 1 of 2", result.Output);
        Assert.IsTrue(result.Output.Split('\n').All(line => line.Length <= 72), result.Output);
        result = hosts.Client.TryTool("dotnet", whole[..^1], s_handshake, "draw", "-");
        Assert.AreEqual(1, result.ExitCode, result.Output);
        Assert.MatchesRegex("^handshake: standard input ends after [0-9]+ frames: truncated dump file[^\n]*\n$", result.Error);

        // The third record loses its end; then the second one has an impossible length.
        int second = 24 + 16 + BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(24 + 8));
        int third = second + 16 + BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(second + 8));
        string broken = Path.Combine(Folder, "broken.pcap"), picture = Path.Combine(Folder, "broken.svg");
        File.WriteAllBytes(broken, whole[..(third + 30)]);
        result = hosts.Client.TryTool("dotnet", null, s_handshake, "draw", broken, "-o", picture);
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.StartsWith(result.Error, $"handshake: {broken} ends at byte {third}: ");
        Assert.Contains("2 segments", File.ReadAllText(picture));
        whole[second + 11] = 0x7F;
        File.WriteAllBytes(broken, whole);
        result = hosts.Client.TryTool("dotnet", null, s_handshake, "draw", broken, "--json");
        Assert.AreEqual(1, result.ExitCode);
        StringAssert.StartsWith(result.Error, $"handshake: {broken} ends at byte {second}: ");
        Assert.IsFalse(Schemas.Check("draw", result.Output).GetProperty("ok").GetBoolean());

        result = hosts.Client.TryTool("dotnet", null, s_handshake, "draw", s_handshake);
        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual($"handshake: {s_handshake} is no capture that can be read: unknown file format; type the name of a pcap or pcapng file\n", result.Error);
        result = hosts.Client.TryTool("dotnet", null, s_handshake, "draw", file, "--format", "svg");
        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual($"handshake: {file} has 2 flows, and a picture shows one; choose it with --flow N; handshake draw {file} lists them\n", result.Error);
    }

    [TestMethod]
    public void WithoutLibpcapOneLineSaysWhatToInstall()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string file = Path.Combine(Folder, "none.pcap");
        File.WriteAllBytes(file, [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[8], 0, 0, 4, 0, 1, 0, 0, 0]);
        ToolResult result = network.TryTool("unshare", null, "--mount", "sh", "-c",
            $"for lib in $(ldconfig -p | sed -n 's/.*libpcap.* => //p'); do mount --bind /dev/null $(readlink -f $lib); done; exec dotnet {s_handshake} draw {file}");
        Assert.AreEqual(1, result.ExitCode, result.Output);
        StringAssert.StartsWith(result.Error, "handshake: reading a capture needs libpcap, which is not on this computer; install it (Debian, Ubuntu: apt install libpcap0.8");
        Assert.HasCount(1, result.Error.TrimEnd('\n').Split('\n'));
        result = network.TryTool("dotnet", null, s_handshake, "draw", file);
        Assert.AreEqual($"handshake: {file} has no TCP segment in 0 frames\n", result.Error);
    }

    /// <summary>A heap of 64 MB is enough for a capture of 100 MB of one flow, and for one of 400,000 flows.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MemoryDoesNotGrowWithTheCapture(bool isFlood)
    {
        using NetworkNamespace network = Lab.NewNetwork();
        string file = Path.Combine(Folder, "large.pcap"), picture = Path.Combine(Folder, "large.svg");
        int count = WriteLarge(file, isFlood);
        long start = Stopwatch.GetTimestamp();
        ToolResult result = network.TryTool(
            "env", null, "DOTNET_GCHeapHardLimit=0x4000000", "dotnet", s_handshake, "draw", file, "--flow", "1", "-o", picture);
        TestContext.WriteLine($"{new FileInfo(file).Length:N0} bytes, {count:N0} segments in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        string svg = File.ReadAllText(picture);
        if (isFlood)
            Assert.Contains("of flows after the first 20000 were left out", svg);
        else
            Assert.Contains($"flow 1 of 1: {count.ToString(CultureInfo.InvariantCulture)} segments", svg);
        File.Delete(file);
    }

    private static int WriteLarge(string path, bool isFlood)
    {
        using FileStream file = File.Create(path);
        file.Write([0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[8], 0, 0, 4, 0, 1, 0, 0, 0]);
        const int Data = 46;
        var record = new byte[16 + 54 + Data];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), record.Length - 16);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), record.Length - 16);
        Span<byte> ip = record.AsSpan(16 + 14), tcp = ip[20..];
        record[16 + 12] = 8;
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], 40 + Data);
        ip[9] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0A000001);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0A000002);
        (tcp[1], tcp[3], tcp[12], tcp[13]) = (7, 80, 0x50, 0x10);
        int count = 0;
        for (; file.Length < 100_000_000 && file.Position < 100_000_000; count++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record, count / 1000);
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), count % 1000);
            BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], (uint)(count * Data));
            if (isFlood)
            {
                tcp[13] = 2;
                BinaryPrimitives.WriteInt32BigEndian(ip[12..], 0x0B000000 + (count / 2));
            }

            file.Write(record);
        }

        return count;
    }

    private static List<byte> Tag(byte[] capture, byte[] tags)
    {
        List<byte> tagged = [.. capture[..24]];
        for (int at = 24; at < capture.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(at + 8));
            byte[] head = capture[at..(at + 16)];
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), length + tags.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12)) + tags.Length);
            tagged.AddRange([.. head, .. capture[(at + 16)..(at + 28)], .. tags, .. capture[(at + 28)..(at + 16 + length)]]);
            at += 16 + length;
        }

        return tagged;
    }

    private static int Echo(byte[] data)
    {
        using var client = new TcpClient(StackPeer.Address, Lab.Echo);
        using NetworkStream stream = client.GetStream();
        var answer = new byte[data.Length];
        Task reading = Task.Run(() => stream.ReadExactly(answer));
        stream.Write(data);
        reading.GetAwaiter().GetResult();
        CollectionAssert.AreEqual(data, answer);
        return answer.Length;
    }

    /// <summary>What is said of loss is what the kernels count; each segment by itself where none is merged.</summary>
    private static void AssertLoss(JsonElement flow, long sentAgain, bool isCounted)
    {
        JsonElement[] rows = [.. flow.GetProperty("segments").EnumerateArray()];
        string[] marks = [.. rows.SelectMany(row => row.GetProperty("marks").EnumerateArray().Select(mark => $"{row.GetProperty("number")}: {mark}"))];
        string text = $"{sentAgain} sent again by the kernels; {string.Join('\n', marks)}";
        if (isCounted)
            Assert.AreEqual(sentAgain, AgainIn(flow), text);
        else
            Assert.AreEqual(sentAgain > 0, AgainIn(flow) > 0, text);
        string[] never = sentAgain > 0 ? ["unseen-ack", "gap", "out-of-order"] : ["unseen-ack", "gap", "out-of-order", "dropped", "duplicate-ack"];
        Assert.IsEmpty(marks.Where(mark => never.Any(kind => mark.Contains($"\"{kind}\"", StringComparison.Ordinal))).ToArray(), text);
    }

    private static int AgainIn(JsonElement flow) => flow.GetProperty("segments").EnumerateArray().Count(row => row.GetProperty("isRetransmission").GetBoolean());

    /// <summary>How many segments a kernel has sent again since its namespace was made.</summary>
    private static long SentAgain(NetworkNamespace network)
    {
        string[][] tcp = [.. network.Tool("cat", "/proc/net/snmp").Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(line => line.Split(' '))];
        return long.Parse(tcp[1][Array.IndexOf(tcp[0], "RetransSegs")], CultureInfo.InvariantCulture);
    }

    // Nothing is open any more that could send again.
    private static bool IsQuiet(NetworkNamespace network) => network.Tool("ss", "-Htan").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .All(line => line.StartsWith("LISTEN", StringComparison.Ordinal) || line.StartsWith("TIME-WAIT", StringComparison.Ordinal));

    // Past a capture of what comes in; before one of what goes out. Not at random, which may lose nothing.
    private static void Lose(NetworkNamespace host, int percent, int port)
    {
        host.Tool("nft", "add table inet loss");
        host.Tool("nft", "add chain inet loss in { type filter hook input priority 0; }");
        host.Tool("nft", $"add rule inet loss in tcp sport {port} numgen inc mod {100 / percent} == {(100 / percent) - 1} counter drop");
        host.Tool("nft", $"add rule inet loss in tcp dport {port} numgen inc mod {100 / percent} == {(100 / percent) - 1} counter drop");
    }

    private static JsonElement Draw(NetworkNamespace network, string file, params string[] options)
    {
        ToolResult result = network.TryTool("dotnet", null, [s_handshake, "draw", file, "--json", "--rows", "100000", .. options]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>Compares all flows of a file with tshark's fields, row for row.</summary>
    private static long Compare(NetworkNamespace network, string file, string filter = "tcp")
    {
        string[] lines = network.Tool("tshark",
            ["-r", file, "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-Y", filter, "-T", "fields", "-E", "separator=|", .. s_fields.SelectMany(field => new[] { "-e", field })])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] expected = [.. lines.Select(line => line.Split('|'))];
        int flows = Draw(network, file).GetProperty("flows").GetArrayLength();
        Assert.AreEqual(expected.Select(row => row[0]).Distinct().Count(), flows, file);
        for (int flow = 0; flow < flows; flow++)
        {
            JsonElement drawn = Draw(network, file, "--flow", $"{flow + 1}").GetProperty("flow");
            string[][] rows = [.. expected.Where(row => row[0] == $"{flow}")];
            decimal start = Microseconds(rows[0][1]);
            string[] theirs = [.. rows.Select(row => Row(row, start))];
            string[] ours = [.. drawn.GetProperty("segments").EnumerateArray().Select(row => Row(drawn, row))];
            CollectionAssert.AreEqual(theirs, ours, $"{file}, flow {flow + 1}:\n{theirs.Zip(ours).FirstOrDefault(pair => pair.First != pair.Second)}");
        }

        return expected.Length;
    }

    private static string Row(string[] fields, decimal start)
    {
        int flags = Convert.ToInt32(fields[5], 16) & 0xFF;
        string ack = (flags & 0x10) == 0 ? "" : fields[7];
        return $"{Microseconds(fields[1]) - start} {fields[2]}{fields[3]}:{fields[4]} {flags:x2} {fields[6]} {ack} {fields[8]} {fields[9]} "
            + $"[{fields[10]}] {fields[11]} {fields[12]} {fields[13]} {fields[14]} {fields[15]} {fields[16]}";
    }

    private static string Row(JsonElement flow, JsonElement row)
    {
        JsonElement end = flow.GetProperty(row.GetProperty("from").GetString()!);
        JsonElement[] options = [.. row.GetProperty("options").EnumerateArray()];
        string Values(int kind, int from, int step) => string.Join(',', options.Where(option => option.GetProperty("kind").GetInt32() == kind)
            .SelectMany(option => option.GetProperty("values").EnumerateArray().Where((_, i) => i % step == from)).Select(value => value.GetUInt32()));
        int flags = row.GetProperty("flags").EnumerateArray().Sum(flag => flag.GetString() switch
        {
            "FIN" => 1,
            "SYN" => 2,
            "RST" => 4,
            "PSH" => 8,
            "ACK" => 16,
            "URG" => 32,
            "ECE" => 64,
            _ => 128,
        });
        return $"{row.GetProperty("microseconds")} {end.GetProperty("address").GetString()}:{end.GetProperty("port")} {flags:x2} {row.GetProperty("sequence")} "
            + $"{row.GetProperty("acknowledgment")} {row.GetProperty("length")} {row.GetProperty("windowField")} "
            + $"[{string.Join(',', options.Select(option => option.GetProperty("kind").GetInt32()))}] {Values(2, 0, 1)} {Values(3, 0, 1)} {Values(8, 0, 2)} {Values(8, 1, 2)} "
            + $"{Values(5, 0, 2)} {Values(5, 1, 2)}";
    }

    // tshark prints nanoseconds.
    private static decimal Microseconds(string seconds) => decimal.Truncate(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1_000_000);

    /// <summary>Two kernels and a cable. The server has nginx on port 80 and nothing on port 81.</summary>
    private sealed class TwoHosts : IDisposable
    {
        // One processor for both hosts, as a mask: each has a queue of its own for what comes by a cable, so frames of a process that moves
        // from one to the other overtake each other.
        private static readonly string s_processor = OperatingSystem.IsLinux() ? LowestProcessor() : "";

        private static readonly string[] s_ports = ["port1", "port2"];

        private readonly NetworkNamespace _server = Lab.NewNetwork();
        private readonly Process _nginx;

        private readonly NetworkNamespace? _bridge;

        public TwoHosts(bool cut, int lossPercent, bool isBridged = false)
        {
            if (isBridged)
                _bridge = LayBridge();
            else
                Client.LayCable(_server, Cable);
            foreach ((NetworkNamespace host, int number) in new[] { (Client, 1), (_server, 2) })
            {
                if (cut)
                    host.Tool("ethtool", "-K", Cable, "tx", "off", "gso", "off", "tso", "off", "gro", "off");
                host.SetKernel($"ipv6/conf/{Cable}/disable_ipv6", "0");
                host.SetKernel($"ipv6/conf/{Cable}/accept_dad", "0");
                host.Tool("ip", "addr", "add", $"10.9.0.{number}/24", "dev", Cable);
                host.Tool("ip", "addr", "add", $"fd09::{number}/64", "dev", Cable, "nodad");
                host.Tool("ip", "link", "set", Cable, "up");
            }

            Client.WaitForCarrier(Cable);
            _server.WaitForCarrier(Cable);
            if (_bridge != null)
                Array.ForEach(s_ports, _bridge.WaitForCarrier);
            _nginx = StartNginx();
            if (lossPercent > 0)
            {
                // What nginx sends is lost on its way in, before the client sees it; what the client sends, after.
                Lose(Client, lossPercent, 80);
                Lose(_server, lossPercent, 80);
            }
        }

        public NetworkNamespace Client { get; } = Lab.NewNetwork();

        /// <summary>How many segments both kernels sent again.</summary>
        public long SentAgain => DrawTests.SentAgain(Client) + DrawTests.SentAgain(_server);

        /// <summary>What goes out of the bridge is not merged.</summary>
        public void CutAtBridge()
        {
            foreach (string port in s_ports)
                _bridge!.Tool("ethtool", "-K", port, "tx", "off", "gso", "off", "tso", "off");
        }

        /// <summary>Captures at the client, or at the bridge, while curl gets a page, and is refused once.</summary>
        public string Capture(string name, string program, string device, string snapLength, string host)
        {
            bool isTcpdump = program.StartsWith("tcpdump", StringComparison.Ordinal);
            string file = Path.Combine(Folder, name + ".pcap");
            using (var capture = new RunningCapture(_bridge ?? Client, program, device, snapLength, file))
            {
                capture.WaitForFrames(() => Client.TryTool("curl", null, "--silent", "--max-time", "5", $"http://{host}:82/"));
                Client.Tool("taskset", s_processor, "curl", "--silent", "--show-error", "--output", "/dev/null", $"http://{host}/page");
                Lab.WaitUntil(() => IsQuiet(Client) && IsQuiet(_server), "the connection is closed");
                Assert.AreEqual(7, Client.TryTool("curl", null, "--silent", $"http://{host}:81/").ExitCode);
                Lab.WaitUntil(() => capture.Has("tcp.srcport == 81 && tcp.flags.reset == 1"), "the refusal is in the file");
                capture.End();
            }

            // tshark writes pcapng of its own accord.
            string chosen = Path.Combine(Folder, name + (isTcpdump ? "-chosen.pcap" : "-chosen.pcapng"));
            Client.Tool("tshark", "-r", file, "-n", "-F", isTcpdump ? "pcap" : "pcapng", "-Y", "tcp && tcp.port != 82", "-w", chosen);
            return chosen;
        }

        public void Dispose()
        {
            _nginx.Kill(entireProcessTree: true);
            _nginx.WaitForExit();
            _nginx.Dispose();
            Client.Dispose();
            _server.Dispose();
            _bridge?.Dispose();
        }

        [SupportedOSPlatform("linux")]
        private static string LowestProcessor()
        {
            using var self = Process.GetCurrentProcess();
            long all = self.ProcessorAffinity;
            return (all & -all).ToString("x", CultureInfo.InvariantCulture);
        }

        private NetworkNamespace LayBridge()
        {
            NetworkNamespace bridge = Lab.NewNetwork();
            Client.LayCable(bridge, Cable, s_ports[0]);
            _server.LayCable(bridge, Cable, s_ports[1]);
            foreach (string port in s_ports)
                bridge.Tool("ip", "link", "set", port, "up");
            bridge.Bridge("bridge", s_ports);
            return bridge;
        }

        private Process StartNginx()
        {
            string configuration = Path.Combine(Folder, "nginx.conf");
            File.WriteAllText(configuration, $"user root; daemon off; error_log stderr; pid {Folder}/pid; events {{ }}\n"
                + $"http {{ access_log off; server {{ listen 80; listen [::]:80; root {Folder}; }} }}\n");
            Process nginx = Start(_server, "taskset", [s_processor, "nginx", "-c", configuration]);
            Lab.WaitUntil(() => nginx.HasExited || _server.Tool("ss", "-Hltn", "sport = :80").Length > 0, "nginx listens");
            return nginx;
        }
    }

    /// <summary>tcpdump or tshark while it captures what is TCP. It loses nothing, or the test fails.</summary>
    private sealed class RunningCapture : IDisposable
    {
        private readonly NetworkNamespace _network;
        private readonly Process _process;
        private readonly string _file;
        private readonly bool _isTcpdump;

        public RunningCapture(NetworkNamespace network, string program, string device, string snapLength, string file)
        {
            (_network, _file) = (network, file);
            string[] words = program.Split(' ');
            _isTcpdump = words[0] == "tcpdump";

            // A buffer that has room for all of it: 64 MB, each in its own unit.
            string[] options = _isTcpdump ? ["--immediate-mode", "-U", "-B", "65536", .. words[1..]] : ["-B", "64"];
            _process = Start(network, words[0], [.. options, "-n", "-i", device, "-s", snapLength, "-w", file, .. _isTcpdump ? ["tcp"] : new[] { "-f", "tcp" }]);
            string said = "";
            while (!said.Contains(_isTcpdump ? "listening on" : "Capturing on", StringComparison.Ordinal))
                said = _process.StandardError.ReadLine() ?? throw new AssertFailedException($"{program}: {said}");
        }

        /// <summary>What says that it captures is not yet ready: the first packets of others are waited for.</summary>
        public void WaitForFrames(Action send)
        {
            while (!File.Exists(_file) || new FileInfo(_file).Length < 24 || !Has("tcp.port == 82"))
                send();
        }

        public bool Has(string filter) => _network.TryTool("tshark", null, "-r", _file, "-n", "-Y", filter).Output.Length > 0;

        public void End()
        {
            _network.Tool("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));
            string said = _process.StandardError.ReadToEnd();
            Assert.IsTrue(_process.WaitForExit(Lab.Deadline));
            if (_isTcpdump)
                Assert.MatchesRegex("(^|\n)0 packets dropped by kernel", said);
            else
                Assert.DoesNotMatchRegex("[1-9][0-9]* packets? dropped", said);
        }

        public void Dispose() => _process.Dispose();
    }

    private static Process Start(NetworkNamespace network, string name, string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        return network.Run(() => Process.Start(start)!);
    }
}
