using System.Text;
using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Model;

public sealed class TranscriptTextTests
{
    /// <summary>Everything that has ever driven a terminal, a browser or a reader's eye where it should not.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "\u001b[2J\u001b[H", "␛[2J␛[H" },
        { "\u001b]0;title\a", "␛]0;title␇" },
        { "\u001b]52;c;ZXZpbA==\u001b\\", "␛]52;c;ZXZpbA==␛\\" },
        { "\u001bP+q544e\u001b\\", "␛P+q544e␛\\" },
        { "\u009b31m", "‹U+009B›31m" },
        { "\u0090q\u009c", "‹U+0090›q‹U+009C›" },
        { "a\bb", "a␈b" },
        { "\0\u007f", "␀␡" },
        { "abc\u202egpj.exe", "abc‹U+202E›gpj.exe" },
        { "\u2066x\u2069", "‹U+2066›x‹U+2069›" },
        { "a\u200bb", "a‹U+200B›b" },
        { "a\u2028b", "a‹U+2028›b" },
        { "tab\tstays", "tab\tstays" },
        { "dos\r\nlines\r\n", "dos\nlines\n" },
        { "50%\r100%\n", "50%␍100%\n" },
        { "👩‍💻 ünïcode 漢字", "👩‍💻 ünïcode 漢字" },
        { "── Session terminated\n", "‹U+2500›─ Session terminated\n" },
        { "(gdb) bt    ── Ann Host (Contoso)\n", "(gdb) bt    ‹U+2500›─ Ann Host (Contoso)\n" },
        { "┌────┐\n│ ── │\n──────\n", "┌────┐\n│ ‹U+2500›─ │\n──────\n" },
        { "──", "──" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Append_WhenOutputIsHostile_IsVisibleText(string output, string expected) => Assert.Equal(expected, Render(Output(output)));

    [Theory, MemberData(nameof(Hostile))]
    public void Append_WhereverOutputIsSplit_IsTheSameText(string output, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(output);
        for (var split = 0; split <= bytes.Length; split++)
            Assert.Equal(expected, Render(Output(bytes[..split]), Output(bytes[split..])));
    }

    [Fact]
    public void Append_WhenBytesAreNotText_ShowsThem() =>
        Assert.Equal("a‹FF›b‹C3›(", Render(Output([0x61, 0xFF, 0x62, 0xC3, 0x28])));

    [Fact]
    public void Append_WhateverTheBytes_DependsOnlyOnTheBytes() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.OneOf<byte>(0xE2, 0x94, 0x80, 0x20, 0x0D, 0x0A, 0x1B)).Array[0, 60], Gen.Int[1, 7]).Sample((bytes, size) =>
        {
            var whole = Render(Output(bytes));
            var pieces = Render([.. bytes.Chunk(size).Select(piece => Output(piece))]);
            Assert.Equal(whole, pieces);
            Assert.Equal(VisibleText.From(whole), whole);
            Assert.DoesNotContain(whole.Split('\n'), line => line.StartsWith(LineMarker.Text, StringComparison.Ordinal));
        });

    [Fact]
    public void Append_AStorySoFar_ReadsLikeASession()
    {
        var text = Render(
            Entry(TranscriptEntryKind.SessionCreated) with { Author = ScriptedServer.Ann, Text = "Crash in ntfs" },
            Entry(TranscriptEntryKind.RunStarted) with { Computer = "kdbox", Text = "/usr/bin/gdb -q ./target" },
            Output("(gdb) "),
            Entry(TranscriptEntryKind.ClientInvited) with { Author = ScriptedServer.Ann, Person = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.InvitationAccepted) with { Author = ScriptedServer.Bob, Person = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.ClientLeft) with { Author = ScriptedServer.Bob, Person = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.InvitationDeclined) with { Author = ScriptedServer.Bob, Person = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.ClientRevoked) with { Author = ScriptedServer.Ann, Person = ScriptedServer.Bob },
            Output("(gdb) "),
            Entry(TranscriptEntryKind.DebuggerStateChanged) with { Debugger = DebuggerState.Ready, Text = "(gdb) " },
            Entry(TranscriptEntryKind.CommandEntered) with { CommandId = "c1", Text = "bt", Author = ScriptedServer.Ann },
            Entry(TranscriptEntryKind.CommandEntered) with { CommandId = "c2", Text = "x/9 \u001b", Author = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.CommandStarted) with { CommandId = "c1" },
            Output("#0  main () at t.c:1\r\n(gdb) "),
            Entry(TranscriptEntryKind.CommandCompleted) with { CommandId = "c1" },
            Entry(TranscriptEntryKind.BreakSent) with { Author = ScriptedServer.Ann },
            Entry(TranscriptEntryKind.CommandCancelled) with { CommandId = "c2", Text = "a Break came" },
            Entry(TranscriptEntryKind.Gap) with { Bytes = 1234567, Text = "the disk was full" },
            Entry(TranscriptEntryKind.QuitHadNoEffect) with { Author = ScriptedServer.Ann, Text = "qq" },
            Entry(TranscriptEntryKind.SessionChanged) with { Author = ScriptedServer.Ann, ClientsMayReopen = false },
            Entry(TranscriptEntryKind.SessionClosed) with { Author = ScriptedServer.Ann, Target = TargetFate.LetRun },
            Entry(TranscriptEntryKind.RunExited) with { ExitCode = 0, Target = TargetFate.LeaveStopped },
            Entry(TranscriptEntryKind.SessionTerminated) with { Author = ScriptedServer.Ann, Target = TargetFate.LetRun });
        Assert.Equal(
            """
            ── Session “Crash in ntfs” hosted by Ann Host (Contoso)
            ── Debugger started on kdbox: /usr/bin/gdb -q ./target
            (gdb) 
            ── Ann Host (Contoso) invited Bob Guest (Fabrikam)
            ── Bob Guest (Fabrikam) left the session and gave up the invitation
            ── Bob Guest (Fabrikam) declined the invitation
            ── Ann Host (Contoso) revoked the invitation of Bob Guest (Fabrikam)
            (gdb) bt    ── Ann Host (Contoso)
            #0  main () at t.c:1
            (gdb) 
            ── Break by Ann Host (Contoso)
            ── Cancelled: x/9 ␛ (by Bob Guest (Fabrikam)): a Break came
            ── 1,234,567 bytes of output are not in the transcript: the disk was full
            ── “qq” by Ann Host (Contoso) did not end the debugger; the session goes on
            ── Ann Host (Contoso) does not let clients re-open the session
            ── Session closed by Ann Host (Contoso); the target is let run
            ── Debugger exited with code 0; the target is left stopped
            ── Session terminated by Ann Host (Contoso); the target runs on

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void Append_WhenACommandTextForgesAnAuthor_ShowsIt()
    {
        var text = Render(
            Entry(TranscriptEntryKind.CommandEntered) with { CommandId = "c1", Text = "bt    ── Ann Host (Contoso)", Author = ScriptedServer.Bob },
            Entry(TranscriptEntryKind.CommandStarted) with { CommandId = "c1" });
        Assert.Equal("bt    ‹U+2500›─ Ann Host (Contoso)    ── Bob Guest (Fabrikam)\n", text);
    }

    private static TranscriptEntry Entry(TranscriptEntryKind kind) => new() { Sequence = 1, At = ScriptedTranscript.Start, Kind = kind };

    private static TranscriptEntry Output(string text) => Output(Encoding.UTF8.GetBytes(text));

    private static TranscriptEntry Output(byte[] bytes) => Entry(TranscriptEntryKind.Output) with { Data = bytes };

    private static string Render(params TranscriptEntry[] entries)
    {
        var renderer = new TranscriptText();
        var text = new StringBuilder();
        foreach (var entry in entries)
            renderer.Append(entry, text);
        renderer.Finish(text);
        return text.ToString();
    }
}
