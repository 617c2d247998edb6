using System.Diagnostics;
using OrleansKd.EndToEnd.Tests.Infrastructure;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>An invitation's whole life: mailed, accepted, revoked while its client watches, given again, declined (rules C4, C5).</summary>
public sealed class InvitationStory
{
    private const string Client = "client@fabrikam.example";

    [Fact]
    public async Task Client_WhenKickedWhileWatching_IsGoneAtOnceAndCanBeInvitedAgain()
    {
        await using var stage = await Stage.OpenAsync();
        var id = await stage.HostAsync("", "crash <in> ntfs");
        await using var list = stage.Start("client", "sessions", "list", "--watch");
        await list.WaitForAsync(text => text.Contains("CHANGE", StringComparison.Ordinal), "the client's list");
        (await stage.RunAsync("host", "sessions", "invite", id, Client)).Succeeded();
        await list.WaitForAsync(text => Lines(text, "new", id).Any(line => line.Contains("active", StringComparison.Ordinal)), "the session in the client's list");
        Assert.Contains("invited", (await stage.RunAsync("client", "invitations", "list")).Succeeded().Out, StringComparison.Ordinal);
        var mails = await MailsAsync(stage, 2);
        Assert.All(mails, mail => Assert.Contains($"orleanskd --server {stage.Server}", mail.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal), StringComparison.Ordinal));

        await using var watching = stage.Start("client", "sessions", "watch", id);
        await watching.WaitForAsync(text => text.Contains("Clive Client (Fabrikam) joined", StringComparison.Ordinal), "the client's coming");
        Assert.Contains("accepted", (await stage.UntilAsync(result => result.Out.Contains("accepted", StringComparison.Ordinal), "host", "sessions", "people", id)).Out, StringComparison.Ordinal);
        var watch = Stopwatch.StartNew();
        (await stage.RunAsync("host", "sessions", "kick", id, Client)).Succeeded();
        var ended = await watching.EndAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await list.WaitForAsync(text => Lines(text, "gone", id).Length == 1, "its going");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("not invited to this session any more", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(id, (await stage.RunAsync("client", "sessions", "list")).Succeeded().Out, StringComparison.Ordinal);
        var refused = await stage.RunAsync("client", "sessions", "export", id, "--format", "text");
        Assert.NotEqual(0, refused.ExitCode);
        var twice = await stage.RunAsync("host", "invitations", "revoke", id, Client);
        Assert.Contains("is not invited to", twice.Error, StringComparison.Ordinal);

        (await stage.RunAsync("host", "sessions", "invite", id, Client)).Succeeded();
        await MailsAsync(stage, 4);
        await list.WaitForAsync(text => Lines(text, "new", id).Length == 2, "its coming back");
        (await stage.RunAsync("client", "invitations", "decline", id)).Succeeded();
        Assert.DoesNotContain(Client, (await stage.RunAsync("host", "sessions", "people", id)).Succeeded().Out, StringComparison.Ordinal);
        var transcript = await stage.ExportAsync("host", id);
        Assert.Contains("Hanna Host (Contoso) revoked the invitation of Clive Client (Fabrikam)", transcript, StringComparison.Ordinal);
        Assert.Contains("Clive Client (Fabrikam) declined the invitation", transcript, StringComparison.Ordinal);
    }

    private static string[] Lines(string text, string change, string id) =>
        [.. text.Split('\n').Where(line => line.Contains($"  {change} ", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal))];

    private static async Task<string[]> MailsAsync(Stage stage, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var files = Directory.GetFiles(Path.Combine(stage.Folder, "data", "mail"), "*.eml");
            if (files.Length >= count)
                return await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file, limit.Token)));
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
