using System;
using System.CommandLine;
using System.IO;
using HandshakeNano.Fuzz.Frames;
using HandshakeNano.Fuzz.Judging;
using HandshakeNano.Fuzz.Programs;

namespace HandshakeNano.Fuzz;

/// <summary>Entry point: <c>frames</c> throws frames at an endpoint, <c>programs</c> runs users on bad networks.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var count = new Argument<int>("count") { Description = "How many." };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("A count is 1 or more.");
        });
        var seed = new Option<int>("--seed") { Description = "What everything follows from.", DefaultValueFactory = _ => 1 };

        var unreached = new Option<bool>("--unreached") { Description = "Prints the lines of the source that no frame reached." };
        var frames = new Command("frames", "Throws frames at one endpoint after another, guided by the code that they reach.")
        {
            count, seed, unreached,
        };
        frames.SetAction(result => FramesCommand.Run(result.GetValue(count), result.GetValue(seed), result.GetValue(unreached)));

        var programs = new Command("programs", "Runs users' programs on two hosts with a bad network between them.") { count, seed };
        programs.SetAction(result => ProgramsCommand.Run(result.GetValue(count), result.GetValue(seed)));

        var file = new Argument<FileInfo>("file") { Description = "A file of corpus/: .hex for frames, .txt for a program." };
        file.AcceptExistingOnly();
        var replay = new Command("replay", "Plays a file again and prints what happens.") { file };
        replay.SetAction(result => Replay(result.GetRequiredValue(file)));
        ParseResult parsed = new RootCommand("Looks for input that HandshakeNano does not stand.") { frames, programs, replay }.Parse(args);
        int code = parsed.Invoke();
        return parsed.Errors.Count != 0 ? 2 : code;
    }

    /// <summary>Plays a file of the corpus again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trace">Told what happens.</param>
    /// <exception cref="InvariantException">It is still broken.</exception>
    public static void Replay(string path, Action<string> trace)
    {
        string text = File.ReadAllText(path);
        if (Path.GetExtension(path) == ".hex")
            FuzzTarget.Play(Step.Parse(text), trace);
        else
            ProgramRun.Of(NetworkProgram.Parse(text), trace);
    }

    private static int Replay(FileInfo file)
    {
        try
        {
            Replay(file.FullName, Console.WriteLine);
            Console.WriteLine("everything holds");
            return 0;
        }
        catch (Exception e) when (e is InvariantException or FormatException)
        {
            Console.WriteLine($"FAILED: {e.Message}");
            return 1;
        }
    }
}
