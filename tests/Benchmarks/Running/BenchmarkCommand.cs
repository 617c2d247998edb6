using System.CommandLine;

namespace OrleansKd.Benchmarks.Running;

/// <summary>A whole number that a run can set.</summary>
internal sealed record BenchmarkOption(string Name, int Default);

/// <summary>What a run was told.</summary>
internal sealed class BenchmarkSettings(IReadOnlyDictionary<string, int> values, string? peer)
{
    public int this[string name] => values[name];

    /// <summary>What people use today, to be measured in the same run; null: nothing.</summary>
    public string? Peer => peer;
}

/// <summary>One benchmark as a command: its settings, <c>--json</c>, and its report.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(string name, string description, Func<BenchmarkSettings, Figures, Task> run, params BenchmarkOption[] options) =>
        CreateWithPeers(name, description, run, [], options);

    public static Command CreateWithPeers(string name, string description, Func<BenchmarkSettings, Figures, Task> run, string[] peers, params BenchmarkOption[] options)
    {
        var command = new Command(name, description);
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
        var values = options.ToDictionary(option => option.Name, option => new Option<int>("--" + option.Name) { DefaultValueFactory = _ => option.Default });
        var peer = new Option<string?>("--peer") { Description = $"Measure this in the same run, too: {string.Join(", ", peers)}." };
        if (peers.Length > 0)
        {
            peer.AcceptOnlyFromAmong(peers);
            command.Options.Add(peer);
        }
        command.Options.Add(json);
        foreach (var option in values.Values)
            command.Options.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            var settings = new BenchmarkSettings(values.ToDictionary(value => value.Key, value => parsed.GetValue(value.Value)), peers.Length > 0 ? parsed.GetValue(peer) : null);
            var figures = new Figures(name);
            foreach (var option in options)
                figures.Setting(option.Name.Replace('-', '_'), settings[option.Name]);
            if (settings.Peer is { } against)
                figures.Setting("peer", against);
            await run(settings, figures);
            figures.Write(parsed.GetValue(json));
        });
        return command;
    }
}
