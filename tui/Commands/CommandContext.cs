using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Commands;

/// <summary>What one command has to do its work with.</summary>
/// <param name="server">Null for a command that asks nobody.</param>
internal sealed class CommandContext(CliHost host, ServerConnection? server, bool isJson)
{
    public CliHost Host => host;

    public ServerConnection Server => server ?? throw new InvalidOperationException("This command has no server.");

    public bool IsJson => isJson;

    /// <summary>One JSON value on a line of its own. The encoder escapes everything that is not plain ASCII.</summary>
    public void WriteJson<T>(T value) => host.Out.WriteLine(JsonSerializer.Serialize(value, WireJson.Options));

    /// <summary>A line for people; text from elsewhere becomes visible text.</summary>
    public void WriteLine(string line) => host.Out.WriteLine(VisibleText.From(line));

    /// <summary>Says something beside the output, for people only.</summary>
    public void Say(string message)
    {
        if (!isJson)
            host.Error.WriteLine("orleanskd: " + VisibleText.From(message));
        host.Error.Flush();
    }

    /// <summary>Asks a person for one of these answers; null for anything else. Only where somebody can be asked.</summary>
    public string? Choose(string question, params string[] answers)
    {
        host.Error.Write($"{VisibleText.From(question)}, anything else: cancel [{string.Join('/', answers)}/N] ");
        host.Error.Flush();
        var given = host.In.ReadLine()?.Trim();
        return answers.FirstOrDefault(answer => string.Equals(answer, given, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Asks a person; true where nobody can be asked, because a script has decided already.</summary>
    public bool Confirm(string question)
    {
        if (!host.IsInteractive)
            return true;
        host.Error.Write(VisibleText.From(question) + " [y/N] ");
        host.Error.Flush();
        return host.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
