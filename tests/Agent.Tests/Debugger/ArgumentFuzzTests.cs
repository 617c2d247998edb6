using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;
using OrleansKd.Testing.Fuzz;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Arguments of any characters: split as they were joined, refused only as a host can understand, and never with a secret in what is shown.</summary>
public sealed class ArgumentFuzzTests
{
    private const string Secret = "hunter2secret";

    private static readonly string[] Words =
    [
        "-remote ", "–remote ", "tcp:", "npipe:", "com:", "server=lab", "port=5005", "pipe=p", ",", ";", " ", "\t", "\n", "\r", "\"", "'", "\\", "\\\\", "\\\"", "$HOME", "`id`", "*", "#", "=", " = ", "–", "—", "-", "é", "🦄", "\ud800",
        "password=", "PassWord = ", "key=", "Key =", "monkey=", "-ex ", "target remote ", ":1234", "gdb-remote ", "-k ", "-z ",
    ];

    private static readonly string[] Forms = ["password=§", "PASSWORD = §", "key=§", "Key =\"§\"", "password='§'", "password=\"§", "a=b,password=§,c=d", "key=§ x"];

    [Fact]
    public void Arguments_WhateverTheyAre_AreSplitMaskedAndReadWithoutHarm() => Fuzzing.Run("arguments", 2, one =>
    {
        // What was joined is split again.
        string[] arguments = [.. Enumerable.Range(0, one.Next(5)).Select(_ => one.Text(Words, 6).Replace("\0", "", StringComparison.Ordinal))];
        Assert.Equal(arguments, ArgumentSplitter.SplitPosix(ArgumentSplitter.Join(arguments)));

        // Any line is split or refused, on either platform.
        var line = one.Chance(4) ? one.AnyText(80) : one.Text(Words, 12);
        List<string>? split = null;
        try
        {
            split = ArgumentSplitter.Split(line);
        }
        catch (DebuggerStartException)
        {
            // In words for the host.
        }
        ArgumentSplitter.SplitWindows(line);
        foreach (var profile in split is null ? [] : DebuggerProfiles.All)
        {
            try
            {
                profile.IsThroughServer(split!);
            }
            catch (DebuggerStartException)
            {
                // In words for the host.
            }
        }

        // A secret in any place of any line is in nothing that is shown, and the masked line means the same arguments.
        var form = one.Pick(Forms).Replace("§", Secret, StringComparison.Ordinal);
        string[] withSecret = [.. arguments, $"{one.Pick((string[])["", "tcp:server=lab,port=1,", "x;", " ", "(", "é,"])}{form}", .. arguments];
        var masked = SecretMask.Line(withSecret);
        Assert.DoesNotContain(Secret, masked, StringComparison.Ordinal);
        Assert.True(SecretText.IsMasked(masked), masked);
        Assert.Equal(withSecret.Length, ArgumentSplitter.SplitPosix(masked).Count);
        Assert.Equal(masked, SecretMask.Line(ArgumentSplitter.SplitPosix(masked)));
        Assert.DoesNotContain(Secret, SecretMask.In($"x {form} y {string.Join(' ', withSecret)}", withSecret), StringComparison.Ordinal);
    });
}
