using System.CommandLine;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions note</c>, <c>suggest</c>, <c>suggestions</c> (rule E9).</summary>
internal static class NoteCommands
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Note = new("TEXT") { Description = "What everybody in the session is to read. Never sent to the debugger." };
    private static readonly Argument<string> Command = new("COMMAND") { Description = "One line, as it would be typed." };
    private static readonly Argument<string> Suggestion = new("SUGGESTION") { Description = "Its id, from sessions suggestions list." };
    private static readonly Option<string?> Edited = new("--text") { Description = "Run this instead of what was suggested." };

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "note", "Add a note for everybody in the session.", AddNote, Session, Note);
        runner.Add(sessions, "suggest", "Suggest a command to the host, who runs or dismisses it.", Suggest, Session, Command);
        var suggestions = runner.AddGroup(
            sessions, "suggestions", "Commands that people suggest.",
            "orleanskd sessions suggestions list ID",
            "orleanskd sessions suggestions run ID SUGGESTION",
            "orleanskd sessions suggestions run ID SUGGESTION --text \"print *packet->next\"",
            "orleanskd sessions suggestions dismiss ID SUGGESTION");
        runner.Add(suggestions, "list", "List those that were neither run nor dismissed.", List, Session);
        runner.Add(suggestions, "run", "Enter one in your own name.", Run, Session, Suggestion, Edited);
        runner.Add(suggestions, "dismiss", "Dismiss one, or take your own back.", Dismiss, Session, Suggestion);
    }

    private static async Task<int> AddNote(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        await context.Server.Sessions.AddNoteAsync(parsed.GetRequiredValue(Session), parsed.GetRequiredValue(Note), cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { added = true });
        return ExitCodes.Done;
    }

    private static async Task<int> Suggest(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var suggestion = await context.Server.Sessions.SuggestAsync(parsed.GetRequiredValue(Session), parsed.GetRequiredValue(Command), cancellationToken);
        if (context.IsJson)
            context.WriteJson(suggestion);
        else
            context.WriteLine(suggestion.Id);
        return ExitCodes.Done;
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var details = await context.Server.Sessions.GetSessionAsync(parsed.GetRequiredValue(Session), cancellationToken);
        if (context.IsJson)
            context.WriteJson(details.Suggestions);
        else
            TextTable.Write(context, ["ID", "BY", "COMMAND"], details.Suggestions.Select(suggestion => new[] { suggestion.Id, EntryText.Person(suggestion.Author), suggestion.Text }));
        return ExitCodes.Done;
    }

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var entered = await context.Server.Sessions.RunSuggestionAsync(
            parsed.GetRequiredValue(Session), parsed.GetRequiredValue(Suggestion), parsed.GetValue(Edited), cancellationToken);
        if (context.IsJson)
            context.WriteJson(entered);
        return ExitCodes.Done;
    }

    private static async Task<int> Dismiss(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        await context.Server.Sessions.DismissSuggestionAsync(parsed.GetRequiredValue(Session), parsed.GetRequiredValue(Suggestion), cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { dismissed = true });
        return ExitCodes.Done;
    }
}
