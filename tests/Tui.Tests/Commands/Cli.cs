using System.Text;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Connection;
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

    public async Task<int> RunAsync(params string[] arguments)
    {
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await RunAsync(ending.Token, arguments);
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        await using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        return await CommandLine.RunAsync(
            new CliHost
            {
                Out = text,
                RawOut = output,
                Error = error,
                In = new StringReader(Answer ?? ""),
                IsInteractive = Answer is not null,
                IsOutputTerminal = Answer is not null,
                Time = TimeProvider.System,
                Open = (_, _) => connect(),
                RunClient = (_, _) => Task.FromResult(99),
                IgnoreHangUp = () => { },
                SignalCode = () => ExitCodes.Interrupted,
            },
            arguments,
            cancellationToken);
    }
}
