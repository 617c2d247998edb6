using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Protocol;
using OrleansKd.SignIn.Store;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OrleansKd.SignIn.Pages;

/// <summary>
/// From the code in the terminal to the consent: code, mail address, mailed code, name at the first time, consent. Each page is a form, each form
/// leads to the next page by a redirect to a fixed path. What was reached stands in the <see cref="SignInAttempt"/>, never in the form.
/// </summary>
internal static class DevicePages
{
    private const string UserCodeField = "user_code";

    public static void MapDevicePages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").RequireOwnForm();
        pages.MapGet(Endpoints.Device, (HttpContext context, string? user_code) => AskForCode(context, user_code, null));
        pages.MapPost(Endpoints.DeviceCode, TakeCode);
        pages.MapGet(Endpoints.Consent, AskForConsent);
        pages.MapPost(Endpoints.Device, Decide);
        pages.MapGet(Endpoints.Done, () => Page.Of("Done", Html.Of($"<p>You are signed in on your device. You can close this page and go back to the terminal.</p>")));
        pages.MapGet(Endpoints.Denied, () => Page.Of("Nothing was allowed", Html.Of($"<p>The device was refused. If you did not start a sign-in yourself, somebody may have sent you this code: tell your administrator.</p>")));
        pages.MapPersonPages();
        routes.MapGet("/", () => Results.LocalRedirect(Endpoints.Device));
        routes.MapGet(Endpoints.Style, () => Results.Stream(typeof(DevicePages).Assembly.GetManifestResourceStream("style.css")!, "text/css; charset=utf-8"));
    }

    private static IResult AskForCode(HttpContext context, string? code, string? problem) => Page.Of(
        "Sign in on a device",
        Html.Of($"""
            {Html.When(problem is not null, $"""<p class="bad" role="alert">{problem}</p>""")}
            <form method="post" action="{Endpoints.DeviceCode}">
            {Forms.Token(context)}
            <label for="code">The code that orleanskd shows</label>
            <input class="code" id="code" name="{UserCodeField}" value="{(DeviceCode.Normalize(code) is { } known ? DeviceCode.Show(known) : "")}" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16">
            <p class="soft">Compare it with the one in your own terminal. Go on only if you have just started <span class="word">orleanskd sign-in</span> yourself.</p>
            <button>Continue</button>
            </form>
            """),
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static async Task<IResult> TakeCode(HttpContext context, BrowserSessions browsers, UserCodes codes)
    {
        var entered = await context.FieldAsync(UserCodeField);
        if (DeviceCode.Normalize(entered) is not { } code || !await codes.IsPendingAsync(code, context.RequestAborted))
            return AskForCode(context, entered, "No device waits with this code. It may have ended: start orleanskd sign-in again.");
        browsers.Begin(context, code);
        return Results.LocalRedirect(Endpoints.Email);
    }

    private static async Task<IResult> AskForConsent(HttpContext context, BrowserSessions browsers, PendingDevices devices, People people)
    {
        if (browsers.Find(context) is not { UserCode: { } code, Proven: { } email } || await people.FindByEmailAsync(email, context.RequestAborted) is not { } person)
            return Results.LocalRedirect(Endpoints.Device);
        return Page.Of(
            $"Let orleanskd on {devices.NameOf(code) ?? "a device"} act as you?",
            Html.Of($"""
                <p>It will be able to do everything in OrleansKd that <bdi>{person.Name}</bdi> (<bdi>{person.Email}</bdi>) may do, until you sign out there.</p>
                <p>Does your terminal show this code?</p>
                <p class="code">{DeviceCode.Show(code)}</p>
                <p class="soft">If it shows another one or none, or if somebody sent you here, refuse: they would get in as you.</p>
                <form method="post" action="{Endpoints.Device}">
                {Forms.Token(context)}
                <input type="hidden" name="{UserCodeField}" value="{DeviceCode.Show(code)}">
                <button name="decision" value="allow">Allow</button>
                <button class="second" name="decision" value="deny">Refuse</button>
                </form>
                """));
    }

    /// <summary>Only what this browser has proven counts, and only for the device whose code it began with.</summary>
    private static async Task<IResult> Decide(HttpContext context, BrowserSessions browsers, People people, IOptions<SignInOptions> options)
    {
        var code = DeviceCode.Normalize(await context.FieldAsync(UserCodeField));
        if (code is null || browsers.Find(context) is not { Proven: { } email } attempt || attempt.UserCode != code
            || await people.FindByEmailAsync(email, context.RequestAborted) is not { } person || !EmailAddress.IsAmong(email, options.Value.Domains))
            return Page.Stale();
        var device = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        browsers.End(context);
        // Without a code that waits there is a principal, too, but no client.
        if (device is not { Succeeded: true, Principal: { } waiting } || string.IsNullOrEmpty(waiting.GetClaim(Claims.ClientId)))
            return AskForCode(context, null, "The device waits no more. Start orleanskd sign-in again.");
        return await context.FieldAsync("decision") == "allow"
            ? Results.SignIn(
                Identity.Of(person, waiting.GetScopes(), options.Value.Audience), new AuthenticationProperties { RedirectUri = Endpoints.Done }, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)
            : Results.Forbid(new AuthenticationProperties { RedirectUri = Endpoints.Denied }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }
}
