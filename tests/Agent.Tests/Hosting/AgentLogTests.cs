using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Hosting;
using OrleansKd.Testing.Hostile;

namespace OrleansKd.Agent.Tests.Hosting;

public sealed class AgentLogTests : IDisposable
{
    private const long FileBytes = 4 * 1024 * 1024;

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-log-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Log_WhenMoreIsWrittenThanIsKept_HoldsTheNewest_ForThisUserOnly()
    {
        const int LineBytes = 64 * 1024;
        var text = new string('x', LineBytes);
        string current;
        using (var log = new AgentLog(Place()))
        {
            var logger = log.Provider.CreateLogger("test");
            for (var line = 0; line < 8 * FileBytes / LineBytes; line++)
                Write(logger, $"{line} {text}");
            Write(logger, "the last one");
            current = log.Current!;
        }
        var files = Directory.GetFiles(folder);
        Assert.Equal(5, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, FileBytes + LineBytes + 1000));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.EndsWith(" info the last one\n", File.ReadAllText(current), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_WhenAReasonIsHostile_ShowsItAndKeepsItFromBeingALineOfItsOwn()
    {
        using (var log = new AgentLog(Place()))
            Write(log.Provider.CreateLogger("test"), "\u001b]50;rm\u0007\r\n2026-01-01T00:00:00.000Z crit forged {Name}");
        var lines = File.ReadAllLines(Place().LogFile);
        Assert.DoesNotContain('\u001b', lines[0]);
        Assert.Contains("␛]50;rm", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("    2026-01-01", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("{Name}", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Log_OfTheWholeCorpus_IsVisibleAndEachRecordBeginsItsLine()
    {
        using (var log = new AgentLog(Place()))
        {
            var logger = log.Provider.CreateLogger("test");
            foreach (var hostile in HostileTexts.All)
                Write(logger, $"{hostile.Name}: {hostile.Text}");
        }
        var text = File.ReadAllText(Place().LogFile);
        Assert.Null(Shown.ProblemOf(text));
        Assert.Equal(HostileTexts.All.Count, text.Split('\n').Count(line => line.Length > 0 && !line.StartsWith("    ", StringComparison.Ordinal)));
        foreach (var hostile in HostileTexts.All)
            Assert.Null(Shown.MissingOf(text[text.IndexOf($" info {hostile.Name}: ", StringComparison.Ordinal)..], hostile));
    }

    private static readonly Action<ILogger, string, Exception?> WriteReason = LoggerMessage.Define<string>(LogLevel.Information, default, "{Reason}");

    private static void Write(ILogger logger, string reason) => WriteReason(logger, reason, null);

    private AgentPlace Place() => new(folder, folder, "default", new Uri("http://127.0.0.1:1"));
}
