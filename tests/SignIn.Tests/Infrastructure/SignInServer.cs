using System.Text.RegularExpressions;
using MimeKit;
using OrleansKd.Local;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

[assembly: AssemblyFixture(typeof(OrleansKd.SignIn.Tests.Infrastructure.SharedServer))]

namespace OrleansKd.SignIn.Tests.Infrastructure;

/// <summary>The sign-in as a real process, with its folder and its mails. It can be stopped and started again.</summary>
public class SignInServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-sign-in-").FullName;
    private readonly string[] settings;
    private ProgramRun? run;

    /// <param name="settings">Below <c>OrleansKd:SignIn</c>, as <c>NAME=VALUE</c>; with a leading colon, whole names.</param>
    public SignInServer(params string[] settings)
    {
        this.settings = settings;
        Mail = Directory.CreateDirectory(Path.Combine(folder, "mail")).FullName;
        Data = Path.Combine(folder, "data");
        Address = new Uri($"http://127.0.0.1:{Requirements.FreePort()}");
    }

    public Uri Address { get; }

    public string Data { get; }

    public string Mail { get; }

    /// <summary>What it wrote.</summary>
    public string Output => run!.Out + run.Error;

    public static async Task<SignInServer> OpenAsync(params string[] settings)
    {
        var server = new SignInServer(settings);
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        string[] basic = ["Domains:0=contoso.example", "Domains:1=eve@fabrikam.example", "Limits:FormsPerMinute=100000", "Limits:DevicesPerMinute=100000", "Limits:TokensPerMinute=100000"];
        string[] mail = [":OrleansKd:Mail:Transport=Pickup", $":OrleansKd:Mail:PickupFolder={Mail}", ":OrleansKd:Mail:From=OrleansKd <orleanskd@contoso.example>"];
        run = Start(["--urls", Address.GetLeftPart(UriPartial.Authority), "--data", Data, .. basic.Concat(mail).Concat(settings).SelectMany(AsArguments)]);
        await run.WaitForAsync(text => text.Contains("sign-in http", StringComparison.Ordinal), "the line 'sign-in URL'");
    }

    /// <summary>The program with these arguments and nothing else.</summary>
    public static ProgramRun Start(params IEnumerable<string> arguments) => new("dotnet", [BuiltProgram.PathOf(BuiltProgram.SignIn), .. arguments]);

    public async Task StopAsync()
    {
        run!.Signal(15);
        await run.EndAsync();
        await run.DisposeAsync();
    }

    /// <summary>Every mail to somebody, oldest first.</summary>
    public IReadOnlyList<MimeMessage> MailsTo(string email) =>
        [.. new DirectoryInfo(Mail).EnumerateFiles("*.eml").OrderBy(file => file.LastWriteTimeUtc).Select(file => MimeMessage.Load(file.FullName)).Where(mail => mail.To.Mailboxes.Single().Address == email)];

    /// <summary>The code in the newest of so many mails to somebody.</summary>
    public async Task<string> CodeToAsync(string email, int mails = 1)
    {
        await UntilAsync(() => Task.FromResult(MailsTo(email).Count >= mails), $"mail {mails} to {email}");
        return CodeIn(MailsTo(email)[^1]);
    }

    public static string CodeIn(MimeMessage mail) => Regex.Match(mail.TextBody!, @"^    (\d{4}) (\d{4})\s*$", RegexOptions.Multiline) is { Success: true, Groups: var groups }
        ? groups[1].Value + groups[2].Value
        : throw new InvalidDataException(mail.TextBody);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? every = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(every ?? TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It never came to {what}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (run is not null)
            await run.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static string[] AsArguments(string setting) =>
        setting.Split('=', 2) is [var name, var value] ? [name.StartsWith(':') ? "--" + name[1..] : "--OrleansKd:SignIn:" + name, value] : throw new ArgumentException(setting, nameof(setting));
}

/// <summary>One for all tests that need nothing of their own; each takes its own address.</summary>
public sealed class SharedServer : SignInServer, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await StartAsync();
}
