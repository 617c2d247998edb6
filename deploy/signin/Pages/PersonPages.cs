using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Mail;
using OrleansKd.SignIn.Protocol;
using OrleansKd.SignIn.Store;

namespace OrleansKd.SignIn.Pages;

/// <summary>Who somebody is: an address, the code that was mailed to it, and a name. Every answer is the same whether or not an address is known.</summary>
internal static class PersonPages
{
    /// <summary>As long as a session's name (rule B5).</summary>
    private const int NameLength = 100;

    public static void MapPersonPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet(Endpoints.Email, (HttpContext context, BrowserSessions browsers) => browsers.Find(context) is null ? Results.LocalRedirect(Endpoints.Device) : AskForEmail(context, "", null));
        pages.MapPost(Endpoints.Email, TakeEmail);
        pages.MapGet(Endpoints.MailCode, (HttpContext context, BrowserSessions browsers) =>
            browsers.Find(context) is { Email: { } email } ? AskForMailCode(context, email, null) : Results.LocalRedirect(Endpoints.Device));
        pages.MapPost(Endpoints.MailCode, TakeMailCode);
        pages.MapGet(Endpoints.Name, (HttpContext context, BrowserSessions browsers) => browsers.Find(context) is { Proven: not null } ? AskForName(context, "", null) : Results.LocalRedirect(Endpoints.Device));
        pages.MapPost(Endpoints.Name, TakeName);
    }

    private static IResult AskForEmail(HttpContext context, string email, string? problem) => Page.Of(
        "Who are you?",
        Html.Of($"""
            {Html.When(problem is not null, $"""<p class="bad" role="alert">{problem}</p>""")}
            <form method="post" action="{Endpoints.Email}">
            {Forms.Token(context)}
            <label for="email">Your e-mail address</label>
            <input id="email" name="email" type="email" value="{email}" required autofocus autocomplete="email" maxlength="{Limits.EmailLength}">
            <p class="soft">You get a code by mail. There is no password.</p>
            <button>Send the code</button>
            </form>
            """),
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static async Task<IResult> TakeEmail(
        HttpContext context, BrowserSessions browsers, AttemptLimits limits, CodeMails mails, PendingDevices devices, IOptions<SignInOptions> options, TimeProvider time)
    {
        if (browsers.Find(context) is not { UserCode: { } device } attempt)
            return Results.LocalRedirect(Endpoints.Device);
        var entered = await context.FieldAsync("email");
        if (EmailAddress.TryParse(entered) is not { } email)
            return AskForEmail(context, entered, "That is not an e-mail address.");
        if (!limits.TryMail(AttemptLimits.ClientOf(context.Connection.RemoteIpAddress), email))
            return Page.TooMany();
        var now = time.GetUtcNow();
        var code = attempt.Ask(email, now + options.Value.MailCodeLifetime);
        var mayGo = EmailAddress.IsAmong(email, options.Value.Domains);
        if (mayGo && !mails.TrySend(new CodeMailOrder(email, code, devices.NameOf(device) ?? "a device", (int)Math.Ceiling(options.Value.MailCodeLifetime.TotalMinutes), now)))
            return Page.TooMany();
        return Results.LocalRedirect(Endpoints.MailCode);
    }

    private static IResult AskForMailCode(HttpContext context, string email, string? problem) => Page.Of(
        "Look into your mail",
        Html.Of($"""
            {Html.When(problem is not null, $"""<p class="bad" role="alert">{problem}</p>""")}
            <p>If <b><bdi>{email}</bdi></b> may sign in here, a code of {SignInAttempt.Digits} digits is on its way to it.</p>
            <form method="post" action="{Endpoints.MailCode}">
            {Forms.Token(context)}
            <label for="mailcode">The code in the mail</label>
            <input class="code" id="mailcode" name="code" required autofocus autocomplete="one-time-code" inputmode="numeric" maxlength="16">
            <button>Continue</button>
            </form>
            <p class="soft"><a href="{Endpoints.Email}">Another address, or another code</a></p>
            """),
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static async Task<IResult> TakeMailCode(HttpContext context, BrowserSessions browsers, People people, TimeProvider time)
    {
        if (browsers.Find(context) is not { Email: { } email } attempt)
            return Results.LocalRedirect(Endpoints.Device);
        switch (attempt.Try(await context.FieldAsync("code"), time.GetUtcNow()))
        {
            case CodeAnswer.Right:
                var isKnown = await people.FindByEmailAsync(email, context.RequestAborted) is not null;
                return Results.LocalRedirect(isKnown ? Endpoints.Consent : Endpoints.Name);
            case CodeAnswer.Wrong:
                return AskForMailCode(context, email, "That is not the code. Look for the newest mail.");
            default:
                return AskForEmail(context, email, "That code is good no more: it ended, was used, or was tried too often. Ask for another.");
        }
    }

    private static IResult AskForName(HttpContext context, string name, string? problem) => Page.Of(
        "What are you called?",
        Html.Of($"""
            {Html.When(problem is not null, $"""<p class="bad" role="alert">{problem}</p>""")}
            <form method="post" action="{Endpoints.Name}">
            {Forms.Token(context)}
            <label for="name">Your name, as others in a session see it</label>
            <input id="name" name="name" value="{name}" required autofocus autocomplete="name" maxlength="{NameLength}">
            <button>Continue</button>
            </form>
            """),
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static async Task<IResult> TakeName(HttpContext context, BrowserSessions browsers, People people)
    {
        if (browsers.Find(context) is not { Proven: { } email })
            return Results.LocalRedirect(Endpoints.Device);
        var name = (await context.FieldAsync("name")).Trim();
        if (name.Length is 0 or > NameLength || VisibleText.HasHidden(name, isOneLine: true))
            return AskForName(context, name, $"A name has 1 to {NameLength} characters, all of them visible.");
        if (await people.FindByEmailAsync(email, context.RequestAborted) is null)
            await people.AddAsync(email, name, context.RequestAborted);
        return Results.LocalRedirect(Endpoints.Consent);
    }
}
