using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>
/// Every operation of the API against everybody who may be at the door: who may, and who may not. A route without a row fails; so does a row
/// without a route.
/// </summary>
public sealed partial class AuthorizationMatrixTests : IAsyncLifetime
{
    private static readonly string Unknown = SessionId.New().ToString();

    private MatrixStage stage = null!;

    public async ValueTask InitializeAsync() => stage = await MatrixStage.OpenAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task Routes_ForEverybody_DoWhatTheMatrixSays()
    {
        var document = JsonNode.Parse((await stage.AskAsync("GET", Routes.OpenApi, token: null)).Text)!;
        Assert.Equal(
            document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}")).Order(),
            MatrixRow.All.Select(row => $"{row.Method} {row.Route}").Distinct().Order());

        List<string> wrong = [];
        var suggestion = await stage.SuggestAsync();
        var before = await stage.TranscriptAsync();
        foreach (var (row, caller) in Cells().Where(item => item.Row.For(item.Caller) is MatrixCell.MayNot or MatrixCell.NotThere))
            wrong.AddRange(await ProblemsOfRefusalAsync(row, caller, suggestion));
        var after = await stage.TranscriptAsync();
        if (after != before)
            wrong.Add($"what was refused left a trace: {after[(before.Length - 30)..]}");

        foreach (var (row, caller) in Cells().Where(item => item.Row.For(item.Caller) is MatrixCell.May or MatrixCell.MayButNotNow))
            wrong.AddRange(await ProblemsOfConsentAsync(row, caller));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Row by row: what ends the session comes last.</summary>
    private static IEnumerable<(MatrixRow Row, MatrixCaller Caller)> Cells() =>
        from row in MatrixRow.All from caller in MatrixStage.Callers select (row, caller);

    private async Task<string[]> ProblemsOfRefusalAsync(MatrixRow row, MatrixCaller caller, string suggestion)
    {
        var (status, code, text) = await AskAsync(row, caller, stage.Session, suggestion);
        if (row.For(caller) == MatrixCell.MayNot)
            return code is ProblemCodes.HostOnly or ProblemCodes.NotPermitted or ProblemCodes.FullControlOnly or ProblemCodes.TokenScope ? [] : [$"{row.Name} by {caller}: {status} {text}, but they may not"];
        var unknown = row.Route.Contains("{id}", StringComparison.Ordinal)
            ? await AskAsync(row, caller, Unknown, suggestion)
            : await AskAsync(row with { Body = UnknownPerson(row.Body) }, caller, Unknown, suggestion);
        return (status, code) == (404, unknown.Code) && WithoutNames(text) == WithoutNames(unknown.Text) ? [] : [$"{row.Name} by {caller}: {status} {text}, but what is not there gets {unknown.Status} {unknown.Text}"];
    }

    private async Task<string[]> ProblemsOfConsentAsync(MatrixRow row, MatrixCaller caller)
    {
        var suggestion = row.Route == Routes.Suggestion ? await stage.SuggestAsync() : "";
        if (row.Route == Routes.Delete)
            await stage.DebuggerHasExitedAsync();
        var (status, code, text) = await AskAsync(row, caller, stage.Session, suggestion);
        var isAsSaid = row.For(caller) == MatrixCell.May
            ? status < 300
            : code is not (null or ProblemCodes.HostOnly or ProblemCodes.NotPermitted or ProblemCodes.FullControlOnly or ProblemCodes.TokenScope or ProblemCodes.SessionNotFound or ProblemCodes.NotSignedIn or ProblemCodes.InvalidRequest);
        if (!isAsSaid)
            return [$"{row.Name} by {caller}: {status} {text}, but they may"];
        if (row.Method == "GET" && row.Route == Routes.Sessions && text.Contains(stage.Session, StringComparison.Ordinal) != caller is MatrixCaller.Viewer or MatrixCaller.Inspect or MatrixCaller.Full or MatrixCaller.Host or MatrixCaller.ReadToken or MatrixCaller.HostToken or MatrixCaller.LabToken)
            return [$"{row.Name} by {caller} lists the session of others, or not their own: {text}"];
        return [];
    }

    private Task<(int Status, string? Code, string Text)> AskAsync(MatrixRow row, MatrixCaller caller, string session, string suggestion)
    {
        var path = Routes.For(row.Route, session)
            .Replace("{suggestion}", suggestion, StringComparison.Ordinal)
            .Replace("{command}", "no-such-command", StringComparison.Ordinal)
            .Replace("{token}", "0123456789abcdef", StringComparison.Ordinal)
            .Replace("{client}", MatrixStage.Spare, StringComparison.Ordinal)
            .Replace("{email}", MatrixStage.Spare, StringComparison.Ordinal);
        return stage.AskAsync(row.Method, row.Route == Routes.Users ? $"{path}?email={MatrixStage.Spare}" : path, stage.TokenOf(caller), row.Body);
    }

    private static object? UnknownPerson(object? body) => body switch
    {
        DecidePermissionsRequest decide => decide with { Email = "nobody@contoso.example" },
        AdministratorRequest administrator => administrator with { Email = "nobody@contoso.example" },
        _ => body,
    };

    private string WithoutNames(string text) => Trace().Replace(text, "").Replace(stage.Session, "…", StringComparison.Ordinal).Replace(Unknown, "…", StringComparison.Ordinal)
        .Replace(MatrixStage.Newcomer, "…", StringComparison.Ordinal).Replace("nobody@contoso.example", "…", StringComparison.Ordinal);

    [GeneratedRegex(",\"traceId\":\"[^\"]*\"")]
    private static partial Regex Trace();
}
