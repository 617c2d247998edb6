using OrleansKd.Testing.Kd;

namespace OrleansKd.KdHost.Tests;

/// <summary>A server on a live program, and clients.</summary>
public sealed class ServerTests(KdFixture kd)
{
    [KdFact]
    public async Task Join_WhenLate_ShowsWhatTheSessionHasPrintedAndTellsEverybody()
    {
        await using var server = await StartServerAsync();
        await using var first = await JoinAsync(server);
        await first.AskAsync(".echo said before", Texts.Prompt);
        await using var late = await JoinAsync(server);
        Assert.Contains("] 0:000> .echo said before\nsaid before\n", late.Output, StringComparison.Ordinal);
        var news = await first.UntilAsync(" connected at ");
        Assert.Matches(@"^\S+\\\S+ \(tcp \[::ffff:127\.0\.0\.1\]:\d+\) connected at $", news);
    }

    [KdFact]
    public async Task Command_OfAClient_IsShownToTheOthersBehindItsIdentityWithoutANewPrompt()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await using var other = await JoinAsync(server);
        await client.UntilAsync(" connected at ");
        await server.Console.UntilAsync(" connected at ");
        Assert.Equal("shown\n" + Texts.Prompt, (await client.AskAsync(".echo shown", "shown\n" + Texts.Prompt)).Split("2026\n")[^1]);
        foreach (var console in new[] { server.Console, other })
            Assert.EndsWith(")] 0:000> .echo shown\nshown\n", await console.UntilAsync("shown\nshown\n"), StringComparison.Ordinal);
        // The server's own command has no identification, and still nobody else a new prompt.
        await server.Console.AskAsync(".echo from the server", Texts.Prompt);
        Assert.Equal("0:000> .echo from the server\nfrom the server\n", await other.UntilAsync("server\nfrom the server\n"));
    }

    [KdTheory]
    [InlineData("q")]
    [InlineData("qd")]
    public async Task Quit_OfAClient_IsRefused(string quit)
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        Assert.Contains(Texts.QuitRefused, await client.AskAsync(quit, Texts.Prompt), StringComparison.Ordinal);
        Assert.Equal("still\n" + Texts.Prompt, await client.AskAsync(".echo still", Texts.Prompt));
    }

    [KdTheory]
    [InlineData("qq", Texts.Quit, false)]
    [InlineData("qqd", Texts.Quit, true)]
    [InlineData(".detach", Texts.Detached, true)]
    public async Task End_ByAClient_EndsServerAndAllClients(string end, string farewell, bool targetLives)
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await using var other = await JoinAsync(server);
        await client.SayAsync(end);
        foreach (var console in new[] { client, other, server.Console })
        {
            await console.UntilAsync(farewell);
            Assert.Equal(0, await console.EndAsync());
        }
        if (targetLives)
            await server.Console.UntilAsync(KdFixture.Alive);
    }

    [KdTheory]
    [InlineData(KdConsole.CtrlB)]
    [InlineData(".remote_exit")]
    public async Task Leave_ByAClient_TouchesNobodyElse(string leave)
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await client.SayAsync(leave);
        Assert.Equal(0, await client.EndAsync());
        Assert.EndsWith(Texts.Prompt, client.Output, StringComparison.Ordinal);
        await server.Console.UntilAsync(" disconnected at ");
        await using var next = await JoinAsync(server);
        Assert.Contains("rip=", await next.AskAsync("r rip", Texts.Prompt), StringComparison.Ordinal);
    }

    [KdFact]
    public async Task CtrlB_WhileTheTargetRuns_LeavesAtOnce()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await client.SayAsync("g");
        await server.Console.UntilAsync(KdFixture.Alive);
        await client.SayAsync(KdConsole.CtrlB);
        Assert.Equal(0, await client.EndAsync());
    }

    [KdFact]
    public async Task EmptyLine_RepeatsTheLastCommandOfTheWholeSession()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await server.Console.AskAsync(".echo from the server", Texts.Prompt);
        await client.UntilAsync("server\nfrom the server\n");
        Assert.Equal("from the server\n" + Texts.Prompt, await client.AskAsync("", Texts.Prompt));
    }

    [KdFact]
    public async Task Break_OfOneClient_InterruptsAnothersCommand()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await using var other = await JoinAsync(server);
        await client.AskAsync(".while (1) { .echo again }", "again\n");
        other.Break();
        await client.UntilAsync(Texts.Interrupted);
        await client.UntilAsync(Texts.Prompt);
    }

    [KdFact]
    public async Task Break_WhileTheTargetRuns_ShowsEverybodyThePrompt()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        await client.SayAsync("g");
        await server.Console.UntilAsync(KdFixture.Alive);
        client.Break();
        foreach (var console in new[] { client, server.Console })
        {
            await console.UntilAsync(Texts.BreakException);
            Assert.Matches(@"^0:\d{3}> $", await console.UntilAsync("> "));
        }
    }

    [KdFact]
    public async Task Server_WhenKilled_ClientsEndWithAnError()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        server.Console.Kill();
        await client.UntilAsync("The debugging server is gone");
        Assert.Equal(1, await client.EndAsync());
    }

    [KdFact]
    public async Task Client_WhenKilled_ServerGoesOn()
    {
        await using var server = await StartServerAsync();
        await using var client = await JoinAsync(server);
        client.Kill();
        await using var next = await JoinAsync(server);
        Assert.Contains("rip=", await next.AskAsync("r rip", Texts.Prompt), StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Join_WithAWrongPassword_Fails()
    {
        await using var server = await KdServer.StartAsync(kd.Cdb, KdFixture.LiveTarget, Texts.Prompt, password: "right");
        await using var stranger = KdConsole.Start(kd.Cdb, "-remote", server.Transport.Replace("right", "wrong", StringComparison.Ordinal));
        await stranger.UntilAsync("DebugConnectWide failed, HRESULT 0x80010007");
        Assert.Equal(1, await stranger.EndAsync());
        await using var client = await JoinAsync(server);
    }

    [KdFact]
    public async Task Join_WhenThereIsNoServer_Fails()
    {
        await using var client = KdConsole.Start(kd.Cdb, "-remote", $"tcp:server=127.0.0.1,port={Testing.Processes.SiloProgram.FreePort()}");
        await client.UntilAsync("DebugConnectWide failed, HRESULT 0x");
        Assert.Equal(1, await client.EndAsync());
    }

    private Task<KdServer> StartServerAsync() => KdServer.StartAsync(kd.Cdb, KdFixture.LiveTarget, Texts.Prompt);

    private async Task<KdConsole> JoinAsync(KdServer server)
    {
        var client = KdConsole.Start(kd.Cdb, "-remote", server.Transport);
        // The last prompt is its own: those of the history come before its arrival.
        await client.UntilAsync(" connected at ");
        await client.UntilAsync("\n" + Texts.Prompt);
        return client;
    }
}
