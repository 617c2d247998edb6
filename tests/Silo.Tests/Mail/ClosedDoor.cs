using System.Net;
using System.Net.Sockets;

namespace OrleansKd.Silo.Tests.Mail;

/// <summary>Where a mail server was: every connection is closed at once, and counted.</summary>
internal sealed class ClosedDoor : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly SemaphoreSlim knocked = new(0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task closing;
    private int knocks;

    public ClosedDoor(int port)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        closing = CloseAsync();
    }

    public int Knocks => Volatile.Read(ref knocks);

    /// <summary>Whether somebody comes in time.</summary>
    public Task<bool> KnockedAsync(TimeSpan limit, CancellationToken cancellationToken) => knocked.WaitAsync(limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Not the listener first: a loop that is just between two connections would ask a listener that has ended.
        await ending.CancelAsync();
        await closing;
        listener.Dispose();
        ending.Dispose();
        knocked.Dispose();
    }

    private async Task CloseAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync(ending.Token);
                Interlocked.Increment(ref knocks);
                knocked.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The door is taken away.
        }
    }
}
