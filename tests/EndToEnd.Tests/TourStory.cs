using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The tour in README.md does what it says there: each line ends with the code, and writes the words, that stand behind it.</summary>
public sealed class TourStory : IAsyncLifetime
{
    private ServerProcesses servers = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync(environment =>
        {
            // Where the launcher of deploy/local lets mail be found.
            var data = Path.Combine(Path.GetDirectoryName(environment["ORLEANSKD_HOME"])!, "share");
            environment["XDG_DATA_HOME"] = data;
            environment["OrleansKd__Mail__Transport"] = "Pickup";
            environment["OrleansKd__Mail__PickupFolder"] = Path.Combine(data, "orleanskd", "local", "mail");
            environment["OrleansKd__Mail__From"] = "OrleansKd <orleanskd@localhost.example>";
            environment["OrleansKd__Mail__ServerAddress"] = "http://127.0.0.1:5080";
        });
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    [Fact]
    public async Task Tour_WhenTypedLineByLine_DoesWhatItSays()
    {
        var repository = Tour.Repository();
        var tour = Tour.Read(Path.Combine(repository, "README.md"));
        // It is typed at the repository's root; what it writes shall not lie there.
        Directory.CreateSymbolicLink(Path.Combine(servers.Folder, "tests"), Path.Combine(repository, "tests"));
        var client = BuiltProgram.PathOf(BuiltProgram.Client);
        await using var shell = new ProgramRun(
            "sh", ["-c", tour.ScriptAfter($"orleanskd() {{ dotnet '{client}' --server {server.Address.GetLeftPart(UriPartial.Authority)} \"$@\"; }}")], servers.Environment, servers.Folder);
        var result = (await shell.EndAsync()).Succeeded();

        var outcomes = Tour.OutcomesIn(result.Out);
        Assert.All(tour.Lines.Zip(outcomes), one =>
        {
            var (line, outcome) = one;
            Assert.True(line.ExitCode == outcome.ExitCode, $"{line.Text}\nended with {outcome.ExitCode}:\n{outcome.Written}");
            Assert.Contains(line.Writes, outcome.Written, StringComparison.Ordinal);
        });
        Assert.Equal(tour.Lines.Count, outcomes.Count);
    }
}
