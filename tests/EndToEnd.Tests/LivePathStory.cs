using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>What a debugger prints arrives byte by byte, whatever happens between it and the server.</summary>
public sealed class LivePathStory : IAsyncLifetime
{
    private const string Begin = "<<<BEGIN>>>";
    private const string End = "<<<END>>>";

    private ServerProcesses servers = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync();
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    /// <summary>Random bytes in random pieces, over a link that is reset every second.</summary>
    [Fact]
    public async Task Output_WhenItIsRandomBytesOverALinkThatIsCutEverySecond_ComesOutExactly()
    {
        await using var link = new CuttingProxy(server.Address.Port);
        await servers.SignInAsync(link.Address);
        await servers.StartAgentAsync(link.Address);
        await servers.SignInAsync(server.Address);
        var random = new Random(7);
        var content = new byte[6_000_000];
        random.NextBytes(content);
        for (var i = 0; i < 256; i++)
            content[i] = (byte)i;
        var id = await HostAsync();
        link.CutEvery(TimeSpan.FromSeconds(1));

        await PrintAsync(id, content, pause: 0.006);
        Assert.Equal(content, await PrintedAsync(id));
        Assert.True(link.Cuts >= 3, $"{link.Cuts} cuts");
    }

    /// <summary>20 MB, or as many as <c>ORLEANSKD_LINE_MB</c> says, without a newline: whole, and in bounded memory.</summary>
    [Fact]
    public async Task Output_WhenItIsOneEndlessLine_ComesOutExactlyInBoundedMemory()
    {
        var megabytes = int.Parse(Environment.GetEnvironmentVariable("ORLEANSKD_LINE_MB") ?? "20", CultureInfo.InvariantCulture);
        var agent = await servers.StartAgentAsync(server.Address);
        var id = await HostAsync();
        var content = new byte[megabytes * 1_000_000];
        for (var i = 0; i < content.Length; i++)
            content[i] = (byte)('a' + (i % 25));

        await PrintAsync(id, content, pause: 0);
        Assert.Equal(content, await PrintedAsync(id));
        var (agentPeak, serverPeak) = (PeakMegabytes(agent.Id), PeakMegabytes(server.Run.Id));
        TestContext.Current.TestOutputHelper?.WriteLine($"A line of {megabytes} MB: agent {agentPeak} MB, server {serverPeak} MB at most.");
        Assert.InRange(agentPeak, 1, 250);
        Assert.InRange(serverPeak, 1, 600);
    }

