namespace OrleansKd.Testing.Processes;

/// <summary>The C programs of <c>tests/Testing/SamplePrograms</c>, compiled for debugging.</summary>
public static class SampleProgram
{
    public static async Task<string> CompileAsync(string name, string folder)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "SamplePrograms", name + ".c");
        var program = Path.Combine(folder, name);
        await using var gcc = new ProgramRun("gcc", ["-g", "-O0", "-o", program, source]);
        (await gcc.EndAsync()).Succeeded();
        return program;
    }
}
