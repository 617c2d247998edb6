using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using OrleansKd.Contracts;
using OrleansKd.Hosting;
using OrleansKd.Testing.Hostile;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Hosting;

/// <summary>The log on a server's console, fed the corpus (rule G5).</summary>
public sealed class VisibleConsoleTests
{
    public static TheoryData<HostileText> Corpus => [.. HostileTexts.All];

    [Theory, MemberData(nameof(Corpus), DisableDiscoveryEnumeration = true)]
    public void Write_WhenAMessageIsHostile_IsOneVisibleLineAndAnExceptionIsIndented(HostileText hostile)
    {
        var line = Written(hostile.Text, null);
        Assert.Null(Shown.ProblemOf(line[..^1], isOneLine: true));
        Assert.Null(Shown.MissingOf(line, hostile));
        var withProblem = Written("it failed", new InvalidOperationException(hostile.Text));
        Assert.Null(Shown.ProblemOf(withProblem));
        Assert.Null(Shown.MissingOf(withProblem, hostile));
        Assert.All(withProblem.TrimEnd('\n').Split('\n')[1..], below => Assert.StartsWith("      ", below, StringComparison.Ordinal));
    }

    [Fact]
    public void AddTo_WhenAnOperatorChoseAFormThatLetsControlsPass_KeepsItsOwn()
    {
        foreach (var (chosen, used) in new[] { ("", "visible"), ("simple", "visible"), ("systemd", "visible"), ("json", "json") })
        {
            var services = new ServiceCollection();
            services.AddLogging(logging =>
            {
                logging.AddConsole(console => console.FormatterName = chosen);
                VisibleConsole.AddTo(logging);
            });
            using var provider = services.BuildServiceProvider();
            Assert.Equal(used, provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        }
    }

    /// <summary>A real server whose framework logs every request: paths, queries, methods and user agents come from anybody.</summary>
    [Fact]
    public async Task Server_WhenRequestsAreHostile_LogsVisibleLinesOnly()
    {
        await using var servers = await ServerProcesses.OpenAsync(environment =>
        {
            foreach (var category in (string[])["Default", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server", "Microsoft.AspNetCore.Http"])
                environment[$"Logging__LogLevel__{category}"] = category == "Default" ? "Debug" : "Trace";
        });
        var server = await servers.StartServerAsync("all");
        foreach (var hostile in HostileTexts.All)
        {
            var path = string.Concat(hostile.Bytes.Take(1_000).Select(value => $"%{value:X2}"));
            await SendAsync(server.Address, Encoding.ASCII.GetBytes($"GET /api/{path}?q={path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Address.Port}\r\nUser-Agent: "), hostile.Bytes, "\r\nConnection: close\r\n\r\n"u8.ToArray());
            await SendAsync(server.Address, hostile.Bytes, "\r\n\r\n"u8.ToArray());
        }
        server.Run.Signal(15);
        await server.Run.EndAsync();
        Assert.Contains("/api/", server.Run.Out, StringComparison.Ordinal);
        Assert.Null(Shown.ProblemOf(server.Run.Out.ReplaceLineEndings("\n")));
        Assert.All(server.Run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^((trce|dbug|info|warn|fail|crit): (?!forged)|      )", line));
    }

    private static async Task SendAsync(Uri server, params byte[][] parts)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        try
        {
            await client.GetStream().WriteAsync(parts.SelectMany(part => part).ToArray(), TestContext.Current.CancellationToken);
            while (await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        }
        catch (IOException)
        {
            // What is not HTTP is cut off.
        }
    }

    private static string Written(string message, Exception? problem)
    {
        using var text = new StringWriter();
        new VisibleConsole().Write(new LogEntry<string>(LogLevel.Warning, "Category", default, message, problem, (state, _) => state), null, text);
        return text.ToString();
    }
}
