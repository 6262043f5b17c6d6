using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using HandshakeNano.Client.Doctor;
using HandshakeNano.Client.Output;

namespace HandshakeNano.Client.Commands;

/// <summary><c>handshake doctor</c>: what of this computer the commands need, and how to get what is missing.</summary>
public static class DoctorCommand
{
    /// <summary>What can be typed after the command's name, and what it runs.</summary>
    /// <param name="surroundings">What the command runs in.</param>
    /// <returns>The command.</returns>
    internal static Command Describe(Surroundings surroundings)
    {
        Option<bool> json = Options.Json();
        var command = new Command(
            "doctor",
            "Look at what the commands need of this computer, and say of what is missing what it is for and what to type.\n"
            + "Nothing is changed. Exit codes: 0 the demo and the tests can be built and run, 1 they cannot.");
        command.Options.Add(json);
        command.SetAction(result => Run(Examination.Run(surroundings.Platform), result.GetValue(json), surroundings));
        return command;
    }

    /// <summary>Says what was found.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="json">True: as JSON.</param>
    /// <param name="surroundings">Where to.</param>
    /// <returns>0 if all that is required is there.</returns>
    public static int Run(IReadOnlyList<Finding> findings, bool json, Surroundings surroundings)
    {
        Finding[] missing = [.. findings.Where(finding => finding.Required && !finding.Good)];
        string? failure = missing.Length == 0 ? null : $"doctor: {missing[0].Name}: {missing[0].Text}; type: {missing[0].Mend}";
        if (json)
        {
            JsonReport.Write(new { Command = "doctor", Ok = failure == null, Failure = failure, Findings = findings }, surroundings.Output);
        }
        else
        {
            var screen = new Screen(surroundings.Output);
            int width = findings.Max(finding => finding.Name.Length);
            foreach (Finding finding in findings)
            {
                screen.WriteLine(new StyledLine()
                    .Add(finding.Good ? "  good     " : "  missing  ", finding.Good ? Tone.Good : finding.Required ? Tone.Bad : Tone.Strong)
                    .Add(finding.Name.PadRight(width) + "  ", Tone.Strong)
                    .Add(finding.Text)
                    .Add(finding.Mend is string mend ? "; type: " + mend : ""));
            }
        }

        return failure == null ? 0 : surroundings.Fail(failure);
    }
}
