using System.Globalization;
using System.Net;
using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Mail;

/// <summary>
/// A mail's text, plain and as HTML, written once. Invariant: our own words are the literal parts of the given strings; whatever is
/// inserted into them comes from people and becomes visible text of one line, escaped in the HTML and isolated from the direction of the
/// text around it.
/// </summary>
public sealed class MailText
{
    private readonly StringBuilder plain = new();
    private readonly StringBuilder html = new();

    /// <summary>Mail servers cut or fold longer ones as they like.</summary>
    private const int SubjectCharacters = 150;

    public MailText(FormattableString subject)
    {
        var line = InPlain(subject);
        Subject = line.Length <= SubjectCharacters ? line : line[..SubjectCharacters] + "…";
    }

    public string Subject { get; }

    public string Plain => plain.ToString();

    public string Html => $"""<!DOCTYPE html><html><head><meta charset="utf-8"></head><body style="font-family: sans-serif">{html}</body></html>""";

    public MailText Paragraph(FormattableString text)
    {
        plain.Append(InPlain(text)).Append("\n\n");
        html.Append("<p>").Append(InHtml(text)).Append("</p>\n");
        return this;
    }

    /// <summary>A line with a name for what it says; left out when there is nothing to say.</summary>
    public MailText Fact(string name, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return this;
        plain.Append(name).Append(": ").Append(OneLine(value)).Append("\n\n");
        html.Append("<p><b>").Append(Encode(name)).Append(":</b> ").Append(Isolated(value)).Append("</p>\n");
        return this;
    }

    /// <summary>Somebody's own text of several lines, marked as such line by line.</summary>
    public MailText Quote(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return this;
        var lines = VisibleText.From(text.ReplaceLineEndings("\n")).Split('\n');
        plain.AppendJoin('\n', lines.Select(line => "> " + line)).Append("\n\n");
        html.Append("<blockquote>").AppendJoin("<br>\n", lines.Select(Isolated)).Append("</blockquote>\n");
        return this;
    }

    public MailText Lines(IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            plain.Append("- ").Append(OneLine(item)).Append('\n');
            html.Append("<div>• ").Append(Isolated(item)).Append("</div>\n");
        }
        plain.Append('\n');
        return this;
    }

    /// <summary>A command line to copy.</summary>
    public MailText Command(FormattableString command)
    {
        plain.Append("    ").Append(InPlain(command)).Append("\n\n");
        html.Append("<pre>").Append(Encode(InPlain(command))).Append("</pre>\n");
        return this;
    }

    /// <summary>Visible text on one line.</summary>
    public static string OneLine(string value) => VisibleText.Line(value);

    private static string InPlain(FormattableString text) => Format(text.Format, text.GetArguments(), OneLine);

    private static string InHtml(FormattableString text) => Format(Encode(text.Format), text.GetArguments(), Isolated);

    private static string Format(string format, object?[] values, Func<string, string> show) =>
        string.Format(CultureInfo.InvariantCulture, format, [.. values.Select(value => show(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))]);

    private static string Isolated(string value) => $"<bdi>{Encode(OneLine(value))}</bdi>";

    private static string Encode(string value) => WebUtility.HtmlEncode(value);
}
