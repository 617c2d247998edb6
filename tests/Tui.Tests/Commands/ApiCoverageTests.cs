using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>Everything that the API can do, <c>orleanskd</c> can do (rule H1): its examples, run one after another, ask for every route.</summary>
public sealed class ApiCoverageTests : IAsyncLifetime
{
    /// <summary>Routes that no command asks for, and why.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["GET " + Routes.TranscriptFollow] = "watch, take and run follow over the session hub, which a person's presence belongs to (rule D3).",
    };

    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.OnFind = _ => ScriptedServer.Bob;
        server.Sessions = [server.Summary()];
        server.Details = server.DetailsOf(server.Summary(SessionState.Terminated, DebuggerState.Exited));
        for (var line = 1; line <= 12; line++)
            server.Transcript.AddOutput($"line {line}\n");
        server.OnCommand = request =>
        {
            var entered = server.Transcript.Add(TranscriptEntryKind.CommandEntered, entry => entry with { CommandId = $"c{entry.Sequence}", Text = request.Text, Author = ScriptedServer.Ann });
            server.Transcript.Add(TranscriptEntryKind.CommandStarted, entry => entry with { CommandId = entered.CommandId });
            server.Transcript.Add(TranscriptEntryKind.CommandCompleted, entry => entry with { CommandId = entered.CommandId });
            return new EnterCommandResponse(entered.CommandId!, entered.Sequence);
        };
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Examples_WhenRun_EndWellAndAskForEveryRouteOfTheApi()
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-examples-");
        try
        {
            foreach (var example in CommandLine.Build(Cli.Host(server.Connect)).Runner.Examples.All)
            {
                var words = CommandTreeTests.Words(example, server.SessionId);
                // No server is asked by the agent's commands; signing in and out has tests with a real authority; without any the terminal client runs.
                if (words.Length == 0 || words[0] is "agent" or "sign-in" or "sign-out")
                    continue;
                var cli = new Cli(server) { Settings = new SettingsFile(folder.FullName) };
                var isEndless = words.Contains("--watch");
                using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                server.Feed.OnAsked = after =>
                {
                    if (isEndless && after is not null)
                        ending.Cancel();
                };
                var code = await cli.RunAsync(ending.Token, [.. words.Select(word => word.StartsWith("crash.", StringComparison.Ordinal) || word.EndsWith(".token", StringComparison.Ordinal) ? Path.Combine(folder.FullName, word) : word)]);
                Assert.True(code == (isEndless ? ExitCodes.Interrupted : ExitCodes.Done), $"{example}\nended with {code}: {cli.Error}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var asked = server.Asked.Select(request => $"{request.Method} {request.Path}").Distinct().ToArray();
        var missing = RoutesOfTheApi().Where(route => !asked.Any(one => Pattern(route).IsMatch(one))).ToArray();
        Assert.Equal(Reasons.Keys.Order(), missing.Order());
    }

    private static IEnumerable<string> RoutesOfTheApi()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(CommandTreeTests.Repository(), "silo", "openapi.json")));
        return [.. document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))];
    }

    /// <summary>A route's <c>{id}</c> is one part of a path.</summary>
    private static Regex Pattern(string route) => new("^" + Regex.Replace(Regex.Escape(route), @"\\\{[^/]+?}", "[^/]+") + "$", RegexOptions.CultureInvariant);
}
