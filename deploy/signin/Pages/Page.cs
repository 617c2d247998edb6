using System.Text;

namespace OrleansKd.SignIn.Pages;

/// <summary>A whole page: no script, nothing from elsewhere.</summary>
internal static class Page
{
    public static IResult Of(string title, Html body, int status = StatusCodes.Status200OK) => Results.Text(
        Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>{title} – OrleansKd</title>
            <link rel="stylesheet" href="/style.css">
            </head>
            <body>
            <main>
            <p class="brand">OrleansKd</p>
            <h1>{title}</h1>
            {body}
            </main>
            </body>
            </html>

            """).Markup,
        "text/html", Encoding.UTF8, status);

    public static IResult TooMany() => Of(
        "Too many tries",
        Html.Of($"<p>There were too many tries from your network, or too many codes for one address. Wait a while and try again.</p>"),
        StatusCodes.Status429TooManyRequests);

    public static IResult Failed() => Of(
        "Something went wrong",
        Html.Of($"<p>It is in this server's log. Nothing was allowed to anybody; try again.</p>"),
        StatusCodes.Status500InternalServerError);

    public static IResult Stale() => Of(
        "Please begin again",
        Html.Of($"""<p>This form is not from your browser's present sign-in: it is too old, or came from elsewhere. Nothing was done.</p><p><a class="button" href="/device">Begin again</a></p>"""),
        StatusCodes.Status400BadRequest);
}
