using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>What a <see cref="CommandLane"/> does. Called one at a time.</summary>
internal interface ICommandLaneActions
{
    /// <summary>Why the debugger can't be given this line; null when it can.</summary>
    string? ProblemOf(string line) => null;

    /// <summary>Records and starts a command; false when the debugger is not at its prompt.</summary>
    /// <param name="isInspect">See <see cref="AgentInstruction"/>: false also where the debugger asks for more of a command.</param>
    bool TryRun(string commandId, string line, bool isInspect);

    /// <summary>The debugger asks for more of a command.</summary>
    bool IsContinuing { get; }

    /// <summary>Records that a command will never run.</summary>
    void Cancelled(string commandId, string reason);

    /// <summary>Instructions up to this sequence were acted on.</summary>
    void ActedOn(long sequence);

    /// <summary>Leave the debugger; not waited for. Without a fate the target stays as it is.</summary>
    void End(TargetFate? fate, string reason);
}

/// <summary>
/// The instructions of one run: each acted on once, in order, however often it is delivered. A command is started or cancelled,
/// never both, and is started only while the run is attached. What has not started when the connection goes is forgotten: it
/// is delivered again, with the cancellations that came meanwhile.
/// </summary>
internal sealed class CommandLane(ICommandLaneActions actions)
{
    /// <summary>A session has at most <see cref="Limits.QueuedCommands"/>; twice that is no honest server.</summary>
    private const int MaxWaiting = 2 * Limits.QueuedCommands;

    /// <summary>Only what was settled out of order can be delivered again: at most as many as wait.</summary>
    private const int MaxSettled = 4 * MaxWaiting;

    private readonly Lock gate = new();
    private readonly LinkedList<AgentInstruction> waiting = new();
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly Queue<string> settledInOrder = new();
    private long received;
    private long actedOn;
    private int pauses;
    private bool isAttached;
    private bool isEnding;

    /// <summary>Waits for nothing.</summary>
    public long LastActedOn => Interlocked.Read(ref actedOn);

    /// <summary>No command starts until <see cref="Resume"/>: a Break is at work. Waits for nothing.</summary>
    public void Pause() => Interlocked.Increment(ref pauses);

    public void Resume()
    {
        Interlocked.Decrement(ref pauses);
        Continue();
    }

    public void Attach()
    {
        lock (gate)
            isAttached = true;
    }

    public void Detach()
    {
        lock (gate)
        {
            isAttached = false;
            waiting.Clear();
            received = actedOn;
        }
    }

    /// <summary>Takes instructions. All of them are taken before a command starts, so that a cancellation among them counts.</summary>
    public void Receive(IReadOnlyList<AgentInstruction> instructions)
    {
        lock (gate)
        {
            foreach (var instruction in instructions.Where(instruction => instruction.Sequence > received))
            {
                received = instruction.Sequence;
                Take(instruction);
            }
            Pump();
        }
    }

    /// <summary>The debugger may be at its prompt: starts the next command if it is.</summary>
    public void Continue()
    {
        lock (gate)
            Pump();
    }

    public void CancelAll(string reason)
    {
        lock (gate)
        {
            while (waiting.First is { } first)
                Cancel(first, reason);
            Advance();
        }
    }

    /// <summary>Cancels these unless they have started, also those that did not arrive yet.</summary>
    public void Cancel(IEnumerable<string> commandIds, string reason)
    {
        lock (gate)
        {
            foreach (var id in commandIds.Take(Limits.QueuedCommands).Where(id => !settled.Contains(id)))
            {
                if (waiting.FirstOrDefault(instruction => instruction.CommandId == id) is { } arrived)
                    waiting.Remove(arrived);
                Settle(id);
                actions.Cancelled(id, reason);
            }
            Advance();
        }
    }

    /// <summary>No command starts any more.</summary>
    public void End(string reason)
    {
        lock (gate)
            isEnding = true;
        CancelAll(reason);
    }

    private void Take(AgentInstruction instruction)
    {
        switch (instruction.Kind)
        {
            case AgentInstructionKind.RunCommand when instruction.CommandId is { } id && !settled.Contains(id):
                var added = waiting.AddLast(instruction);
                if ((ProblemOf(instruction.Text) ?? actions.ProblemOf(instruction.Text!)) is { } problem)
                    Cancel(added, problem);
                else if (isEnding)
                    Cancel(added, "The debugger is being ended.");
                else if (waiting.Count > MaxWaiting)
                    Cancel(added, $"More than {MaxWaiting} commands wait at the agent.");
                break;
            case AgentInstructionKind.CancelCommand:
                for (var node = waiting.First; node is not null; node = node.Next)
                {
                    if (node.Value.CommandId == instruction.CommandId)
                    {
                        Cancel(node, instruction.Text ?? "It was removed.");
                        break;
                    }
                }
                break;
            case AgentInstructionKind.EndDebugger when !isEnding:
                isEnding = true;
                while (waiting.First is { } first)
                    Cancel(first, "The debugger is being ended.");
                actions.End(instruction.Target, instruction.Text ?? "The server asked for it.");
                break;
            case AgentInstructionKind.CancelWaiting:
                while (waiting.First is { } before)
                    Cancel(before, instruction.Text ?? "It was removed.");
                break;
        }
    }

    private void Pump()
    {
        while (isAttached && !isEnding && Volatile.Read(ref pauses) == 0 && waiting.First is { } next)
        {
            if (actions.TryRun(next.Value.CommandId!, next.Value.Text!, next.Value.IsInspect))
            {
                waiting.RemoveFirst();
                Settle(next.Value.CommandId!);
            }
            else if (next.Value.IsInspect && actions.IsContinuing)
            {
                // Waiting would hold up the line that ends it.
                Cancel(next, "The debugger waited for more of a command; with the right to inspect nothing is added to it.");
            }
            else
            {
                break;
            }
        }
        Advance();
    }

    private void Advance()
    {
        var now = waiting.First is { } first ? first.Value.Sequence - 1 : received;
        if (now <= actedOn)
            return;
        Interlocked.Exchange(ref actedOn, now);
        actions.ActedOn(now);
    }

    private void Cancel(LinkedListNode<AgentInstruction> node, string reason)
    {
        waiting.Remove(node);
        Settle(node.Value.CommandId!);
        actions.Cancelled(node.Value.CommandId!, reason);
    }

    private void Settle(string commandId)
    {
        settled.Add(commandId);
        settledInOrder.Enqueue(commandId);
        if (settledInOrder.Count > MaxSettled)
            settled.Remove(settledInOrder.Dequeue());
    }

    /// <summary>The debugger gets one line, never an empty one (it might repeat the last command), whatever the server says.</summary>
    private static string? ProblemOf(string? line) =>
        string.IsNullOrWhiteSpace(line) ? "The line is empty."
        : line.Length > Limits.CommandLength ? $"The line has {line.Length} characters; at most {Limits.CommandLength} are taken."
        : line.Any(char.IsControl) ? "The line contains a control character."
        : null;
}
