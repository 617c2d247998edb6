using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Relay;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>A terminated session is deleted over HTTP: whoever watches it is told, nothing answers for it any more, and no table holds anything of it.</summary>
public sealed class DeletionStory
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_WhenTheHostAsks_EndsWindowsWithin5Seconds_AndLeavesNothingInAnyTable_AlsoAfterTheServerWasKilled()
    {
        await using var program = await ProgramSession.OpenAsync();
        using (var me = await program.SendAsync(HttpMethod.Get, Routes.Me, token: program.ClientToken))
            Assert.True(me.IsSuccessStatusCode);
        await program.DoAsync(HttpMethod.Post, Routes.Invitations, new InviteRequest(["client@fabrikam.example"]));
        await program.DoAsync(HttpMethod.Post, Routes.Commands, new EnterCommandRequest("echo kept\\n"));
        Assert.Equal((HttpStatusCode.Conflict, ProblemCodes.WrongState), await DeleteAsync(program));
        await program.DoAsync(HttpMethod.Post, Routes.Terminate, new TerminateSessionRequest(TargetFate.LeaveStopped));
        await UntilAsync(async () => (await program.TranscriptAsync()).Any(entry => entry.Kind is TranscriptEntryKind.RunExited));
        Assert.Equal((HttpStatusCode.Forbidden, ProblemCodes.HostOnly), await DeleteAsync(program, program.ClientToken));
        await using var window = await RawViewer.ConnectAsync(program.Address, program.ClientToken, Cancellation);
        await window.FollowAsync(program.Id, 0, 1, Cancellation);
        Assert.NotNull(await window.ReadAsync(type: 2, Cancellation));

        var deletedAt = Stopwatch.GetTimestamp();
        Assert.Equal((HttpStatusCode.NoContent, null), await DeleteAsync(program));
        var end = (await window.ReadAsync(type: 3, Cancellation))!.Value;

        Assert.InRange(Stopwatch.GetElapsedTime(deletedAt), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains(ProblemCodes.SessionNotFound, end.GetProperty("error").GetString(), StringComparison.Ordinal);
        await IsGoneAsync(program);
        await UntilAsync(async () => await RowsOfAsync(program) is ["head"]);
        await program.Hosted.KillServerAsync();
        await IsGoneAsync(program);
        Assert.Equal(["head"], await RowsOfAsync(program));
        // What an agent keeps for it (passwords in arguments) is forgotten, also by one that comes back only now.
        await using var agent = new HubConnectionBuilder().WithUrl(new Uri(program.Address, Routes.AgentHub), options =>
        {
            (options.Transports, options.SkipNegotiation) = (HttpTransportType.WebSockets, true);
            options.AccessTokenProvider = () => Task.FromResult<string?>(program.HostToken);
        }).Build();
        await agent.StartAsync(Cancellation);
        string[] asked = [program.Id, SessionId.New().ToString()];
        Assert.Equal([program.Id], await agent.InvokeAsync<string[]>(nameof(IAgentHub.FindTerminated), asked, Cancellation));
    }

    private static async Task IsGoneAsync(ProgramSession program)
    {
        foreach (var token in new[] { program.HostToken, program.ClientToken })
        {
            foreach (var route in new[] { Routes.Session, Routes.People, Routes.Transcript, $"{Routes.Transcript}?before=9", Routes.TranscriptFollow })
            {
                using var answer = await program.SendAsync(HttpMethod.Get, route, token: token);
                Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.SessionNotFound), (answer.StatusCode, await CodeAsync(answer)));
            }
            Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.SessionNotFound), await DeleteAsync(program, token));
            using var list = await program.SendAsync(HttpMethod.Get, Routes.Sessions, token: token);
            Assert.Equal("[]", await list.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static async Task<(HttpStatusCode, string?)> DeleteAsync(ProgramSession program, string? token = null)
    {
        using var answer = await program.SendAsync(HttpMethod.Post, Routes.Delete, token: token);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? null : await CodeAsync(answer));
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer)
    {
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return problem.RootElement.GetProperty("code").GetString()!;
    }

    /// <summary>Rows of all tables whose key has the session's id in it.</summary>
    private static async Task<string[]> RowsOfAsync(ProgramSession program)
    {
        var tables = new TableServiceClient(program.Hosted.Servers.Storage.ConnectionString);
        List<string> rows = [];
        await foreach (var table in tables.QueryAsync(cancellationToken: Cancellation))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Cancellation))
            {
                if (row.PartitionKey.Contains(program.Id, StringComparison.Ordinal) || row.RowKey.Contains(program.Id, StringComparison.Ordinal))
                    rows.Add(row.RowKey);
            }
        }
        return [.. rows];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
