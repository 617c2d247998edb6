using System.Globalization;
using System.Text.Encodings.Web;
using OrleansKd.Contracts;

namespace OrleansKd.SignIn.Pages;

/// <summary>
/// A piece of a page. Invariant: our own markup is the literal part of the given strings; whatever is inserted becomes visible text, encoded,
/// unless it is a piece itself.
/// </summary>
internal readonly record struct Html(string Markup)
{
    public static readonly Html Nothing = new("");

    public static Html Of(FormattableString text) =>
        new(string.Format(CultureInfo.InvariantCulture, text.Format, [.. text.GetArguments().Select(value => value is Html piece ? piece.Markup : Encode(value))]));

    public static Html When(bool condition, FormattableString text) => condition ? Of(text) : Nothing;

    private static string Encode(object? value) => HtmlEncoder.Default.Encode(VisibleText.From(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
}
