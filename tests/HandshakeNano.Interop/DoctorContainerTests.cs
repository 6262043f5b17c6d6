using System;
using System.Diagnostics;
using System.IO;
using HandshakeNano.Boards.Virtual;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Interop;

/// <summary><c>handshake doctor</c> in a container of Docker, which gets what it may do when it is started: each mend works.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DoctorContainerTests
{
    [TestMethod]
    public void TheMendsOfAContainerStartItWithWhatIsMissing()
    {
        using NetworkNamespace network = Lab.NewNetwork();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("handshake-docker-");
        string name = folder.Name, socket = Path.Combine(folder.FullName, "socket");
        using Process daemon = network.Run(() => Process.Start(new ProcessStartInfo("unshare",
        [
            "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false", "--cgroup-parent=" + name,
            "--data-root", Path.Combine(folder.FullName, "data"), "--exec-root", Path.Combine(folder.FullName, "exec"),
            "--pidfile", Path.Combine(folder.FullName, "pid"), "--host", "unix://" + socket, "--log-level", "error",
        ]))!);
        try
        {
            ToolResult Docker(string arguments, byte[]? input = null) => network.TryTool("docker", input, ["--host", "unix://" + socket, .. arguments.Split(' ')]);
            Lab.WaitUntil(() => daemon.HasExited || Docker("info").ExitCode == 0, "dockerd is ready");

            // An image of nothing but places: the programs are this computer's.
            ToolResult image = Docker("import - places", System.Text.Encoding.Latin1.GetBytes(network.Tool("sh", "-c", $"""
                mkdir -p {folder}/image/usr {folder}/image/etc {folder}/image/handshake {folder}/image/dotnet {folder}/image/tmp
                for link in bin sbin lib lib64; do ln -s usr/$link {folder}/image/$link; done
                tar -C {folder}/image -c .
                """)));
            Assert.AreEqual(0, image.ExitCode, image.Error);
            Findings Examine(string option) => new(Docker(
                $"run --rm --network none -v /usr:/usr:ro -v /etc:/etc:ro -v {Path.GetDirectoryName(Environment.ProcessPath)}:/dotnet:ro -v {AppContext.BaseDirectory}:/handshake:ro "
                + $"-e DOTNET_NOLOGO=1{option} places /dotnet/dotnet /handshake/{Findings.Command}"));
            Findings findings = Examine("");
            findings.AssertGood("vxlan", "UDP 4789");
            foreach ((string what, string option) in new[]
            {
                ("root", "--cap-add NET_ADMIN"), ("firewall", "--cap-add NET_ADMIN"), ("TAP", "--device /dev/net/tun"), ("user namespaces", "--security-opt seccomp=unconfined"),
            })
            {
                Assert.AreEqual($"docker run {option} ...", findings.Mend(what));
                Examine(" " + option).AssertGood(what);
            }
        }
        finally
        {
            daemon.Kill();
            daemon.WaitForExit();
            network.Tool("sh", "-c", $"find /sys/fs/cgroup -depth -type d -path '*/{name}*' -exec rmdir '{{}}' +; rm -rf {folder}");
        }
    }
}
