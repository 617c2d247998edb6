using Microsoft.AspNetCore.Antiforgery;
using OrleansKd.SignIn.Attempts;

namespace OrleansKd.SignIn.Pages;

/// <summary>What every form has: a token of its browser's, and a limit for its client.</summary>
internal static class Forms
{
    /// <summary>The hidden field; also sets the cookie that belongs to it.</summary>
    public static Html Token(HttpContext context)
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        return Html.Of($"""<input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">""");
    }

    /// <summary>Every form: counted, and only from its own browser.</summary>
    public static RouteGroupBuilder RequireOwnForm(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (call, next) =>
        {
            var context = call.HttpContext;
            var services = context.RequestServices;
            if (!services.GetRequiredService<AttemptLimits>().Forms.TryTake(AttemptLimits.ClientOf(context.Connection.RemoteIpAddress)))
                return Page.TooMany();
            if (HttpMethods.IsPost(context.Request.Method) && (!IsForm(context.Request) || !await services.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context)))
                return Page.Stale();
            return await next(call);
        });
        return group;
    }

    /// <summary>As our pages send it; files in parts come from elsewhere.</summary>
    private static bool IsForm(HttpRequest request) => request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>One field of the request's form; empty when it is not there.</summary>
    public static async Task<string> FieldAsync(this HttpContext context, string name) => (await context.Request.ReadFormAsync(context.RequestAborted))[name].ToString();
}
