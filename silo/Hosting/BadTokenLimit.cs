namespace OrleansKd.Silo.Hosting;

/// <summary>
/// An address that comes with one bad token after the other is told to wait. Good tokens count from there as from anywhere: others may be behind the same
/// address, and a Break must get through.
/// </summary>
internal sealed class BadTokenLimit(RequestDelegate next, CallLimits limits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (context.User.Identity?.IsAuthenticated != true && (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/hubs"))
            && limits.Suspect(address) is { } tooMany)
        {
            await Problems.Http(tooMany).ExecuteAsync(context);
            return;
        }
        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
            limits.TokenWasBad(address);
    }
}
