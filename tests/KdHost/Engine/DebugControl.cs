namespace OrleansKd.KdHost.Engine;

/// <summary>IDebugControl4, as far as this console needs it. Belongs to its client's thread, except where said.</summary>
internal sealed unsafe class DebugControl(nint pointer) : EngineInterface(pointer)
{
    public static readonly Guid Id = new("94e60ce9-9b41-4b19-9fc0-6d9eb35272b3");

    /// <summary>Answers a command that asks for input, from any thread.</summary>
    public void ReturnInput(string line)
    {
        fixed (char* text = line)
            Check(((delegate* unmanaged<nint, char*, int>)Slot(119))(Pointer, text), nameof(ReturnInput));
    }

    /// <summary>Break, from any thread.</summary>
    public void SetInterrupt() => Check(((delegate* unmanaged<nint, uint, int>)Slot(4))(Pointer, 0), nameof(SetInterrupt));

    /// <summary>Prints the prompt, as the engine formats it, and the text after it.</summary>
    public void OutputPrompt(OutputTo target, string text)
    {
        fixed (char* format = "%s", argument = text)
            Check(((delegate* unmanaged<nint, uint, char*, char*, int>)Slot(124))(Pointer, (uint)target, format, argument), nameof(OutputPrompt));
    }

    public string PromptText()
    {
        const int MaxChars = 256;
        var text = stackalloc char[MaxChars];
        Check(((delegate* unmanaged<nint, char*, uint, uint*, int>)Slot(126))(Pointer, text, MaxChars, null), nameof(PromptText));
        return new string(text);
    }

    public ExecutionStatus Status()
    {
        uint status;
        Check(((delegate* unmanaged<nint, uint*, int>)Slot(49))(Pointer, &status), nameof(Status));
        return (ExecutionStatus)status;
    }

    public void AddOptions(uint options) => Check(((delegate* unmanaged<nint, uint, int>)Slot(54))(Pointer, options), nameof(AddOptions));

    /// <summary>The engine's answer; its message about a faulty command has been printed then.</summary>
    public int Execute(OutputTo target, string command)
    {
        fixed (char* text = command)
            return ((delegate* unmanaged<nint, uint, char*, uint, int>)Slot(133))(Pointer, (uint)target, text, 0);
    }

    /// <summary>Lets the target run until something stops it; false when there is none any more.</summary>
    public bool TryWaitForEvent()
    {
        const int Unexpected = unchecked((int)0x8000FFFF);
        var result = ((delegate* unmanaged<nint, uint, uint, int>)Slot(93))(Pointer, 0, uint.MaxValue);
        if (result == Unexpected)
            return false;
        Check(result, nameof(TryWaitForEvent));
        return true;
    }
}
