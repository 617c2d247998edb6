using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Testing.Processes;

/// <summary>A link that resets all its connections, once or again and again, when it is told to.</summary>
/// <param name="port">Where connections lead, on this machine.</param>
public sealed class CuttingProxy(int port) : LoopbackProxy
{
    private Task cutting = Task.CompletedTask;
    private CancellationTokenSource open = new();
    private volatile bool isCut;

    /// <summary>Cuts that met a connection.</summary>
    public int Cuts { get; private set; }

    /// <summary>From now on every connection is reset each time this has passed.</summary>
    public void CutEvery(TimeSpan time) => cutting = ResetEveryAsync(time);

    /// <summary>Every connection is reset, and every new one, until <see cref="Mend"/>.</summary>
    public Task CutAsync()
    {
        isCut = true;
        return ResetAsync();
    }

    public void Mend() => isCut = false;

    public override async ValueTask DisposeAsync()
    {
        await open.CancelAsync();
        await base.DisposeAsync();
        await cutting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        open.Dispose();
    }

    protected override async Task ServeAsync(TcpClient client)
    {
        var cut = Volatile.Read(ref open).Token;
        using var server = new TcpClient();
        // Closing with this resets: what is on its way is lost on both sides.
        client.LingerState = server.LingerState = new LingerOption(true, 0);
        if (isCut)
            return;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, cut);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), cut), server.GetStream().CopyToAsync(client.GetStream(), cut));
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // As a link that is cut.
        }
    }

    private async Task ResetEveryAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        while (await timer.WaitForNextTickAsync(Ending))
            await ResetAsync();
    }

    private async Task ResetAsync()
    {
        var cut = Interlocked.Exchange(ref open, new CancellationTokenSource());
        await cut.CancelAsync();
        Cuts++;
    }
}
