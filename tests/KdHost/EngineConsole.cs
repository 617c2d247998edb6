using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>
/// What a console beside a local engine and one on a server's have in common: the prompt, one line after the other, Break.
/// Belongs to the engine's thread.
/// </summary>
internal sealed class EngineConsole : IDisposable
{
    /// <summary>The engine tells of a change before its status shows it (seen with .detach): so it is looked at once more.</summary>
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(1);

    private readonly OutputWriter output;
    private readonly ConsoleCancelEventHandler onBreak;
    private readonly InputRequests requests;
    private bool isPromptShown;

    public EngineConsole(DebugClient client, OutputWriter output)
    {
        this.output = output;
        Client = client;
        Control = client.Control();
        Signals = new EngineSignals(client);
        Input = new LineReader(Console.OpenStandardInput(), OnLine);
        requests = new InputRequests(() => Signals.Answer(AnswerTo));
        client.SetInputCallbacks(requests);
        client.SetOutputCallbacks(output);
        client.SetEventCallbacks(new StateWatch(Signals.Wake));
        // Ctrl+C and Ctrl+Break are Break (documented). Under Wine, SIGINT to the Unix process arrives here as Ctrl+C.
        onBreak = (_, pressed) =>
        {
            pressed.Cancel = true;
            Signals.Break();
        };
        Console.CancelKeyPress += onBreak;
    }

    public DebugClient Client { get; }

    public DebugControl Control { get; }

    public EngineSignals Signals { get; }

    public LineReader Input { get; }

    /// <param name="inputEnded">Called on another thread.</param>
    public void Start(Action<InputEnd> inputEnded)
    {
        Signals.Start();
        Input.Start(inputEnded);
    }

    /// <summary>The engine takes a command: shows the prompt once, and takes one line if there is one.</summary>
    public bool TryTakeLine(out string line)
    {
        if (!isPromptShown)
            // The text is the engine's, the space is kd's (documented prompts end with one).
            output.Write(Control.PromptText() + " ");
        isPromptShown = true;
        if (!Input.TryTake(out line))
            return false;
        isPromptShown = false;
        return true;
    }

    /// <summary>The target runs, or is gone: the next prompt is a new one.</summary>
    public void ForgetPrompt() => isPromptShown = false;

    /// <summary>
    /// Everybody sees the command and its output; nobody else gets a new prompt (documented). An empty line repeats the session's
    /// last command (engine).
    /// </summary>
    public void Run(string line)
    {
        Control.OutputPrompt(OutputTo.AllOtherClients, $" {line}\n");
        _ = Control.Execute(OutputTo.AllClients, line);
    }

    /// <summary>Prints what others cause, until a line comes or the target's state changes.</summary>
    public void WaitForOthers() => Client.DispatchCallbacks(LookAround);

    private void OnLine()
    {
        Signals.Wake();
        Signals.Answer(AnswerTo);
    }

    /// <summary>The next line, when a command asks for it.</summary>
    private string? AnswerTo() => Input.HasLine && requests.Take() && Input.TryTake(out var line) ? line : null;

    public void Dispose() => Console.CancelKeyPress -= onBreak;
}
