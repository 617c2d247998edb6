using System.Security.Cryptography;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Peers;

/// <summary>
/// What people use today: one program in tmux, watched through attached clients, each in a terminal of its own (by <c>script</c>), or each
/// over OpenSSH on loopback. What a client's terminal is sent is what its viewer gets.
/// </summary>
internal sealed class TmuxPeer : IAsyncDisposable
{
    public static readonly string[] Kinds = ["tmux", "ssh-tmux"];

    private readonly string name = $"bench-{RandomNumberGenerator.GetHexString(8)}";
    private readonly List<PeerViewer> viewers = [];
    private LoopbackSsh? ssh;

    public IReadOnlyList<PeerViewer> Viewers => viewers;

    public static async Task<TmuxPeer> OpenAsync(string kind, int count, string folder)
    {
        var peer = new TmuxPeer();
        await peer.TmuxAsync("new-session", "-d", "-x", "200", "-y", "50", "sh");
        if (kind == "ssh-tmux")
            peer.ssh = await LoopbackSsh.StartAsync(folder);
        var attach = $"stty rows 50 cols 200; exec tmux -L {peer.name} attach";
        for (var i = 0; i < count; i++)
            peer.viewers.Add(peer.ssh is null ? new PeerViewer("script", ["-qfc", attach, "/dev/null"]) : new PeerViewer("ssh", [.. peer.ssh.Arguments, attach]));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await peer.TmuxAsync("list-clients")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length < count)
            await timer.WaitForNextTickAsync();
        return peer;
    }

    /// <summary>Types a line into the shared shell.</summary>
    public Task RunAsync(string line) => TmuxAsync("send-keys", line, "Enter");

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in viewers)
            await viewer.DisposeAsync();
        await TmuxAsync("kill-server");
        if (ssh is not null)
            await ssh.DisposeAsync();
    }

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        await using var run = new ProgramRun("tmux", ["-L", name, "-f", "/dev/null", .. arguments], new Dictionary<string, string?> { ["TERM"] = "xterm-256color" });
        return (await run.EndAsync()).Out;
    }
}
