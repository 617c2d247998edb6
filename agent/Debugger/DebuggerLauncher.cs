using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>A debugger that is at its first prompt, with what a session has to know about it.</summary>
internal sealed record LaunchedDebugger(DebuggerProcess Process, DebuggerDialect Dialect, string Kind, bool ThroughServer, string MaskedArguments)
{
    /// <summary>A Break (no key) or control key, now; waits for nothing. Null when it was acted on, else why not (rule E5).</summary>
    public string? Press(string? key)
    {
        var letter = default(char);
        var meaning = key is null ? new(ControlKeyAction.Break, "break")
            : ControlKeys.TryParse(key, out letter) ? ControlKeys.Of(Kind, letter)
            : new(ControlKeyAction.Refuse, "", "it is no control key");
        switch (meaning.Action)
        {
            case ControlKeyAction.Break:
                Process.Break();
                return null;
            case ControlKeyAction.Refuse:
                return meaning.Refusal;
            default:
                return Process.TryPress(letter) ? null : $"{ControlKeys.NameOf(letter)} would be taken as the input that {Kind} asks for. Finish that first, or break";
        }
    }
}

/// <summary>Starts debuggers for hosts: checks the location, splits the arguments, waits for the first prompt (rules B2, B3, B4, B8).</summary>
/// <param name="codePage">Of debuggers that may have another encoding than UTF-8; null: UTF-8.</param>
internal sealed class DebuggerLauncher(AllowedDebuggers allowed, TimeProvider time, CodePage? codePage = null)
{
    /// <param name="location">As the host typed it.</param>
    /// <param name="line">The arguments as the host typed them.</param>
    /// <param name="folder">Private to this user; for what the debugger needs.</param>
    /// <param name="onlyThroughServer">Start nothing when the arguments make a direct session.</param>
    /// <param name="isSecure">In the debugger's secure mode (rule B7).</param>
    /// <exception cref="DebuggerStartException">It was not started, or was ended again; the message is for the host, secrets masked.</exception>
    public async Task<LaunchedDebugger> StartAsync(string location, string line, string folder, IRunRecord record, bool onlyThroughServer = false, bool isSecure = false)
    {
        if (line.Length > Limits.ArgumentsLength)
            throw new DebuggerStartException($"The arguments have {line.Length} characters; at most {Limits.ArgumentsLength} are taken.");
        var path = allowed.Resolve(location);
        var profile = DebuggerProfiles.For(path)
            ?? throw new DebuggerStartException($"'{VisibleText.From(path)}' is no debugger that the agent knows by its name: {string.Join(", ", DebuggerProfiles.All.Select(known => known.Name))}.");
        IReadOnlyList<string> arguments = ArgumentSplitter.Split(line);
        try
        {
            return await StartAsync(path, profile, arguments, folder, record, onlyThroughServer, isSecure);
        }
        catch (DebuggerStartException problem)
        {
            // It may name the part of the arguments that is wrong, and show what was printed.
            throw new DebuggerStartException(SecretMask.In(problem.Message, arguments));
        }
    }

    private async Task<LaunchedDebugger> StartAsync(
        string path, DebuggerProfile profile, IReadOnlyList<string> arguments, string folder, IRunRecord record, bool onlyThroughServer, bool isSecure)
    {
        var isThroughServer = profile.IsThroughServer(arguments);
        if (onlyThroughServer && !isThroughServer)
            throw new DebuggerStartException("These arguments connect the debugger to its target directly, not through a server. A session through a server can't go on like that; host a new session.");
        if (isSecure)
            arguments = profile.Secured(arguments, isThroughServer);
        var printed = new PrintedText(record);
        var dialect = profile.CreateDialect(path, folder, arguments, isThroughServer);
        try
        {
            var process = await DebuggerProcess.StartAsync(path, arguments, dialect, printed, time, profile.HasCodePage ? codePage : null);
            if (await WaitForPromptAsync(process) is { } problem)
                throw new DebuggerStartException(Problem(path, problem, process.ReportsTarget ? "" : profile.StartHint, printed));
            printed.Forget();
            return new(process, dialect, profile.Name, isThroughServer, SecretMask.Line(arguments));
        }
        catch
        {
            dialect.Dispose();
            throw;
        }
    }

    /// <summary>Null at the first prompt; else what happened, and the debugger is gone.</summary>
    private async Task<string?> WaitForPromptAsync(DebuggerProcess process)
    {
        try
        {
            await Task.WhenAny(process.AtWork, process.Exited).WaitAsync(Limits.DebuggerStart, time);
            return process.AtWork.IsCompleted ? null : $"{await process.Exited} before its first prompt";
        }
        catch (TimeoutException)
        {
            await DebuggerLeave.EndAsync(process, time);
            return $"gave no prompt within {Limits.DebuggerStart.TotalSeconds:0} seconds and was ended";
        }
    }

    private static string Problem(string path, string what, string hint, PrintedText printed)
    {
        var text = printed.ToString();
        return $"{path} {what}. Check location and arguments. {(hint.Length == 0 ? "" : hint + " ")}" + (text.Length == 0 ? "It printed nothing." : $"It printed:\n{text}");
    }
}
