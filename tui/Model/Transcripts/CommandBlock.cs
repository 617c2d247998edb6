using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>A command with what came from its start to its end (rule E8).</summary>
/// <param name="Line">Index of the line with the prompt and the command.</param>
/// <param name="End">Index behind its last line; null while it runs.</param>
internal sealed record CommandBlock(string CommandId, string Text, UserSummary? Author, int Line, int? End);
