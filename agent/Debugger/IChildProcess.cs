namespace OrleansKd.Agent.Debugger;

/// <summary>Receives a child's output on a thread of its own, until the child has ended.</summary>
internal interface IChildOutput
{
    /// <summary>May block: the child then waits in its own write.</summary>
    void OnOutput(ReadOnlySpan<byte> block);

    /// <summary>The child ended and all that it wrote was read; called once, last.</summary>
    void OnExit(int exitCode);
}

/// <summary>A debugger's process: what it prints goes to an <see cref="IChildOutput"/>. It ends when the agent ends in whatever way.</summary>
internal interface IChildProcess
{
    int Id { get; }

    /// <summary>What Ctrl+C (on Windows Ctrl+Break) in its console would do.</summary>
    void Interrupt();

    /// <summary>Also to the programs that it started in its own group and waits for, where the system has such groups.</summary>
    void InterruptGroup() => Interrupt();

    /// <summary>Asks it to end, where the system has a way to ask.</summary>
    void Terminate();

    void Kill();

    /// <summary>Writes to the program's input, whole and in order, however many write at once.</summary>
    /// <exception cref="IOException">It does not read any more.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes);
}
