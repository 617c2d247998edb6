using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>Streams over a hub's connection.</summary>
internal static class HubStreams
{
    /// <summary>Reads a stream to its end, and says how that was.</summary>
    public static async Task<string> EndAsync(HubConnection connection, Func<Task> read, CancellationToken stop)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        try
        {
            await read();
            return WatchedStream.Complete;
        }
        catch (HubException refusal) when (ProblemText.TryParse(refusal.Message, out var code, out _))
        {
            return code;
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // Nothing else ends a stream so.
            await closed.Task.WaitAsync(stop);
            return WatchedStream.Closed;
        }
    }

    public static WatchedStream Follow(HubConnection connection, string session, bool durableOnly) => new(
        durableOnly ? "hub, durable only" : "hub", (stream, stop) => EndAsync(connection, () => FollowAsync(connection, new FollowRequest(session, 0, 0, durableOnly), stream, stop), stop));

    private static async Task FollowAsync(HubConnection connection, FollowRequest request, WatchedStream stream, CancellationToken stop)
    {
        var acknowledged = Channel.CreateUnbounded<long>();
        await foreach (var page in connection.StreamAsync<TranscriptPage>(nameof(ISessionHub.Follow), request, acknowledged.Reader.ReadAllAsync(stop), stop))
        {
            stream.Took(page.Entries);
            acknowledged.Writer.TryWrite(page.After + page.Entries.Length);
        }
    }
}
