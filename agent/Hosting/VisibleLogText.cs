using OrleansKd.Contracts;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace OrleansKd.Agent.Hosting;

/// <summary>A line of the log. Reasons in it come from servers and debuggers: they become visible text, and never lines of their own.</summary>
internal sealed class VisibleLogText : ITextFormatter
{
    /// <summary>Text as it is, without quotes.</summary>
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj} {Exception}");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var level = logEvent.Level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => "dbug",
            LogEventLevel.Information => "info",
            LogEventLevel.Warning => "warn",
            LogEventLevel.Error => "fail",
            _ => "crit",
        };
        using var text = new StringWriter();
        Message.Format(logEvent, text);
        output.WriteLine($"{logEvent.Timestamp.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {Indented(VisibleText.From(text.ToString().TrimEnd()))}");
    }

    private static string Indented(string text) => text.ReplaceLineEndings("\n    ");
}
