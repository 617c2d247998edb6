using System.Text;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>Runs the command line against a scripted server and keeps what it wrote.</summary>
internal sealed class Cli(Func<ServerConnection> connect)
{
    private readonly MemoryStream output = new();
    private readonly StringWriter error = new();

    public Cli(ScriptedServer server)
        : this(server.Connect)
    {
    }

    public string Out => Encoding.UTF8.GetString(output.ToArray());

    public string Error => error.ToString();

    public string? Answer { get; init; }

    public SettingsFile Settings { get; init; } = NoSettings();

    public async Task<int> RunAsync(params string[] arguments)
    {
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await RunAsync(ending.Token, arguments);
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        await using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        var host = Host(connect) with
        {
            Out = text,
            RawOut = output,
            Error = error,
            Settings = Settings,
            In = new StringReader(Answer ?? ""),
            IsInteractive = Answer is not null,
            IsOutputTerminal = Answer is not null,
        };
        return await CommandLine.RunAsync(host, arguments, cancellationToken);
    }

    /// <summary>A world in which nobody sits at a terminal, and nothing that is written is kept.</summary>
    public static CliHost Host(Func<ServerConnection> connect) => new()
    {
        Out = TextWriter.Null,
        RawOut = Stream.Null,
        Error = TextWriter.Null,
        In = TextReader.Null,
        IsInteractive = false,
        IsOutputTerminal = false,
        Time = TimeProvider.System,
        Open = _ => connect(),
        Settings = NoSettings(),
        RunClient = (_, _) => Task.FromResult(99),
        IgnoreHangUp = () => { },
        SignalCode = () => ExitCodes.Interrupted,
    };

    private static SettingsFile NoSettings() => new(Path.Combine(Path.GetTempPath(), $"orleanskd-none-{Guid.NewGuid():N}"));
}
