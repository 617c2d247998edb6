using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Sessions;

/// <summary>What a request enters: one command, or several that belong together.</summary>
internal static class EnteredCommands
{
    public static int CountOf(EnterCommandRequest request) => 1 + (request.More?.Length ?? 0);

    /// <summary>Before anything is counted: more than ever fit are not worth a limit's time.</summary>
    public static Refusal? CheckCount(EnterCommandRequest request) => CountOf(request) is > Limits.CommandsAtOnce and var count
        ? new Refusal(ProblemCodes.InvalidRequest, $"These are {count} commands; {Limits.CommandsAtOnce} is the most that can be entered at once. Nothing was entered.")
        : null;

    public static Task<Outcome<CommandEntered>> EnterAsync(ISessionGrain session, CallerId caller, EnterCommandRequest request, string? key) => request.More is { Length: > 0 } more
        ? session.EnterCommands(caller, [request.Text ?? "", .. more.Select(line => line ?? "")], key)
        : session.EnterCommand(caller, request.Text ?? "", key);
}