    /// <summary>The server does not answer for a while: the target goes on, and everything that it printed is there afterwards.</summary>
    [Fact]
    public async Task Target_WhenTheServerIsAway_GoesOnAndNothingIsLost()
    {
        await servers.StartAgentAsync(server.Address);
        var program = await SampleProgram.CompileAsync("tick", servers.Folder);
        var counter = Path.Combine(servers.Folder, "counter");
        var id = await HostAsync($"-nx -q --args {program} {counter}");
        foreach (var line in (string[])["break tick", "commands", "silent", "printf \"hit %d\\n\", number", "continue", "end"])
            (await RunAsync("sessions", "run", id, line)).Succeeded();
        var running = RunAsync("sessions", "run", id, "run");
        await CountsAsync(counter, after: 0);

        server.Run.Signal(19);
        var before = Count(counter);
        using (var away = new PeriodicTimer(TimeSpan.FromSeconds(20)))
            await away.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        var during = Count(counter);
        server.Run.Signal(18);
        Assert.True(during > before + 100, $"The target counted from {before} to {during} while the server was away.");
        await CountsAsync(counter, after: during + 100);
        (await UntilSucceededAsync("sessions", "break", id)).Succeeded();
        await running;
        var printed = Encoding.ASCII.GetString(await ExportAsync(id)).Split('\n').Where(line => line.StartsWith("hit ", StringComparison.Ordinal))
            .Select(line => int.Parse(line.AsSpan(4), CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(1, printed.Length), printed);
        Assert.True(printed.Length >= during, $"{printed.Length} lines; the target had counted to {during}.");
    }

    /// <summary>What the agent had read when it was killed arrives with its next start, then how the debugger ended.</summary>
    [Fact]
    public async Task Output_WhenTheAgentIsKilled_ArrivesWithItsNextStart()
    {
        var agent = await servers.StartAgentAsync(server.Address);
        var id = await HostAsync();
        var content = new byte[3_000_000];
        new Random(9).NextBytes(content);
        // The server is away before the end of it: the rest waits in the agent's spool.
        await StartPrintingAsync(id, content, pause: 0.001);
        await UntilAsync(() => Task.FromResult(SpoolHas(Begin)));
        server.Run.Signal(19);
        await UntilAsync(() => Task.FromResult(SpoolHas(End)));
        agent.Signal(9);
        await agent.EndAsync();
        server.Run.Signal(18);
        await servers.StartAgentAsync(server.Address);

        await UntilAsync(async () => (await RunAsync("sessions", "list")).Out.Contains("terminated", StringComparison.Ordinal));
        Assert.Equal(content, await PrintedAsync(id));
        Assert.Contains(" ended, and gdb with it", (await RunAsync("sessions", "export", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_WhenTwoClaimTheSameComputer_TheSecondIsToldWhyAndTakesNothing()
    {
        await servers.StartAgentAsync(server.Address);
        // Another profile of the same user: this computer does not know that, the server does.
        var profiles = Path.Combine(servers.Environment["ORLEANSKD_HOME"]!, "profiles");
        File.Copy(Path.Combine(profiles, "host.json"), Path.Combine(profiles, "second.json"));
        var second = servers.StartAgent(server.Address, Path.Combine(servers.Folder, "second"), "second");
        await UntilAsync(() => Task.FromResult(second.Error.Contains("Another agent of yours runs as computer", StringComparison.Ordinal)));

        var id = await HostAsync();
        (await RunAsync("sessions", "run", id, "print 6 * 7")).Succeeded();
        Assert.Contains("$1 = 42", Encoding.ASCII.GetString(await ExportAsync(id)), StringComparison.Ordinal);
        Assert.DoesNotContain("started gdb", second.Error, StringComparison.Ordinal);
    }

    private async Task<string> HostAsync(string arguments = "-nx -q")
    {
        var hosted = (await UntilSucceededAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", arguments, "--name", "bytes", "--json")).Succeeded();
        return JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Lets gdb's process print these bytes in pieces of all sizes, and waits until its prompt is back in the transcript.</summary>
    private async Task PrintAsync(string id, byte[] content, double pause)
    {
        await StartPrintingAsync(id, content, pause);
        await UntilAsync(async () => Encoding.Latin1.GetString(await ExportAsync(id)).Contains(End, StringComparison.Ordinal));
    }

    private async Task StartPrintingAsync(string id, byte[] content, double pause)
    {
        var file = Path.Combine(servers.Folder, "content");
        await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file + ".py", $"""
            import os, random, time
            data = open({JsonSerializer.Serialize(file)}, "rb").read()
            def put(piece):
                while piece:
                    piece = piece[os.write(1, piece):]
            put(b"{Begin}")
            pieces, at = random.Random(3), 0
            while at < len(data):
                size = pieces.choice([1, 2, 3, 7, 100, 4096, 16384, 65536])
                put(data[at:at + size])
                at += size
                time.sleep({pause.ToString(CultureInfo.InvariantCulture)})
            put(b"{End}")
            """, TestContext.Current.CancellationToken);
        await EnterAsync(id, $"source {file}.py");
    }

    /// <summary>Enters a command and does not wait for it, nor for what it prints.</summary>
    private async Task EnterAsync(string id, string command)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" }));
        await UntilAsync(async () =>
        {
            using var answer = await http.PostAsJsonAsync(Routes.For(Routes.Commands, id), new EnterCommandRequest(command), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>The bytes between the two marks.</summary>
    private async Task<byte[]> PrintedAsync(string id)
    {
        var raw = await ExportAsync(id);
        var begin = raw.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Begin)) + Begin.Length;
        return raw[begin..raw.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(End))];
    }

    private async Task<byte[]> ExportAsync(string id)
    {
        var file = Path.Combine(servers.Folder, $"{Guid.NewGuid():N}.raw");
        (await RunAsync("sessions", "export", id, "--format", "raw", "-o", file)).Succeeded();
        return await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => servers.Start(server.Address, "host", arguments).EndAsync();

    private async Task<ProgramResult> UntilSucceededAsync(params string[] arguments)
    {
        ProgramResult result = null!;
        await UntilAsync(async () => (result = await RunAsync(arguments)).ExitCode == 0);
        return result;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }

    private static Task CountsAsync(string counter, int after) => UntilAsync(() => Task.FromResult(Count(counter) > after));

    /// <summary>What the target has counted, from the file that its memory is mapped to.</summary>
    private static int Count(string counter)
    {
        if (!File.Exists(counter))
            return 0;
        using var file = new FileStream(counter, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> number = stackalloc byte[4];
        return file.Read(number) == 4 ? BitConverter.ToInt32(number) : 0;
    }

    private static int PeakMegabytes(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1000;

    /// <summary>Whether the agent has this in its spool, which is where everything is that it has read.</summary>
    private bool SpoolHas(string text) => Directory.EnumerateFiles(servers.Folder, "*.spool", SearchOption.AllDirectories).Any(path =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        return bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
    });
}
