using System.Reflection;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Auth;

/// <summary>Who calls, proved by the token; a parameter of every endpoint. Set by <see cref="CallerMiddleware"/>.</summary>
internal sealed record Caller(Account Account)
{
    public UserId Id => Account.Person.Id;

    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo _) =>
        ValueTask.FromResult(context.Features.Get<Caller>());
}

/// <summary>Proves the caller before an endpoint's parameters are bound, or answers why not.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, Accounts accounts)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || context.User.Identity?.IsAuthenticated != true)
        {
            await next(context);
            return;
        }
        Outcome<Account> outcome;
        try
        {
            outcome = await accounts.Of(context.User);
            if (outcome.Refusal is null)
            {
                context.Features.Set(new Caller(outcome.Value!));
                await next(context);
                return;
            }
        }
        catch (Exception exception) when (Problems.IsTransient(exception) && !context.Response.HasStarted)
        {
            outcome = Refusals.Unavailable;
        }
        await Problems.Http(outcome.Refusal!).ExecuteAsync(context);
    }
}
