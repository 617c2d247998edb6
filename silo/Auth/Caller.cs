using System.Reflection;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Auth;

/// <summary>Who calls, proved by the token; a parameter of every endpoint. Set by <see cref="CallerMiddleware"/>.</summary>
/// <param name="Token">The service token that they call with; null: their own sign-in.</param>
internal sealed record Caller(Account Account, TokenView? Token = null)
{
    /// <summary>What sessions are told: with the limits of the token.</summary>
    public CallerId Id => new(User, Token?.Computer);

    public UserId User => Account.Person.Id;

    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo _) =>
        ValueTask.FromResult(context.Features.Get<Caller>());
}

/// <summary>Proves the caller before an endpoint's parameters are bound, or answers why not.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, Accounts accounts, TokenWatch tokens)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || context.User.Identity?.IsAuthenticated != true)
        {
            await next(context);
            return;
        }
        Outcome<Caller> outcome;
        try
        {
            outcome = await accounts.Of(context.User, context.GetEndpoint()?.Metadata.GetMetadata<TokenUse>()?.Need);
            if (outcome.Value is { } caller && outcome.Refusal is null)
            {
                context.Features.Set(caller);
                await RunAsync(context, caller);
                return;
            }
        }
        catch (Exception exception) when (Problems.IsTransient(exception) && !context.Response.HasStarted)
        {
            outcome = Refusals.Unavailable;
        }
        await Problems.Http(outcome.Refusal!).ExecuteAsync(context);
    }

    private async Task RunAsync(HttpContext context, Caller caller)
    {
        if (caller.Token is null)
        {
            await next(context);
            return;
        }
        using var over = new CancellationTokenSource();
        var watching = tokens.WatchAsync(context.User, context.Abort, over.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }
}
