using System.Globalization;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;
using OrleansKd.Silo.Tests.Storage;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>Tests that share one flooded session, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FloodedSessionTests : ICollectionFixture<FloodedSession>
{
    public const string Name = "flooded session";
}

/// <summary>A real server with a session that can be flooded, and a well-behaved follower beside whoever a test sends.</summary>
public sealed class FloodedSession : IAsyncLifetime
{
    /// <summary>16 MB: with <see cref="BadViewers"/> viewers, a queue for each would be several times <see cref="MostGrowthBytes"/>.</summary>
    private const int Lines = 40_000;

    /// <summary>How many misbehave at once.</summary>
    public const int BadViewers = 20;

    /// <summary>
    /// What the server may hold more in a flood with bad viewers than after one without: credit windows and connection buffers of 20, and
    /// what a collector on two cores lets lie. Queues would take 20 times 16 MB, a third more as text.
    /// </summary>
    public const long MostGrowthBytes = 250L * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private HostedSession session = null!;
    private int floods;
    private TimeSpan alone;
    private long residentAlone;

    internal HostedSession Hosted => session;

    public string Id => session.Id;

    public Uri Server => session.Server.Address;

    public string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // Its tests follow a thousand times within a minute as one user; how often one may, CallLimitTests show.
        session = await HostedSession.OpenAsync(keepStorage: false, environment => environment["OrleansKd__Edge__FollowsPerMinute"] = "1000000");
        Token = await session.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
        // The first one warms everything up.
        await FloodAsync(TestContext.Current.CancellationToken);
        alone = await FloodAsync(TestContext.Current.CancellationToken);
        residentAlone = ResidentBytes();
    }

    internal Task<RawViewer> ConnectAsync(CancellationToken cancellationToken) => RawViewer.ConnectAsync(Server, Token, cancellationToken);

    /// <summary>Everything up to here is durable.</summary>
    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        using var client = new SessionsClient(Server, new FixedToken(Token));
        return (await client.GetSessionAsync(Id, cancellationToken)).DurableThrough;
    }

    internal SessionFollower Follower() => new(Server, new FixedToken(Token), TimeProvider.System);

    /// <summary>
    /// Floods the session. The follower must get every line, in order; the server must stay within its bound. What it took compared with
    /// a flood without others is reported.
    /// </summary>
    public async Task FloodBesideAsync(string whom, CancellationToken cancellationToken)
    {
        var took = await FloodAsync(cancellationToken);
        var growth = ResidentBytes() - residentAlone;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Beside {whom}: {took.TotalSeconds:F2} s, {took / alone:F2} times as long as alone; the server grew by {growth >> 20} MB."));
        Assert.True(growth < MostGrowthBytes, $"The server grew by {growth >> 20} MB.");
    }

    private async Task<TimeSpan> FloodAsync(CancellationToken cancellationToken)
    {
        var flood = ++floods;
        await using var follower = Follower();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var next = 0;
        var line = new StringBuilder();
        var last = await EndAsync(limit.Token);
        var begun = TimeProvider.System.GetTimestamp();
        var command = $"python [print('flood {flood} line %d ' % i + 'x' * 380) for i in range({Lines})]";
        var entering = follower.EnterCommandAsync(Id, command, limit.Token);
        await foreach (var update in follower.Follow(Id, last, durableOnly: false, limit.Token))
        {
            Assert.IsNotType<TranscriptUpdate.Rewound>(update);
            if (update is not TranscriptUpdate.Page { Value: var page })
                continue;
            foreach (var entry in page.Entries)
            {
                Assert.Equal(++last, entry.Sequence);
                if (entry.Kind is not TranscriptEntryKind.Output)
                    continue;
                foreach (var letter in Encoding.UTF8.GetString(entry.Data.Span))
                {
                    if (letter != '\n')
                    {
                        line.Append(letter);
                        continue;
                    }
                    var text = line.ToString();
                    line.Clear();
                    if (!text.Contains($"flood {flood} line ", StringComparison.Ordinal))
                        continue;
                    Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"flood {flood} line {next} {new string('x', 380)}"), text, StringComparison.Ordinal);
                    if (++next == Lines)
                    {
                        await entering;
                        return TimeProvider.System.GetElapsedTime(begun);
                    }
                }
            }
        }
        throw new InvalidOperationException("The transcript ended.");
    }

    private long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{session.Server.Run.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    public ValueTask DisposeAsync() => session is null ? ValueTask.CompletedTask : session.DisposeAsync();
}
