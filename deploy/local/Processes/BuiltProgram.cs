namespace OrleansKd.Local.Processes;

/// <summary>Where the build puts the programs that the launcher starts: beside its own folder, in the same configuration.</summary>
internal static class BuiltProgram
{
    public const string Silo = "OrleansKd.Silo";
    public const string Client = "orleanskd";
    public const string Authority = "OrleansKd.TestAuthority";
    public const string SignIn = "OrleansKd.SignIn";

    public static string PathOf(string program)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var project = program == Client ? "OrleansKd.Tui" : program;
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, program + ".dll");
        return File.Exists(path) ? path : throw new LocalException($"{path} is not built. Run 'dotnet build' in the repository's folder and start again.");
    }
}
