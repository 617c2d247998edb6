namespace OrleansKd.Silo.Hosting;

/// <summary>Short forms of the settings that are given on the command line most often.</summary>
internal static class SiloArguments
{
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["--role"] = "--OrleansKd:Silo:Role",
        ["--silo-port"] = "--OrleansKd:Silo:SiloPort",
        ["--gateway-port"] = "--OrleansKd:Silo:GatewayPort",
        ["--settings"] = "--OrleansKd:SettingsFile",
    };

    public static string[] Expand(string[] args) => [.. args.Select(arg =>
    {
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? arg : arg[..equals];
        return Short.TryGetValue(name, out var full) ? full + arg[name.Length..] : arg;
    })];

    /// <summary>Settings that an operator changes while the server runs; the command line still wins.</summary>
    public static void AddSettingsFile(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["OrleansKd:SettingsFile"] is not { Length: > 0 } file)
            return;
        if (!File.Exists(file))
            throw new FileNotFoundException($"The settings file {file} (--settings) does not exist. Make it, or leave the option out.", file);
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource
        {
            FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(Path.GetDirectoryName(Path.GetFullPath(file))!),
            Path = Path.GetFileName(file),
            ReloadOnChange = true,
        });
    }
}
