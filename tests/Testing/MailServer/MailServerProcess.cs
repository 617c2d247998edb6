using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrleansKd.Local;
using OrleansKd.Local.Processes;

namespace OrleansKd.Testing.MailServer;

/// <summary>A real mail server in a process of its own (<c>server.js</c>), and what it was given. It can be stopped and started again where it was.</summary>
public sealed class MailServerProcess : IAsyncDisposable
{
    /// <summary>npm on a slow line, node on a busy machine.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-mail-").FullName;
    private readonly Lock gate = new();
    private readonly List<JsonElement> events = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BoundProcess? process;

    private MailServerProcess(string tls) => Tls = tls;

    public int Port { get; } = Requirements.FreePort();

    /// <summary><c>None</c>, <c>StartTls</c> or <c>Implicit</c>.</summary>
    public string Tls { get; }

    /// <summary>Set: it asks for a user name and a password.</summary>
    public (string User, string Password)? Account { get; init; }

    /// <summary>What its certificate is signed with: itself.</summary>
    public string CertificateFile => Path.Combine(folder, "certificate.pem");

    public static async Task<MailServerProcess> StartAsync(CancellationToken cancellationToken, string tls = "None", (string User, string Password)? account = null)
    {
        var server = new MailServerProcess(tls) { Account = account };
        server.MakeCertificate();
        await server.StartAgainAsync(cancellationToken);
        return server;
    }

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var install = FolderOf("MailServer");
        var node = await new NpmInstall(install, "smtp-server", "The tests' mail server", "tests/Testing/MailServer", message => new InvalidOperationException(message)).EnsureAsync(cancellationToken);
        var options = JsonSerializer.Serialize(new
        {
            port = Port,
            tls = Tls,
            key = Path.Combine(folder, "key.pem"),
            certificate = CertificateFile,
            user = Account?.User,
            password = Account?.Password,
        });
        var before = Count("listening");
        process = BoundProcess.Start(new ProcessStartInfo(node, [Path.Combine(install, "server.js"), options]), "TERM", ownSession: false, OnLine, problem => problem);
        await UntilAsync(() => Count("listening") > before, "listening", cancellationToken);
    }

    /// <summary>Nothing listens any more.</summary>
    public async Task StopAsync()
    {
        if (process is null)
            return;
        await process.EndAsync(BoundProcess.Terminate, TimeSpan.FromSeconds(5));
        process.Dispose();
        process = null;
    }

    /// <summary>Every mail that it was given, also when it did not say so.</summary>
    public IReadOnlyList<ReceivedMail> Mails
    {
        get
        {
            lock (gate)
                return [.. events.Where(item => Kind(item) == "mail").Select(ReceivedMail.Of)];
        }
    }

    /// <summary>How often somebody was named as recipient.</summary>
    public int Attempts(string email)
    {
        lock (gate)
            return events.Count(item => Kind(item) == "recipient" && item.GetProperty("to").GetString() == email);
    }

    public int Count(string kind)
    {
        lock (gate)
            return events.Count(item => Kind(item) == kind);
    }

    /// <summary>Waits until it is so.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            Task next;
            lock (gate)
                next = changed.Task;
            if (condition())
                return;
            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The mail server never came to '{what}'. It told: {string.Join('\n', events)}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void OnLine(string line)
    {
        if (!line.StartsWith('{'))
            return;
        TaskCompletionSource woken;
        lock (gate)
        {
            using var json = JsonDocument.Parse(line);
            events.Add(json.RootElement.Clone());
            (woken, changed) = (changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        woken.SetResult();
    }

    private static string? Kind(JsonElement item) => item.GetProperty("event").GetString();

    private void MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The folder of this project in the repository, where npm's lock file is.</summary>
    private static string FolderOf(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "Testing", name);
            if (File.Exists(Path.Combine(candidate, "package.json")))
                return candidate;
        }
        throw new InvalidOperationException("The tests run inside the repository.");
    }
}

/// <summary>One mail as the server got it.</summary>
/// <param name="User">Who had signed in; null: nobody.</param>
/// <param name="Raw">The bytes of the message.</param>
public sealed record ReceivedMail(string To, string From, bool IsSecure, string? User, byte[] Raw)
{
    internal static ReceivedMail Of(JsonElement mail) => new(
        mail.GetProperty("to")[0].GetString()!,
        mail.GetProperty("from").GetString()!,
        mail.GetProperty("secure").GetBoolean(),
        mail.TryGetProperty("user", out var user) && user.ValueKind is JsonValueKind.String ? user.GetString() : null,
        mail.GetProperty("raw").GetBytesFromBase64());
}
