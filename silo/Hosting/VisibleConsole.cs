using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using OrleansKd.Contracts;

namespace OrleansKd.Hosting;

/// <summary>
/// A program's log on its console: each record is one line of visible text, whoever wrote what is in it; an exception's lines stand below it,
/// indented, so that none of them looks like a record. Server, sign-in and agent compile this file.
/// </summary>
internal sealed class VisibleConsole() : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "visible";
    private const string Indent = "      ";

    public static void AddTo(ILoggingBuilder logging)
    {
        logging.AddConsole().AddConsoleFormatter<VisibleConsole, ConsoleFormatterOptions>();
        // JSON, which an operator may have chosen, escapes by itself; the framework's other forms let controls pass.
        logging.Services.PostConfigure<ConsoleLoggerOptions>(console =>
            console.FormatterName = console.FormatterName == ConsoleFormatterNames.Json ? console.FormatterName : FormatterName);
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(string.Create(CultureInfo.InvariantCulture, $"{NameOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] "));
        textWriter.Write(VisibleText.Line(message));
        textWriter.Write('\n');
        if (logEntry.Exception is { } problem)
        {
            foreach (var line in problem.ToString().ReplaceLineEndings("\n").Split('\n'))
                textWriter.Write(Indent + VisibleText.Line(line) + "\n");
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
