using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// The log file of a Command window (rule G3): the durable transcript as text, as it comes, until it is closed. It follows the session by
/// itself, so that a cut of the connection leaves nothing out. Raises <see cref="Changed"/> on any thread.
/// </summary>
internal sealed class TranscriptFile : IAsyncDisposable
{
    private readonly SessionFollower follower;
    private readonly FileStream file;
    private readonly CancellationTokenSource ending = new();
    private readonly TranscriptText text = new();
    private readonly StringBuilder piece = new();
    private readonly Task writing;

    private TranscriptFile(string path, FileStream file, SessionFollower follower, string sessionId, long after)
    {
        (Path, this.file, this.follower) = (path, file, follower);
        writing = Task.Run(() => WriteAsync(sessionId, after));
    }

    public event Action? Changed;

    public string Path { get; }

    public long Bytes { get; private set; }

    /// <summary>Why nothing more is written; null while it is.</summary>
    public string? Problem { get; private set; }

    /// <param name="appends">Behind what is there; else there must be no such file.</param>
    /// <param name="after">The first entry's sequence is the next one.</param>
    /// <exception cref="ProblemException">The file can't be opened, and why.</exception>
    public static TranscriptFile Open(string path, bool appends, SessionFollower follower, string sessionId, long after)
    {
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            // What is said in a session is not for everybody on this computer.
            var options = new FileStreamOptions { Mode = appends ? FileMode.Append : FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new TranscriptFile(full, new FileStream(full, options), follower, sessionId, after);
        }
        catch (IOException) when (!appends && File.Exists(path))
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{path}' is there already. Append to it, or choose another name.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{path}' can't be written: {problem.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await writing;
        await follower.DisposeAsync();
        ending.Dispose();
    }

    private async Task WriteAsync(string sessionId, long after)
    {
        await using var closing = file;
        try
        {
            try
            {
                await foreach (var update in follower.Follow(sessionId, after, durableOnly: true, ending.Token))
                {
                    if (update is not TranscriptUpdate.Page { Value: var page })
                        continue;
                    foreach (var entry in page.Entries)
                        text.Append(entry, piece);
                    await FlushAsync();
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
            }
            catch (ProblemException problem)
            {
                Problem = problem.Message;
            }
            text.Finish(piece);
            await FlushAsync();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Problem = $"'{Path}' can't be written any more: {problem.Message}";
        }
        Changed?.Invoke();
    }

    private async Task FlushAsync()
    {
        if (piece.Length == 0)
            return;
        var bytes = Encoding.UTF8.GetBytes(piece.ToString());
        piece.Clear();
        await file.WriteAsync(bytes);
        await file.FlushAsync();
        Bytes += bytes.Length;
        Changed?.Invoke();
    }
}
