using System;
using System.IO;
using HandshakeNano.Boards.Tests;
using HandshakeNano.Client.Output;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The pictures in the README are what <c>handshake draw</c> makes of the demo.</summary>
[TestClass]
public sealed class PictureTests
{
    [TestMethod]
    public void The_picture_of_the_README_is_the_one_that_draw_makes_of_the_demo()
        => AssertCurrent(LadderSvg.Draw(VirtualDemo.Run(), toScale: false), "docs/handshake.svg");

    [TestMethod]
    public void The_moving_picture_of_the_README_is_the_one_that_draw_makes_of_the_demo()
        => AssertCurrent(LiveSvg.Draw(VirtualDemo.Run()), "docs/live.svg");

    // HANDSHAKE_DRAW=1 draws it again, after the stack or the drawing has changed.
    private static void AssertCurrent(string drawn, string picture)
    {
        string file = Path.Combine(Repository.Root, picture);
        if (Environment.GetEnvironmentVariable("HANDSHAKE_DRAW") == "1")
            File.WriteAllText(file, drawn);
        Assert.AreEqual(drawn, File.ReadAllText(file).ReplaceLineEndings("\n"));
        Assert.Contains($"({picture})", File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
    }
}
