using System.Text;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// One running debugger: its state, the command that it runs, Break, and its output on the way into the record. Invariants: a
/// line is written to it only at its prompt; a command is in the record before it is written; Break waits for nothing.
/// </summary>
internal sealed class DebuggerProcess : IChildOutput, IDebuggerOutputSink
{
    /// <summary>A target that stops again within this was stepped; showing it as running would flicker.</summary>
    public static readonly TimeSpan RunningAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>Half a surrogate pair is refused, never replaced.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly DebuggerDialect dialect;
    private readonly IRunRecord record;
    private readonly SecretFilter secrets;
    private readonly DebuggerOutput output;
    private readonly CodePage? codePage;
    private readonly CodePageReader? reader;
    private readonly ITimer running;
    private readonly TaskCompletionSource atWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DebuggerExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource prompted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IChildProcess child = null!;
    private string? currentCommand;
    private string? currentPrompt;
    private long written;
    private bool isTargetRunning;
    private bool isContinuing;
    private bool isLeaving;
    private TargetFate? left;

    /// <summary>When the Break was sent that nothing followed yet; 0 when there is none.</summary>
    private long brokenAt;

    private DebuggerProcess(DebuggerDialect dialect, IRunRecord record, TimeProvider time, CodePage? codePage)
    {
        (this.dialect, this.record, this.time, this.codePage) = (dialect, record, time, codePage);
        secrets = new(record);
        reader = codePage?.CreateReader();
        output = dialect.CreateOutput(this, gate, time);
        running = time.CreateTimer(_ => OnRunning(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public DebuggerState State { get; private set; } = DebuggerState.Starting;

    public int ProcessId => child.Id;

    /// <summary>Whether the debugger marks itself that its target resumes and stops.</summary>
    public bool ReportsTarget { get; private set; }

    /// <summary>The target runs, as far as the debugger tells.</summary>
    public bool IsTargetRunning
    {
        get
        {
            lock (gate)
                return isTargetRunning;
        }
    }

    /// <summary>Whether SIGTERM does its target no harm now.</summary>
    public bool MayBeTerminated => dialect.MayBeTerminated(child.Id);

    /// <summary>Further Breaks are the same wish until then; null: each is sent.</summary>
    public TimeSpan? BreakAgainAfter => dialect.BreakAgainAfter;

    /// <summary>It asks for more of a command.</summary>
    public bool AsksForMore
    {
        get
        {
            lock (gate)
                return isContinuing;
        }
    }

    /// <summary>Completes at the first prompt, or when the target runs at the debugger's arguments' own wish.</summary>
    public Task AtWork => atWork.Task;

    public Task<DebuggerExit> Exited => exited.Task;

    /// <summary>Called, on the output's thread, when the debugger takes a command.</summary>
    public Action? BecameReady { get; set; }

    /// <summary>Called, on the output's thread, when the debugger let its target go and lives on without one.</summary>
    public Action? TargetLetGo { get; set; }

    /// <param name="codePage">In which the debugger prints and reads; null: UTF-8.</param>
    public static async Task<DebuggerProcess> StartAsync(string program, IEnumerable<string> arguments, DebuggerDialect dialect, IRunRecord record, TimeProvider time, CodePage? codePage = null)
    {
        var debugger = new DebuggerProcess(dialect, record, time, codePage);
        debugger.Hide(arguments.SelectMany(SecretText.SecretsOf));
        debugger.SetState(DebuggerState.Starting, null);
        debugger.child = OperatingSystem.IsWindows()
            ? Windows.ChildProcess.Start(program, dialect.OwnArguments.Concat(arguments), debugger)
            : await Unix.ChildProcess.StartAsync(program, dialect.OwnArguments.Concat(arguments), debugger, dialect.EndSignal, dialect.OwnEnvironment);
        return debugger;
    }

    /// <summary>From now on these are not recorded when it prints them (rule B8).</summary>
    public void Hide(IEnumerable<FoundSecret> found) => secrets.Hide(found);

    /// <summary>Records that the command starts, and hands it over; false (and nothing happened) when the debugger is not at its prompt.</summary>
    /// <param name="onlyAsCommand">Also false where the line would become more of an earlier command.</param>
    public bool TryRun(string commandId, string line, bool onlyAsCommand = false)
    {
        string writing;
        lock (gate)
        {
            if (State != DebuggerState.Ready || isLeaving || (onlyAsCommand && isContinuing))
                return false;
            record.Report(new() { Number = 0, Kind = AgentChunkKind.CommandStarted, CommandId = commandId });
            currentCommand = commandId;
            writing = Writing(line);
        }
        _ = WriteAsync(writing);
        return true;
    }

    /// <summary>Why the debugger can't be given this line; null when it can.</summary>
    public string? ProblemOf(string line) =>
        Encode(line) is null ? $"A character of the line can't be written in the debugger's encoding, {codePage?.Name ?? "UTF-8"}." : null;

    /// <summary>The debugger waits for more of a command.</summary>
    public bool IsContinuing
    {
        get
        {
            lock (gate)
                return State == DebuggerState.Ready && isContinuing;
        }
    }

    /// <summary>Interrupts the debugger or its target, now, whatever else goes on.</summary>
    public void Break()
    {
        if (dialect.BreakAgainAfter is { } pause)
        {
            var earlier = Interlocked.Read(ref brokenAt);
            if (earlier != 0 && time.GetElapsedTime(earlier) < pause)
                return;
            Interlocked.Exchange(ref brokenAt, time.GetTimestamp());
        }
        output.Breaking();
        if (dialect.BreaksGroup)
            child.InterruptGroup();
        else
            child.Interrupt();
    }

    /// <summary>
    /// Presses a control key: over pipes its byte, and the end of a line. kd takes it when it reads its input next; what was written
    /// before comes first. False (and nothing happened) when it would become a command's input.
    /// </summary>
    public bool TryPress(char letter)
    {
        if (AsksForMore)
            return false;
        _ = WriteAsync($"{(char)(letter & 0x1F)}");
        return true;
    }

    /// <summary>No command is started any more.</summary>
    public void StopCommands()
    {
        lock (gate)
            isLeaving = true;
    }

    public void Terminate() => child.Terminate();

    public void Kill() => child.Kill();

    /// <summary>Completes at the next prompt that is not a continuation; has completed when the debugger is at one now.</summary>
    internal Task PromptAsync()
    {
        lock (gate)
            return State == DebuggerState.Ready && !isContinuing ? Task.CompletedTask : prompted.Task;
    }

    /// <summary>Writes a line that is nobody's command, while leaving; the result completes at the next prompt.</summary>
    internal Task SendAsync(string line)
    {
        Task next;
        string writing;
        lock (gate)
        {
            next = prompted.Task;
            writing = Writing(line);
        }
        return WriteAsync(writing).ContinueWith(_ => next, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Writes to its input, whatever it does.</summary>
    internal async Task WriteAsync(string line)
    {
        try
        {
            await child.WriteAsync(Encode(line + "\n") ?? throw new ArgumentException("It can't be written in the debugger's encoding.", nameof(line)));
        }
        catch (IOException)
        {
            // It ends: Exited tells.
        }
    }

    /// <summary>Writes the line that ends it; the result is what it told of its target, at its end.</summary>
    internal async Task<TargetFate?> SendLastAsync(string line)
    {
        await WriteAsync(line);
        await Exited;
        return left;
    }

    void IChildOutput.OnOutput(ReadOnlySpan<byte> block) => output.Read(reader is null ? block : reader.Read(block));

    void IChildOutput.OnExit(int exitCode)
    {
        if (reader?.Read([], isEnd: true) is { Length: > 0 } rest)
            output.Read(rest);
        output.Complete();
        secrets.Flush();
        End(DebuggerExit.FromExitCode(exitCode));
    }

    long IDebuggerOutputSink.Written => written;

    void IDebuggerOutputSink.OnText(ReadOnlySpan<byte> text) => secrets.Output(text);

    void IDebuggerOutputSink.OnPrompt(ReadOnlySpan<byte> shown, string prompt, long? found)
    {
        bool isLate;
        lock (gate)
        {
            isLate = found is { } then && then != written;
            if (!isLate)
                CompleteCommand();
        }
        secrets.Output(shown);
        secrets.Flush();
        if (isLate)
            return;
        lock (gate)
        {
            Stopped();
            if (State == DebuggerState.Starting)
                dialect.Started();
            isContinuing = false;
            SetState(DebuggerState.Ready, prompt);
            prompted.TrySetResult();
            prompted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        atWork.TrySetResult();
        BecameReady?.Invoke();
    }

    void IDebuggerOutputSink.OnContinuation(string prompt, long found)
    {
        secrets.Flush();
        lock (gate)
        {
            if (State != DebuggerState.Busy || isTargetRunning || found != written)
                return;
            CompleteCommand();
            isContinuing = true;
            SetState(DebuggerState.Ready, prompt);
        }
        BecameReady?.Invoke();
    }

    void IDebuggerOutputSink.OnReporting() => ReportsTarget = true;

    void IDebuggerOutputSink.OnResumed()
    {
        lock (gate)
            Resumed();
    }

    void IDebuggerOutputSink.OnStopped()
    {
        lock (gate)
        {
            Stopped();
            if (State == DebuggerState.Running)
                SetState(DebuggerState.Busy, null);
        }
    }

    void IDebuggerOutputSink.OnFollowing()
    {
        secrets.Flush();
        lock (gate)
        {
            if (State == DebuggerState.Exited)
                return;
            isTargetRunning = true;
            if (State == DebuggerState.Starting)
                dialect.Started();
            SetState(DebuggerState.Running, null);
        }
        atWork.TrySetResult();
    }

    void IDebuggerOutputSink.OnTargetLetGo() => TargetLetGo?.Invoke();

    void IDebuggerOutputSink.OnLeaving(TargetFate left) => this.left = left;

    void IDebuggerOutputSink.OnLeft() => End(DebuggerExit.Kept);

    /// <summary>Called with the gate held.</summary>
    private string Writing(string line)
    {
        written++;
        SetState(DebuggerState.Busy, null);
        var writing = output.Writing(line);
        if (writing.Resumes)
            Resumed();
        return writing.Text;
    }

    private void OnRunning()
    {
        lock (gate)
        {
            if (!isTargetRunning || State is not (DebuggerState.Busy or DebuggerState.Starting))
                return;
            if (State == DebuggerState.Starting)
                dialect.Started();
            SetState(DebuggerState.Running, null);
        }
        atWork.TrySetResult();
    }

    private void Resumed()
    {
        isTargetRunning = true;
        running.Change(RunningAfter, Timeout.InfiniteTimeSpan);
    }

    private void Stopped()
    {
        Interlocked.Exchange(ref brokenAt, 0);
        isTargetRunning = false;
        running.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void CompleteCommand()
    {
        if (currentCommand is null)
            return;
        record.Report(new() { Number = 0, Kind = AgentChunkKind.CommandCompleted, CommandId = currentCommand });
        currentCommand = null;
    }

    private void SetState(DebuggerState state, string? prompt)
    {
        var isNews = state != State || prompt != currentPrompt || state is DebuggerState.Starting;
        (State, currentPrompt) = (state, prompt);
        if (isNews && !isLeaving)
            record.Report(new() { Number = 0, Kind = AgentChunkKind.StateChanged, State = state, Text = prompt });
    }

    private void End(DebuggerExit exit)
    {
        lock (gate)
        {
            // A keeper's end comes after the debugger's.
            if (State == DebuggerState.Exited)
                return;
            Stopped();
            running.Dispose();
            State = DebuggerState.Exited;
            dialect.Dispose();
            prompted.TrySetCanceled();
        }
        exited.TrySetResult(exit);
    }

    private byte[]? Encode(string line)
    {
        if (codePage is not null)
            return codePage.TryEncode(line);
        try
        {
            return Utf8.GetBytes(line);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
