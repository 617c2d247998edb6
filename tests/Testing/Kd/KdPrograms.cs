namespace OrleansKd.Testing.Kd;

/// <summary>Where the build puts tests/KdHost and tests/KdTarget: beside the running test's own folder, in the same configuration.</summary>
internal static class KdPrograms
{
    public static string Host => Built("OrleansKd.KdHost", "_win-x64", ".exe");

    public static string Target => Built("OrleansKd.KdTarget", "", ".dll");

    private static string Built(string project, string platform, string extension)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name + platform, project + extension);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built. Run 'dotnet build' in the repository's folder.");
    }
}
